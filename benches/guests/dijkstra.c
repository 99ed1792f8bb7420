// Graph search with a binary heap: shortest paths on a grid.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { W = 700, N = W * W };
static uint8_t cost[N];
static uint32_t distance[N];
static struct entry { uint32_t key, node; } heap[4 * N];
static int used;

static void push(uint32_t key, uint32_t node) {
    int i = used++;
    for (; i > 0 && heap[(i - 1) / 2].key > key; i = (i - 1) / 2) heap[i] = heap[(i - 1) / 2];
    heap[i] = (struct entry){key, node};
}

static struct entry pop(void) {
    struct entry top = heap[0], last = heap[--used];
    int i = 0;
    for (int child; (child = 2 * i + 1) < used; i = child) {
        if (child + 1 < used && heap[child + 1].key < heap[child].key) child++;
        if (heap[child].key >= last.key) break;
        heap[i] = heap[child];
    }
    heap[i] = last;
    return top;
}

int main(int argc, char **argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : 14;
    static const int step[4][2] = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}};
    uint32_t seed = 77, sum = 0;
    for (int i = 0; i < N; i++) seed = seed * 1664525 + 1013904223, cost[i] = 1 + (seed >> 27);
    for (int round = 0; round < rounds; round++) {
        memset(distance, 255, sizeof distance);
        used = 0;
        int start = round * 7919 % N;
        distance[start] = 0;
        push(0, start);
        while (used) {
            struct entry e = pop();
            if (e.key > distance[e.node]) continue;
            int x = e.node % W, y = e.node / W;
            for (int d = 0; d < 4; d++) {
                int nx = x + step[d][0], ny = y + step[d][1];
                if (nx < 0 || ny < 0 || nx >= W || ny >= W) continue;
                uint32_t to = ny * W + nx, key = e.key + cost[to];
                if (key < distance[to]) distance[to] = key, push(key, to);
            }
        }
        for (int i = 0; i < N; i += 101) sum = sum * 31 + distance[i];
    }
    printf("%u\n", sum);
}
