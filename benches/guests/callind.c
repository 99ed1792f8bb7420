// Indirect calls: objects with operation pointers, the target changes with the data.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

typedef uint32_t (*operation)(uint32_t, uint32_t);
static uint32_t add(uint32_t a, uint32_t b) { return a + b; }
static uint32_t sub(uint32_t a, uint32_t b) { return a - b; }
static uint32_t xor(uint32_t a, uint32_t b) { return a ^ b; }
static uint32_t mul(uint32_t a, uint32_t b) { return a * (b | 1); }
static uint32_t rot(uint32_t a, uint32_t b) { return a << (b & 31) | a >> (-b & 31); }
static uint32_t avg(uint32_t a, uint32_t b) { return (a >> 1) + (b >> 1); }
static uint32_t max(uint32_t a, uint32_t b) { return a > b ? a : b; }
static uint32_t mix(uint32_t a, uint32_t b) { return (a ^ b >> 15) * 2654435761u; }

enum { NODES = 4096 };
static operation table[8] = {add, sub, xor, mul, rot, avg, max, mix};
static struct { operation apply; uint32_t value; } nodes[NODES];

int main(int argc, char **argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : 35000;
    uint32_t seed = 1, value = 7;
    for (int i = 0; i < NODES; i++) {
        seed = seed * 1664525 + 1013904223;
        nodes[i].apply = table[i % 16 < 12 ? i % 3 : seed >> 29], nodes[i].value = seed;
    }
    for (int round = 0; round < rounds; round++)
        for (int i = 0; i < NODES; i++) value = nodes[i].apply(value, nodes[i].value);
    printf("%u\n", value);
}
