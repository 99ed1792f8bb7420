// Image codec core: 8x8 integer DCT, quantisation, zigzag, run-length coding and the way back.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { W = 512, H = 512 };
static uint8_t image[H][W], back[H][W];
static int16_t coded[W * H * 2];
static uint8_t zigzag[64];
static int16_t basis[8][8]; // 12 bits after the point

static void prepare(void) {
    // cos(k pi / 16) scaled by 4096 / 2, the row of the constant term by 1 / sqrt 2
    static const int cosine[9] = {2048, 2009, 1892, 1703, 1448, 1138, 784, 400, 0};
    for (int u = 0; u < 8; u++)
        for (int x = 0; x < 8; x++) {
            int k = (2 * x + 1) * u % 32, sign = 1;
            if (k > 16) k = 32 - k;
            if (k > 8) k = 16 - k, sign = -1;
            basis[u][x] = u ? sign * cosine[k] : 1448;
        }
    for (int i = 0, x = 0, y = 0; i < 64; i++) {
        zigzag[i] = y * 8 + x;
        if ((x + y) % 2 == 0) { if (x == 7) y++; else if (y == 0) x++; else x++, y--; }
        else { if (y == 7) x++; else if (x == 0) y++; else x--, y++; }
    }
}

static void forward(const int *in, int *out) {
    int t[64];
    for (int y = 0; y < 8; y++)
        for (int u = 0; u < 8; u++) {
            int sum = 0;
            for (int x = 0; x < 8; x++) sum += in[y * 8 + x] * basis[u][x];
            t[y * 8 + u] = (sum + 2048) >> 12;
        }
    for (int u = 0; u < 8; u++)
        for (int v = 0; v < 8; v++) {
            int sum = 0;
            for (int y = 0; y < 8; y++) sum += t[y * 8 + u] * basis[v][y];
            out[v * 8 + u] = (sum + 2048) >> 12;
        }
}

static void inverse(const int *in, int *out) {
    int t[64];
    for (int v = 0; v < 8; v++)
        for (int x = 0; x < 8; x++) {
            int sum = 0;
            for (int u = 0; u < 8; u++) sum += in[v * 8 + u] * basis[u][x];
            t[v * 8 + x] = (sum + 2048) >> 12;
        }
    for (int x = 0; x < 8; x++)
        for (int y = 0; y < 8; y++) {
            int sum = 0;
            for (int v = 0; v < 8; v++) sum += t[v * 8 + x] * basis[v][y];
            out[y * 8 + x] = (sum + 2048) >> 12;
        }
}

static int encode(void) {
    int16_t *o = coded;
    int in[64], out[64];
    for (int by = 0; by < H; by += 8)
        for (int bx = 0; bx < W; bx += 8) {
            for (int i = 0; i < 64; i++) in[i] = image[by + i / 8][bx + i % 8] - 128;
            forward(in, out);
            int run = 0;
            for (int i = 0; i < 64; i++) {
                int q = out[zigzag[i]] / (8 + i);
                if (q) *o++ = run, *o++ = q, run = 0;
                else run++;
            }
            *o++ = -1;
        }
    return o - coded;
}

static void decode(void) {
    const int16_t *p = coded;
    int in[64], out[64];
    for (int by = 0; by < H; by += 8)
        for (int bx = 0; bx < W; bx += 8) {
            memset(in, 0, sizeof in);
            for (int i = 0; *p >= 0; i++) i += *p++, in[zigzag[i]] = *p++ * (8 + i);
            p++;
            inverse(in, out);
            for (int i = 0; i < 64; i++) {
                int v = out[i] + 128;
                back[by + i / 8][bx + i % 8] = v < 0 ? 0 : v > 255 ? 255 : v;
            }
        }
}

int main(int argc, char **argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : 180, size = 0;
    prepare();
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) image[y][x] = (x * x / 300 + y * 2 + ((x / 32 ^ y / 32) & 1) * 60) & 255;
    uint32_t error = 0;
    for (int round = 0; round < rounds; round++) {
        size = encode();
        decode();
        for (int y = 0; y < H; y++)
            for (int x = 0; x < W; x++) error += abs(image[y][x] - back[y][x]);
        image[round][round] ^= 255;
    }
    printf("%d words, error %u\n", size, error);
}
