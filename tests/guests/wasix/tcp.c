// Both ends of TCP connections in one program: every call, and the errors that belong to connections.
#include "wasix.h"

static fd_t listener(address *bound) {
    fd_t fd;
    expect(sock_open(INET4, STREAM, 6, &fd), SUCCESS);
    address any = local(0);
    expect(sock_bind(fd, &any), SUCCESS);
    expect(sock_listen(fd, 8), SUCCESS);
    expect(sock_addr_local(fd, bound), SUCCESS);
    return fd;
}

static void pair(fd_t from, const address *to, fd_t *client, fd_t *server) {
    expect(sock_open(INET4, STREAM, 0, client), SUCCESS);
    expect(sock_connect(*client, to), SUCCESS);
    address peer, mine;
    expect(sock_accept_v2(from, 0, server, &peer), SUCCESS);
    expect(sock_addr_local(*client, &mine), SUCCESS);
    expect(memcmp(&peer, &mine, 20), 0);
    expect(sock_addr_peer(*server, &peer), SUCCESS);
    expect(memcmp(&peer, &mine, 20), 0);
}

static void opening(void) {
    fd_t a, b, c;
    // The lowest that is free.
    expect(sock_open(INET4, STREAM, 0, &a), SUCCESS);
    expect(sock_open(INET6, DGRAM | CLOEXEC | NONBLOCK, 17, &b), SUCCESS);
    expect(b, a + 1);
    expect(fd_close(a), SUCCESS);
    expect(sock_open(UNIX, STREAM, 0, &c), SUCCESS);
    expect(c, a);
    struct { uint8_t type, pad; uint16_t flags; uint64_t base, inheriting; } stat;
    expect(fd_fdstat_get(b, &stat), SUCCESS);
    expect(stat.type, 5);
    expect(stat.flags, 4);
    expect(stat.base >> 28 & 0x7ff, 0x7ff);
    expect(fd_fdstat_get(c, &stat), SUCCESS);
    expect(stat.type, 6);
    expect(stat.flags, 0);
    uint64_t size;
    expect(sock_get_opt_size(b, 25, &size), SUCCESS);
    expect(size, DGRAM);
    expect(sock_get_opt_size(b, 26, &size), SUCCESS);
    expect(size, 17);
    expect(fd_close(b), SUCCESS);
    expect(fd_close(c), SUCCESS);
    // What there is not.
    expect(sock_open(0, STREAM, 0, &a), AFNOSUPPORT);
    expect(sock_open(4, STREAM, 0, &a), AFNOSUPPORT);
    expect(sock_open(-1, STREAM, 0, &a), AFNOSUPPORT);
    expect(sock_open(INET4, 0, 0, &a), PROTONOSUPPORT);
    expect(sock_open(INET4, 3, 0, &a), PROTONOSUPPORT);
    expect(sock_open(INET4, STREAM, 17, &a), PROTONOSUPPORT);
    expect(sock_open(INET4, DGRAM, 6, &a), PROTONOSUPPORT);
    expect(sock_open(INET4, DGRAM, 255, &a), PROTONOSUPPORT);
    expect(sock_open(UNIX, STREAM, 6, &a), PROTONOSUPPORT);
    expect(sock_open(INET4, STREAM | 0x800, 0, &a), INVAL);
    expect(sock_open(INET4, STREAM | 0x10000, 0, &a), INVAL);
}

