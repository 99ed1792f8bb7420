// Bits and a heap: Huffman coding of a text, decoded bit by bit.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIZE = 1 << 20 };
static uint8_t text[SIZE], coded[SIZE * 2], back[SIZE];
static uint32_t weight[511], heap[512];
static int left[511], right[511], length[256], count, used;
static uint64_t code[256];

static void push(int node) {
    int i = ++used;
    for (; i > 1 && weight[heap[i / 2]] > weight[node]; i /= 2) heap[i] = heap[i / 2];
    heap[i] = node;
}

static int pop(void) {
    int top = heap[1], last = heap[used--], i = 1;
    for (int child; (child = 2 * i) <= used; i = child) {
        if (child < used && weight[heap[child + 1]] < weight[heap[child]]) child++;
        if (weight[heap[child]] >= weight[last]) break;
        heap[i] = heap[child];
    }
    heap[i] = last;
    return top;
}

static void assign(int node, uint64_t bits, int n) {
    if (node < 256) {
        code[node] = bits, length[node] = n;
        return;
    }
    assign(left[node], bits, n + 1), assign(right[node], bits | 1ull << n, n + 1);
}

static int tree(void) {
    memset(weight, 0, sizeof weight);
    for (int i = 0; i < SIZE; i++) weight[text[i]]++;
    used = 0, count = 256;
    for (int i = 0; i < 256; i++) if (weight[i]) push(i);
    while (used > 1) {
        int a = pop(), b = pop();
        left[count] = a, right[count] = b, weight[count] = weight[a] + weight[b];
        push(count++);
    }
    assign(heap[1], 0, 0);
    return heap[1];
}

static int encode(void) {
    uint64_t bits = 0;
    int n = 0;
    uint8_t *o = coded;
    for (int i = 0; i < SIZE; i++) {
        bits |= code[text[i]] << n, n += length[text[i]];
        for (; n >= 8; n -= 8, bits >>= 8) *o++ = bits;
    }
    *o++ = bits;
    return o - coded;
}

static void decode(int root) {
    const uint8_t *p = coded;
    int bit = 0;
    for (int i = 0; i < SIZE; i++) {
        int node = root;
        while (node >= 256) {
            node = *p >> bit & 1 ? right[node] : left[node];
            if (++bit == 8) bit = 0, p++;
        }
        back[i] = node;
    }
}

int main(int argc, char **argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : 45, size = 0;
    uint32_t seed = 21;
    for (int i = 0; i < SIZE; i++) {
        seed = seed * 1664525 + 1013904223;
        text[i] = "etaoin shrdlu"[(seed >> 20) % 13] ^ ((seed >> 8 & 15) ? 0 : seed >> 12 & 127);
    }
    for (int round = 0; round < rounds; round++) {
        int root = tree();
        size = encode();
        decode(root);
        if (memcmp(text, back, SIZE)) return puts("mismatch"), 1;
        text[round] ^= 3;
    }
    printf("%d -> %d\n", SIZE, size);
}
