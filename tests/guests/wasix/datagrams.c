// Datagrams by UDP and by local sockets, groups, and local streams.
#include "wasix.h"

static fd_t bound(int family, address *at) {
    fd_t fd;
    expect(sock_open(family, DGRAM, 0, &fd), SUCCESS);
    expect(sock_bind(fd, at), SUCCESS);
    expect(sock_addr_local(fd, at), SUCCESS);
    return fd;
}

static void exchange(fd_t a, fd_t b, const address *at_a, const address *at_b) {
    uint32_t n;
    uint16_t flags;
    char one[4] = {0}, two[4] = {0};
    iovec in[] = {{one, 2}, {two, 4}};
    ciovec out[] = {{"ab", 2}, {"c", 1}};
    address who;
    // One datagram is one, with an address or a connection, whatever the number of its parts.
    expect(sock_send_to(a, out, 2, 0, at_b, &n), SUCCESS);
    expect(n, 3);
    expect(sock_send_to(a, out, 1, 0, at_b, &n), SUCCESS);
    expect(sock_recv_from(b, in, 2, 0, &n, &flags, &who), SUCCESS);
    expect(n, 3);
    expect(flags, 0);
    expect(memcmp(&who, at_a, 20), 0);
    expect(memcmp(one, "ab", 2) | memcmp(two, "c", 2), 0);
    // Cut short, which is said; asked for, its length is what it was.
    expect(sock_recv_from(b, (iovec[]){{one, 1}}, 1, 1 | 4, &n, &flags, &who), SUCCESS);
    expect(n, 2);
    expect(flags, 1);
    expect(sock_recv(b, (iovec[]){{one, 1}}, 1, 0, &n, &flags), SUCCESS);
    expect(n, 1);
    expect(flags, 1);
    expect(sock_recv(b, in, 2, 8, &n, &flags), AGAIN);
    // An empty one is one too.
    expect(sock_send_to(a, out, 0, 0, at_b, &n), SUCCESS);
    expect(sock_recv(b, in, 2, 0, &n, &flags), SUCCESS);
    expect(n, 0);
    // More parts than the kernel takes.
    static ciovec parts[3000];
    for (int i = 0; i < 3000; i++) parts[i] = (ciovec){&"0123456789"[i % 10], 1};
    static char whole[4000];
    expect(sock_send_to(a, parts, 3000, 0, at_b, &n), SUCCESS);
    expect(n, 3000);
    expect(sock_recv(b, (iovec[]){{whole, 4000}}, 1, 0, &n, &flags), SUCCESS);
    expect(n, 3000);
    for (int i = 0; i < 3000; i++) expect(whole[i], '0' + i % 10);
    static iovec pieces[3001];
    for (int i = 0; i < 3000; i++) pieces[i] = (iovec){whole + 2999 - i, 1};
    pieces[3000] = (iovec){whole + 3000, 1000};
    for (int from = 0; from < 2; from++) {
        memset(whole, 0, sizeof whole);
        expect(sock_send_to(a, parts, 3000, 0, at_b, &n), SUCCESS);
        if (from) expect(sock_recv_from(b, pieces, 3001, 0, &n, &flags, &who), SUCCESS);
        else expect(sock_recv(b, pieces, 3001, 0, &n, &flags), SUCCESS);
        expect(n, 3000);
        expect(flags, 0);
        for (int i = 0; i < 3000; i++) expect(whole[2999 - i], '0' + i % 10);
        expect(whole[3000], 0);
    }
    expect(memcmp(&who, at_a, 20), 0);
    expect(sock_send_to(a, parts, 3000, 0, at_b, &n), SUCCESS);
    expect(sock_recv(b, pieces, 2000, 4, &n, &flags), SUCCESS);
    expect(n, 3000);
    expect(flags, 1);
    pieces[2999] = (iovec){(void *)-1, 1};
    expect(sock_send_to(a, out, 1, 0, at_b, &n), SUCCESS);
    expect(sock_recv(b, pieces, 3000, 0, &n, &flags), FAULT);
    expect(sock_recv(b, pieces, 2999, 0, &n, &flags), SUCCESS);
    expect(n, 2);
    // Without an address there must be a connection.
    expect(sock_send(a, out, 1, 0, &n), at_a->tag == UNIX ? NOTCONN : DESTADDRREQ);
    expect(fd_write(a, out, 1, &n), at_a->tag == UNIX ? NOTCONN : DESTADDRREQ);
    who = (address){0};
    expect(sock_send_to(a, out, 1, 0, &who, &n), DESTADDRREQ);
    expect(sock_connect(a, at_b), SUCCESS);
    expect(sock_send(a, parts, 3000, 0, &n), SUCCESS);
    expect(sock_recv(b, (iovec[]){{whole, 4000}}, 1, 0, &n, &flags), SUCCESS);
    expect(n, 3000);
    expect(fd_write(a, out, 2, &n), SUCCESS);
    expect(fd_read(b, in, 2, &n), SUCCESS);
    expect(n, 3);
    expect(sock_addr_peer(a, &who), SUCCESS);
    expect(memcmp(&who, at_b, 20), 0);
    uint8_t status;
    expect(sock_status(a, &status), SUCCESS);
    expect(status, 1);
    // The connection can be taken back.
    who = (address){0};
    expect(sock_connect(a, &who), SUCCESS);
    expect(sock_addr_peer(a, &who), NOTCONN);
    // Datagrams are not listened for.
    expect(sock_listen(a, 1), NOTSUP);
    expect(sock_accept(a, 0, &n), NOTSUP);
}

