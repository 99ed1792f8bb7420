// What needs memory of the machine when there is none: it says so, and nothing is sent or lost. Standard input and output are a socket that says when.
#include "wasix.h"

void _start(void) {
    static ciovec parts[2000];
    static struct subscription waits[20];
    static struct event events[20];
    fd_t a, b;
    uint32_t n;
    uint16_t flags;
    char byte;
    iovec in = {&byte, 1};
    expect(sock_pair(UNIX, DGRAM, 0, &a, &b), SUCCESS);
    expect(send_text(b, "kept"), SUCCESS);
    for (int i = 0; i < 2000; i++) parts[i] = (ciovec){&byte, 1};
    for (int i = 0; i < 20; i++) waits[i].tag = FD_READ, waits[i].fd = a;
    expect(poll_oneoff(waits, events, 20, &n), SUCCESS);
    expect(send_text(1, "x"), SUCCESS);
    expect(fd_read(0, &in, 1, &n), SUCCESS);
    // Datagrams of so many parts are put together and taken apart elsewhere.
    expect(sock_send(a, parts, 2000, 0, &n), NOMEM);
    expect(sock_recv(a, parts, 2000, 0, &n, &flags), NOMEM);
    expect(sock_recv(b, &in, 1, 8, &n, &flags), AGAIN);
    // Waiting needs nothing more, whatever the number of subscriptions.
    expect(poll_oneoff(waits, events, 20, &n), SUCCESS);
    expect(n, 20);
    expect(receive_text(a, "kept"), SUCCESS);
    proc_exit(0);
}
