#!/bin/sh
# ripgrep (Rust): searches files, walks directories, honours .gitignore. Node unpacks the module from the package.
. "$(dirname "$0")/prepare.sh"
node --version > /dev/null 2>&1 || { echo "skipped: no node"; exit 0; }
package=$(cd "$real" && "$here/package.sh" ripgrep 0.3.1)
[ -f "$real/rg.wasm" ] || node --input-type=module -e "
    import fs from 'fs';
    import zlib from 'zlib';
    const { getCompressedBytes } = await import('$real/$package/lib/_rg.wasm.mjs');
    fs.writeFileSync('$real/rg.wasm', zlib.brotliDecompressSync(getCompressedBytes()));"
build rg rg --dir .

mkdir -p tree/.git tree/src tree/target
seq 1 100000 > tree/src/numbers
echo 'one 99999 two' > tree/src/words
echo 99999 > tree/target/ignored
echo /target > tree/.gitignore
printf 'src/numbers:99999:99999\nsrc/words:1:one 99999 two\n' > expected
(cd tree && ../rg -n --sort path 99999 .) | sed 's/^\.\///' | expect "a search in a tree" expected
grep -c -E '^([1-9])[0-9]*\1$' tree/src/numbers > expected
./rg --count '^(1[0-9]*1|2[0-9]*2|3[0-9]*3|4[0-9]*4|5[0-9]*5|6[0-9]*6|7[0-9]*7|8[0-9]*8|9[0-9]*9)$' tree/src/numbers |
    expect "an alternation" expected
status=0
./rg nowhere tree > output || status=$?
echo 1 > expected
echo $status | expect "the status when nothing is found" expected
