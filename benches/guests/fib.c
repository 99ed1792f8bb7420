// Call-heavy: naive Fibonacci, nothing but calls, compares and adds.
#include <stdio.h>
#include <stdlib.h>

static __attribute__((noinline)) unsigned fib(unsigned n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

int main(int argc, char **argv) {
    unsigned n = argc > 1 ? atoi(argv[1]) : 41;
    printf("fib(%u) = %u\n", n, fib(n));
}
