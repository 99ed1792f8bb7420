// Objects, closures, strings, arrays, regular expressions and sorting in a JavaScript engine.
class Vector {
  constructor(x, y) { this.x = x; this.y = y; }
  add(o) { return new Vector(this.x + o.x, this.y + o.y); }
}
let v = new Vector(0, 0);
for (let i = 0; i < 400000; i++) v = v.add(new Vector(i % 3, i % 5));
print(v.x, v.y);

const sieve = new Array(300000).fill(true);
for (let i = 2; i * i < sieve.length; i++) if (sieve[i]) for (let j = i * i; j < sieve.length; j += i) sieve[j] = false;
print(sieve.filter((p, i) => i > 1 && p).length);

const counts = new Map();
const words = [];
for (let i = 0; i < 60000; i++) words.push("word" + (i * 7919 % 997));
for (const w of words) counts.set(w, (counts.get(w) || 0) + 1);
print(counts.size, [...counts.entries()].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0].join(" "));

const text = words.join(" ");
print(text.replace(/(\w+)(\d) /g, "$2$1-").length, (text.match(/9\b/g) || []).length);
print(JSON.stringify(JSON.parse(JSON.stringify(words.slice(0, 20000).map((w, i) => ({ w, i, n: [i, i / 2] }))))).length);

function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
print(fib(26));
