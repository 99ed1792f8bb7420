// Float latency: the Mandelbrot set, one pixel at a time.
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    int n = argc > 1 ? atoi(argv[1]) : 1100;
    unsigned inside = 0, total = 0;
    for (int y = 0; y < n; y++)
        for (int x = 0; x < n; x++) {
            double cr = 2.5 * x / n - 2, ci = 2.0 * y / n - 1, zr = 0, zi = 0;
            int i = 0;
            while (i < 500 && zr * zr + zi * zi < 4) {
                double t = zr * zr - zi * zi + cr;
                zi = 2 * zr * zi + ci, zr = t, i++;
            }
            inside += i == 500, total += i;
        }
    printf("%u inside, %u steps\n", inside, total);
}
