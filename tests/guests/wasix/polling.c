// Waiting for sockets, pipes and counters, by poll_oneoff and by epoll: what is ready, how much there is, who has gone.
#include "wasix.h"

WASIX(fd_dup) int fd_dup(fd_t, fd_t *);
WASIX(fd_pipe) int fd_pipe(fd_t *, fd_t *);
WASIX(fd_event) int fd_event(uint64_t, int, fd_t *);
WASIX(fd_fdflags_get) int fd_fdflags_get(fd_t, uint16_t *);

typedef struct { uint64_t userdata; uint8_t tag, pad[7]; union { uint32_t fd; struct { uint32_t id; uint64_t timeout, precision; uint16_t flags; } clock; }; } subscription;
typedef struct { uint64_t userdata; uint16_t error; uint8_t type; uint64_t nbytes; uint16_t flags; } event;
enum { CLOCK, READ, WRITE, HANGUP = 1 };

static const ciovec five = {"five!", 5};
static uint32_t n;
static uint16_t flags;
static char buffer[1 << 16];
static const iovec in = {buffer, sizeof buffer};

// What comes of waiting for one descriptor: -1 if nothing has happened by then.
enum { SHORT = 1000000 };
static const uint64_t LONG = 10000000000;
static event got;
static int polled_within(fd_t fd, int tag, uint64_t time) {
    subscription wait[] = {{.userdata = 7, .tag = tag, .fd = fd}, {.userdata = 8, .tag = CLOCK, .clock = {.id = 1, .timeout = time}}};
    event happened[2];
    uint32_t count;
    expect(poll_oneoff(wait, happened, 2, &count), SUCCESS);
    got = happened[0];
    if (got.userdata == 8) return -1;
    expect(got.userdata, 7);
    expect(got.type, tag);
    expect(got.error, SUCCESS);
    return got.flags;
}
static int polled(fd_t fd, int tag) { return polled_within(fd, tag, LONG); }
// Whether it comes to this: what the other end does may take a moment to arrive.
static int comes_to(fd_t fd, int tag, uint64_t bytes, int hangup) {
    for (int i = 0; i < 1000; i++) {
        if (polled(fd, tag) == hangup && got.nbytes == bytes) return 1;
        subscription moment = {.userdata = 9, .tag = CLOCK, .clock = {.id = 1, .timeout = SHORT}};
        event passed;
        expect(poll_oneoff(&moment, &passed, 1, &n), SUCCESS);
    }
    return 0;
}
#define ready(fd, tag, bytes, hangup) expect(comes_to(fd, tag, bytes, hangup), 1)
#define nothing(fd, tag) expect(polled_within(fd, tag, SHORT), -1)

static fd_t listener(address *at) {
    fd_t fd;
    *at = local(0);
    expect(sock_open(INET4, STREAM, 0, &fd), SUCCESS);
    expect(sock_bind(fd, at), SUCCESS);
    expect(sock_listen(fd, 4), SUCCESS);
    expect(sock_addr_local(fd, at), SUCCESS);
    return fd;
}

static void connected(fd_t *client, fd_t *server) {
    address at;
    fd_t from = listener(&at);
    expect(sock_open(INET4, STREAM, 0, client), SUCCESS);
    expect(sock_connect(*client, &at), SUCCESS);
    expect(sock_accept(from, 0, server), SUCCESS);
    expect(fd_close(from), SUCCESS);
}

static void streams(void) {
    fd_t a, b;
    connected(&a, &b);
    nothing(b, READ);
    ready(b, WRITE, 1, 0);
    expect(fd_write(a, &five, 1, &n), SUCCESS);
    ready(b, READ, 5, 0);
    expect(fd_write(a, &five, 1, &n), SUCCESS);
    ready(b, READ, 10, 0);
    // The other end sends no more, which is said beside what is still there.
    expect(sock_shutdown(a, 2), SUCCESS);
    ready(b, READ, 10, HANGUP);
    expect(fd_read(b, &in, 1, &n), SUCCESS);
    ready(b, READ, 0, HANGUP);
    expect(fd_read(b, &in, 1, &n), SUCCESS);
    expect(n, 0);
    ready(b, WRITE, 1, 0);
    expect(fd_close(a), SUCCESS);
    ready(b, READ, 0, HANGUP);
    expect(fd_close(b), SUCCESS);
    // No room.
    connected(&a, &b);
    expect(fd_fdstat_set_flags(a, 4), SUCCESS);
    int error;
    while (!(error = fd_write(a, &in, 1, &n))) {}
    expect(error, AGAIN);
    nothing(a, WRITE);
    // The other end throws it away.
    expect(fd_close(b), SUCCESS);
    expect(polled(a, WRITE), HANGUP);
    expect(fd_close(a), SUCCESS);
}

