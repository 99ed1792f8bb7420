// Writes the addresses of names, one a line.
//   resolve NAME...     --net dns
#include "wasix.h"
#include <stdio.h>

enum { MOST = 32 };

int main(int argc, char **argv) {
    int failed = 0;
    for (int i = 1; i < argc; i++) {
        ip found[MOST];
        uint32_t count = 0;
        int error = resolve(argv[i], strlen(argv[i]), 0, found, MOST, &count);
        if (error) {
            fprintf(stderr, "%s: error %d\n", argv[i], error);
            failed = 1;
        }
        for (uint32_t at = 0; at < count; at++) {
            const uint8_t *octets = found[at].octets;
            if (found[at].tag == INET4) printf("%d.%d.%d.%d\n", octets[0], octets[1], octets[2], octets[3]);
            else for (int word = 0; word < 16; word += 2) printf("%x%c", octets[word] << 8 | octets[word + 1], word < 14 ? ':' : '\n');
        }
    }
    return failed;
}
