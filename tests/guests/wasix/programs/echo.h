// A TCP server that sends back what it receives.
//   echo 127.0.0.1:PORT     --net listen=127.0.0.1:PORT
#pragma once

static struct connection {
    uint32_t from, to; // what is still to be sent
    char buffer[4096];
} connections[MOST];

static void opened(fd_t fd) { connections[fd].from = connections[fd].to = 0; }

static int serve(fd_t fd) {
    struct connection *it = &connections[fd];
    uint32_t count;
    uint16_t flags;
    for (;;) {
        while (it->from < it->to) {
            int error = sock_send(fd, &(ciovec){it->buffer + it->from, it->to - it->from}, 1, 0, &count);
            if (error) return error == AGAIN ? WRITABLE : 0;
            it->from += count;
        }
        int error = sock_recv(fd, &(iovec){it->buffer, sizeof it->buffer}, 1, 0, &count, &flags);
        if (error) return error == AGAIN ? READABLE : 0;
        if (!count) return 0;
        it->from = 0;
        it->to = count;
    }
}

int main(int argc, char **argv) {
    expect(argc, 2);
    run(argv[1]);
}
