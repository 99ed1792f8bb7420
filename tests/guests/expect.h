// A check that ends the program with the line that failed. Who includes this declares fd_write and proc_exit.
#pragma once
#include <stdint.h>

// Ends the program with the line, and says what came instead.
static void expect_at(int line, int got, int want) {
    if (got == want) return;
    static char text[] = "line 0000: got 000, expected 000\n";
    for (int i = 8, n = line; i > 4; i--, n /= 10) text[i] = '0' + n % 10;
    for (int i = 17, n = got; i > 14; i--, n /= 10) text[i] = '0' + n % 10;
    for (int i = 31, n = want; i > 28; i--, n /= 10) text[i] = '0' + n % 10;
    struct { const void *buf; uint32_t len; } out = {text, sizeof text - 1};
    uint32_t written;
    fd_write(2, &out, 1, &written);
    proc_exit(1);
}
#define expect(got, want) expect_at(__LINE__, got, want)