static void connecting(void) {
    address at;
    fd_t from = listener(&at), client, server;
    expect(fd_fdstat_set_flags(from, 4), SUCCESS);
    nothing(from, READ);
    expect(sock_accept(from, 0, &server), AGAIN);
    expect(sock_open(INET4, STREAM | NONBLOCK, 0, &client), SUCCESS);
    int error = sock_connect(client, &at);
    expect(error == INPROGRESS || error == SUCCESS, 1);
    ready(client, WRITE, 1, 0);
    expect(polled(from, READ), 0);
    expect(got.nbytes >= 1, 1);
    // Not waiting is a flag of the new descriptor, not the listener's.
    expect(sock_accept(from, 0, &server), SUCCESS);
    struct { uint8_t type, pad; uint16_t flags; uint64_t base, inheriting; } stat;
    expect(fd_fdstat_get(server, &stat), SUCCESS);
    expect(stat.flags, 0);
    expect(fd_close(server), SUCCESS);
    expect(fd_close(client), SUCCESS);
    expect(sock_open(INET4, STREAM, 0, &client), SUCCESS);
    expect(sock_connect(client, &at), SUCCESS);
    expect(sock_accept_v2(from, 4, &server, &at), SUCCESS);
    expect(fd_fdstat_get(server, &stat), SUCCESS);
    expect(stat.flags, 4);
    expect(fd_read(server, &in, 1, &n), AGAIN);
    expect(fd_close(server), SUCCESS);
    expect(fd_close(client), SUCCESS);
    // Nobody listens: ready for whatever, and the error can be asked for.
    expect(sock_addr_local(from, &at), SUCCESS);
    expect(fd_close(from), SUCCESS);
    expect(sock_open(INET4, STREAM | NONBLOCK, 0, &client), SUCCESS);
    error = sock_connect(client, &at);
    if (error == INPROGRESS) {
        expect(polled(client, WRITE), HANGUP);
        expect(polled(client, READ), HANGUP);
        uint64_t last;
        expect(sock_get_opt_size(client, 11, &last), SUCCESS);
        error = last;
    }
    expect(error, CONNREFUSED);
    expect(fd_close(client), SUCCESS);
}

static void datagrams(void) {
    address at = local(0);
    fd_t fd;
    expect(sock_open(INET4, DGRAM, 0, &fd), SUCCESS);
    expect(sock_bind(fd, &at), SUCCESS);
    expect(sock_addr_local(fd, &at), SUCCESS);
    nothing(fd, READ);
    ready(fd, WRITE, 1, 0);
    for (int i = 0; i < 2; i++) expect(sock_send_to(fd, &five, 1, 0, &at, &n), SUCCESS);
    ready(fd, READ, 5, 0); // of the next one
    expect(fd_close(fd), SUCCESS);
}

static void pipes(void) {
    fd_t read, write;
    expect(fd_pipe(&read, &write), SUCCESS);
    nothing(read, READ);
    ready(write, WRITE, 1, 0);
    expect(fd_write(write, &five, 1, &n), SUCCESS);
    ready(read, READ, 5, 0);
    expect(fd_close(write), SUCCESS);
    ready(read, READ, 5, HANGUP);
    expect(fd_read(read, &in, 1, &n), SUCCESS);
    ready(read, READ, 0, HANGUP);
    expect(fd_close(read), SUCCESS);
    expect(fd_pipe(&read, &write), SUCCESS);
    expect(fd_close(read), SUCCESS);
    expect(polled(write, WRITE), HANGUP);
    expect(fd_close(write), SUCCESS);
}

