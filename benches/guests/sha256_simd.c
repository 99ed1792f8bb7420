// SIMD integers: four SHA-256-like message schedules side by side. cflags: -msimd128
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

typedef uint32_t u32x4 __attribute__((vector_size(16)));

static u32x4 rotr(u32x4 x, int n) { return x >> n | x << (32 - n); }

static void schedule(u32x4 h[8], const u32x4 in[16]) {
    u32x4 w[64];
    for (int i = 0; i < 16; i++) w[i] = in[i];
    for (int i = 16; i < 64; i++)
        w[i] = w[i - 16] + (rotr(w[i - 15], 7) ^ rotr(w[i - 15], 18) ^ w[i - 15] >> 3) + w[i - 7] + (rotr(w[i - 2], 17) ^ rotr(w[i - 2], 19) ^ w[i - 2] >> 10);
    u32x4 a = h[0], b = h[1], c = h[2], d = h[3], e = h[4], f = h[5], g = h[6], k = h[7];
    for (int i = 0; i < 64; i++) {
        u32x4 t1 = k + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) + ((e & f) ^ (~e & g)) + (uint32_t)(i * 0x9e3779b9u) + w[i];
        u32x4 t2 = (rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
        k = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
    }
    h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e, h[5] += f, h[6] += g, h[7] += k;
}

int main(int argc, char **argv) {
    int blocks = argc > 1 ? atoi(argv[1]) : 1200000;
    u32x4 h[8], in[16];
    for (int i = 0; i < 8; i++) h[i] = (u32x4){i, i * 3, i * 5, i * 7} * 0x01234567u;
    for (int i = 0; i < 16; i++) in[i] = (u32x4){i, i + 1, i + 2, i + 3} * 0x89abcdefu;
    for (int i = 0; i < blocks; i++) in[i & 15] ^= (uint32_t)i, schedule(h, in);
    for (int i = 0; i < 8; i++) printf("%08x", h[i][0] ^ h[i][1] ^ h[i][2] ^ h[i][3]);
    puts("");
}
