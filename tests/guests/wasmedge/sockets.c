// Every function of WasmEdge's sockets: streams, datagrams, local sockets, options, names.
#include "wasmedge.h"

static uint8_t room[128];
static const address in4 = {room, 4}, in16 = {room, 16}, in128 = {room, 128};

static fd_t opened(int family, int kind) {
    fd_t fd;
    expect(sock_open(family, kind, &fd), SUCCESS);
    return fd;
}

static uint32_t port_of(fd_t fd) {
    uint32_t kind = 0, port = 0;
    expect(sock_getlocaladdr_v1(fd, &in4, &kind, &port), SUCCESS);
    expect(kind, 4);
    return port;
}

static void send_text(fd_t fd, const char *text) {
    vector out = {text, strlen(text)};
    uint32_t sent = 0;
    expect(sock_send(fd, &out, 1, 0, &sent), SUCCESS);
    expect(sent, out.len);
}

static void receive_text(fd_t fd, const char *text) {
    char buffer[64];
    vector in = {buffer, strlen(text)};
    uint32_t received = 0;
    uint16_t flags;
    expect(sock_recv(fd, &in, 1, 2, &received, &flags), SUCCESS);
    expect(received, in.len);
    expect(memcmp(buffer, text, received), 0);
}

static void streams(void) {
    fd_t from = opened(INET4, STREAM), client = opened(INET4, STREAM), server;
    uint32_t kind, port;
    expect(sock_bind(from, LOOPBACK, 0), SUCCESS);
    expect(sock_bind(from, LOOPBACK, 0), INVAL);
    uint32_t bound = port_of(from);
    expect(bound != 0 && bound < 65536, 1);
    expect(sock_connect(client, LOOPBACK, bound), CONNREFUSED);
    expect(sock_listen(from, 4), SUCCESS);
    expect(sock_connect(client, LOOPBACK, bound), SUCCESS);
    expect(sock_connect(client, LOOPBACK, bound), ISCONN);
    expect(sock_accept(from, &server), SUCCESS);
    expect(server, client + 1);
    send_text(client, "there");
    receive_text(server, "there");
    send_text(server, "and back");
    receive_text(client, "and back");
    // Both ends agree on their addresses, in either form.
    expect(sock_getpeeraddr_v1(client, &in16, &kind, &port), SUCCESS);
    expect(kind, 4);
    expect(port, bound);
    expect(memcmp(room, "\x7f\0\0\1", 4), 0);
    expect(sock_getpeeraddr(server, &in128, &port), SUCCESS);
    expect(memcmp(room, "\1\0\x7f\0\0\1\0", 7), 0);
    expect(port, port_of(client));
    expect(sock_getlocaladdr(client, &in128, &kind), SUCCESS);
    expect(kind, port);
    expect(sock_getlocaladdr(client, &in16, &port), INVAL);
    expect(sock_getlocaladdr_v1(client, &in128, &kind, &port), INVAL);
    expect(sock_getpeeraddr_v1(from, &in4, &kind, &port), NOTCONN);
    expect(sock_shutdown(client, 2), SUCCESS);
    char byte;
    uint32_t n = 7;
    uint16_t flags;
    expect(sock_recv(server, &(vector){&byte, 1}, 1, 0, &n, &flags), SUCCESS);
    expect(n, 0);
    expect(fd_close(client) | fd_close(server), 0);
    // Preview1's function of the same name, and not waiting.
    client = opened(INET4, STREAM);
    expect(fd_fdstat_set_flags(client, 4), SUCCESS);
    int error = sock_connect(client, LOOPBACK, bound);
    expect(error == INPROGRESS || error == SUCCESS, 1);
    expect(standard_accept(from, 0, &server), SUCCESS);
    expect(fd_close(client) | fd_close(server), 0);
    expect(fd_fdstat_set_flags(from, 4), SUCCESS);
    expect(sock_accept(from, &server), AGAIN);
    expect(fd_close(from), SUCCESS);
}

