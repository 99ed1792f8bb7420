// Sorting: libc's qsort with a comparison function, and a hand-written quicksort.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N = 1000000 };
static uint32_t a[N], b[N];

static int compare(const void *x, const void *y) {
    uint32_t p = *(const uint32_t *)x, q = *(const uint32_t *)y;
    return p < q ? -1 : p > q;
}

static void quicksort(uint32_t *v, int n) {
    while (n > 16) {
        uint32_t x = v[0], y = v[n / 2], z = v[n - 1];
        uint32_t pivot = x < y ? (y < z ? y : x < z ? z : x) : (x < z ? x : y < z ? z : y);
        int i = 0, j = n - 1;
        for (;; i++, j--) {
            while (v[i] < pivot) i++;
            while (v[j] > pivot) j--;
            if (i >= j) break;
            uint32_t t = v[i];
            v[i] = v[j], v[j] = t;
        }
        quicksort(v, j + 1);
        v += j + 1, n -= j + 1;
    }
    for (int i = 1; i < n; i++) {
        uint32_t x = v[i];
        int j = i;
        for (; j > 0 && v[j - 1] > x; j--) v[j] = v[j - 1];
        v[j] = x;
    }
}

int main(int argc, char **argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : 5;
    uint32_t seed = 5;
    for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < N; i++) a[i] = b[i] = seed = seed * 1664525 + 1013904223;
        quicksort(a, N);
        if (round == 0) {
            qsort(b, N, sizeof *b, compare);
            if (memcmp(a, b, sizeof a)) return puts("mismatch"), 1;
        }
        seed ^= a[N / 3];
    }
    printf("%u %u %u\n", a[0], a[N / 2], a[N - 1]);
}
