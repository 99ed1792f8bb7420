// A dependent table lookup per byte: CRC-32, then four bytes at a time by slicing.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { SIZE = 1 << 20 };
static uint32_t table[4][256];
static uint8_t data[SIZE];

static uint32_t bytewise(uint32_t crc, const uint8_t *p, int n) {
    for (int i = 0; i < n; i++) crc = table[0][(uint8_t)(crc ^ p[i])] ^ crc >> 8;
    return crc;
}

static uint32_t sliced(uint32_t crc, const uint8_t *p, int n) {
    for (int i = 0; i < n; i += 4) {
        crc ^= p[i] | p[i + 1] << 8 | p[i + 2] << 16 | (uint32_t)p[i + 3] << 24;
        crc = table[3][crc & 255] ^ table[2][crc >> 8 & 255] ^ table[1][crc >> 16 & 255] ^ table[0][crc >> 24];
    }
    return crc;
}

int main(int argc, char **argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : 140;
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int k = 0; k < 8; k++) c = c & 1 ? c >> 1 ^ 0xedb88320 : c >> 1;
        table[0][i] = c;
    }
    for (int t = 1; t < 4; t++)
        for (int i = 0; i < 256; i++) table[t][i] = table[t - 1][i] >> 8 ^ table[0][table[t - 1][i] & 255];
    for (int i = 0; i < SIZE; i++) data[i] = i * 7 + (i >> 9);
    uint32_t a = ~0u, b = ~0u;
    for (int round = 0; round < rounds; round++) {
        a = bytewise(a, data, SIZE), b = sliced(b, data, SIZE);
        if (a != b) return puts("mismatch"), 1;
    }
    printf("%08x\n", ~a);
}
