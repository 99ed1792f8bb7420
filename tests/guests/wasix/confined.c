// Asks for names where Landlock lets it open nothing but its own directory: the machine's configuration was opened before.
//   --net dns --dir .
#include "wasix.h"

void _start(void) {
    fd_t fd;
    ip found[4];
    uint32_t count;
    expect(path_open(3, 0, "script", 6, 0, 2, 0, 0, &fd), SUCCESS);
    expect(resolve("tabled.example", 14, 0, found, 4, &count), SUCCESS);
    expect(count == 1 && found[0].tag == INET4 && found[0].octets[3] == 9, 1);
    expect(resolve("good.example", 12, 0, found, 4, &count), SUCCESS);
    expect(count == 1 && found[0].tag == INET4 && found[0].octets[0] == 10, 1);
    expect(resolve("missing.example", 15, 0, found, 4, &count), NOENT);
    proc_exit(0);
}