static void transfer(fd_t from, const address *to) {
    fd_t client, server;
    uint32_t n;
    uint16_t flags;
    uint8_t status;
    pair(from, to, &client, &server);
    expect(sock_status(client, &status), SUCCESS);
    expect(status, 1);
    // Gathered, scattered, looked at before.
    ciovec out[] = {{"ab", 2}, {"", 0}, {"cde", 3}};
    expect(sock_send(client, out, 3, 0, &n), SUCCESS);
    expect(n, 5);
    char one[3] = {0}, two[8] = {0};
    iovec in[] = {{one, 3}, {two, 8}};
    expect(sock_recv(server, in, 2, 1, &n, &flags), SUCCESS);
    expect(n, 5);
    expect(sock_recv(server, in, 2, 0, &n, &flags), SUCCESS);
    expect(n, 5);
    expect(memcmp(one, "abc", 3) | memcmp(two, "de", 3), 0);
    // Nothing is there; the first may not wait, the second does not want to.
    expect(sock_recv(server, in, 2, 8, &n, &flags), AGAIN);
    expect(fd_fdstat_set_flags(server, 4), SUCCESS);
    expect(fd_read(server, in, 2, &n), AGAIN);
    expect(fd_fdstat_set_flags(server, 0), SUCCESS);
    // What descriptors do is what sockets do without flags.
    expect(fd_write(server, out, 3, &n), SUCCESS);
    expect(n, 5);
    expect(fd_read(client, in, 2, &n), SUCCESS);
    expect(n, 5);
    expect(sock_send(client, out, 3, 1, &n), SUCCESS);
    address who;
    memset(&who, 0xff, sizeof who);
    expect(sock_recv_from(server, in, 2, 0, &n, &flags, &who), SUCCESS);
    expect(n, 5);
    expect(((uint8_t *)&who)[20], 0xff);
    // Of a stream, as many parts as the kernel takes.
    static ciovec parts[2000];
    for (int i = 0; i < 2000; i++) parts[i] = (ciovec){"z", 1};
    expect(sock_send(client, parts, 2000, 0, &n), SUCCESS);
    expect(n, 1024);
    expect(fd_write(client, parts, 2000, &n), SUCCESS);
    expect(n, 1024);
    static char pieces[2000];
    static iovec into[2000];
    for (int i = 0; i < 2000; i++) into[i] = (iovec){pieces + i, 1};
    expect(sock_recv(server, into, 2000, 2, &n, &flags), SUCCESS);
    expect(n, 2000);
    expect(sock_recv(server, into, 48, 2, &n, &flags), SUCCESS);
    expect(n, 48);
    for (int i = 0; i < 2000; i++) expect(pieces[i], 'z');
    // It waits for all of it.
    expect(send_text(server, "hello"), 0);
    expect(receive_text(client, "hello"), 0);
    // The buffers are full at some time.
    static char much[1 << 16];
    ciovec big = {much, sizeof much};
    int error;
    while (!(error = sock_send(client, &big, 1, 1, &n))) {}
    expect(error, AGAIN);
    // A timeout is an end too.
    option_time time = {1, {0}, 20000000}, got;
    expect(sock_set_opt_time(client, 20, &time), SUCCESS);
    expect(sock_get_opt_time(client, 20, &got), SUCCESS);
    expect(got.tag, 1);
    expect(got.time >= 20000000 && got.time < 30000000, 1);
    while (!(error = sock_send(client, &big, 1, 0, &n))) {} // what was sent may move on meanwhile
    expect(error, AGAIN);
    // An address where there is a connection.
    expect(sock_connect(client, to), ISCONN);
    while (!(error = sock_send_to(client, &big, 1, 1, to, &n))) {}
    expect(error, AGAIN);
    // One end closes in an orderly way.
    expect(sock_shutdown(server, 0), INVAL);
    expect(sock_shutdown(server, 2), SUCCESS);
    expect(sock_recv(client, in, 1, 0, &n, &flags), SUCCESS);
    expect(n, 0);
    expect(sock_send(server, out, 1, 0, &n), PIPE);
    expect(fd_write(server, out, 1, &n), PIPE);
    expect(fd_close(client), SUCCESS);
    expect(fd_close(server), SUCCESS);
    // And one does not.
    pair(from, to, &client, &server);
    time.time = 0;
    expect(sock_set_opt_time(client, 13, &time), SUCCESS);
    expect(sock_get_opt_time(client, 13, &got), SUCCESS);
    expect(got.tag, 1);
    expect(fd_close(client), SUCCESS);
    expect(sock_recv(server, in, 1, 0, &n, &flags), CONNRESET);
    expect(sock_send(server, out, 1, 0, &n), PIPE);
    expect(sock_status(server, &status), SUCCESS);
    expect(status, 2);
    expect(fd_close(server), SUCCESS);
    // The error that is waiting can be asked for instead, once.
    pair(from, to, &client, &server);
    expect(sock_set_opt_time(client, 13, &time), SUCCESS);
    expect(fd_close(client), SUCCESS);
    expect(sock_status(server, &status), SUCCESS);
    expect(status, 3);
    uint64_t size;
    expect(sock_get_opt_size(server, 11, &size), SUCCESS);
    expect(size, CONNRESET);
    expect(sock_get_opt_size(server, 11, &size), SUCCESS);
    expect(size, 0);
    expect(fd_close(server), SUCCESS);
}