static void inet6(void) {
    static uint8_t one[16] = {[15] = 1}, family[128] = {INET6, [17] = 1};
    fd_t from = opened(INET6, STREAM), client = opened(INET6, STREAM), server;
    uint32_t kind, port;
    expect(sock_bind(from, &(address){one, 16}, 0), SUCCESS);
    expect(sock_listen(from, 1), SUCCESS);
    expect(sock_getlocaladdr_v1(from, &in4, &kind, &port), INVAL);
    expect(sock_getlocaladdr_v1(from, &in16, &kind, &port), SUCCESS);
    expect(kind, 6);
    expect(memcmp(room, one, 16), 0);
    expect(sock_connect(client, &(address){family, 128}, port), SUCCESS);
    expect(sock_accept(from, &server), SUCCESS);
    expect(sock_getpeeraddr(server, &in128, &port), SUCCESS);
    expect(memcmp(room, family, 18), 0);
    expect(fd_close(from) | fd_close(client) | fd_close(server), 0);
}

static void datagrams(void) {
    fd_t a = opened(INET4, DGRAM), b = opened(INET4, DGRAM);
    expect(sock_bind(a, LOOPBACK, 0), SUCCESS);
    expect(sock_bind(b, LOOPBACK, 0), SUCCESS);
    uint32_t from = port_of(a), to = port_of(b), n, port = 0;
    uint16_t flags;
    vector out[] = {{"one ", 4}, {"datagram", 8}};
    char buffer[16];
    vector in[] = {{buffer, 3}, {buffer + 3, 13}}, small = {buffer, 2};
    for (int i = 0; i < 4; i++) {
        expect(sock_send_to(a, out, 2, LOOPBACK, to, 0, &n), SUCCESS);
        expect(n, 12);
    }
    // Who sent it, in a buffer that says what it is, in one that does not, and as Linux has it.
    expect(sock_recv_from(b, in, 2, &in128, 0, &port, &n, &flags), SUCCESS);
    expect(n, 12);
    expect(flags, 0);
    expect(memcmp(buffer, "one datagram", 12), 0);
    expect(port, from);
    expect(memcmp(room, "\1\0\x7f\0\0\1\0", 7), 0);
    memset(room, 9, sizeof room);
    expect(sock_recv_from(b, &small, 1, &in4, 0, &port, &n, &flags), SUCCESS);
    expect(n, 2);
    expect(flags, 1);
    expect(memcmp(room, "\x7f\0\0\1\x9", 5), 0);
    expect(sock_recv_from_v1(b, in, 2, &in16, 1, &n, &flags), SUCCESS);
    expect(room[0] == 2 && room[1] == 0 && room[2] == from >> 8 && room[3] == (from & 255), 1);
    expect(memcmp(room + 4, "\x7f\0\0\1", 4), 0);
    expect(sock_recv_from_v1(b, in, 2, &(address){room, 3}, 0, &n, &flags), SUCCESS);
    expect(n, 12);
    // A wrong buffer: nothing is received.
    expect(sock_recv_from(b, in, 2, &(address){room, 17}, 0, &port, &n, &flags), INVAL);
    expect(sock_recv_from(b, in, 2, &(address){(void *)-16, 16}, 0, &port, &n, &flags), FAULT);
    expect(sock_recv_from(b, in, 2, (address *)-4, 0, &port, &n, &flags), FAULT);
    expect(sock_recv_from_v1(b, in, 2, &(address){(void *)-16, 16}, 0, &n, &flags), FAULT);
    expect(sock_recv_from(b, in, 2, &in4, 0, &port, &n, &flags), SUCCESS);
    expect(sock_recv_from(b, in, 2, &in4, 8, &port, &n, &flags), AGAIN);
    expect(sock_connect(a, LOOPBACK, to), SUCCESS);
    send_text(a, "x");
    receive_text(b, "x");
    expect(fd_close(a) | fd_close(b), 0);
}

