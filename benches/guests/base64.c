// Table lookups on bytes: base64 encoding and decoding.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIZE = 3 << 18 };
static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static uint8_t raw[SIZE], back[SIZE], reverse[256];
static char text[SIZE / 3 * 4 + 1];

static void encode(void) {
    char *o = text;
    for (int i = 0; i < SIZE; i += 3) {
        uint32_t v = raw[i] << 16 | raw[i + 1] << 8 | raw[i + 2];
        *o++ = digits[v >> 18], *o++ = digits[v >> 12 & 63], *o++ = digits[v >> 6 & 63], *o++ = digits[v & 63];
    }
    *o = 0;
}

static int decode(void) {
    uint8_t *o = back;
    for (const char *p = text; *p; p += 4) {
        uint8_t a = reverse[(uint8_t)p[0]], b = reverse[(uint8_t)p[1]], c = reverse[(uint8_t)p[2]], d = reverse[(uint8_t)p[3]];
        if ((a | b | c | d) & 128) return 0;
        uint32_t v = a << 18 | b << 12 | c << 6 | d;
        *o++ = v >> 16, *o++ = v >> 8, *o++ = v;
    }
    return 1;
}

int main(int argc, char **argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : 700;
    memset(reverse, 255, sizeof reverse);
    for (int i = 0; i < 64; i++) reverse[(uint8_t)digits[i]] = i;
    for (int i = 0; i < SIZE; i++) raw[i] = i * 2654435761u >> 24;
    for (int round = 0; round < rounds; round++) {
        raw[round] ^= round;
        encode();
        if (!decode() || memcmp(raw, back, SIZE)) return puts("mismatch"), 1;
    }
    printf("%.16s\n", text);
}