static void udp(void) {
    address at_a = local(0), at_b = local(0);
    fd_t a = bound(INET4, &at_a), b = bound(INET4, &at_b), c;
    exchange(a, b, &at_a, &at_b);
    uint32_t n;
    uint16_t flags;
    static char much[70000];
    ciovec big = {much, 65508};
    expect(sock_send_to(a, &big, 1, 0, &at_b, &n), MSGSIZE);
    static ciovec parts[2000];
    for (int i = 0; i < 2000; i++) parts[i] = (ciovec){much, 70000};
    expect(sock_send_to(a, parts, 2000, 0, &at_b, &n), MSGSIZE);
    big.len = 65507;
    expect(sock_send_to(a, &big, 1, 0, &at_b, &n), SUCCESS);
    expect(n, 65507);
    expect(sock_recv(b, (iovec[]){{much, 70000}}, 1, 0, &n, &flags), SUCCESS);
    expect(n, 65507);
    // Nobody there: the next call says so.
    expect(fd_close(b), SUCCESS);
    expect(sock_connect(a, &at_b), SUCCESS);
    expect(send_text(a, "x"), 0);
    expect(sock_recv(a, (iovec[]){{much, 1}}, 1, 0, &n, &flags), CONNREFUSED);
    // To everybody only if that was asked for.
    address all = inet4(255, 255, 255, 255, 9);
    expect(sock_open(INET4, DGRAM, 0, &c), SUCCESS);
    expect(sock_send_to(c, &big, 1, 0, &all, &n), ACCES);
    // Groups: on the loopback interface, until there are too many.
    uint8_t interface[4] = {127, 0, 0, 1}, group[4] = {239, 1, 2, 0};
    int joined = 0, error;
    while (!(error = sock_join_multicast_v4(c, group, interface)) && joined < 200) joined++, group[3]++;
    expect(error, NOBUFS);
    group[3] = 0;
    expect(sock_join_multicast_v4(c, group, interface), ADDRINUSE);
    expect(sock_leave_multicast_v4(c, group, interface), SUCCESS);
    expect(sock_leave_multicast_v4(c, group, interface), ADDRNOTAVAIL);
    expect(sock_join_multicast_v4(c, interface, interface), INVAL);
    expect(sock_join_multicast_v4(c, (void *)-3, interface), FAULT);
    expect(sock_set_opt_size(c, 24, 3), SUCCESS);
    uint64_t size;
    expect(sock_get_opt_size(c, 24, &size), SUCCESS);
    expect(size, 3);
    fd_t d;
    uint8_t group6[16] = {0xff, 0x11, [15] = 7};
    expect(sock_open(INET6, DGRAM, 0, &d), SUCCESS);
    expect(sock_join_multicast_v6(d, group6, 1), SUCCESS);
    expect(sock_leave_multicast_v6(d, group6, 1), SUCCESS);
    expect(sock_leave_multicast_v6(d, group6, 1), ADDRNOTAVAIL);
    expect(sock_join_multicast_v6(d, group6, 12345), 43 /* nodev */);
    expect(sock_set_opt_flag(d, 5, 1), SUCCESS);
    expect(sock_set_opt_flag(d, 8, 0), SUCCESS);
    expect(sock_set_opt_size(d, 23, 77), SUCCESS);
    expect(sock_get_opt_size(d, 23, &size), SUCCESS);
    expect(size, 77);
    expect(fd_close(a) | fd_close(c) | fd_close(d), 0);
}

