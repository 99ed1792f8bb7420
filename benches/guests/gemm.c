// PolyBench's gemm: C = alpha A B + beta C, loops ordered for the cache.
#include <stdio.h>
#include <stdlib.h>

enum { NI = 500, NJ = 550, NK = 600 };
static double A[NI][NK], B[NK][NJ], C[NI][NJ];

static void gemm(double alpha, double beta) {
    for (int i = 0; i < NI; i++) {
        for (int j = 0; j < NJ; j++) C[i][j] *= beta;
        for (int k = 0; k < NK; k++)
            for (int j = 0; j < NJ; j++) C[i][j] += alpha * A[i][k] * B[k][j];
    }
}

int main(int argc, char **argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : 14;
    for (int i = 0; i < NI; i++) for (int k = 0; k < NK; k++) A[i][k] = (double)(i * (k + 1) % NK) / NK;
    for (int k = 0; k < NK; k++) for (int j = 0; j < NJ; j++) B[k][j] = (double)(k * (j + 2) % NJ) / NJ;
    for (int round = 0; round < rounds; round++) gemm(1.5, 0.2);
    double sum = 0;
    for (int i = 0; i < NI; i++) for (int j = 0; j < NJ; j++) sum += C[i][j];
    printf("%.6f\n", sum);
}