static void local_sockets(void) {
    static uint8_t path[128] = {UNIX, 0, 's', 'o', 'c', 'k'}, other[128] = {UNIX, 0, 'n', 'o', 'n', 'e'};
    const address at = {path, 128};
    fd_t from = opened(UNIX, STREAM), client = opened(UNIX, STREAM), server;
    uint32_t kind, port = 7;
    expect(sock_bind(from, &at, 0), SUCCESS);
    expect(sock_listen(from, 1), SUCCESS);
    expect(sock_connect(client, &(address){other, 128}, 0), NOENT);
    expect(sock_connect(client, &at, 0), SUCCESS);
    expect(sock_accept(from, &server), SUCCESS);
    send_text(client, "local");
    receive_text(server, "local");
    expect(sock_getpeeraddr(client, &in128, &port), SUCCESS);
    expect(port, 0);
    expect(memcmp(room, path, 128), 0);
    expect(sock_getpeeraddr_v1(client, &in16, &kind, &port), AFNOSUPPORT);
    expect(fd_close(from) | fd_close(client) | fd_close(server), 0);
}

static void options(void) {
    fd_t fd = opened(INET4, STREAM), udp = opened(INET4, DGRAM);
    static const uint8_t flags[] = {0, 3, 4, 7, 8};
    int32_t value;
    uint32_t len;
    for (int i = 0; i < sizeof flags; i++) {
        for (int on = 1; on >= 0; on--) {
            expect(sock_setsockopt(fd, 0, flags[i], &on, 4), SUCCESS);
            len = 4;
            expect(sock_getsockopt(fd, 0, flags[i], &value, &len), SUCCESS);
            expect(value != 0, on);
            expect(len, 4);
        }
    }
    len = 4;
    expect(sock_getsockopt(fd, 0, 1, &value, &len), SUCCESS);
    expect(value, STREAM);
    expect(sock_getsockopt(udp, 0, 1, &value, &len), SUCCESS);
    expect(value, DGRAM);
    value = 1 << 16;
    expect(sock_setsockopt(fd, 0, 6, &value, 4), SUCCESS);
    expect(sock_getsockopt(fd, 0, 6, &value, &len), SUCCESS);
    expect(value >= 1 << 16, 1);
    // Structures of two numbers, of 32 and of 64 bits.
    int32_t linger[2] = {1, 5}, got[2];
    expect(sock_setsockopt(fd, 0, 9, linger, 8), SUCCESS);
    len = 8;
    expect(sock_getsockopt(fd, 0, 9, got, &len), SUCCESS);
    expect(memcmp(linger, got, 8), 0);
    int64_t time[2] = {1, 500000}, got_time[2];
    for (int name = 11; name < 13; name++) {
        expect(sock_setsockopt(fd, 0, name, time, 16), SUCCESS);
        expect(sock_setsockopt(fd, 0, name, time, 15), INVAL);
        len = 16;
        expect(sock_getsockopt(fd, 0, name, got_time, &len), SUCCESS);
        expect(got_time[0] == 1 && got_time[1] == 500000, 1);
    }
    // The last error is WASI's: nobody listens where this datagram goes.
    expect(sock_bind(udp, LOOPBACK, 0), SUCCESS);
    fd_t sender = opened(INET4, DGRAM);
    expect(sock_connect(sender, LOOPBACK, port_of(udp)), SUCCESS);
    expect(fd_close(udp), SUCCESS);
    send_text(sender, "x");
    len = 4;
    value = 0;
    for (int i = 0; i < 1000000 && !value; i++) expect(sock_getsockopt(sender, 0, 2, &value, &len), SUCCESS);
    expect(value, CONNREFUSED);
    expect(sock_getsockopt(sender, 0, 2, &value, &len), SUCCESS);
    expect(value, 0);
    expect(sock_getsockopt(fd, 0, 13, &value, &len), SUCCESS);
    expect(value, 0);
    expect(sock_setsockopt(fd, 0, 13, &value, 4), NOPROTOOPT);
    expect(sock_setsockopt(fd, 0, 14, "lo", 2), NOPROTOOPT);
    expect(sock_setsockopt(fd, 0, -1, &value, 4), NOPROTOOPT);
    expect(sock_setsockopt(fd, 1, 0, &value, 4), NOPROTOOPT);
    expect(sock_getsockopt(fd, 6, 0, &value, &len), NOPROTOOPT);
    expect(sock_setsockopt(fd, 0, 0, &value, 3), INVAL);
    expect(sock_setsockopt(fd, 0, 0, (void *)-3, 4), FAULT);
    expect(sock_setsockopt(fd, 0, 0, &value, -1), FAULT);
    expect(sock_getsockopt(fd, 0, 0, &value, (void *)-3), FAULT);
    len = -1;
    expect(sock_getsockopt(fd, 0, 0, &value, &len), FAULT);
    len = 1 << 10; // more than any value has: no more is stored
    static uint8_t much[1 << 10];
    memset(much, 9, sizeof much);
    expect(sock_getsockopt(fd, 0, 0, much, &len), SUCCESS);
    expect(len, 4);
    expect(much[4], 9);
    expect(fd_close(fd) | fd_close(sender), 0);
}

