"""Random C programs: each says the same as an executable of wexe as natively.

    generated.py WEXE FIRST COUNT     the programs with these numbers, in the current directory

They are made of what the compiler's own passes look for: loops over pointers and counters, sums of 128 bits, bytes and masks, small switches,
values stored beside each other and loaded again; every other program is of loops over arrays (loops.py). An unoptimised wexe also checks the intermediate representation after each pass. A program that
differs is kept, as NUMBER.c and NUMBER.wasm.
"""

import random
import subprocess
import sys

from loops import Loops

CONSTANTS = [0, 1, 2, 3, 7, 8, 255, 256, 65535, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]
LONG_CONSTANTS = [0, 1, 2, 255, 0xFFFFFFFF, 1 << 63, (1 << 64) - 1, 0x123456789ABCDEF]
DEEPEST = 3

HEAD = """
#include <stdint.h>
#include <stdio.h>
#include <string.h>
typedef unsigned __int128 u128;
static uint8_t B[320];
static uint16_t H[160];
static uint32_t W[80];
static uint64_t Q[80], sum;
static void mix(uint64_t x) { sum = (sum ^ x) * 0x9E3779B97F4A7C15ull; sum ^= sum >> 29; }
"""
TAIL = """
    uint64_t hash = 0;
    for (int i = 0; i < 320; i++) hash = hash * 31 + B[i];
    for (int i = 0; i < 80; i++) hash = hash * 31 + W[i] + Q[i];
    printf("%llx %llx\\n", (unsigned long long)sum, (unsigned long long)hash);
}
"""


