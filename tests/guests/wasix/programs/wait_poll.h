// Waits by poll_oneoff.
#pragma once

static struct subscription subscriptions[MOST];
static struct event events[MOST];
static uint32_t places[MOST], watched_count, happened_count, happened_at;

static void watch(fd_t fd, int what) {
    uint32_t *place = &places[fd];
    if (!what) {
        if (!*place) return;
        // The last one takes its place.
        subscriptions[*place - 1] = subscriptions[--watched_count];
        places[subscriptions[*place - 1].fd] = *place;
        *place = 0;
        return;
    }
    if (!*place) *place = ++watched_count;
    subscriptions[*place - 1] = (struct subscription){.userdata = fd, .tag = what == READABLE ? FD_READ : FD_WRITE, .fd = fd};
}

static fd_t happened(void) {
    while (happened_at == happened_count) {
        happened_at = 0;
        expect(poll_oneoff(subscriptions, events, watched_count, &happened_count), SUCCESS);
    }
    return events[happened_at++].userdata;
}