static void local_sockets(void) {
    address at_a = unix_path("a"), at_b = unix_path("b"), at_c = unix_path("c"), who, nowhere = unix_path("nowhere");
    fd_t a = bound(UNIX, &at_a), b = bound(UNIX, &at_b), c, d, e;
    expect(memcmp(&at_a, "\3\0a", 4), 0);
    exchange(a, b, &at_a, &at_b);
    uint32_t n;
    ciovec out = {"x", 1};
    expect(sock_send_to(a, &out, 1, 0, &nowhere, &n), NOENT);
    // Streams.
    expect(sock_open(UNIX, STREAM, 0, &c), SUCCESS);
    expect(sock_bind(c, &at_b), ADDRINUSE);
    expect(sock_bind(c, &at_c), SUCCESS);
    expect(sock_open(UNIX, STREAM, 0, &d), SUCCESS);
    expect(sock_connect(d, &at_c), CONNREFUSED);
    expect(sock_listen(c, 1), SUCCESS);
    expect(sock_connect(d, &at_b), 67 /* prototype */);
    expect(sock_connect(d, &at_c), SUCCESS);
    expect(sock_accept_v2(c, 0, &e, &who), SUCCESS);
    expect(who.tag, UNIX);
    expect(((char *)&who)[2], 0);
    expect(sock_addr_peer(d, &who), SUCCESS);
    expect(memcmp(&who, &at_c, 20), 0);
    expect(send_text(d, "there"), 0);
    expect(receive_text(e, "there"), 0);
    expect(sock_send_to(d, &out, 1, 0, &at_c, &n), ISCONN);
    // A link does not lead there, not even to a socket that is allowed; a file is no socket.
    address link = unix_path("link"), below = unix_path("linked/c"), file = unix_path("file");
    expect(fd_close(d), SUCCESS);
    expect(sock_open(UNIX, STREAM, 0, &d), SUCCESS);
    expect(sock_connect(d, &link), LOOP);
    expect(sock_connect(d, &below), LOOP);
    expect(sock_connect(d, &file), CONNREFUSED);
    address new = unix_path("linked/new");
    expect(sock_bind(d, &new), LOOP);
    // Paths that are none, and longest ones.
    address empty = unix_path(""), longest = {.tag = UNIX};
    expect(sock_connect(d, &empty), NOENT);
    memset((char *)&longest + 2, 'x', 108);
    expect(sock_connect(d, &longest), NAMETOOLONG);
    expect(fd_close(a) | fd_close(b) | fd_close(c) | fd_close(d) | fd_close(e), 0);
    // Two that know each other.
    for (int kind = STREAM; kind <= DGRAM; kind++) {
        expect(sock_pair(UNIX, kind, 0, &a, &b), SUCCESS);
        expect(b, a + 1);
        expect(send_text(a, "one"), 0);
        expect(receive_text(b, "one"), 0);
        expect(sock_shutdown(a, 3), SUCCESS);
        expect(send_text(a, "two"), PIPE);
        expect(fd_close(a) | fd_close(b), 0);
    }
    expect(sock_pair(INET4, STREAM, 0, &a, &b), NOTSUP);
    expect(sock_pair(0, STREAM, 0, &a, &b), AFNOSUPPORT);
}

void _start(void) {
    udp();
    local_sockets();
    proc_exit(0);
}