static void connecting(fd_t from, const address *to) {
    fd_t fd, other;
    uint32_t n;
    uint16_t flags;
    uint8_t status;
    char byte;
    iovec in = {&byte, 1};
    ciovec out = {"x", 1};
    address where, nobody;
    // Bound, but nobody listens there.
    expect(sock_open(INET4, STREAM, 0, &other), SUCCESS);
    where = local(0);
    expect(sock_bind(other, &where), SUCCESS);
    expect(sock_bind(other, &where), INVAL);
    expect(sock_addr_local(other, &nobody), SUCCESS);
    expect(nobody.tag, INET4);
    expect(nobody.port != 0, 1);
    expect(sock_open(INET4, STREAM, 0, &fd), SUCCESS);
    expect(sock_status(fd, &status), SUCCESS);
    expect(status, 2);
    expect(sock_addr_peer(fd, &where), NOTCONN);
    expect(sock_recv(fd, &in, 1, 0, &n, &flags), NOTCONN);
    expect(sock_send(fd, &out, 1, 0, &n), PIPE);
    expect(sock_shutdown(fd, 3), NOTCONN);
    expect(sock_connect(fd, &nobody), CONNREFUSED);
    expect(sock_connect(fd, to), SUCCESS);
    expect(sock_accept(from, 0, &other), SUCCESS);
    expect(fd_close(other), SUCCESS);
    expect(fd_close(fd), SUCCESS);
    // Without waiting: later it can be written to, or the error be asked for.
    for (int refused = 0; refused < 2; refused++) {
        expect(sock_open(INET4, STREAM | NONBLOCK, 0, &fd), SUCCESS);
        expect(sock_connect(fd, refused ? &nobody : to), INPROGRESS);
        struct { uint64_t userdata; uint8_t tag, pad[7]; uint32_t fd, pad2[7]; } wait = {1, 2, {0}, fd, {0}};
        struct { uint64_t userdata; uint16_t error; uint8_t type; uint64_t nbytes; uint16_t flags; } event;
        expect(poll_oneoff(&wait, &event, 1, &n), SUCCESS);
        expect(event.error, 0);
        uint64_t error;
        expect(sock_get_opt_size(fd, 11, &error), SUCCESS);
        expect(error, refused ? CONNREFUSED : 0);
        if (!refused) {
            expect(sock_accept_second_generation(from, 4, &other, &where), SUCCESS);
            expect(sock_recv(other, &in, 1, 0, &n, &flags), AGAIN);
            expect(fd_close(other), SUCCESS);
        }
        expect(fd_close(fd), SUCCESS);
    }
    // Listening where somebody does, or twice; accepting where nobody listens, or from nobody.
    expect(sock_open(INET4, STREAM, 0, &fd), SUCCESS);
    expect(sock_bind(fd, to), ADDRINUSE);
    expect(sock_accept(fd, 0, &other), INVAL);
    where = inet4(203, 0, 113, 1, 0);
    expect(sock_bind(fd, &where), ADDRNOTAVAIL);
    uint8_t six[16] = {0};
    where = inet6(six, 0);
    expect(sock_bind(fd, &where), AFNOSUPPORT);
    where = (address){0};
    expect(sock_bind(fd, &where), AFNOSUPPORT);
    expect(fd_close(fd), SUCCESS);
    expect(fd_fdstat_set_flags(from, 4), SUCCESS);
    expect(sock_accept(from, 0, &other), AGAIN);
    expect(sock_accept(from, 1, &other), INVAL);
    expect(sock_status(from, &status), SUCCESS);
    expect(status, 1);
}

static void options(fd_t fd) {
    static const uint8_t settable[] = {1, 2, 3, 4, 6, 7, 12, 14};
    uint8_t on;
    for (int i = 0; i < sizeof settable; i++) {
        for (int value = 1; value >= 0; value--) {
            expect(sock_set_opt_flag(fd, settable[i], value), SUCCESS);
            expect(sock_get_opt_flag(fd, settable[i], &on), SUCCESS);
            expect(on, value);
        }
    }
    expect(sock_get_opt_flag(fd, 10, &on), SUCCESS);
    expect(on, 0);
    expect(sock_set_opt_flag(fd, 10, 1), NOPROTOOPT);
    for (int option = 0; option < 30; option++) {
        int flag = option && option < 15 && option != 9 && option != 11 && option != 13;
        option_time time;
        uint64_t size;
        if (!flag) expect(sock_get_opt_flag(fd, option, &on), INVAL);
        if (!flag) expect(sock_set_opt_flag(fd, option, 1), INVAL);
        if (option != 13 && (option < 19 || option > 22)) expect(sock_get_opt_time(fd, option, &time), INVAL);
        if (option != 11 && (option < 15 || option > 18) && (option < 23 || option > 26)) expect(sock_get_opt_size(fd, option, &size), INVAL);
    }
    uint64_t size;
    expect(sock_set_opt_size(fd, 15, 1 << 16), SUCCESS);
    expect(sock_get_opt_size(fd, 15, &size), SUCCESS);
    expect(size >= 1 << 16, 1);
    expect(sock_set_opt_size(fd, 16, -1), SUCCESS);
    expect(sock_set_opt_size(fd, 17, 2), SUCCESS);
    expect(sock_set_opt_size(fd, 18, 2), NOPROTOOPT);
    expect(sock_set_opt_size(fd, 23, 9), SUCCESS);
    expect(sock_get_opt_size(fd, 23, &size), SUCCESS);
    expect(size, 9);
    expect(sock_set_opt_size(fd, 23, 256), INVAL);
    option_time time = {2, {0}, 0};
    expect(sock_set_opt_time(fd, 19, &time), INVAL);
    time = (option_time){1, {0}, 1};
    for (int option = 19; option < 23; option++) expect(sock_set_opt_time(fd, option, &time), SUCCESS);
    time.tag = 0;
    for (int option = 19; option < 23; option++) {
        expect(sock_set_opt_time(fd, option, &time), SUCCESS);
        option_time got;
        expect(sock_get_opt_time(fd, option, &got), SUCCESS);
        expect(got.tag, 0);
    }
}

