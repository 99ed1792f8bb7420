// Hash table: string keys, open addressing, inserts, lookups and misses.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 1 << 18, KEYS = 150000 };
static struct { char *key; uint32_t hash, value; } table[SLOTS];
static char names[KEYS][16];

static uint32_t hash(const char *s) {
    uint32_t h = 2166136261u;
    while (*s) h = (h ^ (uint8_t)*s++) * 16777619u;
    return h;
}

static uint32_t *slot(char *key) {
    uint32_t h = hash(key), i = h & (SLOTS - 1);
    while (table[i].key && (table[i].hash != h || strcmp(table[i].key, key))) i = (i + 1) & (SLOTS - 1);
    if (!table[i].key) table[i].key = key, table[i].hash = h;
    return &table[i].value;
}

int main(int argc, char **argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : 50;
    uint32_t seed = 9, sum = 0;
    for (int i = 0; i < KEYS; i++) sprintf(names[i], "key-%x", i * 2654435761u);
    for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < KEYS; i++) {
            seed = seed * 1664525 + 1013904223;
            *slot(names[(seed >> 8) % KEYS]) += i ^ round;
        }
        for (int i = 0; i < KEYS; i += 3) sum += *slot(names[i]);
    }
    printf("%u\n", sum);
}
