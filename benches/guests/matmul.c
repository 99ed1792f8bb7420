// Float arithmetic over a plain triple loop: 64-bit matrix product.
#include <stdio.h>
#include <stdlib.h>

enum { N = 400 };
static double a[N][N], b[N][N], c[N][N];

static void multiply(void) {
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            double sum = 0;
            for (int k = 0; k < N; k++) sum += a[i][k] * b[k][j];
            c[i][j] = sum;
        }
}

int main(int argc, char **argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : 8;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            a[i][j] = (i * 7 + j * 3) % 17;
            b[i][j] = (i * 5 + j * 11) % 13;
        }
    for (int round = 0; round < rounds; round++) {
        multiply();
        a[round % N][0] += c[round % N][round % N] * 1e-6;
    }
    double trace = 0;
    for (int i = 0; i < N; i++) trace += c[i][i];
    printf("%.6f\n", trace);
}
