// Stream cipher: ChaCha20 keystream, 32-bit adds, xors and rotates that all fit in registers, nearly.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static uint32_t rotl(uint32_t x, int n) { return x << n | x >> (32 - n); }

#define QUARTER(a, b, c, d)                                                                                            \
    a += b, d = rotl(d ^ a, 16), c += d, b = rotl(b ^ c, 12), a += b, d = rotl(d ^ a, 8), c += d, b = rotl(b ^ c, 7)

static void block(const uint32_t in[16], uint32_t out[16]) {
    uint32_t x[16];
    for (int i = 0; i < 16; i++) x[i] = in[i];
    for (int i = 0; i < 10; i++) {
        QUARTER(x[0], x[4], x[8], x[12]);
        QUARTER(x[1], x[5], x[9], x[13]);
        QUARTER(x[2], x[6], x[10], x[14]);
        QUARTER(x[3], x[7], x[11], x[15]);
        QUARTER(x[0], x[5], x[10], x[15]);
        QUARTER(x[1], x[6], x[11], x[12]);
        QUARTER(x[2], x[7], x[8], x[13]);
        QUARTER(x[3], x[4], x[9], x[14]);
    }
    for (int i = 0; i < 16; i++) out[i] = x[i] + in[i];
}

int main(int argc, char **argv) {
    int blocks = argc > 1 ? atoi(argv[1]) : 4000000;
    uint32_t state[16] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574, 1, 2, 3, 4, 5, 6, 7, 8, 0, 9, 10, 11};
    uint32_t out[16], sum[16] = {0};
    for (int i = 0; i < blocks; i++) {
        state[12] = i;
        block(state, out);
        for (int k = 0; k < 16; k++) sum[k] ^= out[k];
    }
    for (int k = 0; k < 16; k++) printf("%08x", sum[k]);
    puts("");
}
