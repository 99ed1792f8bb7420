// Compression: LZ77 with a hash chain, then decompression and a check.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIZE = 4 << 20, HASH = 1 << 15, WINDOW = 1 << 16, CHAIN = 24 };
static uint8_t text[SIZE], packed[SIZE + SIZE / 8], back[SIZE];
static int32_t head[HASH], previous[WINDOW];

static uint32_t seed = 12345;
static uint32_t next(void) { return seed = seed * 1664525 + 1013904223; }

static uint32_t hash(const uint8_t *p) {
    uint32_t v = p[0] | p[1] << 8 | p[2] << 16;
    return v * 2654435761u >> 17;
}

static uint8_t *put(uint8_t *o, uint32_t v) {
    for (; v >= 128; v >>= 7) *o++ = v | 128;
    *o++ = v;
    return o;
}

// tokens: 0-length literal run count, literals, then match length, distance
static int compress(void) {
    memset(head, -1, sizeof head);
    uint8_t *o = packed;
    int literal = 0, i = 0;
    while (i < SIZE - 4) {
        uint32_t h = hash(text + i);
        int best = 0, at = 0, candidate = head[h];
        for (int tries = 0; candidate >= 0 && i - candidate < WINDOW && tries < CHAIN; tries++) {
            int length = 0, limit = SIZE - i < 258 ? SIZE - i : 258;
            while (length < limit && text[candidate + length] == text[i + length]) length++;
            if (length > best) best = length, at = candidate;
            candidate = previous[candidate & (WINDOW - 1)];
        }
        if (best < 4) {
            previous[i & (WINDOW - 1)] = head[h], head[h] = i++;
            continue;
        }
        o = put(o, i - literal);
        memcpy(o, text + literal, i - literal), o += i - literal;
        o = put(o, best), o = put(o, i - at);
        for (int end = i + best; i < end; i++) {
            if (i >= SIZE - 4) continue;
            h = hash(text + i);
            previous[i & (WINDOW - 1)] = head[h], head[h] = i;
        }
        literal = i;
    }
    o = put(o, SIZE - literal);
    memcpy(o, text + literal, SIZE - literal), o += SIZE - literal;
    return o - packed;
}

static uint32_t get(const uint8_t **p) {
    uint32_t v = 0;
    for (int shift = 0;; shift += 7) {
        uint8_t b = *(*p)++;
        v |= (uint32_t)(b & 127) << shift;
        if (b < 128) return v;
    }
}

static int expand(int size) {
    const uint8_t *p = packed, *end = packed + size;
    int n = 0;
    while (p < end) {
        int run = get(&p);
        memcpy(back + n, p, run), n += run, p += run;
        if (p >= end) break;
        int length = get(&p), distance = get(&p);
        for (int k = 0; k < length; k++, n++) back[n] = back[n - distance];
    }
    return n;
}

int main(int argc, char **argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : 3;
    static const char *words[] = {"the ", "wasm ", "module ", "function ", "of ", "and ", "memory ", "a ",
                                  "table ", "compiler ", "in ", "linear ", "stack ", "to ", "is ", "\n"};
    int n = 0;
    while (n < SIZE - 16) {
        const char *w = words[(next() >> 20 & next() >> 24) & 15];
        n += sprintf((char *)text + n, "%s", w);
        if ((next() >> 16) % 11 == 0) text[n++] = next() >> 24;
    }
    int size = 0;
    for (int round = 0; round < rounds; round++) {
        size = compress();
        for (int k = 0; k < 4; k++)
            if (expand(size) != SIZE || memcmp(text, back, SIZE)) return puts("mismatch"), 1;
        text[round] ^= 1;
    }
    printf("%d -> %d\n", SIZE, size);
}