enum { MOST = 4 };
static info list[MOST];
static sockaddr found[MOST];
static uint8_t data[MOST][26];

static int resolving(const char *node, const char *service, info hints, uint32_t most, uint32_t *count) {
    memset(list, 0, sizeof list);
    for (int i = 0; i < MOST; i++) {
        found[i] = (sockaddr){.data = data[i], .data_len = 14};
        list[i].addr = &found[i];
        list[i].next = i + 1 < MOST ? &list[i + 1] : (info *)-8;
    }
    info *first = list;
    return sock_getaddrinfo(node, strlen(node) + 1, service, strlen(service) + 1, &hints, &first, most, count);
}

static void names(void) {
    const info tcp = {.family = INET4, .kind = STREAM, .protocol = 1}, any = {0}, udp6 = {.family = INET6, .kind = DGRAM};
    uint32_t count = 7;
    expect(resolving("localhost", "http", tcp, MOST, &count), SUCCESS);
    expect(count, 1);
    expect(list[0].family == INET4 && list[0].kind == STREAM && list[0].protocol == 1 && list[0].addrlen == 16, 1);
    expect(found[0].family == INET4 && found[0].data_len == 14, 1);
    expect(memcmp(data[0], "\0\x50\x7f\0\0\1", 6), 0);
    expect(resolving("::1", "65535", udp6, MOST, &count), SUCCESS);
    expect(count, 1);
    expect(list[0].family == INET6 && list[0].kind == DGRAM && list[0].protocol == 2 && list[0].addrlen == 28, 1);
    expect(memcmp(data[0], "\xff\xff\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\0", 26), 0);
    // Without a name: this machine, or any of its addresses; no more than asked for.
    expect(resolving("", "1", any, MOST, &count), SUCCESS);
    expect(count, 2);
    expect(memcmp(data[0], "\0\1\x7f\0\0\1", 6), 0);
    expect(resolving("", "1", any, 1, &count), SUCCESS);
    expect(count, 1);
    info passive = tcp;
    passive.flags = 1;
    expect(resolving("", "1", passive, MOST, &count), SUCCESS);
    expect(count, 1);
    expect(memcmp(data[0], "\0\1\0\0\0\0", 6), 0);
    expect(resolving("localhost", "", any, 0, &count), SUCCESS);
    expect(count, 0);
    // What there is not.
    info numeric = tcp;
    numeric.flags = 4;
    expect(resolving("localhost", "1", numeric, MOST, &count), NOENT);
    expect(resolving("127.0.0.1", "1", numeric, MOST, &count), SUCCESS);
    expect(resolving("::1", "1", tcp, MOST, &count), NOENT);
    expect(resolving("a..b", "1", tcp, MOST, &count), INVAL);
    expect(resolving("localhost", "65536", tcp, MOST, &count), NOENT);
    expect(resolving("localhost", "gopher", tcp, MOST, &count), NOENT);
    expect(resolving("localhost", "1", (info){.family = UNIX}, MOST, &count), AFNOSUPPORT);
    expect(resolving("localhost", "1", (info){.kind = 3}, MOST, &count), PROTONOSUPPORT);
    expect(resolving("localhost", "1", (info){.kind = STREAM, .protocol = 2}, MOST, &count), PROTONOSUPPORT);
    // A list that ends too early, or leads out of memory.
    info *first = list, *none = (info *)-4;
    list[0].next = none;
    expect(sock_getaddrinfo("", 0, "1", 1, &any, &first, MOST, &count), FAULT);
    expect(sock_getaddrinfo("", 0, "1", 1, &any, &none, MOST, &count), FAULT);
    found[0].data = (uint8_t *)-5;
    expect(sock_getaddrinfo("", 0, "1", 1, &any, &first, MOST, &count), FAULT);
    list[0].addr = (sockaddr *)-1;
    expect(sock_getaddrinfo("", 0, "1", 1, &any, &first, MOST, &count), FAULT);
    // One that leads in circles is as long as was said.
    list[0] = (info){.addr = &found[0], .next = list};
    found[0].data = data[0];
    expect(sock_getaddrinfo("", 0, "1", 1, &any, &first, -1, &count), SUCCESS);
    expect(count, 2);
}

