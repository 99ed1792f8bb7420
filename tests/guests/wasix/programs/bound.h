// A socket that has the address in an argument of the program.
#pragma once
#include "wasix.h"

static void print(const char *text) {
    uint32_t written;
    fd_write(1, &(ciovec){text, strlen(text)}, 1, &written);
}

static char *decimal(char *end, uint64_t value) {
    do *--end = '0' + value % 10, value /= 10; while (value);
    return end;
}

// Reads `1.2.3.4:80`.
static address address_of(const char *text) {
    uint32_t parts[5] = {0}, at = 0;
    for (; *text; text++) {
        if (*text >= '0' && *text <= '9') parts[at] = parts[at] * 10 + (*text - '0');
        else expect(++at < 5, 1);
    }
    expect(at, 4);
    return inet4(parts[0], parts[1], parts[2], parts[3], parts[4]);
}

// A socket that is bound to an address like that; others can connect if there is a backlog.
static fd_t bound(int type, const char *where, int backlog) {
    fd_t fd;
    address at = address_of(where);
    expect(sock_open(INET4, type, 0, &fd), SUCCESS);
    expect(sock_bind(fd, &at), SUCCESS);
    if (backlog) expect(sock_listen(fd, backlog), SUCCESS);
    return fd;
}

// Says which port it has, and that everything is ready.
static void announce(fd_t fd) {
    address at;
    char text[8] = "";
    expect(sock_addr_local(fd, &at), SUCCESS);
    text[6] = '\n';
    print(decimal(text + 6, at.port));
}
