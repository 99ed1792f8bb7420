// Stencil on bytes with wrap-around: Conway's game of life.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { W = 512, H = 512 };
static uint8_t now[H][W], then[H][W];

int main(int argc, char **argv) {
    int generations = argc > 1 ? atoi(argv[1]) : 500;
    uint32_t seed = 4, alive = 0;
    for (int i = 0; i < W * H; i++) seed = seed * 1664525 + 1013904223, now[i / W][i % W] = seed >> 30 == 0;
    while (generations--) {
        for (int y = 0; y < H; y++) {
            const uint8_t *up = now[(y + H - 1) % H], *mid = now[y], *down = now[(y + 1) % H];
            for (int x = 0; x < W; x++) {
                int l = (x + W - 1) % W, r = (x + 1) % W;
                int n = up[l] + up[x] + up[r] + mid[l] + mid[r] + down[l] + down[x] + down[r];
                then[y][x] = n == 3 || (n == 2 && mid[x]);
            }
        }
        memcpy(now, then, sizeof now);
    }
    for (int i = 0; i < W * H; i++) alive += now[i / W][i % W];
    printf("%u alive\n", alive);
}
