#!/bin/sh
# Builds the programs with exceptions to .wasm, in the legacy encoding and in that of WebAssembly 3.0. The results are committed.
#   C     Debian's clang-22, lld-22, wasi-libc, libclang-rt-22-dev-wasm32
#   C++   the same, and the sources of libc++abi and libunwind: `lib` of the wheel of PyPI's ziglang (0.15.2), in $ZIG_LIB
#   ZIG_LIB=… ./build.sh
set -eu
cd "$(dirname "$0")"
objects=$(mktemp -d)
trap 'rm -r "$objects"' EXIT

# What the build of libc++ writes into its configuration: no threads, no locales, nothing but the core.
touch "$objects/__config_site"
config="-D_LIBCPP_ABI_VERSION=1 -D_LIBCPP_ABI_NAMESPACE=__1 -D_LIBCPP_HAS_THREADS=0 -D_LIBCPP_HAS_MONOTONIC_CLOCK=1
    -D_LIBCPP_HAS_TERMINAL=0 -D_LIBCPP_HAS_MUSL_LIBC=1 -D_LIBCPP_HAS_FILESYSTEM=0 -D_LIBCPP_HAS_RANDOM_DEVICE=0
    -D_LIBCPP_HAS_LOCALIZATION=0 -D_LIBCPP_HAS_UNICODE=0 -D_LIBCPP_HAS_WIDE_CHARACTERS=1 -D_LIBCPP_HAS_TIME_ZONE_DATABASE=0
    -D_LIBCPP_HAS_VENDOR_AVAILABILITY_ANNOTATIONS=0 -D_LIBCPP_HARDENING_MODE_DEFAULT=2 -D_LIBCPP_BUILDING_LIBRARY
    -D_LIBCXXABI_BUILDING_LIBRARY -D_LIBCXXABI_HAS_NO_THREADS -DLIBCXXABI_NON_DEMANGLING_TERMINATE
    -D_LIBUNWIND_HIDE_SYMBOLS -DNDEBUG -I $objects -I $ZIG_LIB/libcxx/include -I $ZIG_LIB/libcxxabi/include
    -I $ZIG_LIB/libunwind/include -I $ZIG_LIB/libcxx/src"
abi="cxa_exception cxa_exception_storage cxa_personality private_typeinfo cxa_handlers cxa_default_handlers abort_message
    stdlib_exception stdlib_typeinfo stdlib_new_delete fallback_malloc cxa_virtual cxa_aux_runtime"

for encoding in legacy exnref; do
    legacy=$([ $encoding = legacy ] && echo true || echo false)
    flags="--target=wasm32-wasi -w -O2 -mexception-handling -mllvm -wasm-use-legacy-eh=$legacy"
    link="--no-wasm-opt -Wl,--strip-debug"

    sjlj="$flags -mllvm -wasm-enable-sjlj"
    clang-22 $sjlj -c setjmp_runtime.c -o "$objects/setjmp_runtime.o"
    clang-22 $sjlj $link setjmp.c "$objects/setjmp_runtime.o" -o setjmp-$encoding.wasm

    cxx="$flags -fwasm-exceptions"
    for source in $abi; do
        clang++-22 $cxx $config -std=c++23 -nostdinc++ -c "$ZIG_LIB/libcxxabi/src/$source.cpp" -o "$objects/$source.o"
    done
    clang-22 $cxx $config -c "$ZIG_LIB/libunwind/src/Unwind-wasm.c" -o "$objects/unwind.o"
    clang-22 $cxx -c tag.c -o "$objects/tag.o"
    rm "$objects/setjmp_runtime.o"
    clang++-22 $cxx -std=c++20 -nostdinc++ -c exceptions.cpp -o "$objects/exceptions.o"
    clang-22 $cxx $link "$objects"/*.o -o exceptions-$encoding.wasm
    rm "$objects"/*.o
done
