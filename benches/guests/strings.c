// libc's byte strings: strlen, strchr, strstr, strcmp, strcpy, strtok-like splitting, case folding.
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char text[1 << 16], copy[1 << 16], *words[1 << 14];

int main(int argc, char **argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : 4500;
    static const char *vocabulary[] = {"Alpha", "bravo", "Charlie", "delta", "echoes", "fox", "golfing", "hotel-room"};
    uint32_t seed = 17, sum = 0;
    char *p = text;
    while (p < text + sizeof text - 16) {
        seed = seed * 1664525 + 1013904223;
        p = stpcpy(p, vocabulary[seed >> 29]);
        *p++ = seed >> 20 & 7 ? ' ' : '\n';
    }
    *p = 0;
    for (int round = 0; round < rounds; round++) {
        strcpy(copy, text);
        int n = 0;
        for (char *w = copy; w;) {
            char *end = strchr(w, ' ');
            if (end) *end++ = 0;
            words[n++] = w, w = end;
        }
        for (int i = 1; i < n; i++) sum += strlen(words[i]) + (strcmp(words[i], words[i - 1]) < 0);
        for (char *hit = text; (hit = strstr(hit, "fox\nhotel")); hit++) sum += hit - text;
        for (char *c = copy; c < copy + 20000; c++) sum += isupper((unsigned char)*c) ? tolower((unsigned char)*c) : 1;
        text[round] = 'a' + round % 26;
    }
    printf("%u\n", sum);
}
