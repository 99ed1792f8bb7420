#!/bin/sh
# A Go program (goroutines, files, time, a recovered panic), compiled with the go in $GO or on the path.
. "$(dirname "$0")/prepare.sh"
go=${GO:-go}
command -v "$go" > /dev/null || { echo "skipped: no Go; give its path in GO"; exit 0; }
GO=$go "$root/tests/guests/build.sh" go
real=$root/tests/guests/go
build tour tour --dir .::/ --env A=1

cat > expected <<'END'
argument 1: [one]
argument 2: [two words]
environment: A=1
line: one
line: two
line: three
entry: b.txt false
entry: sub true
missing: true
slept: true year: true
random: true
{"total":1399990,"workers":8}
recovered: assignment to entry in nil map
status 7
END
status=0
./tour one "two words" > output || status=$?
echo "status $status" >> output
expect "a tour of Go" expected < output
