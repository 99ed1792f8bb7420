// Waits by epoll.
#pragma once

static fd_t watcher = -1;
static uint8_t watched[MOST];
static struct epoll_event ready[64];
static uint32_t ready_count, ready_at;

static void watch(fd_t fd, int what) {
    if (watched[fd] == what) return;
    if (watcher == -1) expect(epoll_create(&watcher), SUCCESS);
    int operation = !watched[fd] ? EPOLL_ADD : what ? EPOLL_MOD : EPOLL_DEL;
    struct epoll_event event = {.events = what, .fd = fd};
    expect(epoll_ctl(watcher, operation, fd, &event), SUCCESS);
    watched[fd] = what;
}

static fd_t happened(void) {
    while (ready_at == ready_count) {
        ready_at = 0;
        expect(epoll_wait(watcher, ready, 64, FOREVER, &ready_count), SUCCESS);
    }
    return ready[ready_at++].fd;
}
