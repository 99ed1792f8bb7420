"""The text of random C programs of loops over arrays (see generated.py).

The arrays are parts of one buffer, at random distances: where they are near, what an iteration writes is read by one of the next. The loops are of
many lengths, written in several ways, unrolled or not, and with numbers of all types. What they read beside, at an address that stays, is before
what is written, among it, or behind it. Some are around another loop, which adds up rows or columns, or lets a number grow.
"""

import random

OPERATORS = ["+", "-", "*", "&", "|", "^"]
TYPES = {
    "double": ["+", "-", "*", "/"],
    "float": ["+", "-", "*", "/"],
    "int32_t": OPERATORS,
    "uint32_t": OPERATORS,
    "uint64_t": OPERATORS,
    "uint16_t": OPERATORS,
    "uint8_t": OPERATORS,
}
DISTANCES = [0, 0, 1, 2, 3, 4, 5, 8, 16, 90, -1, -2, -3, -4, 200]
LENGTHS = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 60, 100, 150]
LEN = 1200

HEAD = """
#include <stdint.h>
#include <stdio.h>
#include <string.h>
static uint64_t sum;
static void mix(uint64_t x) { sum = (sum ^ x) * 0x9E3779B97F4A7C15ull; sum ^= sum >> 29; }
"""


class Loops:
    def __init__(self, number):
        self.random = random.Random(f"loops {number}")
        self.type = self.random.choice(list(TYPES))
        self.is_float = self.type in ("double", "float")

    def text(self):
        functions, calls = [], []
        for number in range(4):
            is_apart = self.random.random() < 0.3
            write = self.random.choice([self.loop] * 3 + [self.nest] * 2 + [self.escape] * 2 * self.is_float)
            functions.append(write(number, "restrict " if is_apart else ""))
            calls += [self.call(number, is_apart) for _ in range(5)]
        return f"""{HEAD}typedef {self.type} T;
static T buffer[{LEN}];
static void fill(int seed) {{ for (int i = 0; i < {LEN}; i++) buffer[i] = (T)((i * 7919 + seed) % 1009); }}
static void mix_number(T x) {{ uint64_t bits = 0; if (x == x) memcpy(&bits, &x, sizeof x); mix(bits); }}
{"".join(functions)}int main(void) {{
{"".join(calls)}}}
"""

    def loop(self, number, restrict):
        choice = self.random.choice
        constant = self.random.randint(3, 70)
        head = choice(
            ["int i = 0; i < n; i++"] * 3
            + [f"int i = 0; i < {constant}; i++"] * 2
            + ["unsigned i = 2; i < (unsigned)n; i++", "int i = n; i > 0; i--", "int i = 0; i != n; i++", "long i = 1; i <= n; i++", "int i = 0; i < n; i += 2"]
        )
        unroll = choice(["", "", "", "unroll_count(2)", "unroll_count(4)", "unroll(disable)"])
        pragma = f"#pragma clang loop {unroll}\n    " if unroll else ""
        body, names = [], ["x"]
        for index in range(choice([1, 1, 2, 3])):
            value = self.expression(self.random.randint(1, 4), names)
            if self.random.random() < 0.3:
                body.append(f"T t{index} = {value};")
                names.append(f"t{index}")
            else:
                target = f"{choice('abc')}[{self.index()}]" if self.random.random() < 0.95 else self.fixed()
                body.append(f"{target} {choice(['=', '=', '=', '+=', '-='])} {value};")
        if self.random.random() < 0.3:
            body.append(f"last = {choice('abc')}[i + {self.random.randint(0, 2)}];")
        if self.random.random() < 0.3:
            term = choice(names + [f"{choice('abc')}[{self.index()}]"] * 3)
            sums = [f"total += {term};", f"total = total > {term} ? total : {term};"]
            body.append(choice(sums if self.is_float else sums + [f"total ^= {term};", f"total |= {term};", f"total &= {term};"]))
            if self.random.random() < 0.5:
                body = [statement for statement in body if not statement[:2] in ("a[", "b[", "c[")]
        return f"""__attribute__((noinline)) static T loop{number}(T *{restrict}a, T *{restrict}b, T *{restrict}c, T *z, int n, T x, T y) {{
    T last = y, total = {choice([0, 'x'])};
    {pragma}for ({head}) {{ {" ".join(body)} }}
    return (T)(total + last);
}}
"""

    def nest(self, number, restrict):
        choice, chance = self.random.choice, lambda part: self.random.random() < part
        outer = choice(["j = 0; j < m; j++"] * 3 + ["j = 0; j < 33; j++", "j = 40; j > 40 - m; j--", "j = 0; j != m; j++"])
        rounds = self.random.randint(6, 20)
        inner = choice([f"k = 0; k < {rounds}; k++"] * 3 + [f"k = {rounds}; k > 0; k--", f"k = 0; k < {rounds}; k += 2", "k = 0; k < m; k++"])
        unroll = choice(["", "unroll(disable)", "unroll(disable)", "unroll_count(2)"])
        pragma = f"#pragma clang loop {unroll}\n        " if unroll else ""
        column, row = f"k * {self.random.randint(1, 9)} + j", f"j * {self.random.randint(1, 7)} + k"
        operand = lambda: f"{choice('ab')}[{choice([column, column, row, 'k', 'j'])} + {self.random.randint(0, 3)}]"
        stored = lambda: f"c[{choice(['j', 'j', 'j', '2 * j', '40 - j'])} + {self.random.randint(0, 2)}]"
        kept, before = stored(), choice(["0", "1", "y", stored(), operand().replace("k", "1")])
        term = choice([f"{operand()} * {operand()}", operand(), f"{operand()} * x", f"(T)({operand()} + {operand()})"])
        add = choice([f"s = s {choice(['+', '+', '-'])} {term};", f"s = {choice(['x', '(T)3'])} * s + {term};"])
        body = add + (f" u = (T)(u + {operand()});" if chance(0.3) else "") + (f" {kept} = s;" if chance(0.4) else "")
        first = f"{kept} = {choice(['0', 'y', 'x'])}; " if chance(0.4) else ""
        last = choice([f"{stored()} = s;", f"{kept} = s;", f"{stored()} += s;", "", f"total += s; {stored()} = u;"])
        return f"""__attribute__((noinline)) static T loop{number}(T *{restrict}a, T *{restrict}b, T *{restrict}c, T *z, int n, T x, T y) {{
    T total = z[1];
    int m = n > 40 ? 40 : n;
    for (int {outer}) {{
        {first}T s = {before}, u = x;
        {pragma}for (int {inner}) {{ {body} }}
        {last} total += u;
    }}
    return total;
}}
"""

    def escape(self, number, restrict):
        """Numbers that grow until they are too large, or too many."""
        choice = self.random.choice
        outer = choice(["j = 0; j < m; j++"] * 3 + ["j = 0; j < 60; j++", "j = 50; j > m; j--", "j = 1; j < 100 * m; j += j + 1"])
        operand = lambda: choice(["s", "s", "t", "t", "u", "x", "(T)2", "(T)0.75", "(T)j"])
        step = lambda: f"{operand()} * {operand()} {choice('+-')} {choice([operand(), f'{operand()} * {operand()}'])}"
        tests = ["s * s < 1000", "s < t + 100", "t != u", "s * s + t * t < 4000", "!(t > 300)"]
        rounds = f"k < {choice([0, 1, 3, 7, 20, 'n'])}"
        condition = choice([rounds, f"{rounds} && {choice(tests)}", f"{choice(tests)} && {rounds}", f"{choice(tests)} && {choice(tests)} && {rounds}"])
        pragma = choice(["", "#pragma clang loop unroll(disable)\n        "])
        skip = choice(["", "", "if (j & 4) continue; ", f"if (total > {self.random.randint(1, 500)}) {{ x = x + 1; total = 0; if (j & 1) continue; }} "])
        last = choice(["", "c[j & 31] = s; ", "y = y + s / 1000; ", "if (k == 2) break; "])
        return f"""__attribute__((noinline)) static T loop{number}(T *{restrict}a, T *{restrict}b, T *{restrict}c, T *z, int n, T x, T y) {{
    T total = 0, v = z[2];
    int m = n > 40 ? 40 : n;
    for (int {outer}) {{
        {skip}T u = {choice(['(T)j * x / 100', 'x - (T)j', 'v', 'y / (T)(j + 3)'])}, s = {choice(['0', 'x', 'u', 'y', 'v'])}, t = {choice(['0', '1', 'u'])};
        v = v + (T)0.125;
        int k = {choice(['0', '0', 'j & 3'])};
        {pragma}while ({condition}) {{ T r = {step()}; t = {step()}; s = r; {choice(['k++;', 'k++;', 'k += 2;'])} }}
        {last}total += s + (T)k;
    }}
    return total + v;
}}
"""

    def call(self, number, is_apart):
        choice, randint = self.random.choice, self.random.randint
        origin = randint(8, 30)
        places = [8, 400, 800] if is_apart else [max(origin + choice(DISTANCES), 4) for _ in range(3)]
        self.random.shuffle(places)
        fixed = randint(0, 3) if is_apart else max(choice(places) + choice([-5, -2, -1, 0, 1, 3, 20, randint(0, 200)]), 0)
        a, b, c = (f"buffer + {place}" for place in places)
        return f"""    fill({randint(1, 99)});
    mix_number(loop{number}({a}, {b}, {c}, buffer + {fixed}, {choice(LENGTHS)}, (T){randint(1, 50)}, (T){randint(1, 50)}));
    for (int i = 0; i < {LEN}; i++) mix_number(buffer[i]);
    printf("%016llx\\n", (unsigned long long)sum);
"""

    def index(self):
        if self.random.random() < 0.9:
            return f"i + {self.random.choice([0, 0, 0, 1, 1, 2, 3, 4, 7])}"
        return str(self.random.randint(0, 3))

    def fixed(self):
        return f"z[{self.random.randint(0, 3)}]"

    def expression(self, depth, names):
        choice, roll = self.random.choice, self.random.random()
        if depth == 0 or self.random.random() < 0.15:
            return choice([f"{choice('abc')}[{self.index()}]"] * 4 + [self.fixed()] * 2 + names + [f"(T)({self.random.randint(1, 9)})", choice(["x", "y", "last"])])
        inner = lambda: self.expression(depth - 1, names)
        if self.is_float and roll < 0.2:
            suffix = "" if self.type == "double" else "f"
            return f"{choice(['-', f'__builtin_fabs{suffix}', f'__builtin_sqrt{suffix}'])}({inner()})"
        if not self.is_float and roll < 0.1:
            unsigned = "(uint32_t)" if self.type == "int32_t" else ""
            return f"(T)({unsigned}{inner()} {choice(['<<', '>>'])} {self.random.randint(1, 7)})"
        if not self.is_float and roll < 0.2:
            return choice([f"(T)(~{inner()})", f"({inner()} < {inner()} ? {inner()} : {inner()})"])
        return f"({inner()} {choice(TYPES[self.type])} {inner()})"
