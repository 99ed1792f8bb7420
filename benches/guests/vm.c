// A stack machine with tagged values and calls, as scripting languages have: nested loops, an array, a recursive function.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum tag { INTEGER, FLOAT };
struct value { enum tag tag; union { int32_t i; double f; }; };
enum op { PUSH, LOCAL, SET, ADD, SUB, LESS, JUMPF, JUMP, CALL, RET, INDEX, PUTINDEX, TOFLOAT, STOP };
struct instruction { enum op op; int32_t x; };

static struct value stack[4096], array[64];

static struct value arithmetic(struct value a, struct value b, int subtract) {
    if (a.tag == INTEGER && b.tag == INTEGER)
        return (struct value){INTEGER, {.i = subtract ? (int32_t)((uint32_t)a.i - (uint32_t)b.i) : (int32_t)((uint32_t)a.i + (uint32_t)b.i)}};
    double x = a.tag == FLOAT ? a.f : a.i, y = b.tag == FLOAT ? b.f : b.i;
    return (struct value){FLOAT, {.f = subtract ? x - y : x + y}};
}

static struct value run(const struct instruction *code) {
    struct value *sp = stack, *frame = stack;
    for (const struct instruction *pc = code;;) {
        struct instruction i = *pc++;
        switch (i.op) {
        case PUSH: *sp++ = (struct value){INTEGER, {.i = i.x}}; break;
        case LOCAL: *sp++ = frame[i.x]; break;
        case SET: frame[i.x] = *--sp; break;
        case ADD: sp--, sp[-1] = arithmetic(sp[-1], sp[0], 0); break;
        case SUB: sp--, sp[-1] = arithmetic(sp[-1], sp[0], 1); break;
        case LESS: {
            struct value a = sp[-2], b = sp[-1];
            sp--;
            int less = a.tag == INTEGER && b.tag == INTEGER ? a.i < b.i : (a.tag == FLOAT ? a.f : a.i) < (b.tag == FLOAT ? b.f : b.i);
            sp[-1] = (struct value){INTEGER, {.i = less}};
            break;
        }
        case JUMPF: if (!(--sp)->i) pc = code + i.x; break;
        case JUMP: pc = code + i.x; break;
        case CALL: // one argument, on top: the frame holds it, then the return address and the caller's frame
            sp[0].i = pc - code, sp[1].i = frame - stack;
            frame = sp - 1, sp += 2, pc = code + i.x;
            break;
        case RET: {
            struct value result = sp[-1];
            pc = code + frame[1].i, sp = frame + 1;
            frame = stack + frame[2].i;
            sp[-1] = result;
            break;
        }
        case INDEX: sp[-1] = array[sp[-1].i & 63]; break;
        case PUTINDEX: sp -= 2, array[sp[1].i & 63] = sp[0]; break;
        case TOFLOAT: sp[-1] = (struct value){FLOAT, {.f = sp[-1].i * 0.5}}; break;
        case STOP: return sp[-1];
        }
    }
}

int main(int argc, char **argv) {
    int n = argc > 1 ? atoi(argv[1]) : 8000000;
    struct instruction program[] = {
        {PUSH, 0}, {PUSH, 0},                                                      // 0: i = 0, sum = 0
        {LOCAL, 0}, {PUSH, n}, {LESS}, {JUMPF, 17},                                // 2: while i < n
        {LOCAL, 1}, {LOCAL, 0}, {INDEX}, {ADD}, {SET, 1},                          // 6: sum += array[i]
        {LOCAL, 0}, {LOCAL, 0}, {PUTINDEX},                                        // 11: array[i] = i
        {JUMP, 24}, {STOP}, {STOP},                                                // 14
        {PUSH, 31}, {CALL, 30}, {LOCAL, 1}, {ADD}, {STOP}, {STOP}, {STOP},         // 17: fib(31) + sum
        {LOCAL, 0}, {PUSH, 1}, {ADD}, {SET, 0}, {JUMP, 2}, {STOP},                 // 24: i++
        {LOCAL, 0}, {PUSH, 2}, {LESS}, {JUMPF, 36}, {LOCAL, 0}, {RET},             // 30: fib(n): if n < 2 return n
        {LOCAL, 0}, {PUSH, 1}, {SUB}, {CALL, 30},                                  // 36: return fib(n - 1)
        {LOCAL, 0}, {PUSH, 2}, {SUB}, {CALL, 30}, {ADD}, {RET},                    // 40: + fib(n - 2)
    };
    for (int i = 0; i < 64; i++) array[i] = i % 8 ? (struct value){INTEGER, {.i = i}} : (struct value){FLOAT, {.f = 0.5}};
    struct value v = run(program);
    if (v.tag == INTEGER) printf("%d\n", v.i);
    else printf("%.9g\n", v.f);
}