// A file goes into a socket from where the call says; its own place stays.
static void sending_files(fd_t from, const address *to) {
    fd_t client, server, file;
    uint64_t sent;
    pair(from, to, &client, &server);
    expect(path_open(3, 0, "file", 4, 0, 2, 0, 0, &file), SUCCESS);
    expect(sock_send_file(client, file, 4, 100, &sent), SUCCESS);
    expect(sent, 5);
    expect(receive_text(server, "quick"), 0);
    expect(sock_send_file(client, file, 0, 3, &sent), SUCCESS);
    expect(sent, 3);
    expect(receive_text(server, "the"), 0);
    expect(sock_send_file(client, file, 9, 3, &sent), SUCCESS);
    expect(sent, 0);
    expect(sock_send_file(client, file, -1, 3, &sent), INVAL);
    expect(sock_send_file(client, 3, 0, 3, &sent), ACCES);
    expect(sock_send_file(client, 1, 0, 3, &sent), ACCES);
    expect(sock_send_file(client, 99, 0, 3, &sent), BADF);
    expect(sock_send_file(file, file, 0, 3, &sent), NOTSOCK);
    expect(fd_close(file), SUCCESS);
    expect(fd_close(client), SUCCESS);
    expect(fd_close(server), SUCCESS);
}

// The same by IPv6, where addresses of IPv4 have a form of their own.
static void inet6_sockets(void) {
    static const uint8_t one[16] = {[15] = 1}, any[16], mapped[16] = {[10] = 0xff, 0xff, 127, 0, 0, 1};
    fd_t from, client, server;
    address where, got;
    expect(sock_open(INET6, STREAM, 0, &from), SUCCESS);
    where = inet6(any, 0);
    memset(where.more, 0xff, 8); // what lies behind a short address
    expect(sock_bind(from, &where), SUCCESS);
    expect(sock_listen(from, 1), SUCCESS);
    expect(sock_addr_local(from, &got), SUCCESS);
    expect(got.tag, INET6);
    uint16_t port = got.port;
    for (int i = 0; i < 2; i++) {
        expect(sock_open(INET6, STREAM, 0, &client), SUCCESS);
        where = inet6(i ? mapped : one, port);
        expect(sock_connect(client, &where), SUCCESS);
        expect(sock_accept_v2(from, 0, &server, &got), SUCCESS);
        expect(memcmp(got.octets, i ? mapped : one, 16), 0);
        expect(fd_close(client), SUCCESS);
        expect(fd_close(server), SUCCESS);
    }
    expect(fd_close(from), SUCCESS);
}

void _start(void) {
    address where;
    opening();
    fd_t from = listener(&where);
    transfer(from, &where);
    sending_files(from, &where);
    connecting(from, &where);
    fd_t fd;
    expect(sock_open(INET4, STREAM, 0, &fd), SUCCESS);
    options(fd);
    inet6_sockets();
    // Rights go, and do not come back.
    expect(fd_fdstat_set_rights(fd, 1 << 1, 0), SUCCESS);
    expect(sock_connect(fd, &where), NOTCAPABLE);
    expect(sock_listen(fd, 1), NOTCAPABLE);
    expect(sock_bind(fd, &where), NOTCAPABLE);
    expect(sock_addr_local(fd, &where), NOTCAPABLE);
    expect(sock_set_opt_flag(fd, 2, 1), NOTCAPABLE);
    proc_exit(0);
}
