// memmove, memset and memcmp at many sizes: the runtime's bulk memory operations.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint8_t buffer[8 << 20];

int main(int argc, char **argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : 24;
    uint32_t sum = 0;
    for (unsigned i = 0; i < sizeof buffer; i++) buffer[i] = i * 2654435761u >> 24;
    for (int round = 0; round < rounds; round++)
        for (volatile unsigned size = 4; size <= 4 << 20; size *= 2) {
            unsigned times = (8u << 20) / size;
            if (times > 300000) times = 300000;
            for (unsigned i = 0; i < times; i++) {
                unsigned at = i * size & ((4 << 20) - 1);
                memmove(buffer + at + i % 7, buffer + (at ^ 64), size);
                if (i % 8 == 0) memset(buffer + at, i, size / 2);
                sum += memcmp(buffer + at, buffer + (4 << 20), size) != 0;
            }
        }
    for (unsigned i = 0; i < sizeof buffer; i += 997) sum = sum * 31 + buffer[i];
    printf("%u\n", sum);
}
