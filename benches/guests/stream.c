// Memory bandwidth: copy, scale, add and triad over arrays larger than the caches.
#include <stdio.h>
#include <stdlib.h>

enum { N = 2 << 20 };
static double a[N], b[N], c[N];

int main(int argc, char **argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : 80;
    for (int i = 0; i < N; i++) a[i] = i % 100, b[i] = 2, c[i] = 0;
    for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < N; i++) c[i] = a[i];
        for (int i = 0; i < N; i++) b[i] = 0.5 * c[i];
        for (int i = 0; i < N; i++) c[i] = a[i] + b[i];
        for (int i = 0; i < N; i++) a[i] = b[i] + 0.25 * c[i];
    }
    double sum = 0;
    for (int i = 0; i < N; i++) sum += a[i];
    printf("%.9g\n", sum);
}
