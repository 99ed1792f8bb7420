// Table-driven cipher: AES-128 in counter mode, four 1 KB tables.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static uint8_t sbox[256];
static uint32_t T[4][256], keys[44];

static uint8_t times2(uint8_t x) { return x << 1 ^ (x >> 7) * 0x1b; }
static uint32_t rotr(uint32_t x, int n) { return x >> n | x << (32 - n); }

static void tables(void) {
    uint8_t p = 1, q = 1;
    do { // p runs through all non-zero elements, q is its inverse
        p ^= times2(p);
        q ^= q << 1, q ^= q << 2, q ^= q << 4;
        if (q & 128) q ^= 9;
        uint8_t x = q ^ (q << 1 | q >> 7) ^ (q << 2 | q >> 6) ^ (q << 3 | q >> 5) ^ (q << 4 | q >> 4);
        sbox[p] = x ^ 0x63;
    } while (p != 1);
    sbox[0] = 0x63;
    for (int i = 0; i < 256; i++) {
        uint8_t s = sbox[i], d = times2(s);
        T[0][i] = (uint32_t)d << 24 | s << 16 | s << 8 | (d ^ s);
        for (int t = 1; t < 4; t++) T[t][i] = rotr(T[0][i], 8 * t);
    }
}

static uint32_t substitute(uint32_t x) {
    return (uint32_t)sbox[x >> 24] << 24 | sbox[x >> 16 & 255] << 16 | sbox[x >> 8 & 255] << 8 | sbox[x & 255];
}

static void expand(const uint32_t key[4]) {
    uint8_t constant = 1;
    for (int i = 0; i < 44; i++) {
        if (i < 4) {
            keys[i] = key[i];
            continue;
        }
        uint32_t t = keys[i - 1];
        if (i % 4 == 0) t = substitute(rotr(t, 24)) ^ (uint32_t)constant << 24, constant = times2(constant);
        keys[i] = keys[i - 4] ^ t;
    }
}

static void encrypt(uint32_t s[4]) {
    uint32_t t[4];
    for (int i = 0; i < 4; i++) s[i] ^= keys[i];
    for (int r = 1; r < 10; r++) {
        for (int i = 0; i < 4; i++)
            t[i] = T[0][s[i] >> 24] ^ T[1][s[(i + 1) & 3] >> 16 & 255] ^ T[2][s[(i + 2) & 3] >> 8 & 255] ^ T[3][s[(i + 3) & 3] & 255] ^ keys[4 * r + i];
        for (int i = 0; i < 4; i++) s[i] = t[i];
    }
    for (int i = 0; i < 4; i++)
        t[i] = (uint32_t)sbox[s[i] >> 24] << 24 | sbox[s[(i + 1) & 3] >> 16 & 255] << 16 | sbox[s[(i + 2) & 3] >> 8 & 255] << 8 | sbox[s[(i + 3) & 3] & 255];
    for (int i = 0; i < 4; i++) s[i] = t[i] ^ keys[40 + i];
}

int main(int argc, char **argv) {
    int blocks = argc > 1 ? atoi(argv[1]) : 9000000;
    uint32_t key[4] = {0x00010203, 0x04050607, 0x08090a0b, 0x0c0d0e0f}, sum[4] = {0};
    tables(), expand(key);
    uint32_t check[4] = {0x00112233, 0x44556677, 0x8899aabb, 0xccddeeff}; // FIPS 197, appendix C.1
    encrypt(check);
    printf("%08x%08x%08x%08x\n", check[0], check[1], check[2], check[3]);
    for (int i = 0; i < blocks; i++) {
        uint32_t s[4] = {0, 0, 0, i};
        encrypt(s);
        for (int k = 0; k < 4; k++) sum[k] ^= s[k];
    }
    printf("%08x%08x%08x%08x\n", sum[0], sum[1], sum[2], sum[3]);
}
