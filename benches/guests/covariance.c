// PolyBench's covariance: column means, then products of columns.
#include <stdio.h>
#include <stdlib.h>

enum { M = 500, N = 600 };
static double data[N][M], covariance[M][M], mean[M];

int main(int argc, char **argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : 4;
    double sum = 0;
    while (rounds--) {
        for (int i = 0; i < N; i++) for (int j = 0; j < M; j++) data[i][j] = (double)i * j / M;
        for (int j = 0; j < M; j++) {
            mean[j] = 0;
            for (int i = 0; i < N; i++) mean[j] += data[i][j];
            mean[j] /= N;
        }
        for (int i = 0; i < N; i++) for (int j = 0; j < M; j++) data[i][j] -= mean[j];
        for (int i = 0; i < M; i++)
            for (int j = i; j < M; j++) {
                double s = 0;
                for (int k = 0; k < N; k++) s += data[k][i] * data[k][j];
                covariance[i][j] = covariance[j][i] = s / (N - 1);
            }
        for (int i = 0; i < M; i++) sum += covariance[i][(i * 7) % M];
    }
    printf("%.6f\n", sum);
}
