#!/bin/sh
# LLVM 22, one module of 75 MB and 133,000 functions. Its name chooses the tool: clang compiles, wasm-ld links.
. "$(dirname "$0")/prepare.sh"
ln -s "$real/llvm-fs" usr
build llvm.core clang --dir .::/ --dir "$real/llvm-fs::/usr" --dir .::/tmp
ln clang wasm-ld

cat > hi.c <<'END'
#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv) {
    long long sum = 0;
    for (int i = 1; i < argc; i++) sum += atoll(argv[i]);
    printf("%lld\n", sum);
    return sum % 256;
}
END
./clang --version | head -n 1
./clang -O2 -c /hi.c -o /hi.o
./wasm-ld /usr/lib/wasm32-wasip1/crt1-command.o /hi.o -L/usr/lib/wasm32-wasip1 -lc /usr/lib/wasm32-unknown-wasip1/libclang_rt.builtins.a -o /hi.wasm
"$wexe" build hi.wasm -o hi
status=0
./hi 10000000000 20000000042 > output || status=$?
echo "status $status" >> output
printf '30000000042\nstatus 42\n' > expected
expect "a program compiled by clang 22 and linked by lld 22" expected < output
