// What is not granted, in every spelling; what is granted. Built with
//   --net connect=127.0.0.2:7000-7001,listen=127.0.0.3:0,udp=127.0.0.4:9,udp=239.1.0.0/16:*,connect=localhost:7002,unix=allowed/socket
#include "wasix.h"

static fd_t opened(int family, int kind) {
    fd_t fd;
    expect(sock_open(family, kind, 0, &fd), SUCCESS);
    return fd;
}

static int connecting(int family, int kind, address where) {
    fd_t fd = opened(family, kind);
    int error = sock_connect(fd, &where);
    expect(fd_close(fd), SUCCESS);
    return error;
}

static int binding(int family, int kind, address where) {
    fd_t fd = opened(family, kind);
    int error = sock_bind(fd, &where);
    expect(fd_close(fd), SUCCESS);
    return error;
}

static int sending(int family, address where) {
    fd_t fd = opened(family, DGRAM);
    ciovec out = {"x", 1};
    uint32_t n;
    int error = sock_send_to(fd, &out, 1, 0, &where, &n);
    expect(fd_close(fd), SUCCESS);
    return error;
}

static address v6(uint8_t a, uint8_t b, uint8_t c, uint8_t d, uint8_t e, uint8_t f, uint16_t port) {
    uint8_t octets[16] = {[10] = a, b, c, d, e, f};
    return inet6(octets, port);
}

static void streams(void) {
    expect(connecting(INET4, STREAM, inet4(127, 0, 0, 2, 7000)), CONNREFUSED);
    expect(connecting(INET4, STREAM, inet4(127, 0, 0, 2, 7001)), CONNREFUSED);
    // Other ports, other addresses, other spellings of them.
    expect(connecting(INET4, STREAM, inet4(127, 0, 0, 2, 6999)), ACCES);
    expect(connecting(INET4, STREAM, inet4(127, 0, 0, 2, 7002)), ACCES);
    expect(connecting(INET4, STREAM, inet4(127, 0, 0, 2, 0)), ACCES);
    expect(connecting(INET4, STREAM, inet4(127, 0, 0, 1, 7000)), ACCES);
    expect(connecting(INET4, STREAM, inet4(0, 0, 0, 0, 7000)), ACCES);
    expect(connecting(INET4, STREAM, inet4(127, 0, 0, 3, 0)), ACCES);
    expect(connecting(INET6, STREAM, v6(0xff, 0xff, 127, 0, 0, 2, 7000)), CONNREFUSED);
    expect(connecting(INET6, STREAM, v6(0xff, 0xff, 127, 0, 0, 1, 7000)), ACCES);
    expect(connecting(INET6, STREAM, v6(0xff, 0xff, 0, 0, 0, 0, 7000)), ACCES);
    expect(connecting(INET6, STREAM, v6(0, 0, 127, 0, 0, 2, 7000)), ACCES);
    expect(connecting(INET6, STREAM, v6(0, 0, 0, 0, 0, 1, 7000)), ACCES);
    expect(connecting(INET6, STREAM, v6(0, 0, 0, 0, 0, 0, 7000)), ACCES);
    uint8_t scoped[16] = {0xfe, 0x80, [15] = 1}, nat64[16] = {0, 0x64, 0xff, 0x9b, [12] = 127, 0, 0, 2};
    address link = inet6(scoped, 7000);
    link.more[6] = 1;
    expect(connecting(INET6, STREAM, link), ACCES);
    expect(connecting(INET6, STREAM, inet6(nat64, 7000)), ACCES);
    // A datagram to where connections may go is none, nor is a socket that listens there.
    expect(connecting(INET4, DGRAM, inet4(127, 0, 0, 2, 7000)), ACCES);
    expect(binding(INET4, STREAM, inet4(127, 0, 0, 2, 7000)), ACCES);
    // Listening: there, and not where the kernel would choose.
    expect(binding(INET4, STREAM, inet4(127, 0, 0, 3, 0)), SUCCESS);
    expect(binding(INET4, STREAM, inet4(127, 0, 0, 3, 80)), ACCES);
    expect(binding(INET4, STREAM, inet4(0, 0, 0, 0, 0)), ACCES);
    expect(binding(INET6, STREAM, v6(0, 0, 0, 0, 0, 0, 0)), ACCES);
    expect(binding(INET6, STREAM, v6(0xff, 0xff, 127, 0, 0, 3, 0)), SUCCESS);
    fd_t fd = opened(INET4, STREAM);
    expect(sock_listen(fd, 1), ACCES);
    address refused = inet4(127, 0, 0, 2, 7000), allowed = inet4(127, 0, 0, 3, 0), none = {0};
    expect(sock_connect(fd, &refused), CONNREFUSED);
    expect(sock_listen(fd, 1), ACCES);
    expect(sock_connect(fd, &none), SUCCESS);
    expect(sock_listen(fd, 1), ACCES);
    expect(sock_bind(fd, &allowed), SUCCESS);
    expect(sock_listen(fd, 1), SUCCESS);
    expect(fd_close(fd), SUCCESS);
    // How a C library finds out about ports: that binds, and does no more.
    fd = opened(INET4, STREAM);
    address test = inet4(0, 0, 0, 0, 10275);
    if (!sock_bind(fd, &test)) expect(sock_listen(fd, 1), ACCES);
    expect(fd_close(fd), SUCCESS);
    expect(binding(INET4, STREAM, inet4(0, 0, 0, 0, 10276)), ACCES);
}

