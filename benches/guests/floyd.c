// PolyBench's floyd-warshall: all shortest paths, a branch or a minimum per step.
#include <stdio.h>
#include <stdlib.h>

enum { N = 900 };
static int path[N][N];

int main(int argc, char **argv) {
    int n = argc > 1 ? atoi(argv[1]) : N;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) path[i][j] = (i + j) % 13 == 0 || (i + j) % 7 == 0 ? 999 : i * j % 7 + 1;
    for (int k = 0; k < n; k++)
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++) path[i][j] = path[i][j] < path[i][k] + path[k][j] ? path[i][j] : path[i][k] + path[k][j];
    int sum = 0;
    for (int i = 0; i < n; i++) for (int j = 0; j < n; j++) sum += path[i][j];
    printf("%d\n", sum);
}