static void counters(void) {
    fd_t fd;
    uint64_t one = 1;
    expect(fd_event(0, 0, &fd), SUCCESS);
    nothing(fd, READ);
    ready(fd, WRITE, 1, 0);
    expect(fd_write(fd, &(ciovec){&one, 8}, 1, &n), SUCCESS);
    ready(fd, READ, 8, 0);
    expect(fd_read(fd, &in, 1, &n), SUCCESS);
    expect(n, 8);
    nothing(fd, READ);
    // As full as it gets.
    one = -2;
    expect(fd_write(fd, &(ciovec){&one, 8}, 1, &n), SUCCESS);
    nothing(fd, WRITE);
    ready(fd, READ, 8, 0);
    expect(fd_close(fd), SUCCESS);
}

// Several at once, in their order; more than are kept without memory of the machine.
static void many(void) {
    static fd_t reads[100], writes[100];
    static subscription waits[100];
    static event events[100];
    for (int i = 0; i < 100; i++) {
        expect(fd_pipe(&reads[i], &writes[i]), SUCCESS);
        waits[i] = (subscription){.userdata = i, .tag = READ, .fd = reads[i]};
        if (i % 3 == 0) expect(fd_write(writes[i], &five, 1, &n), SUCCESS);
    }
    expect(poll_oneoff(waits, events, 100, &n), SUCCESS);
    expect(n, 34);
    for (int i = 0; i < 34; i++) expect(events[i].userdata == 3 * i && events[i].nbytes == 5, 1);
    for (int i = 0; i < 100; i++) expect(fd_close(reads[i]) | fd_close(writes[i]), SUCCESS);
    // What cannot be waited for has happened, and the others are not waited for.
    waits[0].fd = 9999;
    waits[1] = (subscription){.userdata = 1, .tag = CLOCK, .clock = {.id = 1, .timeout = -1}};
    expect(poll_oneoff(waits, events, 2, &n), SUCCESS);
    expect(n, 1);
    expect(events[0].error, BADF);
}

enum { IN = 1, OUT = 2, RDHUP = 4, ERR = 16, HUP = 32, ET = 64, ONESHOT = 128, ADD = 0, MOD, DEL };

static fd_t watcher;
static int control(int operation, fd_t fd, uint32_t events, uint64_t data) {
    return epoll_ctl(watcher, operation, fd, &(struct epoll_event){.events = events, .ptr = data, .fd = data + 1, .data1 = data + 2, .data2 = data << 32});
}
// The events of the only descriptor that is ready, -1 if none is.
static int watched_within(uint64_t data, uint64_t time) {
    struct epoll_event events[4];
    expect(epoll_wait(watcher, events, 4, time, &n), SUCCESS);
    if (n == 0) return -1;
    expect(n, 1);
    expect(events->ptr == data && events->fd == data + 1 && events->data1 == data + 2 && events->data2 == data << 32, 1);
    return events->events;
}

static int watched(uint64_t data) { return watched_within(data, LONG); }
#define silent(data) expect(watched_within(data, SHORT), -1)

