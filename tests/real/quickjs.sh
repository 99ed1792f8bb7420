#!/bin/sh
# QuickJS, the flavour made for WasmEdge: runs a script file.
. "$(dirname "$0")/prepare.sh"
build quickjs quickjs --dir . --net listen=0.0.0.0:17293,connect=localhost:17293

cat > script.js <<'END'
class Point { constructor(x, y) { this.x = x; this.y = y; } get length() { return Math.hypot(this.x, this.y); } }
function* primes() { for (let n = 2; ; n++) { let p = true; for (let d = 2; d * d <= n; d++) if (n % d == 0) { p = false; break; } if (p) yield n; } }
const found = [];
for (const p of primes()) { if (found.length == 10) break; found.push(p); }
print(found.join(","));
print(JSON.stringify({ length: new Point(3, 4).length, words: "the quick brown fox".replace(/\b\w/g, c => c.toUpperCase()) }));
print([..."hello"].reverse().join(""), 2n ** 100n, 0.1 + 0.2);
try { null.x } catch (e) { print(e instanceof TypeError); }
END
cat > expected <<'END'
2,3,5,7,11,13,17,19,23,29
{"length":5,"words":"The Quick Brown Fox"}
olleh 1267650600228229401496703205376 0.30000000000000004
true
END
./quickjs script.js | expect "a script" expected

cat > echo.js <<'END'
import * as net from 'wasi_net';
async function serve(listener) {
  const connection = await listener.accept();
  connection.write(await connection.read());
  connection.end();
}
async function main() {
  serve(new net.WasiTcpServer(17293));
  const [address] = net.nsloopup('localhost', '17293');
  const connection = await net.WasiTcpConn.connect(address);
  connection.write(new Uint8Array([104, 105]).buffer);
  print(new Uint8Array(await connection.read()).join(), connection.peer());
}
main();
END
echo 104,105 127.0.0.1:17293 > expected
./quickjs echo.js | expect "a server and its client" expected
