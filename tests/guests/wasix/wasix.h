// The imports of WASIX that the programs here use, and what they share: a check that ends the program with the line that failed.
#pragma once
#include <stdint.h>
#include <string.h>

typedef uint32_t fd_t;
typedef struct { const void *buf; uint32_t len; } ciovec;
typedef struct { void *buf; uint32_t len; } iovec;
typedef struct { uint8_t tag, pad; uint16_t port; uint8_t octets[16]; uint8_t more[8]; uint8_t rest[82]; } address; // 110 bytes
typedef struct { uint8_t tag, pad[7]; uint64_t time; } option_time;
typedef struct { uint8_t tag, pad; uint8_t octets[16]; } ip;
struct subscription { uint64_t userdata; uint8_t tag, pad[7]; uint32_t fd, pad2[7]; };
struct event { uint64_t userdata; uint16_t error; uint8_t type; uint64_t nbytes; uint16_t flags; };
struct epoll_event { uint32_t events, pad, ptr, fd, data1, pad2; uint64_t data2; };
struct filestat { uint64_t dev, ino; uint8_t type; uint64_t nlink, size, times[3]; };
struct tty { uint32_t cols, rows, width, height; uint8_t stdin_tty, stdout_tty, stderr_tty, echo, line_buffered, line_feeds; };

#define IMPORT(module, name) __attribute__((import_module(module), import_name(#name)))
#define WASIX(name) IMPORT("wasix_32v1", name)
#define PREVIEW1(name) IMPORT("wasi_snapshot_preview1", name)

WASIX(sock_status) int sock_status(fd_t, uint8_t *);
WASIX(sock_addr_local) int sock_addr_local(fd_t, void *);
WASIX(sock_addr_peer) int sock_addr_peer(fd_t, void *);
WASIX(sock_open) int sock_open(int, int, int, fd_t *);
WASIX(sock_pair) int sock_pair(int, int, int, fd_t *, fd_t *);
WASIX(sock_set_opt_flag) int sock_set_opt_flag(fd_t, int, int);
WASIX(sock_get_opt_flag) int sock_get_opt_flag(fd_t, int, uint8_t *);
WASIX(sock_set_opt_time) int sock_set_opt_time(fd_t, int, const option_time *);
WASIX(sock_get_opt_time) int sock_get_opt_time(fd_t, int, option_time *);
WASIX(sock_set_opt_size) int sock_set_opt_size(fd_t, int, uint64_t);
WASIX(sock_get_opt_size) int sock_get_opt_size(fd_t, int, uint64_t *);
WASIX(sock_join_multicast_v4) int sock_join_multicast_v4(fd_t, const void *, const void *);
WASIX(sock_leave_multicast_v4) int sock_leave_multicast_v4(fd_t, const void *, const void *);
WASIX(sock_join_multicast_v6) int sock_join_multicast_v6(fd_t, const void *, int);
WASIX(sock_leave_multicast_v6) int sock_leave_multicast_v6(fd_t, const void *, int);
WASIX(sock_bind) int sock_bind(fd_t, const void *);
WASIX(sock_listen) int sock_listen(fd_t, uint32_t);
WASIX(sock_accept_v2) int sock_accept_v2(fd_t, int, fd_t *, void *);
WASIX(sock_connect) int sock_connect(fd_t, const void *);
WASIX(sock_recv_from) int sock_recv_from(fd_t, const void *, uint32_t, int, uint32_t *, uint16_t *, void *);
WASIX(sock_send_to) int sock_send_to(fd_t, const void *, uint32_t, int, const void *, uint32_t *);
WASIX(sock_send_file) int sock_send_file(fd_t, fd_t, uint64_t, uint64_t, uint64_t *);
WASIX(resolve) int resolve(const char *, uint32_t, int, ip *, uint32_t, uint32_t *);
WASIX(epoll_create) int epoll_create(fd_t *);
WASIX(epoll_ctl) int epoll_ctl(fd_t, int, fd_t, const struct epoll_event *);
WASIX(epoll_wait) int epoll_wait(fd_t, struct epoll_event *, uint32_t, uint64_t, uint32_t *);
WASIX(tty_get) int tty_get(struct tty *);
WASIX(tty_set) int tty_set(const struct tty *);
WASIX(sock_accept) int sock_accept_second_generation(fd_t, int, fd_t *, void *);
PREVIEW1(sock_accept) int sock_accept(fd_t, int, fd_t *);
PREVIEW1(sock_recv) int sock_recv(fd_t, const void *, uint32_t, int, uint32_t *, uint16_t *);
PREVIEW1(sock_send) int sock_send(fd_t, const void *, uint32_t, int, uint32_t *);
PREVIEW1(sock_shutdown) int sock_shutdown(fd_t, int);
PREVIEW1(fd_read) int fd_read(fd_t, const void *, uint32_t, uint32_t *);
PREVIEW1(fd_write) int fd_write(fd_t, const void *, uint32_t, uint32_t *);
PREVIEW1(fd_close) int fd_close(fd_t);
PREVIEW1(fd_fdstat_get) int fd_fdstat_get(fd_t, void *);
PREVIEW1(fd_fdstat_set_rights) int fd_fdstat_set_rights(fd_t, uint64_t, uint64_t);
PREVIEW1(fd_fdstat_set_flags) int fd_fdstat_set_flags(fd_t, int);
PREVIEW1(fd_filestat_get) int fd_filestat_get(fd_t, struct filestat *);
PREVIEW1(path_open) int path_open(fd_t, int, const char *, uint32_t, int, uint64_t, uint64_t, int, fd_t *);
PREVIEW1(poll_oneoff) int poll_oneoff(const void *, void *, uint32_t, uint32_t *);
PREVIEW1(proc_exit) _Noreturn void proc_exit(uint32_t);

