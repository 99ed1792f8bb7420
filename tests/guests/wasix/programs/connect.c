// Connects to a port of a host, by the first of its addresses that answers; sends standard input, then writes what comes.
//   connect HOST PORT     --net connect=HOST:PORT
#include "wasix.h"
#include <stdlib.h>

enum { MOST = 32 };

static char buffer[1 << 16];

static fd_t connection(const char *host, int port) {
    ip found[MOST];
    uint32_t count;
    expect(resolve(host, strlen(host), port, found, MOST, &count), SUCCESS);
    int error = NOENT;
    for (uint32_t i = 0; i < count; i++) {
        fd_t fd;
        address at = {.tag = found[i].tag, .port = port};
        memcpy(at.octets, found[i].octets, 16);
        expect(sock_open(at.tag, STREAM, 0, &fd), SUCCESS);
        if (!(error = sock_connect(fd, &at))) return fd;
        fd_close(fd);
    }
    expect(error, SUCCESS);
    return -1;
}

// Copies to the end.
static void copy(fd_t from, fd_t to) {
    uint32_t len, count;
    for (;;) {
        expect(fd_read(from, &(iovec){buffer, sizeof buffer}, 1, &len), SUCCESS);
        if (!len) return;
        for (uint32_t at = 0; at < len; at += count) expect(fd_write(to, &(ciovec){buffer + at, len - at}, 1, &count), SUCCESS);
    }
}

int main(int argc, char **argv) {
    expect(argc, 3);
    fd_t fd = connection(argv[1], atoi(argv[2]));
    copy(0, fd);
    expect(sock_shutdown(fd, 2), SUCCESS);
    copy(fd, 1);
}
