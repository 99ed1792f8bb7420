// Short inputs, 64-bit state: SipHash-2-4 over many strings.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t rotl(uint64_t x, int n) { return x << n | x >> (64 - n); }

#define ROUND                                                                                                          \
    v0 += v1, v1 = rotl(v1, 13) ^ v0, v0 = rotl(v0, 32), v2 += v3, v3 = rotl(v3, 16) ^ v2, v0 += v3,                   \
        v3 = rotl(v3, 21) ^ v0, v2 += v1, v1 = rotl(v1, 17) ^ v2, v2 = rotl(v2, 32)

static __attribute__((noinline)) uint64_t siphash(const uint8_t *in, size_t n, uint64_t k0, uint64_t k1) {
    uint64_t v0 = k0 ^ 0x736f6d6570736575, v1 = k1 ^ 0x646f72616e646f6d, v2 = k0 ^ 0x6c7967656e657261, v3 = k1 ^ 0x7465646279746573;
    uint64_t last = (uint64_t)n << 56, m;
    for (; n >= 8; n -= 8, in += 8) {
        memcpy(&m, in, 8);
        v3 ^= m;
        ROUND, ROUND;
        v0 ^= m;
    }
    for (size_t i = 0; i < n; i++) last |= (uint64_t)in[i] << 8 * i;
    v3 ^= last;
    ROUND, ROUND;
    v0 ^= last, v2 ^= 0xff;
    ROUND, ROUND, ROUND, ROUND;
    return v0 ^ v1 ^ v2 ^ v3;
}

int main(int argc, char **argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : 400000;
    static uint8_t text[128];
    for (int i = 0; i < 128; i++) text[i] = i * 37;
    uint64_t sum = 0;
    for (int round = 0; round < rounds; round++)
        for (int n = 3; n < 120; n += 3) sum = rotl(sum, 7) ^ siphash(text, n, sum, round);
    printf("%016llx\n", (unsigned long long)sum);
}
