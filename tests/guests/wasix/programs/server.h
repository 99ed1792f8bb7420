// What the servers of connections have in common: a listening socket, and connections that are served when something can be done for them.
//
// A server includes this, then wait_epoll.h or wait_poll.h; it defines what follows:
//   static void opened(fd_t)     there is a new connection, which does not block
//   static int serve(fd_t)       does what can be done for it: what to wait for next, or 0 to close it
#pragma once
#include "bound.h"

enum { READABLE = 1, WRITABLE = 2 };
enum { MOST = 4096, BACKLOG = 1024, NO_DELAY = 3, NONBLOCKING = 4 };

// Waits for something from now on, or for nothing any more if it is 0.
static void watch(fd_t, int);
// The descriptor of which something that was waited for has happened.
static fd_t happened(void);

static void opened(fd_t);
static int serve(fd_t);

// Accepts all connections that there are. When there are as many as there can be, others wait until one is closed.
static int accept_all(fd_t listener) {
    fd_t fd;
    address peer;
    int error;
    while (!(error = sock_accept_v2(listener, NONBLOCKING, &fd, &peer))) {
        if (fd >= MOST) {
            fd_close(fd);
            continue;
        }
        expect(sock_set_opt_flag(fd, NO_DELAY, 1), SUCCESS);
        opened(fd);
        watch(fd, READABLE);
    }
    return error != MFILE;
}

static _Noreturn void run(const char *where) {
    fd_t listener = bound(STREAM, where, BACKLOG);
    expect(fd_fdstat_set_flags(listener, NONBLOCKING), SUCCESS); // other runtimes do not know SOCK_NONBLOCK
    watch(listener, READABLE);
    announce(listener);
    for (;;) {
        fd_t fd = happened();
        if (fd == listener) {
            if (!accept_all(listener)) watch(listener, 0);
            continue;
        }
        int next = serve(fd);
        watch(fd, next);
        if (!next) {
            fd_close(fd);
            watch(listener, READABLE);
        }
    }
}