enum {
    SUCCESS, ACCES = 2, ADDRINUSE, ADDRNOTAVAIL, AFNOSUPPORT, AGAIN, ALREADY, BADF, CONNREFUSED = 14, CONNRESET, DESTADDRREQ = 17,
    FAULT = 21, INPROGRESS = 26, INTR, INVAL, IO, ISCONN, LOOP = 32, MFILE, MSGSIZE = 35, NAMETOOLONG = 37, NOBUFS = 42, NOENT = 44, NOMEM = 48, NOPROTOOPT = 50,
    NOTCONN = 53, NOTSOCK = 57, NOTSUP, PIPE = 64, PROTONOSUPPORT = 66, TIMEDOUT = 73, NOTCAPABLE = 76,
};
enum { INET4 = 1, INET6, UNIX, STREAM = 1, DGRAM, CLOEXEC = 0x2000, NONBLOCK = 0x4000 };
enum { FD_READ = 1, FD_WRITE, EPOLL_ADD = 0, EPOLL_MOD, EPOLL_DEL };
static const uint64_t FOREVER = -1;

#include "../expect.h"

static address inet4(uint8_t a, uint8_t b, uint8_t c, uint8_t d, uint16_t port) {
    return (address){.tag = INET4, .port = port, .octets = {a, b, c, d}};
}
static address local(uint16_t port) { return inet4(127, 0, 0, 1, port); }
static address inet6(const uint8_t *octets, uint16_t port) {
    address result = {.tag = INET6, .port = port};
    memcpy(result.octets, octets, 16);
    return result;
}
static address unix_path(const char *path) {
    address result = {.tag = UNIX};
    memcpy((char *)&result + 2, path, strlen(path));
    return result;
}
static int send_text(fd_t fd, const char *text) {
    ciovec out = {text, strlen(text)};
    uint32_t sent = 0;
    int error = sock_send(fd, &out, 1, 0, &sent);
    return error ? error : sent == out.len ? 0 : 100;
}
// Receives exactly this text.
static int receive_text(fd_t fd, const char *text) {
    char buffer[256];
    iovec in = {buffer, strlen(text)};
    uint32_t received = 0;
    uint16_t flags;
    int error = sock_recv(fd, &in, 1, 2, &received, &flags);
    return error ? error : received == in.len && !memcmp(buffer, text, received) ? 0 : 100;
}
