#!/bin/sh
# A hundred random C programs, which must say the same as natively (clang-22 and wasi-libc): generated.sh [FIRST COUNT] for others. Best run with
# an unoptimised wexe, which checks its intermediate representation.
. "$(dirname "$0")/prepare.sh"
python3 "$here/generated.py" "$wexe" "${1:-0}" "${2:-100}"
