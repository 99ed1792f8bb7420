// Opens and closes connections, both ends of each, one after the other: the descriptors are the same every time.
//   connections COUNT     --net listen=127.0.0.1:0,connect=127.0.0.1:*
#include "bound.h"
#include <stdlib.h>

enum { LINGER = 13 };

int main(int argc, char **argv) {
    expect(argc, 2);
    fd_t listener = bound(STREAM, "127.0.0.1:0", 8);
    address at, peer;
    expect(sock_addr_local(listener, &at), SUCCESS);
    for (uint32_t left = atoi(argv[1]); left; left--) {
        fd_t client, server;
        expect(sock_open(INET4, STREAM, 0, &client), SUCCESS);
        expect(sock_connect(client, &at), SUCCESS);
        expect(sock_accept_v2(listener, 0, &server, &peer), SUCCESS);
        expect(client, listener + 1);
        expect(server, listener + 2);
        expect(send_text(client, "x"), SUCCESS);
        expect(receive_text(server, "x"), SUCCESS);
        // Its port is free at once.
        expect(sock_set_opt_time(client, LINGER, &(option_time){.tag = 1, .time = 0}), SUCCESS);
        expect(fd_close(client), SUCCESS);
        expect(fd_close(server), SUCCESS);
    }
}
