// Every error that send(2) and its neighbours are documented with, provoked for real. Three need somebody else: ETIMEDOUT is in names.c,
// ENOMEM in memory.c, and EINTR never comes, which programs are stopped for while they wait (sandbox.rs).
#include "wasix.h"

static fd_t opened(int family, int kind) {
    fd_t fd;
    expect(sock_open(family, kind, 0, &fd), SUCCESS);
    return fd;
}

static fd_t bound(int kind, address *at) {
    fd_t fd = opened(INET4, kind);
    *at = local(0);
    expect(sock_bind(fd, at), SUCCESS);
    expect(sock_addr_local(fd, at), SUCCESS);
    return fd;
}

// Two ends of a TCP connection.
static void connected(fd_t *client, fd_t *server) {
    address at;
    fd_t from = bound(STREAM, &at);
    expect(sock_listen(from, 1), SUCCESS);
    *client = opened(INET4, STREAM);
    expect(sock_connect(*client, &at), SUCCESS);
    expect(sock_accept(from, 0, server), SUCCESS);
    expect(fd_close(from), SUCCESS);
}

static uint32_t n;
static uint16_t flags;
static char byte;
static iovec in = {&byte, 1};
static ciovec out = {"x", 1};

// The error that sending comes to: what the other end or the network says may take a moment to arrive.
static int sending(fd_t fd) {
    int error = 0;
    for (int i = 0; i < 1000000 && !error; i++) error = sock_send(fd, &out, 1, 0, &n);
    return error;
}

// Two ends of a TCP connection, of which one has closed without having read what was sent to it: the other.
static fd_t thrown_away(void) {
    fd_t client, server;
    connected(&client, &server);
    expect(send_text(client, "unread"), SUCCESS);
    expect(sock_recv(server, &in, 1, 1, &n, &flags), SUCCESS);
    expect(fd_close(server), SUCCESS);
    return client;
}

void _start(void) {
    fd_t a, b;
    address at, other;
    // EACCES: to everybody, without having asked for that.
    a = opened(INET4, DGRAM);
    at = inet4(255, 255, 255, 255, 9);
    expect(sock_send_to(a, &out, 1, 0, &at, &n), ACCES);
    // EAGAIN: there is nothing, there is no room, nobody came.
    expect(sock_pair(UNIX, STREAM, 0, &a, &b), SUCCESS);
    expect(sock_recv(a, &in, 1, 8, &n, &flags), AGAIN);
    while (!(flags = sock_send(a, &out, 1, 1, &n))) {}
    expect(flags, AGAIN);
    expect(fd_fdstat_set_flags(a, 4), SUCCESS);
    expect(sock_send(a, &out, 1, 0, &n), AGAIN);
    expect(fd_write(a, &out, 1, &n), AGAIN);
    a = bound(STREAM, &at);
    expect(sock_listen(a, 1), SUCCESS);
    expect(fd_fdstat_set_flags(a, 4), SUCCESS);
    expect(sock_accept(a, 0, &b), AGAIN);
    // EBADF
    expect(sock_send(99, &out, 1, 0, &n), BADF);
    // ECONNRESET: the other end threw away what was on its way.
    expect(sending(thrown_away()), CONNRESET);
    expect(fd_read(thrown_away(), &in, 1, &n), CONNRESET);
    // EDESTADDRREQ: to nobody.
    a = opened(INET4, DGRAM);
    expect(sock_send(a, &out, 1, 0, &n), DESTADDRREQ);
    // EFAULT
    expect(sock_pair(UNIX, STREAM, 0, &a, &b), SUCCESS);
    expect(sock_send(a, &(ciovec){(void *)-1, 1}, 1, 0, &n), FAULT);
    // EINVAL: flags that are none; accepting where nobody listens; bound twice.
    expect(sock_send(a, &out, 1, 2, &n), INVAL);
    expect(sock_accept(opened(INET4, STREAM), 0, &b), INVAL);
    a = bound(STREAM, &at);
    expect(sock_bind(a, &at), INVAL);
    // EISCONN
    connected(&a, &b);
    expect(sock_addr_peer(a, &at), SUCCESS);
    expect(sock_connect(a, &at), ISCONN);
    expect(sock_pair(UNIX, STREAM, 0, &a, &b), SUCCESS);
    at = unix_path("socket");
    expect(sock_bind(opened(UNIX, STREAM), &at), SUCCESS);
    expect(sock_send_to(a, &out, 1, 0, &at, &n), ISCONN);
    // EMSGSIZE: more than a datagram holds.
    static char much[65508];
    a = bound(DGRAM, &at);
    expect(sock_send_to(a, &(ciovec){much, sizeof much}, 1, 0, &at, &n), MSGSIZE);
    // ENOBUFS: more groups than a socket may be in.
    uint8_t interface[4] = {127, 0, 0, 1}, group[4] = {239, 1, 2, 0};
    int error;
    while (!(error = sock_join_multicast_v4(a, group, interface))) group[group[3] == 255 ? 2 : 3]++;
    expect(error, NOBUFS);
    // ENOTCONN
    a = opened(INET4, STREAM);
    expect(sock_recv(a, &in, 1, 0, &n, &flags), NOTCONN);
    expect(sock_shutdown(a, 3), NOTCONN);
    expect(sock_send(opened(UNIX, DGRAM), &out, 1, 0, &n), NOTCONN);
    // ENOTSOCK
    expect(sock_send(1, &out, 1, 0, &n), NOTSOCK);
    // EOPNOTSUPP: datagrams are not listened for.
    expect(sock_listen(opened(INET4, DGRAM), 1), NOTSUP);
    // EPIPE: this end is shut, or the other is gone; and there is no signal.
    connected(&a, &b);
    expect(sock_shutdown(a, 2), SUCCESS);
    expect(sock_send(a, &out, 1, 0, &n), PIPE);
    expect(fd_write(a, &out, 1, &n), PIPE);
    expect(sock_pair(UNIX, DGRAM, 0, &a, &b), SUCCESS);
    expect(fd_close(b), SUCCESS);
    expect(sock_send(a, &out, 1, 0, &n), CONNREFUSED);
    expect(sock_pair(UNIX, STREAM, 0, &a, &b), SUCCESS);
    expect(fd_close(b), SUCCESS);
    expect(sock_send(a, &out, 1, 0, &n), PIPE);
    expect(fd_write(a, &out, 1, &n), PIPE);
    // ECONNREFUSED: nobody listens, nobody receives.
    a = bound(STREAM, &at);
    expect(sock_connect(opened(INET4, STREAM), &at), CONNREFUSED);
    b = bound(DGRAM, &at);
    a = opened(INET4, DGRAM);
    expect(sock_connect(a, &at), SUCCESS);
    expect(fd_close(b), SUCCESS);
    expect(sending(a), CONNREFUSED);
    // EADDRINUSE
    a = bound(STREAM, &at);
    expect(sock_listen(a, 1), SUCCESS);
    expect(sock_bind(opened(INET4, STREAM), &at), ADDRINUSE);
    // EAFNOSUPPORT: a family that there is not, and another than the socket's.
    expect(sock_open(4, STREAM, 0, &a), AFNOSUPPORT);
    static uint8_t six[16];
    other = inet6(six, 0);
    expect(sock_bind(opened(INET4, STREAM), &other), AFNOSUPPORT);
    proc_exit(0);
}
