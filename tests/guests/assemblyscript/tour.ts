// Arguments, environment, a file, the clock, random numbers and the exit status, through AssemblyScript's WASI shim.
import { args_get, args_sizes_get, environ_get, environ_sizes_get, path_open, fd_write, fd_read, fd_close, fd_seek,
         clock_time_get, clockid, random_get, lookupflags, oflags, rights, whence } from "@assemblyscript/wasi-shim/assembly/bindings/wasi_snapshot_preview1";

type Strings = (pointers: usize, bytes: usize) => u16;

function strings(count: i32, size: i32, get: Strings): string[] {
  const pointers = heap.alloc(count * 4 + 4), bytes = heap.alloc(size + 1);
  get(pointers, bytes);
  const result: string[] = [];
  for (let i = 0; i < count; i++) result.push(String.UTF8.decodeUnsafe(load<u32>(pointers + i * 4), size, true));
  return result;
}

const sizes = heap.alloc(8);
args_sizes_get(sizes, sizes + 4);
const args = strings(load<i32>(sizes), load<i32>(sizes, 4), (p, b) => args_get(p, b));
for (let i = 1; i < args.length; i++) console.log("argument " + i.toString() + ": [" + args[i] + "]");
environ_sizes_get(sizes, sizes + 4);
const environment = strings(load<i32>(sizes), load<i32>(sizes, 4), (p, b) => environ_get(p, b)).sort();
for (let i = 0; i < environment.length; i++) console.log("environment: " + environment[i]);

const path = String.UTF8.encode("as.txt"), text = String.UTF8.encode("written by AssemblyScript\n");
const fd = heap.alloc(4), iovec = heap.alloc(8), count = heap.alloc(8);
const opened = path_open(3, lookupflags.SYMLINK_FOLLOW, changetype<usize>(path), path.byteLength, oflags.CREAT | oflags.TRUNC,
                         rights.FD_READ | rights.FD_WRITE | rights.FD_SEEK, 0, 0, fd);
console.log("open: " + opened.toString());
store<usize>(iovec, changetype<usize>(text));
store<i32>(iovec, text.byteLength, 4);
console.log("write: " + fd_write(load<u32>(fd), iovec, 1, count).toString());
fd_seek(load<u32>(fd), 8, whence.SET, count);
store<usize>(iovec, heap.alloc(64));
store<i32>(iovec, 64, 4);
fd_read(load<u32>(fd), iovec, 1, count);
console.log("read: " + String.UTF8.decodeUnsafe(load<usize>(iovec), load<i32>(count)).trim());
fd_close(load<u32>(fd));

clock_time_get(clockid.REALTIME, 1000, count);
console.log("the year is " + (load<u64>(count) > 1767225600000000000 ? "2026 or later" : "wrong"));
const a = heap.alloc(16);
random_get(a, 8);
random_get(a + 8, 8);
console.log("random numbers " + (load<u64>(a) != load<u64>(a, 8) ? "differ" : "repeat"));

const squares = new Map<i32, f64>();
for (let i = 0; i < 1000; i++) squares.set(i, sqrt(<f64>i));
let sum = 0.0;
for (let i = 0; i < 1000; i++) sum += squares.get(i);
console.log("sum of roots " + sum.toString());
process.exit(args.length + 40);