static void epoll(void) {
    fd_t a, b, copy;
    expect(epoll_create(&watcher), SUCCESS);
    connected(&a, &b);
    // As long as it is so.
    expect(control(ADD, b, IN | RDHUP, 100), SUCCESS);
    expect(control(ADD, b, IN, 100), 20 /* exist */);
    silent(100);
    expect(fd_write(a, &five, 1, &n), SUCCESS);
    expect(watched(100), IN);
    expect(watched(100), IN);
    // When it becomes so.
    expect(control(MOD, b, IN | OUT | ET, 200), SUCCESS);
    expect(watched(200), IN | OUT);
    silent(200);
    expect(fd_write(a, &five, 1, &n), SUCCESS);
    expect(watched(200), IN | OUT);
    silent(200);
    // Once.
    expect(control(MOD, b, IN | ONESHOT, 300), SUCCESS);
    expect(watched(300), IN);
    expect(fd_write(a, &five, 1, &n), SUCCESS);
    silent(300);
    expect(control(MOD, b, IN | ONESHOT, 301), SUCCESS);
    expect(watched(301), IN);
    // A copy is another descriptor for the same connection, and watched by itself.
    expect(fd_read(b, &in, 1, &n), SUCCESS);
    expect(n, 15);
    expect(control(MOD, b, 0, 0), SUCCESS);
    expect(fd_dup(b, &copy), SUCCESS);
    expect(control(MOD, copy, IN, 1), NOENT);
    expect(control(ADD, copy, IN, 400), SUCCESS);
    expect(fd_write(a, &five, 1, &n), SUCCESS);
    expect(watched(400), IN);
    expect(control(DEL, b, 0, 0), SUCCESS);
    expect(control(DEL, b, 0, 0), NOENT);
    expect(fd_close(b), SUCCESS);
    expect(watched(400), IN);
    // Half gone, and gone.
    expect(fd_read(copy, &in, 1, &n), SUCCESS);
    expect(control(MOD, copy, IN | RDHUP, 401), SUCCESS);
    expect(sock_shutdown(a, 2), SUCCESS);
    expect(watched(401), IN | RDHUP);
    expect(sock_shutdown(copy, 2), SUCCESS);
    expect(watched(401), IN | RDHUP | HUP);
    // What is closed is not watched; its numbers are another's, with data of its own.
    expect(fd_close(copy) | fd_close(a), SUCCESS);
    silent(401);
    connected(&a, &b);
    expect(control(ADD, a, OUT, 500), SUCCESS);
    expect(watched(500), OUT);
    // A reset.
    expect(control(DEL, a, 0, 0), SUCCESS);
    expect(control(ADD, b, IN, 600), SUCCESS);
    expect(sock_set_opt_time(a, 13, &(option_time){.tag = 1}), SUCCESS);
    expect(fd_close(a), SUCCESS);
    expect(watched(600), IN | ERR | HUP);
    expect(fd_close(b), SUCCESS);
    // Listeners, connections that are being made, and refused.
    address at;
    fd_t from = listener(&at);
    expect(control(ADD, from, IN, 700), SUCCESS);
    silent(700);
    expect(sock_open(INET4, STREAM | NONBLOCK, 0, &a), SUCCESS);
    int error = sock_connect(a, &at);
    expect(error == INPROGRESS || error == SUCCESS, 1);
    expect(watched(700), IN);
    expect(control(MOD, from, 0, 0), SUCCESS);
    expect(control(ADD, a, IN | OUT, 701), SUCCESS);
    expect(watched(701), OUT);
    expect(fd_close(from) | fd_close(a), SUCCESS);
    expect(sock_open(INET4, STREAM | NONBLOCK, 0, &a), SUCCESS);
    error = sock_connect(a, &at);
    if (error == INPROGRESS) {
        expect(control(ADD, a, OUT, 702), SUCCESS);
        expect(watched(702), OUT | ERR | HUP);
    } else {
        expect(error, CONNREFUSED);
    }
    expect(fd_close(a) | fd_close(watcher), SUCCESS);
}

// What the guest says of its descriptors in case another program takes over.
static void close_on_exec(void) {
    fd_t a, b, copy;
    expect(sock_open(INET4, STREAM | CLOEXEC, 0, &a), SUCCESS);
    expect(fd_fdflags_get(a, &flags), SUCCESS);
    expect(flags, 1);
    expect(fd_dup(a, &copy), SUCCESS);
    expect(fd_fdflags_get(copy, &flags), SUCCESS);
    expect(flags, 0);
    expect(fd_close(a), SUCCESS);
    expect(sock_open(INET4, STREAM, 0, &b), SUCCESS);
    expect(b, a);
    expect(fd_fdflags_get(b, &flags), SUCCESS);
    expect(flags, 0);
    for (int cloexec = 0; cloexec < 2; cloexec++) {
        expect(sock_pair(UNIX, STREAM | (cloexec ? CLOEXEC | NONBLOCK : 0), 0, &a, &b), SUCCESS);
        expect(fd_fdflags_get(a, &flags), SUCCESS);
        expect(flags, cloexec);
        expect(fd_fdflags_get(b, &flags), SUCCESS);
        expect(flags, cloexec);
    }
}

void _start(void) {
    streams();
    connecting();
    datagrams();
    pipes();
    counters();
    many();
    epoll();
    close_on_exec();
    proc_exit(0);
}