static void datagrams(void) {
    expect(sending(INET4, inet4(127, 0, 0, 4, 9)), SUCCESS);
    expect(sending(INET6, v6(0xff, 0xff, 127, 0, 0, 4, 9)), SUCCESS);
    expect(sending(INET4, inet4(127, 0, 0, 4, 10)), ACCES);
    expect(sending(INET4, inet4(127, 0, 0, 1, 9)), ACCES);
    expect(sending(INET4, inet4(0, 0, 0, 0, 9)), ACCES);
    expect(sending(INET4, inet4(255, 255, 255, 255, 9)), ACCES);
    expect(sending(INET4, inet4(127, 0, 0, 2, 7000)), ACCES);
    expect(connecting(INET4, DGRAM, inet4(127, 0, 0, 4, 9)), SUCCESS);
    expect(binding(INET4, DGRAM, inet4(127, 0, 0, 4, 9)), SUCCESS);
    expect(binding(INET4, DGRAM, inet4(0, 0, 0, 0, 0)), SUCCESS);
    expect(binding(INET4, DGRAM, inet4(0, 0, 0, 0, 9)), ACCES);
    expect(binding(INET4, DGRAM, inet4(127, 0, 0, 1, 0)), ACCES);
    fd_t fd = opened(INET4, DGRAM);
    uint8_t interface[4] = {127, 0, 0, 1}, group[4] = {239, 1, 9, 9}, other[4] = {239, 2, 0, 0};
    expect(sock_join_multicast_v4(fd, group, interface), SUCCESS);
    expect(sock_join_multicast_v4(fd, other, interface), ACCES);
    expect(fd_close(fd), SUCCESS);
    fd = opened(INET6, DGRAM);
    uint8_t group6[16] = {0xff, 0x11, [15] = 7};
    expect(sock_join_multicast_v6(fd, group6, 1), ACCES);
    expect(fd_close(fd), SUCCESS);
}

// The path is what was given, and nothing else that leads there.
static void paths(void) {
    static const char *other[] = {"allowed/./socket", "./allowed/socket", "allowed//socket", "allowed/../allowed/socket", "allowed/socket/",
        "allowed/Socket", "allowed", "outside", "/proc/self/cwd/allowed/socket", ""};
    for (int i = 0; i < sizeof other / sizeof *other; i++) {
        expect(connecting(UNIX, STREAM, unix_path(other[i])), ACCES);
        expect(binding(UNIX, STREAM, unix_path(other[i])), ACCES);
        expect(sending(UNIX, unix_path(other[i])), ACCES);
    }
    // At the path that was given, the program has put a link.
    expect(connecting(UNIX, STREAM, unix_path("allowed/socket")), LOOP);
    expect(sending(UNIX, unix_path("allowed/socket")), LOOP);
    expect(binding(UNIX, STREAM, unix_path("allowed/socket")), ADDRINUSE);
}

static int resolving(const char *name, ip *found, uint32_t *count) {
    return resolve(name, strlen(name), 80, found, 4, count);
}

static void names(void) {
    ip found[4];
    uint32_t count = 77;
    // Before the name was asked for, its address is not known.
    expect(connecting(INET4, STREAM, inet4(127, 0, 0, 1, 7002)), ACCES);
    expect(resolving("LocalHost.", found, &count), SUCCESS);
    expect(count >= 1 && found[0].tag == INET4, 1);
    expect(connecting(INET4, STREAM, inet4(127, 0, 0, 1, 7002)), CONNREFUSED);
    expect(connecting(INET4, STREAM, inet4(127, 0, 0, 1, 7003)), ACCES);
    expect(connecting(INET4, STREAM, inet4(127, 0, 0, 5, 7002)), ACCES);
    // Addresses are no names, so everybody may ask for theirs.
    expect(resolving("::ffff:1.2.3.4", found, &count), SUCCESS);
    expect(count == 1 && found[0].tag == INET6 && found[0].octets[15] == 4, 1);
    expect(resolving("10.1.2.3", found, &count), SUCCESS);
    expect(count == 1 && found[0].tag == INET4 && found[0].octets[3] == 3, 1);
    expect(resolving("example.com", found, &count), ACCES);
    expect(resolving("localhost.example.com", found, &count), ACCES);
    expect(resolving("x.localhost", found, &count), ACCES);
    static const char *none[] = {"", ".", "a..b", "a b", "127.1", "2130706433", "0x7f.1", "1.2.3.4.5", "a/../b", "a\nb", "localhost:80",
        "0177.0.0.1", "0x7f000001", "127.0.0.1:80", "127.0.0.1 ", "127.0.0.256", "[::1]", "::1%lo", "fe80::1%1", "::1/128", "1::2::3", "\xe2\x91\xa0"};
    for (int i = 0; i < sizeof none / sizeof *none; i++) expect(resolving(none[i], found, &count), INVAL);
    expect(resolve("localhost\0x", 11, 80, found, 4, &count), INVAL);
    static char longest[300];
    memset(longest, 'a', 300);
    expect(resolve(longest, 300, 80, found, 4, &count), INVAL);
    expect(resolve(longest, 64, 80, found, 4, &count), INVAL);
    expect(resolve((char *)-4, 9, 80, found, 4, &count), FAULT);
    expect(resolve("localhost", 9, 80, found, 0x10000000, &count), FAULT);
    expect(resolve("localhost", 9, 80, (ip *)-1, 0, &count), FAULT);
    expect(resolve("localhost", 9, 80, found, 0, &count), SUCCESS);
    expect(count, 0);
}

void _start(void) {
    streams();
    datagrams();
    paths();
    names();
    proc_exit(0);
}
