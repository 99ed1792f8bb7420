// Both ends of a local socket.
//   local serve PATH      answers everybody with what they sent, turned around     --net unix=PATH
//   local ask PATH        sends standard input, and writes the answer              --net unix=PATH
#include "wasix.h"

static char text[1 << 16];

// All that there is to read: its length.
static uint32_t read_all(fd_t fd) {
    uint32_t len = 0, count;
    do {
        expect(fd_read(fd, &(iovec){text + len, sizeof text - len}, 1, &count), SUCCESS);
        len += count;
    } while (count && len < sizeof text);
    return len;
}

static int write_all(fd_t fd, uint32_t len) {
    uint32_t count;
    for (uint32_t at = 0; at < len; at += count) {
        int error = fd_write(fd, &(ciovec){text + at, len - at}, 1, &count);
        if (error) return error;
    }
    return SUCCESS;
}

static void turn_around(uint32_t len) {
    for (uint32_t low = 0, high = len; low + 1 < high; low++) {
        char byte = text[--high];
        text[high] = text[low];
        text[low] = byte;
    }
}

int main(int argc, char **argv) {
    expect(argc, 3);
    fd_t fd, peer;
    address at = unix_path(argv[2]);
    expect(sock_open(UNIX, STREAM, 0, &fd), SUCCESS);
    if (!strcmp(argv[1], "ask")) {
        expect(sock_connect(fd, &at), SUCCESS);
        expect(write_all(fd, read_all(0)), SUCCESS);
        expect(sock_shutdown(fd, 2), SUCCESS);
        expect(write_all(1, read_all(fd)), SUCCESS);
        return 0;
    }
    expect(sock_bind(fd, &at), SUCCESS);
    expect(sock_listen(fd, 16), SUCCESS);
    memcpy(text, "ready\n", 6);
    expect(write_all(1, 6), SUCCESS);
    for (;;) {
        expect(sock_accept(fd, 0, &peer), SUCCESS);
        uint32_t len = read_all(peer);
        turn_around(len);
        write_all(peer, len); // who is gone gets no answer
        fd_close(peer);
    }
}
