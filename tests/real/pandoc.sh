#!/bin/sh
# Pandoc (Haskell, compiled by GHC: 58 MB, all of its calls are tail calls): converts Markdown to HTML, and to a Word
# document and back.
. "$(dirname "$0")/prepare.sh"
package=$(cd "$real" && "$here/package.sh" pandoc-wasm 1.1.0)
ln -sf "$package/src/pandoc.wasm" "$real/pandoc.wasm"
build pandoc pandoc --dir .

cat > text.md <<'END'
# A title

Some *emphasis*, a [link](https://example.org/) and a list:

- one
- two
END
cat > expected <<'END'
<h1 id="a-title">A title</h1>
<p>Some <em>emphasis</em>, a <a href="https://example.org/">link</a> and
a list:</p>
<ul>
<li>one</li>
<li>two</li>
</ul>
END
./pandoc -f markdown -t html text.md | expect "HTML" expected
./pandoc -f markdown -t docx -o text.docx text.md
./pandoc -f docx -t markdown text.docx | expect "a Word document and back" text.md
