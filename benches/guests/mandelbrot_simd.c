// SIMD floats: the Mandelbrot set, four pixels at a time. cflags: -msimd128
#include <stdio.h>
#include <stdlib.h>

typedef float f32x4 __attribute__((vector_size(16)));
typedef int i32x4 __attribute__((vector_size(16)));

int main(int argc, char **argv) {
    int n = argc > 1 ? atoi(argv[1]) : 2400;
    unsigned total = 0;
    for (int y = 0; y < n; y++)
        for (int x = 0; x < n; x += 4) {
            f32x4 cr = {x, x + 1, x + 2, x + 3}, ci = {y, y, y, y}, zr = {0}, zi = {0};
            cr = cr * (2.5f / n) - 2.0f, ci = ci * (2.0f / n) - 1.0f;
            i32x4 count = {0};
            for (int i = 0; i < 300; i++) {
                f32x4 r2 = zr * zr, i2 = zi * zi;
                i32x4 inside = r2 + i2 < 4.0f;
                if (!((inside[0] | inside[1]) | (inside[2] | inside[3]))) break;
                count -= inside;
                zi = 2.0f * zr * zi + ci, zr = r2 - i2 + cr;
            }
            total += count[0] + count[1] + count[2] + count[3];
        }
    printf("%u steps\n", total);
}
