// A name server whose answers are good, or what an attacker would send: the first label of the name says which.
//   --net udp=127.0.0.1:53,listen=127.0.0.1:53
#include "wasix.h"

static uint8_t answer[1024];
static uint32_t len;

static void put(const void *bytes, uint32_t count) { memcpy(answer + len, bytes, count), len += count; }
static void word(int value) { put((uint8_t[]){value >> 8, value}, 2); }
static void address_record(int owner, int a, int b, int c, int d) {
    word(owner), word(1), word(1), word(0), word(60), word(4), put((uint8_t[]){a, b, c, d}, 4);
}
static void header(const uint8_t *query, int question_end, int flags, int answers) {
    len = 0;
    put(query, 2), word(0x8000 | flags), word(1), word(answers), word(0), word(0);
    put(query + 12, question_end - 12);
}

// Makes the answer to a query; none if it has no length.
static void make(const uint8_t *query, int by_tcp) {
    int end = 12;
    while (query[end]) end += query[end] + 1;
    end += 5;
    const char *name = (const char *)query + 13;
    int is_a = query[end - 3] == 1;
#define IS(text) (query[12] == sizeof text - 1 && !memcmp(name, text, sizeof text - 1))
    header(query, end, 0, is_a);
    if (IS("missing")) header(query, end, 3, 0);
    else if (IS("broken")) header(query, end, 2, 0);
    else if (IS("silent")) len = 0;
    else if (IS("rebind")) { if (is_a) address_record(0xc00c, 127, 0, 0, 1); }
    else if (IS("truncated") && !by_tcp) header(query, end, 0x200, 0);
    else if (!is_a) return;
    else if (IS("alias")) {
        // alias is good, out of order; and what belongs to somebody else is not taken.
        header(query, end, 0, 3);
        int good = len + 12;
        put("\4good\7example\0", 14), word(1), word(1), word(0), word(60), word(4), put((uint8_t[]){10, 9, 8, 7}, 4);
        put("\5other\7example\0", 15), word(1), word(1), word(0), word(60), word(4), put((uint8_t[]){6, 6, 6, 6}, 4);
        word(0xc00c), word(5), word(1), word(0), word(60), word(2), word(0xc000 | (good - 12));
    }
    else if (IS("circle")) word(0xc00c), word(5), word(1), word(0), word(60), word(2), word(0xc00c);
    else if (IS("pointer")) word(0xc000 | len), word(1), word(1), word(0), word(60), word(4), word(0), word(0);
    else if (IS("forward")) word(0xc000 | (len + 20)), word(1), word(1), word(0), word(60), word(4), word(0), word(0);
    else if (IS("short")) address_record(0xc00c, 1, 2, 3, 4), len -= 3;
    else if (IS("many") || IS("lying")) {
        header(query, end, 0, IS("many") ? 40 : 0xffff);
        for (int i = 0; i < 40; i++) address_record(0xc00c, 10, 0, 0, i);
    }
    else address_record(0xc00c, 10, 9, 8, 7);
}

void _start(void) {
    fd_t udp, tcp, client;
    address at = local(53), from;
    uint8_t query[512];
    uint32_t n;
    uint16_t flags;
    expect(sock_open(INET4, DGRAM, 0, &udp), SUCCESS);
    expect(sock_bind(udp, &at), SUCCESS);
    expect(sock_open(INET4, STREAM, 0, &tcp), SUCCESS);
    expect(sock_bind(tcp, &at), SUCCESS);
    expect(sock_listen(tcp, 4), SUCCESS);
    fd_write(1, &(ciovec){"ready\n", 6}, 1, &n);
    for (;;) {
        struct subscription waits[2] = {{0, FD_READ, {0}, udp}, {1, FD_READ, {0}, tcp}};
        struct event events[2];
        expect(poll_oneoff(waits, events, 2, &n), SUCCESS);
        if (events[0].userdata == 0) {
            expect(sock_recv_from(udp, &(iovec){query, 512}, 1, 0, &n, &flags, &from), SUCCESS);
            if (query[12] == 6 && !memcmp(query + 13, "forged", 6)) {
                // Before the true answer, some that guess its number or another question.
                for (int i = 0; i < 20; i++) {
                    make(query, 0);
                    memset(answer + len - 4, 6, 4);
                    if (i) answer[i % 2] ^= i; else answer[13] = 'F' + 1;
                    sock_send_to(udp, &(ciovec){answer, len}, 1, 0, &from, &n);
                }
                sock_send_to(udp, &(ciovec){answer, 5}, 1, 0, &from, &n);
                sock_send_to(udp, &(ciovec){answer, 0}, 1, 0, &from, &n);
            }
            make(query, 0);
            if (len) sock_send_to(udp, &(ciovec){answer, len}, 1, 0, &from, &n);
        } else {
            expect(sock_accept(tcp, 0, &client), SUCCESS);
            sock_recv(client, &(iovec){query, 2}, 1, 2, &n, &flags);
            sock_recv(client, &(iovec){query, query[1]}, 1, 2, &n, &flags);
            make(query, 1);
            // In pieces, as streams may come.
            uint8_t size[2] = {len >> 8, len};
            sock_send(client, &(ciovec){size, 1}, 1, 0, &n);
            sock_send(client, &(ciovec){size + 1, 1}, 1, 0, &n);
            sock_send(client, &(ciovec){answer, 9}, 1, 0, &n);
            sock_send(client, &(ciovec){answer + 9, len - 9}, 1, 0, &n);
            fd_close(client);
        }
    }
}
