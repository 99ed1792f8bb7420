// Recursion with bit masks: the number of ways to place N queens.
#include <stdio.h>
#include <stdlib.h>

static unsigned place(unsigned all, unsigned columns, unsigned left, unsigned right) {
    if (columns == all) return 1;
    unsigned ways = 0;
    for (unsigned free = all & ~(columns | left | right); free;) {
        unsigned bit = free & -free;
        free ^= bit;
        ways += place(all, columns | bit, (left | bit) << 1, (right | bit) >> 1);
    }
    return ways;
}

int main(int argc, char **argv) {
    int n = argc > 1 ? atoi(argv[1]) : 15;
    printf("%d queens: %u\n", n, place((1u << n) - 1, 0, 0, 0));
}
