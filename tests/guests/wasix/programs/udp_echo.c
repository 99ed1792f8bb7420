// Sends every datagram back to whom it came from.
//   udp_echo 127.0.0.1:PORT     --net udp=127.0.0.1:PORT
#include "bound.h"

static char datagram[1 << 16];

int main(int argc, char **argv) {
    expect(argc, 2);
    fd_t fd = bound(DGRAM, argv[1], 0);
    announce(fd);
    for (;;) {
        address peer;
        uint32_t len;
        uint16_t flags;
        // An answer that could not be delivered is no reason to end.
        if (sock_recv_from(fd, &(iovec){datagram, sizeof datagram}, 1, 0, &len, &flags, &peer)) continue;
        sock_send_to(fd, &(ciovec){datagram, len}, 1, 0, &peer, &len);
    }
}
