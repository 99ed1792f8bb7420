#!/bin/sh
# Runs all the real programs. The largest is last: LLVM takes minutes and up to 8 GiB.
cd "$(dirname "$0")"
failed=0
for script in sqlite quickjs ruby ruby-embedded python ripgrep clang8 go yosys pandoc random generated llvm22; do
    echo "== $script"
    ./$script.sh || failed=1
done
exit $failed