static void refused(void) {
    fd_t fd, tcp = opened(INET4, STREAM);
    uint32_t n, kind, port;
    uint16_t flags;
    char byte;
    vector one = {&byte, 1};
    for (int family = 0; family < 6; family++) {
        for (int type = 0; type < 5; type++) {
            if (family && family <= UNIX && (type == DGRAM || type == STREAM)) continue;
            expect(sock_open(family, type, &fd), type == DGRAM || type == STREAM ? AFNOSUPPORT : INVAL);
        }
    }
    expect(sock_open(INET4, STREAM, (fd_t *)-3), FAULT);
    // Buffers of sizes that no address has, ports that are none, families in a long buffer.
    for (int len = 0; len < 130; len++) {
        if (len == 4 || len == 16 || len == 128) continue;
        expect(sock_bind(tcp, &(address){room, len}, 0), INVAL);
        expect(sock_connect(tcp, &(address){room, len}, 1), INVAL);
    }
    expect(sock_bind(tcp, LOOPBACK, 65536), INVAL);
    expect(sock_connect(tcp, LOOPBACK, -1), INVAL);
    expect(sock_bind(tcp, &(address){(void *)-4, 4}, 0), FAULT);
    expect(sock_bind(tcp, &(address){room, -1}, 0), FAULT);
    expect(sock_bind(tcp, (address *)-7, 0), FAULT);
    uint8_t long_one[128] = {4};
    expect(sock_bind(tcp, &(address){long_one, 128}, 0), AFNOSUPPORT);
    long_one[0] = 1, long_one[1] = 1;
    expect(sock_bind(tcp, &(address){long_one, 128}, 0), AFNOSUPPORT);
    // What is no socket, and no descriptor.
    static const fd_t wrong[] = {1, 99, -1};
    for (int i = 0; i < 3; i++) {
        int want = i ? BADF : NOTSOCK;
        fd = wrong[i];
        expect(sock_bind(fd, LOOPBACK, 0), want);
        expect(sock_listen(fd, 1), want);
        expect(sock_accept(fd, &n), want);
        expect(sock_connect(fd, LOOPBACK, 1), want);
        expect(sock_recv_from_v1(fd, &one, 1, &in16, 0, &n, &flags), want);
        expect(sock_recv_from(fd, &one, 1, &in16, 0, &port, &n, &flags), want);
        expect(sock_send_to(fd, &one, 1, LOOPBACK, 1, 0, &n), want);
        expect(sock_getlocaladdr_v1(fd, &in16, &kind, &port), want);
        expect(sock_getpeeraddr_v1(fd, &in16, &kind, &port), want);
        expect(sock_getlocaladdr(fd, &in128, &port), want);
        expect(sock_getpeeraddr(fd, &in128, &port), want);
        n = 4;
        expect(sock_getsockopt(fd, 0, 0, &kind, &n), want);
        expect(sock_setsockopt(fd, 0, 0, &kind, 4), want);
    }
    expect(fd_close(tcp), SUCCESS);
}

void _start(void) {
    streams();
    inet6();
    datagrams();
    local_sockets();
    options();
    names();
    refused();
    proc_exit(0);
}
