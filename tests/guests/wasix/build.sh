#!/bin/sh
# Builds the programs for WASIX to .wasm beside their sources, with Debian's clang-22 and wasi-libc. The results are committed.
set -eu
cd "$(dirname "$0")"
build() {
    source=$1
    shift
    ${CC:-clang-22} --target=wasm32-wasi -Wno-deprecated -Wall -Wno-sign-compare -Wno-unused-function --no-wasm-opt \
        -Wl,--strip-all -I. -Iprograms "$@" "$source" -o "${source%.c}.wasm"
}
for source in *.c; do build "$source" -Os -nostartfiles; done
for source in programs/*.c; do build "$source" -O2; done
