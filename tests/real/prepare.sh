# Read by the scripts beside it, not run: finds wexe ($WEXE, or the newest build), fetches the programs, makes a fresh folder to work in,
# and defines `build` and `expect`.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
wexe=${WEXE:-$(ls -t "$root"/target/release/wexe "$root"/target/debug/wexe 2>/dev/null | head -n 1)}
[ -x "$wexe" ] || { echo "build wexe first (cargo build --release), or give its path in WEXE" >&2; exit 2; }
real=$("$here/fetch.sh")
unset WEXE WEXE_REAL # executables heed such variables
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# build MODULE OUT [OPTION...]: `wexe build`, then time, peak memory and size
build() {
    module=$1 out=$2
    shift 2
    if [ -x /usr/bin/time ]; then
        /usr/bin/time -o "$work/usage" -f '%e s, %U s of processor time, peak %M KiB' "$wexe" build "$real/$module.wasm" -o "$out" "$@"
    else
        "$wexe" build "$real/$module.wasm" -o "$out" "$@"
        echo "(no /usr/bin/time)" > "$work/usage"
    fi
    echo "$module.wasm: $(wc -c < "$real/$module.wasm") bytes -> $(wc -c < "$out") bytes in $(cat "$work/usage")"
}

# expect WHAT FILE: the standard input must be what the file holds
expect() {
    if diff -u "$2" - > "$work/difference"; then
        echo "ok: $1"
    else
        echo "FAILED: $1 (expected lines with -, actual with +)"
        cat "$work/difference"
        exit 1
    fi
}
