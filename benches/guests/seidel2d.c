// PolyBench's seidel-2d: a stencil in place, every step waits for the one before.
#include <stdio.h>
#include <stdlib.h>

enum { N = 500 };
static double A[N][N];

int main(int argc, char **argv) {
    int steps = argc > 1 ? atoi(argv[1]) : 180;
    for (int i = 0; i < N; i++) for (int j = 0; j < N; j++) A[i][j] = (i * (j + 2) + 2) % 97 / 97.0;
    for (int t = 0; t < steps; t++)
        for (int i = 1; i < N - 1; i++)
            for (int j = 1; j < N - 1; j++)
                A[i][j] = (A[i - 1][j - 1] + A[i - 1][j] + A[i - 1][j + 1] + A[i][j - 1] + A[i][j] + A[i][j + 1] + A[i + 1][j - 1] + A[i + 1][j] + A[i + 1][j + 1]) / 9.0;
    double sum = 0;
    for (int i = 0; i < N; i++) for (int j = 0; j < N; j++) sum += A[i][j];
    printf("%.6f\n", sum);
}
