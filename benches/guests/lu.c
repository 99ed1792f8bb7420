// PolyBench's lu: LU decomposition in place, triangular loops with column access.
#include <stdio.h>
#include <stdlib.h>

enum { N = 1100 };
static double A[N][N];

int main(int argc, char **argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : 1;
    double sum = 0;
    while (rounds--) {
        for (int i = 0; i < N; i++) for (int j = 0; j < N; j++) A[i][j] = (i * 7 + j * 13) % 31 / 31.0 + (i == j ? N : 0);
        for (int i = 0; i < N; i++) {
            for (int j = 0; j < i; j++) {
                for (int k = 0; k < j; k++) A[i][j] -= A[i][k] * A[k][j];
                A[i][j] /= A[j][j];
            }
            for (int j = i; j < N; j++)
                for (int k = 0; k < i; k++) A[i][j] -= A[i][k] * A[k][j];
        }
        for (int i = 0; i < N; i++) sum += A[i][i];
    }
    printf("%.6f\n", sum);
}
