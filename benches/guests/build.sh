#!/bin/sh
# Builds the guests: every NAME.c here to NAME.wasm (clang 22 and wasi-libc, as Debian packages them). The results are committed,
# so this is needed only after a change. Options of one guest stand in its first line, after `cflags:`.
#   ./build.sh [NAME.c ...]
set -eu
cd "$(dirname "$0")"
[ $# -gt 0 ] || set -- *.c
for source; do
    cflags=$(sed -n '1s/.*cflags: //p' "$source")
    # Debian's wasm-opt is older than this clang: kept out of the link
    ${CC:-clang-22} --target=wasm32-wasi -Wno-deprecated --no-wasm-opt -O3 $cflags -Wl,--strip-debug "$source" -o "${source%.c}.wasm"
done
