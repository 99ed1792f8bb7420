// A prompt with a line editor of its own, in raw mode: letters, backspace, and arrows left and right to move among them.
// Enter says the line again, Control-D at the start of a line or `quit` ends it.
#include "wasix.h"
#include <stdio.h>
#include <stdlib.h>

enum { CONTROL_D = 4, BACKSPACE = 8, ENTER = 10, ESCAPE = 27, DELETE = 127 };
static char line[256];
static int len, cursor;

static int key(void) {
    uint8_t byte;
    uint32_t got = 0;
    iovec to = {&byte, 1};
    return fd_read(0, &to, 1, &got) || !got ? -1 : byte;
}

static void insert(char letter) {
    if (len == sizeof line - 1) return;
    memmove(line + cursor + 1, line + cursor, len - cursor);
    line[cursor++] = letter, len++;
}

static void backspace(void) {
    if (!cursor) return;
    memmove(line + cursor - 1, line + cursor, len - cursor);
    cursor--, len--;
}

// Keys that are not letters come as ESC [ and a letter.
static void escape(void) {
    if (key() != '[') return;
    int direction = key();
    if (direction == 'C' && cursor < len) cursor++;
    if (direction == 'D' && cursor > 0) cursor--;
}

static void show(void) {
    line[len] = 0;
    printf("\r\x1b[K> %s", line);
    if (cursor < len) printf("\x1b[%dD", len - cursor);
    fflush(stdout);
}

int main(void) {
    struct tty before;
    expect(tty_get(&before), SUCCESS);
    if (!before.stdin_tty) return fputs("standard input is no terminal\n", stderr), 1;
    struct tty raw = before;
    raw.echo = raw.line_buffered = raw.line_feeds = 0;
    expect(tty_set(&raw), SUCCESS);
    printf("%u columns, %u rows\r\n", before.cols, before.rows);
    for (int pressed;;) {
        show();
        pressed = key();
        if (pressed < 0 || (pressed == CONTROL_D && !len)) break;
        if (pressed == ENTER) {
            printf("\r\n%s\r\n", line);
            if (!strcmp(line, "quit")) break;
            len = cursor = 0;
        } else if (pressed == BACKSPACE || pressed == DELETE) backspace();
        else if (pressed == ESCAPE) escape();
        else if (pressed >= ' ') insert(pressed);
    }
    expect(tty_set(&before), SUCCESS);
    return 0;
}
