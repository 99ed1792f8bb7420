// A switch interpreter: bytecode for a register machine, one unpredictable jump per instruction.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { LOADI, ADD, SUB, MUL, MOD, XOR, SHR, LT, EQ, JNZ, JMP, LOAD, STORE, MOVE, INC, HALT };
struct instruction { uint8_t op, a, b, c; };

// Counts collatz steps for 1..n with a small memo, and mixes them.
static const struct instruction program[] = {
    {LOADI, 0, 0, 1},  // 0  r0 = 1 (i)
    {LOADI, 1, 0, 0},  // 1  r1 = 0 (sum)
    {LOADI, 9, 0, 1},  // 2  r9 = 1
    {LOADI, 8, 0, 2},  // 3  r8 = 2
    {LOADI, 7, 0, 3},  // 4  r7 = 3
    {MOVE, 2, 0, 0},   // 5  outer: r2 = i
    {LOADI, 3, 0, 0},  // 6  r3 = 0 (steps)
    {EQ, 4, 2, 9},     // 7  inner: r2 == 1?
    {JNZ, 4, 0, 18},   // 8
    {MOD, 4, 2, 8},    // 9  odd?
    {JNZ, 4, 0, 13},   // 10
    {SHR, 2, 2, 9},    // 11 r2 >>= 1
    {JMP, 0, 0, 15},   // 12
    {MUL, 2, 2, 7},    // 13 r2 = 3 r2 + 1
    {ADD, 2, 2, 9},    // 14
    {INC, 3, 0, 0},    // 15
    {LT, 4, 3, 6},     // 16 steps < limit?
    {JNZ, 4, 0, 7},    // 17
    {STORE, 3, 0, 0},  // 18 memory[i & 255] = steps
    {LOAD, 4, 2, 0},   // 19 r4 = memory[r2 & 255]
    {ADD, 1, 1, 3},    // 20
    {XOR, 1, 1, 4},    // 21
    {INC, 0, 0, 0},    // 22
    {LT, 4, 0, 5},     // 23 i < n?
    {JNZ, 4, 0, 5},    // 24
    {HALT, 1, 0, 0},
};

static uint32_t run(const struct instruction *code, uint32_t n) {
    uint32_t r[16] = {0}, memory[256] = {0};
    r[5] = n, r[6] = 1000;
    for (const struct instruction *pc = code;;) {
        struct instruction i = *pc++;
        switch (i.op) {
        case LOADI: r[i.a & 15] = i.c; break;
        case ADD: r[i.a & 15] = r[i.b & 15] + r[i.c & 15]; break;
        case SUB: r[i.a & 15] = r[i.b & 15] - r[i.c & 15]; break;
        case MUL: r[i.a & 15] = r[i.b & 15] * r[i.c & 15]; break;
        case MOD: r[i.a & 15] = r[i.c & 15] ? r[i.b & 15] % r[i.c & 15] : 0; break;
        case XOR: r[i.a & 15] = r[i.b & 15] ^ r[i.c & 15]; break;
        case SHR: r[i.a & 15] = r[i.b & 15] >> (r[i.c & 15] & 31); break;
        case LT: r[i.a & 15] = r[i.b & 15] < r[i.c & 15]; break;
        case EQ: r[i.a & 15] = r[i.b & 15] == r[i.c & 15]; break;
        case JNZ: if (r[i.a & 15]) pc = code + i.c; break;
        case JMP: pc = code + i.c; break;
        case LOAD: r[i.a & 15] = memory[r[i.b & 15] & 255]; break;
        case STORE: memory[r[i.b & 15] & 255] = r[i.a & 15]; break;
        case MOVE: r[i.a & 15] = r[i.b & 15]; break;
        case INC: r[i.a & 15]++; break;
        case HALT: return r[i.a & 15];
        default: return ~0u;
        }
    }
}

int main(int argc, char **argv) {
    uint32_t n = argc > 1 ? atoi(argv[1]) : 250000;
    printf("%u\n", run(program, n));
}
