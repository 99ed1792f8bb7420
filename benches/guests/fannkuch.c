// Small arrays, branchy integer code: fannkuch-redux (Benchmarks Game's problem).
#include <stdio.h>
#include <stdlib.h>

static void fannkuch(int n) {
    int permutation[16], work[16], count[16], flips, most = 0, checksum = 0, r = n, round = 0;
    for (int i = 0; i < n; i++) permutation[i] = i;
    for (;;) {
        for (; r != 1; r--) count[r - 1] = r;
        for (int i = 0; i < n; i++) work[i] = permutation[i];
        flips = 0;
        for (int k; (k = work[0]);) {
            for (int i = 0, j = k; i < j; i++, j--) {
                int t = work[i];
                work[i] = work[j], work[j] = t;
            }
            flips++;
        }
        if (flips > most) most = flips;
        checksum += round++ & 1 ? -flips : flips;
        for (;; r++) {
            if (r == n) {
                printf("%d\nPfannkuchen(%d) = %d\n", checksum, n, most);
                return;
            }
            int first = permutation[0];
            for (int i = 0; i < r; i++) permutation[i] = permutation[i + 1];
            permutation[r] = first;
            if (--count[r] > 0) break;
        }
    }
}

int main(int argc, char **argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : 2;
    while (rounds--) fannkuch(10);
}
