// libc's number formatting and parsing: snprintf and strtod, integers and floats.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : 600000;
    uint32_t seed = 2, sum = 0;
    double total = 0;
    for (int i = 0; i < rounds; i++) {
        char line[128];
        seed = seed * 1664525 + 1013904223;
        double x = (int32_t)seed / 1024.0;
        int n = snprintf(line, sizeof line, "%d %08x %.3f %e %s", (int32_t)seed, seed, x, x * 1e10, "text");
        char *p = line;
        sum = sum * 31 + n + (uint32_t)strtol(p, &p, 10) + (uint32_t)strtoul(p, &p, 16);
        total += strtod(p, &p);
    }
    printf("%u %.6f\n", sum, total);
}