class Program:
    def __init__(self, number):
        self.random = random.Random(number)

    def pick(self, *choices):
        return self.random.choice(choices)

    def below(self, limit):
        return self.random.randrange(limit)

    def word(self, depth=0):
        """An expression of 32 bits."""
        deeper = depth + 1
        kind = self.below(16 if depth < DEEPEST else 6)
        match kind:
            case 0: return f"{self.pick(*CONSTANTS)}u"
            case 1 | 2: return self.pick("a", "c", "i")
            case 3: return f"B[{self.pick('a', 'c', 'i')} & 255]"
            case 4: return f"W[{self.pick('a', 'c', 'i')} & 63]"
            case 5: return f"H[{self.pick('a', 'c', 'i')} & 127]"
            case 6: return f"(uint32_t){self.long(deeper)}"
            case 7: return f"({self.word(deeper)} ? {self.word(deeper)} : {self.word(deeper)})"
            case 8: return f"(uint32_t)(int8_t){self.word(deeper)}"
            case 9: return f"({self.word(deeper)} & {self.pick(1, 3, 15, 255, 511, 65535)})"
            case 10: return f"({self.word(deeper)} {self.pick('<<', '>>')} ({self.word(deeper)} & 31))"
            case 11: return f"({self.word(deeper)} {self.pick('<', '==', '>=', '!=')} {self.word(deeper)})"
            case _: return f"({self.word(deeper)} {self.pick(*'+-*^|&')} {self.word(deeper)})"

    def long(self, depth=0):
        """An expression of 64 bits."""
        deeper = depth + 1
        kind = self.below(14 if depth < DEEPEST else 5)
        match kind:
            case 0: return f"{self.pick(*LONG_CONSTANTS)}ull"
            case 1 | 2: return self.pick("b", "x", "y")
            case 3: return f"Q[{self.pick('a', 'c', 'i')} & 63]"
            case 4: return f"(uint64_t){self.pick('a', 'c', 'i')}"
            case 5: return f"(uint64_t){self.word(deeper)}"
            case 6: return f"(uint64_t)((u128){self.long(deeper)} * {self.long(deeper)} >> 64)"
            case 7:
                left, right = (f"((u128){self.long(deeper)} << 64 | {self.long(deeper)})" for _ in range(2))
                return f"(uint64_t)({left} {self.pick('+', '-')} {right} >> {self.pick(0, 3, 64)})"
            case 8: return f"({self.long(deeper)} {self.pick('<<', '>>')} ({self.word(deeper)} & 63))"
            case 9: return f"((x += {self.long(deeper)}) < {self.long(deeper)} ? 1ull : 0ull)"
            case _: return f"({self.long(deeper)} {self.pick(*'+-*^|&')} {self.long(deeper)})"

    def body(self, depth, most):
        return " ".join(self.statement(depth) for _ in range(1 + self.below(most)))

    def loop(self, depth):
        counter, step, times = self.pick("i", "j", "k"), self.pick(1, 1, 2, 3, 8), 1 + self.below(40)
        match self.below(5):
            case 0:
                compare = self.pick("<", "!=")
                head = f"for (uint32_t {counter} = 0; {counter} {compare} {times * step}; {counter} += {step})"
                return f"{head} {{ {self.body(depth, 3)} }}"
            case 1:
                return (f"{{ uint8_t *s = p + {self.below(8)}, *t = s + {times};"
                        f" while (s != t) {{ mix(*s & 255); if (*s == {self.below(256)}) break; s++; }}"
                        " mix(t - s); c += (uint32_t)(s - p); }")
            case 2:
                return f"{{ uint32_t i = {times}; do {{ {self.body(depth, 3)} }} while (i--); mix(i); }}"
            case 3:
                return (f"{{ uint32_t last = 0, v = p[0]; for (uint32_t m = 0; m < {times}; m++) {{"
                        " last = v; v = B[(v * 3 + m) & 255]; mix(last & 255); } mix(last); mix(v); }")
            case _:
                return (f"{{ uint32_t *r = w; for (int m = 0; m < {1 + self.below(19)}; m++) {{"
                        f" uint32_t t = *r; *r++ = t + {self.word(1)}; }} mix(r - w); }}")

    def switch(self, depth):
        cases = "".join(
            f" case {at if self.below(5) else at * 7 + 100 + at}: {self.statement(depth)} {self.pick('break;', 'break;', '')}"
            for at in range(1 + self.below(6)))
        return f"switch ({self.word()} & {self.pick(1, 3, 7, 0xFFFF)}) {{{cases} default: c++; }}"

    def statement(self, depth=0):
        deeper = depth + 1
        kind = self.below(20)
        if depth > DEEPEST and kind in (9, 10, 15):
            kind = 0
        match kind:
            case 0: return f"a = {self.word()};"
            case 1: return f"c += {self.word()};"
            case 2: return f"x = {self.long()};"
            case 3: return f"y += {self.long()};"
            case 4: return f"B[{self.word(1)} & 255] = {self.word()};"
            case 5: return f"W[{self.word(1)} & 63] = {self.word()};"
            case 6: return f"Q[{self.word(1)} & 63] = {self.long()};"
            case 7:
                stores = " ".join(f"p[{self.below(40)}] = {self.word()};" for _ in range(2))
                return f"{stores} mix(p[{self.below(40)}]);"
            case 8:
                at, other, third = (self.below(8) for _ in range(3))
                return (f"q[{at}] = {self.long()}; w[{other}] = {self.word()}; mix(q[{at}]); mix(w[{other}]);"
                        f" q[{at}] += q[{other}]; mix(q[{third}] += q[{at}]);")
            case 9: return self.switch(deeper)
            case 10: return self.loop(deeper)
            case 11 | 12: return "mix(c);"
            case 13:
                return ("{ uint64_t lo = b + x, hi = y + Q[1] + (lo < x); mix(lo); mix(hi); mix(hi - b - (lo < y)); mix(lo + y + (lo < b)); }")
            case 14:
                return (f"{{ uint64_t r[4] = {{{self.long(1)}, {self.long(1)}, b, x}}; r[a & 3] += r[c & 3];"
                        " for (int m = 0; m < 4; m++) mix(r[m]); }")
            case 15: return f"if ({self.word()}) {{ {self.statement(deeper)} }} else {{ {self.statement(deeper)} }}"
            case 16: return f"memmove(p + {self.below(20)}, p + {self.below(20)}, {self.pick(1, 4, 8, 16, 17)});"
            case 17:
                return (f"{{ uint64_t carry = {self.word(1)} & 1; for (int m = 0; m < {1 + self.below(9)}; m++) {{"
                        " uint64_t t = q[m] + carry; carry = t < carry; q[m] = t + b; carry += q[m] < b; } mix(carry); }")
            case _: return f"mix({self.pick(self.word(), self.long())});"

    def text(self):
        parts = [HEAD]
        for function in range(4):
            parts.append(f"{self.pick('', '__attribute__((noinline)) ')}static uint64_t f{function}"
                         "(uint32_t a, uint64_t b, uint8_t *p, uint32_t *w, uint64_t *q) {\n"
                         "    uint32_t c = a * 3, i = 1;\n    uint64_t x = b, y = b >> 7;\n")
            parts += [f"    {self.statement()}\n" for _ in range(3 + self.below(6))]
            if function and self.below(5) < 3:
                parts.append(f"    y += f{function - 1}(c, x, p + {self.below(8)}, w + {self.below(3)}, q + {self.below(3)});\n")
            parts.append("    return x ^ y ^ c ^ i;\n}\n")
        parts.append("int main(void) {\n"
                     "    for (int i = 0; i < 320; i++) B[i] = i * 73 + 5;\n    for (int i = 0; i < 160; i++) H[i] = i * 40503u;\n"
                     "    for (int i = 0; i < 80; i++) W[i] = i * 0x9E3779B1u, Q[i] = i * 0x9E3779B97F4A7C15ull;\n")
        for function in range(4):
            first, step = self.below(1 << 31), self.below(1 << 31)
            parts.append(f"    for (int i = 0; i < 5; i++) mix(f{function}(i * {step}u + {first}u, sum + i, B + {self.below(30)} + i, W + i, Q + i));\n")
        return "".join([*parts, TAIL])


def run(*command):
    try:
        ended = subprocess.run(command, capture_output=True, timeout=60)
    except subprocess.TimeoutExpired:
        return "no end", b""
    return ended.returncode, ended.stdout or ended.stderr


def same(wexe, number):
    with open(f"{number}.c", "w") as file:
        file.write((Loops if number % 2 else Program)(number).text())
    level = ["-O1", "-O3", "-O2", "-O3", "-Os", "-O2"][number % 6]
    options = ["-w", "-fwrapv", "-fno-strict-aliasing", "-fno-math-errno", level, f"{number}.c"]
    subprocess.run(["clang-22", *options, "-o", "native"], check=True)
    subprocess.run(["clang-22", "--target=wasm32-wasi", "--no-wasm-opt", *options, "-o", f"{number}.wasm"], check=True)
    expected = run("./native")
    built = run(wexe, "build", "--no-cache", f"{number}.wasm", "-o", "program")
    found = run("./program") if built[0] == 0 else built
    if found == expected:
        subprocess.run(["rm", f"{number}.c", f"{number}.wasm"], check=True)
        return True
    print(f"{number}: expected {expected}, found {found}", flush=True)
    return False


def main():
    wexe, first, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    wrong = sum(not same(wexe, number) for number in range(first, first + count))
    print(f"{count - wrong} of {count} programs say the same")
    sys.exit(wrong != 0)


if __name__ == "__main__":
    main()
