#!/bin/sh
# clang 8 compiles a C file to an object, wasm-ld links it (both wasi_unstable), and the program they make runs.
. "$(dirname "$0")/prepare.sh"
cp -r "$real/clang-fs/sys" sys
build clang clang --dir .::/
build wasm-ld wasm-ld --dir .::/

cat > hi.c <<'END'
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static int compare(const void *a, const void *b) { return strcmp(*(char **)a, *(char **)b); }
int main(int argc, char **argv) {
    qsort(argv + 1, argc - 1, sizeof *argv, compare);
    for (int i = 1; i < argc; i++) printf("%s ", argv[i]);
    printf("%.6f\n", sqrt(argc));
    return argc;
}
END
./clang -cc1 -triple wasm32-unknown-wasi -isysroot /sys -internal-isystem /sys/lib/clang/8.0.1/include -internal-isystem /sys/include \
    -O2 -emit-obj -o /hi.o /hi.c
./wasm-ld --no-threads -z stack-size=1048576 -L/sys/lib/wasm32-wasi -L/sys/lib/clang/8.0.1/lib/wasi /sys/lib/wasm32-wasi/crt1.o /hi.o \
    -lc -lclang_rt.builtins-wasm32 -o /hi.wasm
"$wexe" build hi.wasm -o hi
status=0
./hi one two three > output || status=$?
echo "status $status" >> output
printf 'one three two 2.000000\nstatus 4\n' > expected
expect "a program compiled and linked" expected < output
