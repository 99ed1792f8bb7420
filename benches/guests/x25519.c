// Crypto on 64x64->128 multiplies: X25519 scalar multiplication, five 51-bit limbs.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned __int128 u128;
typedef uint64_t fe[5];
static const uint64_t MASK = (1ull << 51) - 1;

static void add(fe o, const fe a, const fe b) { for (int i = 0; i < 5; i++) o[i] = a[i] + b[i]; }

static void sub(fe o, const fe a, const fe b) {
    o[0] = a[0] + 0xfffffffffffdaull - b[0];
    for (int i = 1; i < 5; i++) o[i] = a[i] + 0xffffffffffffeull - b[i];
}

static void carry(fe o, u128 t[5]) {
    for (int i = 0; i < 4; i++) t[i + 1] += (uint64_t)(t[i] >> 51), o[i] = (uint64_t)t[i] & MASK;
    o[4] = (uint64_t)t[4] & MASK;
    o[0] += (uint64_t)(t[4] >> 51) * 19;
    o[1] += o[0] >> 51, o[0] &= MASK;
}

static void mul(fe o, const fe a, const fe b) {
    uint64_t b1 = b[1] * 19, b2 = b[2] * 19, b3 = b[3] * 19, b4 = b[4] * 19;
    u128 t[5];
    t[0] = (u128)a[0] * b[0] + (u128)a[1] * b4 + (u128)a[2] * b3 + (u128)a[3] * b2 + (u128)a[4] * b1;
    t[1] = (u128)a[0] * b[1] + (u128)a[1] * b[0] + (u128)a[2] * b4 + (u128)a[3] * b3 + (u128)a[4] * b2;
    t[2] = (u128)a[0] * b[2] + (u128)a[1] * b[1] + (u128)a[2] * b[0] + (u128)a[3] * b4 + (u128)a[4] * b3;
    t[3] = (u128)a[0] * b[3] + (u128)a[1] * b[2] + (u128)a[2] * b[1] + (u128)a[3] * b[0] + (u128)a[4] * b4;
    t[4] = (u128)a[0] * b[4] + (u128)a[1] * b[3] + (u128)a[2] * b[2] + (u128)a[3] * b[1] + (u128)a[4] * b[0];
    carry(o, t);
}

static void small(fe o, const fe a, uint64_t k) {
    u128 t[5];
    for (int i = 0; i < 5; i++) t[i] = (u128)a[i] * k;
    carry(o, t);
}

static void swap(fe a, fe b, uint64_t bit) {
    for (int i = 0; i < 5; i++) {
        uint64_t x = -bit & (a[i] ^ b[i]);
        a[i] ^= x, b[i] ^= x;
    }
}

static void invert(fe o, const fe z) {
    fe r;
    memcpy(r, z, sizeof r);
    for (int i = 253; i >= 0; i--) { // exponent p - 2
        mul(r, r, r);
        if (i != 2 && i != 4) mul(r, r, z);
    }
    memcpy(o, r, sizeof r);
}

static void load(fe o, const uint8_t s[32]) {
    uint64_t w[4];
    memcpy(w, s, 32);
    o[0] = w[0] & MASK, o[1] = (w[0] >> 51 | w[1] << 13) & MASK, o[2] = (w[1] >> 38 | w[2] << 26) & MASK;
    o[3] = (w[2] >> 25 | w[3] << 39) & MASK, o[4] = w[3] >> 12 & MASK;
}

static void store(uint8_t s[32], fe a) {
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 4; i++) a[i + 1] += a[i] >> 51, a[i] &= MASK;
        a[0] += (a[4] >> 51) * 19, a[4] &= MASK;
    }
    uint64_t q = (a[0] + 19) >> 51;
    for (int i = 1; i < 5; i++) q = (a[i] + q) >> 51;
    a[0] += 19 * q;
    for (int i = 0; i < 4; i++) a[i + 1] += a[i] >> 51, a[i] &= MASK;
    a[4] &= MASK;
    uint64_t w[4] = {a[0] | a[1] << 51, a[1] >> 13 | a[2] << 38, a[2] >> 26 | a[3] << 25, a[3] >> 39 | a[4] << 12};
    memcpy(s, w, 32);
}

static void x25519(uint8_t out[32], const uint8_t scalar[32], const uint8_t point[32]) {
    uint8_t k[32];
    memcpy(k, scalar, 32);
    k[0] &= 248, k[31] = (k[31] & 127) | 64;
    fe x1, x2 = {1}, z2 = {0}, x3, z3 = {1}, a, aa, b, bb, e, c, d, da, cb;
    load(x1, point);
    memcpy(x3, x1, sizeof x1);
    uint64_t last = 0;
    for (int i = 254; i >= 0; i--) {
        uint64_t bit = k[i / 8] >> (i % 8) & 1;
        swap(x2, x3, bit ^ last), swap(z2, z3, bit ^ last), last = bit;
        add(a, x2, z2), mul(aa, a, a), sub(b, x2, z2), mul(bb, b, b), sub(e, aa, bb);
        add(c, x3, z3), sub(d, x3, z3), mul(da, d, a), mul(cb, c, b);
        add(x3, da, cb), mul(x3, x3, x3), sub(z3, da, cb), mul(z3, z3, z3), mul(z3, z3, x1);
        mul(x2, aa, bb), small(z2, e, 121665), add(z2, z2, aa), mul(z2, z2, e);
    }
    swap(x2, x3, last), swap(z2, z3, last);
    invert(z2, z2), mul(x2, x2, z2), store(out, x2);
}

int main(int argc, char **argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : 10000;
    uint8_t k[32] = {9}, u[32] = {9}, out[32];
    for (int i = 0; i < rounds; i++) { // RFC 7748, section 5.2: 422c8e7a… after one round, 684cf59b… after a thousand
        x25519(out, k, u);
        memcpy(u, k, 32), memcpy(k, out, 32);
    }
    for (int i = 0; i < 32; i++) printf("%02x", k[i]);
    puts("");
}
