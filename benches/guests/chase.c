// Memory latency: pointers followed through a shuffled cycle larger than the caches.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { N = 1 << 20 };
static struct node { struct node *next; uint32_t value; uint32_t pad[6]; } nodes[N];
static uint32_t order[N];

int main(int argc, char **argv) {
    int steps = argc > 1 ? atoi(argv[1]) : 2500000;
    uint32_t seed = 11, sum = 0;
    for (uint32_t i = 0; i < N; i++) order[i] = i;
    for (uint32_t i = N - 1; i > 0; i--) {
        seed = seed * 1664525 + 1013904223;
        uint32_t j = (seed >> 4) % (i + 1), t = order[i];
        order[i] = order[j], order[j] = t;
    }
    for (uint32_t i = 0; i < N; i++) nodes[order[i]].next = &nodes[order[(i + 1) % N]], nodes[i].value = i;
    for (struct node *n = nodes; steps--; n = n->next) sum = sum * 3 + n->value;
    printf("%u\n", sum);
}
