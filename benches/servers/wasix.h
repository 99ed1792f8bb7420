// The calls of WASIX that the servers in tests/guests/wasix/programs make, as Linux's: what makes native programs of them.
#pragma once
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef uint32_t fd_t;
typedef struct { const void *buf; size_t len; } ciovec;
typedef struct { void *buf; size_t len; } iovec;
typedef struct { uint16_t port; uint8_t octets[4]; } address;
struct filestat { int type; uint64_t size; };

enum { SUCCESS, AGAIN = EAGAIN, MFILE = EMFILE, IO = EIO, INET4 = AF_INET, STREAM = SOCK_STREAM };

static void expect(int got, int want) {
    if (got == want) return;
    fprintf(stderr, "%d, not %d (%s)\n", got, want, strerror(errno));
    exit(1);
}

// sendfile has no flag against it.
__attribute__((constructor)) static void ignore_broken_pipes(void) { signal(SIGPIPE, SIG_IGN); }

static int stored(int64_t result, uint32_t *where) {
    if (result < 0) return errno;
    *where = result;
    return SUCCESS;
}

static int failed(int result) { return result < 0 ? errno : SUCCESS; }

static address inet4(uint8_t a, uint8_t b, uint8_t c, uint8_t d, uint16_t port) { return (address){port, {a, b, c, d}}; }

static int fd_write(fd_t fd, const ciovec *data, int one, uint32_t *count) { return stored(write(fd, data->buf, data->len), count); }
static int fd_close(fd_t fd) { return failed(close(fd)); }
static int sock_open(int family, int type, int protocol, fd_t *fd) { return stored(socket(family, type, protocol), fd); }
static int sock_listen(fd_t fd, int backlog) { return failed(listen(fd, backlog)); }
static int sock_shutdown(fd_t fd, int how) { return failed(shutdown(fd, how == 2 ? SHUT_WR : SHUT_RD)); }

static int sock_bind(fd_t fd, const address *at) {
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(at->port)};
    memcpy(&name.sin_addr, at->octets, 4);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    return failed(bind(fd, (struct sockaddr *)&name, sizeof name));
}

static int sock_addr_local(fd_t fd, address *at) {
    struct sockaddr_in name;
    int error = failed(getsockname(fd, (struct sockaddr *)&name, &(socklen_t){sizeof name}));
    at->port = ntohs(name.sin_port);
    return error;
}

static int fd_fdstat_set_flags(fd_t fd, int nonblock) {
    return failed(fcntl(fd, F_SETFL, nonblock ? O_NONBLOCK : 0));
}

static int sock_accept_v2(fd_t fd, int nonblock, fd_t *accepted, address *peer) {
    struct sockaddr_in name;
    return stored(accept4(fd, (struct sockaddr *)&name, &(socklen_t){sizeof name}, nonblock ? SOCK_NONBLOCK : 0), accepted);
}

static int sock_set_opt_flag(fd_t fd, int no_delay, int on) {
    return failed(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on));
}

static int sock_send(fd_t fd, const ciovec *data, int one, int flags, uint32_t *count) {
    return stored(send(fd, data->buf, data->len, MSG_NOSIGNAL), count);
}

static int sock_recv(fd_t fd, const iovec *data, int one, int flags, uint32_t *count, uint16_t *none) {
    return stored(recv(fd, data->buf, data->len, 0), count);
}

static int sock_send_file(fd_t fd, fd_t file, uint64_t offset, uint64_t len, uint64_t *count) {
    int64_t sent = sendfile(fd, file, &(off_t){offset}, len);
    if (sent < 0) return errno;
    *count = sent;
    return SUCCESS;
}

// Of the working directory, and of nothing outside of it: a file server must look to that too.
static int path_open(fd_t directory, int follow, const char *path, uint32_t len, int create, uint64_t rights, uint64_t inherited, int nonblock, fd_t *file) {
    char name[2048];
    if (len >= sizeof name) return ENAMETOOLONG;
    memcpy(name, path, len);
    name[len] = 0;
    struct open_how how = {.flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC, .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    return stored(syscall(SYS_openat2, AT_FDCWD, name, &how, sizeof how), file);
}

static int fd_filestat_get(fd_t file, struct filestat *stat) {
    struct stat of;
    if (fstat(file, &of)) return errno;
    stat->type = S_ISREG(of.st_mode) ? 4 : 0;
    stat->size = of.st_size;
    return SUCCESS;
}
