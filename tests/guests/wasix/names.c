// Asks nameserver.c for names, in a network that has nothing but the loopback interface and gives up connecting early.
//   --net dns,connect=rebind.example:7000,connect=good.example:7000,connect=192.0.2.1:*,connect=127.0.0.7:*,listen=127.0.0.7:0
#include "wasix.h"

static ip found[64];
static uint32_t count;

static int resolving(const char *name) {
    count = 77;
    return resolve(name, strlen(name), 0, found, 64, &count);
}

static int is(int a, int b, int c, int d) {
    return found[0].tag == INET4 && !memcmp(found[0].octets, (uint8_t[]){a, b, c, d}, 4);
}

static int connecting(address where) {
    fd_t fd;
    expect(sock_open(INET4, STREAM, 0, &fd), SUCCESS);
    int error = sock_connect(fd, &where);
    expect(fd_close(fd), SUCCESS);
    return error;
}

void _start(void) {
    static const char *good[] = {"good.example", "GOOD.example.", "alias.example", "truncated.example", "forged.example"};
    expect(connecting(inet4(10, 9, 8, 7, 7000)), ACCES);
    for (int i = 0; i < sizeof good / sizeof *good; i++) {
        expect(resolving(good[i]), SUCCESS);
        expect(count, 1);
        expect(is(10, 9, 8, 7), 1);
    }
    // The address is allowed now, and there is no way there.
    expect(connecting(inet4(10, 9, 8, 7, 7000)), 40 /* netunreach */);
    expect(connecting(inet4(10, 9, 8, 7, 7001)), ACCES);
    // From the table of hosts, where its owner says what is local.
    expect(resolving("tabled.example"), SUCCESS);
    expect(count, 2);
    expect(is(127, 0, 0, 9), 1);
    // A name of somebody else does not lead to this machine.
    expect(resolving("rebind.example"), SUCCESS);
    expect(is(127, 0, 0, 1), 1);
    expect(connecting(inet4(127, 0, 0, 1, 7000)), ACCES);
    expect(resolving("many.example"), SUCCESS);
    expect(count, 32);
    static const char *none[] = {"missing.example"};
    for (int i = 0; i < sizeof none / sizeof *none; i++) expect(resolving(none[i]), NOENT);
    static const char *bad[] = {"circle.example", "pointer.example", "forward.example", "short.example", "lying.example", "broken.example", "silent.example"};
    for (int i = 0; i < sizeof bad / sizeof *bad; i++) expect(resolving(bad[i]), AGAIN);
    expect(count, 77);
    // Who listens has no room: the kernel tries again for a while.
    fd_t listener, fds[8];
    address where = inet4(127, 0, 0, 7, 0);
    expect(sock_open(INET4, STREAM, 0, &listener), SUCCESS);
    expect(sock_bind(listener, &where), SUCCESS);
    expect(sock_listen(listener, 0), SUCCESS);
    expect(sock_addr_local(listener, &where), SUCCESS);
    int error = 0;
    for (int i = 0; i < 8 && !error; i++) {
        expect(sock_open(INET4, STREAM, 0, &fds[i]), SUCCESS);
        error = sock_connect(fds[i], &where);
    }
    expect(error, TIMEDOUT);
    expect(connecting(inet4(192, 0, 2, 1, 80)), 40 /* netunreach */);
    proc_exit(0);
}
