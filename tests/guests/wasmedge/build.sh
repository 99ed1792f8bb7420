#!/bin/sh
# Builds the programs for WasmEdge's sockets to .wasm beside their sources, with Debian's clang-22 and wasi-libc. The results are committed.
set -eu
cd "$(dirname "$0")"
for source in *.c; do
    ${CC:-clang-22} --target=wasm32-wasi -Wno-deprecated -Wall -Wno-sign-compare -Wno-unused-function --no-wasm-opt -Os -nostartfiles -Wl,--strip-all "$source" -o "${source%.c}.wasm"
done
