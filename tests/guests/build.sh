#!/bin/sh
# Builds the guest programs of the tests to .wasm beside their sources. The results are committed (but Go's, 5 MB), so this is needed
# only after a change.
#   C               Debian's clang-22, lld-22, wasi-libc, libclang-rt-22-dev-wasm32
#   Rust            Debian's rustc 1.63 and libstd-rust-dev-wasm32: plain MVP code
#   AssemblyScript  npm install assemblyscript @assemblyscript/wasi-shim; their folder in $ASSEMBLYSCRIPT
#   Go              any Go from 1.21, in $GO
#   ./build.sh [c] [rust] [assemblyscript] [go]
# Programs with exceptions have a script of their own: exceptions/build.sh.
set -eu
cd "$(dirname "$0")"
[ $# -gt 0 ] || set -- c rust assemblyscript go
wanted=" $* "
want() { case $wanted in *" $1 "*) ;; *) return 1 ;; esac }

if want c; then for source in c/*.c; do
    ${CC:-clang-22} --target=wasm32-wasi -Wno-deprecated --no-wasm-opt -O2 -Wl,--strip-debug "$source" -o "${source%.c}.wasm"
done; fi
if want rust; then for source in rust/*.rs; do
    ${RUSTC:-/usr/bin/rustc} --edition 2021 --target wasm32-wasi -C linker=${WASM_LD:-wasm-ld-22} -C linker-flavor=wasm-ld \
        -C opt-level=s -C lto -C panic=abort -C strip=symbols -C link-arg=--no-fatal-warnings "$source" -o "${source%.rs}.wasm"
done; fi
if want assemblyscript && [ -n "${ASSEMBLYSCRIPT:-}" ]; then
    for source in assemblyscript/*.ts; do
        cp "$source" "$ASSEMBLYSCRIPT/guest.ts" # the compiler looks for packages from the source's folder upwards
        (cd "$ASSEMBLYSCRIPT" && npx asc guest.ts -O3 --config node_modules/@assemblyscript/wasi-shim/asconfig.json -o guest.wasm)
        mv "$ASSEMBLYSCRIPT/guest.wasm" "${source%.ts}.wasm"
        rm "$ASSEMBLYSCRIPT/guest.ts"
    done
fi
if want go && [ -n "${GO:-}" ]; then
    for source in go/*.go; do
        GOTOOLCHAIN=local GOOS=wasip1 GOARCH=wasm "$GO" build -ldflags=-s -o "${source%.go}.wasm" "$source"
    done
fi
