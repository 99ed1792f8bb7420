// SIMD floats: a blocked matrix product on vectors of four. cflags: -msimd128
#include <stdio.h>
#include <stdlib.h>

typedef float f32x4 __attribute__((vector_size(16)));
enum { N = 512 };
static float a[N][N];
static f32x4 b[N][N / 4], c[N][N / 4];

static void multiply(void) {
    for (int i = 0; i < N; i += 2)
        for (int j = 0; j < N / 4; j += 4) {
            f32x4 sum[2][4] = {0};
            for (int k = 0; k < N; k++)
                for (int y = 0; y < 2; y++)
                    for (int x = 0; x < 4; x++) sum[y][x] += a[i + y][k] * b[k][j + x];
            for (int y = 0; y < 2; y++)
                for (int x = 0; x < 4; x++) c[i + y][j + x] = sum[y][x];
        }
}

int main(int argc, char **argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : 40;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) a[i][j] = (i * 7 + j * 3) % 17, b[i][j / 4][j % 4] = (i * 5 + j * 11) % 13;
    double sum = 0;
    for (int round = 0; round < rounds; round++) {
        multiply();
        a[round][1] += 1;
        sum += c[round][round / 4][round % 4];
    }
    printf("%.3f\n", sum);
}
