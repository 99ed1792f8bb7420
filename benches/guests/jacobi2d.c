// PolyBench's jacobi-2d: a five-point stencil.
#include <stdio.h>
#include <stdlib.h>

enum { N = 700 };
static double A[N][N], B[N][N];

int main(int argc, char **argv) {
    int steps = argc > 1 ? atoi(argv[1]) : 900;
    for (int i = 0; i < N; i++) for (int j = 0; j < N; j++) A[i][j] = B[i][j] = (i * (j + 2) + 2) % 97 / 97.0;
    for (int t = 0; t < steps; t++) {
        for (int i = 1; i < N - 1; i++)
            for (int j = 1; j < N - 1; j++) B[i][j] = 0.2 * (A[i][j] + A[i][j - 1] + A[i][1 + j] + A[1 + i][j] + A[i - 1][j]);
        for (int i = 1; i < N - 1; i++)
            for (int j = 1; j < N - 1; j++) A[i][j] = 0.2 * (B[i][j] + B[i][j - 1] + B[i][1 + j] + B[1 + i][j] + B[i - 1][j]);
    }
    double sum = 0;
    for (int i = 0; i < N; i++) for (int j = 0; j < N; j++) sum += A[i][j];
    printf("%.6f\n", sum);
}
