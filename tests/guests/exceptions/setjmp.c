// setjmp and longjmp, which clang lowers to exceptions.
#include <stdint.h>
#include <stdio.h>

typedef struct {
    void *invocation;
    uint32_t label;
    struct { void *env; int value; } thrown;
} jmp_buf[1];

int setjmp(jmp_buf) __attribute__((returns_twice));
_Noreturn void longjmp(jmp_buf, int);

static jmp_buf outer, inner;
static volatile int depth;

__attribute__((noinline)) static void deep(int n, int value) {
    depth++;
    if (n == 0) longjmp(value & 1 ? outer : inner, value);
    deep(n - 1, value);
    depth--;
}

__attribute__((noinline)) static int nested(int value) {
    volatile int tries = 0;
    int result = setjmp(inner);
    if (result) {
        printf("inner %d, try %d\n", result, tries);
        if (result > 100) return result;
        value += 100;
    }
    tries++;
    deep(20, value);
    return -1;
}

int main(void) {
    for (int value = 1; value <= 4; value++) {
        int result = setjmp(outer);
        if (result == 0) printf("returned %d\n", nested(value));
        else printf("outer %d\n", result);
    }
    if (setjmp(outer) == 0) longjmp(outer, 0);
    // A loop of jumps, as interpreters do for errors.
    volatile int count = 0;
    setjmp(outer);
    if (++count < 1000000) longjmp(outer, 1);
    printf("depth %d, count %d\n", depth, count);
    return 0;
}
