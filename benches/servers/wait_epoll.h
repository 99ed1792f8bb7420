// Waits by epoll: as the WASIX program does.
#pragma once
#include <sys/epoll.h>

static int watcher = -1;
static uint8_t watched[MOST];
static struct epoll_event ready[64];
static int ready_count, ready_at;

static void watch(fd_t fd, int what) {
    if (watched[fd] == what) return;
    if (watcher == -1) expect((watcher = epoll_create1(EPOLL_CLOEXEC)) >= 0, 1);
    int operation = !watched[fd] ? EPOLL_CTL_ADD : what ? EPOLL_CTL_MOD : EPOLL_CTL_DEL;
    struct epoll_event event = {.events = what == READABLE ? EPOLLIN : EPOLLOUT, .data.fd = fd};
    expect(epoll_ctl(watcher, operation, fd, &event), 0);
    watched[fd] = what;
}

static fd_t happened(void) {
    while (ready_at == ready_count) {
        ready_at = 0;
        expect((ready_count = epoll_wait(watcher, ready, 64, -1)) >= 0, 1);
    }
    return ready[ready_at++].data.fd;
}
