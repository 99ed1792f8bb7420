// The loops of `calls.wat`, in C on Linux: calls NAME COUNT.
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

static void check(int ok) {
    if (!ok) abort();
}

int main(int argc, char **argv) {
    check(argc == 3);
    int directory = open(".", O_RDONLY | O_DIRECTORY);
    unsigned char buffer[16];
    for (long count = atol(argv[2]); count > 0; count--) {
        switch (argv[1][3]) {
        case 'w': check(write(1, buffer, 1) == 1); break;
        case 'r': check(read(0, buffer, 1) == 1); break;
        case 'c': {
            struct timespec time;
            check(clock_gettime(CLOCK_MONOTONIC, &time) == 0);
            break;
        }
        case 'd': check(getrandom(buffer, 16, 0) == 16); break;
        case 'h': {
            int file = openat(directory, "file", O_RDONLY | O_CLOEXEC);
            check(file >= 0 && close(file) == 0);
            break;
        }
        default: check(0);
        }
    }
    return 0;
}
