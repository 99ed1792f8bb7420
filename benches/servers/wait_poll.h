// Waits by poll, where the WASIX program has poll_oneoff.
#pragma once
#include <poll.h>

static struct pollfd polled[MOST];
static uint32_t places[MOST], watched_count, polled_at = MOST;

static void watch(fd_t fd, int what) {
    uint32_t *place = &places[fd];
    if (!what) {
        if (!*place) return;
        // The last one takes its place; what happened to that is seen the next time.
        polled[*place - 1] = polled[--watched_count];
        places[polled[*place - 1].fd] = *place;
        *place = 0;
        return;
    }
    if (!*place) *place = ++watched_count, polled[*place - 1].revents = 0;
    polled[*place - 1].fd = fd;
    polled[*place - 1].events = what == READABLE ? POLLIN : POLLOUT;
}

static fd_t happened(void) {
    for (;; polled_at++) {
        if (polled_at >= watched_count) {
            polled_at = 0;
            expect(poll(polled, watched_count, -1) > 0, 1);
        }
        if (polled[polled_at].revents) {
            polled[polled_at].revents = 0;
            return polled[polled_at].fd;
        }
    }
}
