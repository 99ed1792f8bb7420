// What is not granted to a program with WasmEdge's sockets, and what is. Built with
//   --net connect=127.0.0.2:7000,listen=127.0.0.3:0,udp=127.0.0.4:9,unix=given
#include "wasmedge.h"

enum { CONNECT, BIND, SEND };

static int doing(int what, int family, int kind, const address *where, uint32_t port) {
    fd_t fd;
    uint32_t n;
    expect(sock_open(family, kind, &fd), SUCCESS);
    int error = what == CONNECT ? sock_connect(fd, where, port)
        : what == BIND ? sock_bind(fd, where, port)
        : sock_send_to(fd, &(vector){"x", 1}, 1, where, port, 0, &n);
    expect(fd_close(fd), SUCCESS);
    return error;
}

void _start(void) {
    expect(doing(CONNECT, INET4, STREAM, ADDRESS(127, 0, 0, 2), 7000), CONNREFUSED);
    expect(doing(CONNECT, INET4, STREAM, ADDRESS(127, 0, 0, 2), 7001), ACCES);
    expect(doing(CONNECT, INET4, STREAM, ADDRESS(127, 0, 0, 1), 7000), ACCES);
    expect(doing(CONNECT, INET4, STREAM, ADDRESS(0, 0, 0, 0), 7000), ACCES);
    expect(doing(CONNECT, INET6, STREAM, ADDRESS(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 2), 7000), CONNREFUSED);
    expect(doing(CONNECT, INET6, STREAM, ADDRESS(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1), 7000), ACCES);
    expect(doing(BIND, INET4, STREAM, ADDRESS(127, 0, 0, 3), 0), SUCCESS);
    expect(doing(BIND, INET4, STREAM, ADDRESS(127, 0, 0, 3), 8080), ACCES);
    expect(doing(BIND, INET4, STREAM, ADDRESS(0, 0, 0, 0), 0), ACCES);
    expect(doing(SEND, INET4, DGRAM, ADDRESS(127, 0, 0, 4), 9), SUCCESS);
    expect(doing(SEND, INET4, DGRAM, ADDRESS(127, 0, 0, 4), 10), ACCES);
    expect(doing(SEND, INET4, DGRAM, ADDRESS(127, 0, 0, 2), 7000), ACCES);
    static uint8_t inet[128] = {INET4, 0, 127, 0, 0, 1}, path[128] = {UNIX, 0, 'g', 'i', 'v', 'e', 'n'}, other[128] = {UNIX, 0, '.', '/', 'g', 'i', 'v', 'e', 'n'};
    expect(doing(CONNECT, INET4, STREAM, &(address){inet, 128}, 7000), ACCES);
    expect(doing(CONNECT, UNIX, STREAM, &(address){path, 128}, 0), NOENT);
    expect(doing(CONNECT, UNIX, STREAM, &(address){other, 128}, 0), ACCES);
    expect(doing(BIND, UNIX, STREAM, &(address){other, 128}, 0), ACCES);
    fd_t fd;
    expect(sock_open(INET4, STREAM, &fd), SUCCESS);
    expect(sock_listen(fd, 1), ACCES);
    info hints = {0}, *list = 0;
    uint32_t count;
    expect(sock_getaddrinfo("example.com", 11, "", 0, &hints, &list, 1, &count), ACCES);
    proc_exit(0);
}
