// Dynamic programming with three-way minima: edit distance.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { N = 8000 };
static char a[N], b[N];
static int row[N + 1];

int main(int argc, char **argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : 9, total = 0;
    uint32_t seed = 8;
    for (int i = 0; i < N; i++) {
        seed = seed * 1664525 + 1013904223;
        a[i] = 'a' + (seed >> 30), b[i] = seed >> 20 & 3 ? a[i] : 'z';
    }
    for (int round = 0; round < rounds; round++) {
        for (int j = 0; j <= N; j++) row[j] = j;
        for (int i = 1; i <= N; i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= N; j++) {
                int best = diagonal + (a[i - 1] != b[j - 1]);
                diagonal = row[j];
                if (row[j] + 1 < best) best = row[j] + 1;
                if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
                row[j] = best;
            }
        }
        total += row[N];
        a[round] ^= 1;
    }
    printf("%d\n", total);
}
