// Arguments, environment, clocks, random numbers and the exit status, through wasi-libc.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) printf("argument %d: [%s]\n", i, argv[i]);

    int count = 0;
    while (environ && environ[count]) count++;
    if (count) qsort(environ, count, sizeof *environ, by_name);
    for (int i = 0; i < count; i++) printf("environment: %s\n", environ[i]);
    printf("HOME is %s\n", getenv("HOME") ? getenv("HOME") : "not set");

    time_t now = time(0);
    printf("the year is %s\n", now > 1767225600 ? "2026 or later" : "wrong"); // 2026-01-01

    struct timespec before, after, pause = {0, 3000000};
    clock_gettime(CLOCK_MONOTONIC, &before);
    nanosleep(&pause, 0);
    clock_gettime(CLOCK_MONOTONIC, &after);
    int64_t slept = (after.tv_sec - before.tv_sec) * 1000000000ll + after.tv_nsec - before.tv_nsec;
    printf("slept %s\n", slept >= 3000000 && slept < 2000000000 ? "3 ms or a little more" : "wrong");

    uint64_t a[4] = {0}, b[4] = {0};
    if (getentropy(a, sizeof a) || getentropy(b, sizeof b)) perror("getentropy");
    printf("random numbers %s\n", memcmp(a, b, sizeof a) ? "differ" : "repeat");

    fprintf(stderr, "leaving with %d\n", argc);
    exit(argc);
}
