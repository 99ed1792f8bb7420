// Allocation: binary trees built and freed through malloc (Benchmarks Game's problem).
#include <stdio.h>
#include <stdlib.h>

struct tree { struct tree *left, *right; };

static struct tree *build(int depth) {
    struct tree *t = malloc(sizeof *t);
    t->left = depth ? build(depth - 1) : 0;
    t->right = depth ? build(depth - 1) : 0;
    return t;
}

static int count(const struct tree *t) { return t->left ? 1 + count(t->left) + count(t->right) : 1; }

static void release(struct tree *t) {
    if (t->left) release(t->left), release(t->right);
    free(t);
}

int main(int argc, char **argv) {
    int max = argc > 1 ? atoi(argv[1]) : 18;
    struct tree *lasting = build(max);
    for (int depth = 4; depth <= max; depth += 4) {
        int rounds = 1 << (max - depth + 4), nodes = 0;
        for (int i = 0; i < rounds; i++) {
            struct tree *t = build(depth);
            nodes += count(t);
            release(t);
        }
        printf("%d trees of depth %d: %d nodes\n", rounds, depth, nodes);
    }
    printf("lasting: %d nodes\n", count(lasting));
}
