// SIMD integers: saturating blend, box blur and threshold of 8-bit images. cflags: -msimd128 -O3
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { W = 1024, H = 768 };
static uint8_t a[H][W], b[H][W], c[H][W];

int main(int argc, char **argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : 2000;
    uint32_t seed = 6, sum = 0;
    for (int i = 0; i < W * H; i++) seed = seed * 1664525 + 1013904223, a[i / W][i % W] = seed >> 24, b[i / W][i % W] = seed >> 16;
    for (int round = 0; round < rounds; round++) {
        for (int y = 0; y < H; y++)
            for (int x = 0; x < W; x++) c[y][x] = (a[y][x] * 3 + b[y][x] * 5 + 4) >> 3;
        for (int y = 1; y < H - 1; y++)
            for (int x = 1; x < W - 1; x++) a[y][x] = (c[y - 1][x] + c[y + 1][x] + c[y][x - 1] + c[y][x + 1] + 2) >> 2;
        for (int y = 0; y < H; y++)
            for (int x = 0; x < W; x++) b[y][x] = c[y][x] > 128 ? b[y][x] : 255 - b[y][x];
        a[round % H][round % W] ^= round;
    }
    for (int i = 0; i < W * H; i++) sum = sum * 31 + a[i / W][i % W] + b[i / W][i % W];
    printf("%u\n", sum);
}
