// Descriptors of the wrong kind, addresses that no memory or no network has, and more of everything than there is.
#include "wasix.h"

PREVIEW1(fd_seek) int fd_seek(fd_t, int64_t, int, uint64_t *);
PREVIEW1(fd_tell) int fd_tell(fd_t, uint64_t *);
PREVIEW1(fd_pread) int fd_pread(fd_t, const void *, uint32_t, uint64_t, uint32_t *);
PREVIEW1(fd_pwrite) int fd_pwrite(fd_t, const void *, uint32_t, uint64_t, uint32_t *);
PREVIEW1(fd_readdir) int fd_readdir(fd_t, void *, uint32_t, uint64_t, uint32_t *);
PREVIEW1(fd_allocate) int fd_allocate(fd_t, uint64_t, uint64_t);
PREVIEW1(fd_advise) int fd_advise(fd_t, uint64_t, uint64_t, int);
PREVIEW1(fd_sync) int fd_sync(fd_t);
PREVIEW1(fd_datasync) int fd_datasync(fd_t);
PREVIEW1(fd_filestat_set_size) int fd_filestat_set_size(fd_t, uint64_t);
PREVIEW1(fd_filestat_set_times) int fd_filestat_set_times(fd_t, uint64_t, uint64_t, int);
PREVIEW1(fd_prestat_get) int fd_prestat_get(fd_t, void *);
PREVIEW1(fd_prestat_dir_name) int fd_prestat_dir_name(fd_t, void *, uint32_t);
PREVIEW1(path_filestat_get) int path_filestat_get(fd_t, int, const char *, uint32_t, void *);
PREVIEW1(path_unlink_file) int path_unlink_file(fd_t, const char *, uint32_t);
PREVIEW1(path_rename) int path_rename(fd_t, const char *, uint32_t, fd_t, const char *, uint32_t);
WASIX(fd_dup) int fd_dup(fd_t, fd_t *);
WASIX(fd_pipe) int fd_pipe(fd_t *, fd_t *);
WASIX(fd_event) int fd_event(uint64_t, int, fd_t *);

static fd_t socket_fd;

// Every call on one descriptor, which is none or no socket.
static void every_call(fd_t fd, int want) {
    static uint8_t status;
    static address where;
    static option_time time;
    static uint64_t size;
    static uint32_t n, group[4];
    static uint16_t flags;
    static char byte;
    iovec in = {&byte, 1};
    fd_t new;
    where = local(1);
    expect(sock_status(fd, &status), want);
    expect(sock_addr_local(fd, &where), want);
    expect(sock_addr_peer(fd, &where), want);
    expect(sock_set_opt_flag(fd, 2, 1), want);
    expect(sock_get_opt_flag(fd, 2, &status), want);
    expect(sock_set_opt_time(fd, 19, &time), want);
    expect(sock_get_opt_time(fd, 19, &time), want);
    expect(sock_set_opt_size(fd, 15, 1), want);
    expect(sock_get_opt_size(fd, 15, &size), want);
    expect(sock_join_multicast_v4(fd, group, group), want);
    expect(sock_leave_multicast_v4(fd, group, group), want);
    expect(sock_join_multicast_v6(fd, group, 0), want);
    expect(sock_leave_multicast_v6(fd, group, 0), want);
    expect(sock_bind(fd, &where), want);
    expect(sock_listen(fd, 1), want);
    expect(sock_accept(fd, 0, &new), want);
    expect(sock_accept_v2(fd, 0, &new, &where), want);
    expect(sock_connect(fd, &where), want);
    expect(sock_recv(fd, &in, 1, 0, &n, &flags), want);
    expect(sock_recv_from(fd, &in, 1, 0, &n, &flags, &where), want);
    expect(sock_send(fd, &in, 1, 0, &n), want);
    expect(sock_send_to(fd, &in, 1, 0, &where, &n), want);
    expect(sock_send_file(fd, 0, 0, 1, &size), want);
    expect(sock_shutdown(fd, 3), want);
}

// Calls of files and directories on a descriptor that is none of these.
static void calls_of_files(fd_t fd) {
    static char byte, result[64];
    iovec in = {&byte, 1};
    uint32_t n;
    uint64_t offset;
    fd_t new;
    expect(fd_seek(fd, 0, 0, &offset), NOTCAPABLE);
    expect(fd_tell(fd, &offset), NOTCAPABLE);
    expect(fd_pread(fd, &in, 1, 0, &n), NOTCAPABLE);
    expect(fd_pwrite(fd, &in, 1, 0, &n), NOTCAPABLE);
    expect(fd_readdir(fd, result, 64, 0, &n), NOTCAPABLE);
    expect(fd_allocate(fd, 0, 1), NOTCAPABLE);
    expect(fd_advise(fd, 0, 1, 0), NOTCAPABLE);
    expect(fd_sync(fd), NOTCAPABLE);
    expect(fd_datasync(fd), NOTCAPABLE);
    expect(fd_filestat_set_size(fd, 0), NOTCAPABLE);
    expect(fd_filestat_set_times(fd, 0, 0, 2), NOTCAPABLE);
    expect(fd_prestat_get(fd, result), BADF);
    expect(fd_prestat_dir_name(fd, result, 64), BADF);
    expect(path_open(fd, 0, "file", 4, 0, 2, 0, 0, &new), NOTCAPABLE);
    expect(path_filestat_get(fd, 0, "file", 4, result), NOTCAPABLE);
    expect(path_unlink_file(fd, "file", 4), NOTCAPABLE);
    expect(path_rename(fd, "file", 4, 3, "other", 5), NOTCAPABLE);
    expect(path_rename(3, "file", 4, fd, "other", 5), NOTCAPABLE);
    expect(sock_send_file(socket_fd, fd, 0, 1, &offset) != SUCCESS, 1);
}

#define END ((char *)(__builtin_wasm_memory_size(0) << 16))

static void addresses(void) {
    fd_t fd, udp;
    uint32_t n;
    uint16_t flags;
    expect(sock_open(INET4, STREAM, 0, &fd), SUCCESS);
    expect(sock_open(INET4, DGRAM, 0, &udp), SUCCESS);
    ciovec out = {"x", 1};
    // Tags that are none.
    for (int tag = 4; tag < 256; tag++) {
        address where = {.tag = tag};
        expect(sock_connect(fd, &where), AFNOSUPPORT);
        expect(sock_bind(fd, &where), AFNOSUPPORT);
        expect(sock_send_to(udp, &out, 1, 0, &where, &n), AFNOSUPPORT);
    }
    // At the end of memory only what the tag needs is read, and 20 bytes are written.
    static const uint8_t need[] = {1, 8, 20, 3};
    for (int tag = 0; tag < 4; tag++) {
        for (int size = 1; size <= need[tag]; size++) {
            address where = {.tag = tag, .port = 1, .octets = {127, 0, 0, 1}};
            if (tag == UNIX) memset((char *)&where + 2, 0, 100);
            char *at = END - size;
            memcpy(at, &where, size);
            int error = sock_connect(fd, at);
            if (size < need[tag]) expect(error, FAULT);
            else expect(error == FAULT, 0);
        }
    }
    address where = unix_path("");
    memset((char *)&where + 2, 'x', 108);
    memcpy(END - 90, &where, 90);
    expect(sock_connect(fd, END - 90), FAULT);
    expect(sock_connect(fd, END), FAULT);
    expect(sock_connect(fd, (void *)-1), FAULT);
    expect(sock_connect(fd, (void *)-4), FAULT);
    address any = local(0);
    expect(sock_bind(udp, &any), SUCCESS);
    expect(sock_addr_local(udp, END - 20), SUCCESS);
    expect(END[-20], INET4);
    for (int size = 0; size < 20; size++) expect(sock_addr_local(udp, END - size), FAULT);
    expect(sock_addr_local(udp, (void *)-8), FAULT);
    memcpy(&where, END - 20, 20);
    expect(sock_send_to(udp, &out, 1, 0, &where, &n), SUCCESS);
    char byte;
    iovec in = {&byte, 1};
    // A result that cannot be stored: nothing is received.
    expect(sock_recv_from(udp, &in, 1, 0, &n, &flags, END - 19), FAULT);
    expect(sock_recv_from(udp, &in, 1, 0, &n, (void *)-1, &where), FAULT);
    expect(sock_recv_from(udp, &in, 1, 0, (void *)-3, &flags, &where), FAULT);
    expect(sock_recv_from(udp, &in, 1, 0, &n, &flags, END - 20), SUCCESS);
    expect(n, 1);
    // Vectors: outside, across the end, wrapping, and too many to multiply.
    static const struct { uint32_t at, len; } bad[] = {{-1, 2}, {-1, -1}, {0, -1}, {0x80000000, 0x80000000}, {1, -1}, {0xfffffff0, 0x10}};
    for (int i = 0; i < sizeof bad / sizeof *bad; i++) {
        expect(sock_send_to(udp, &bad[i], 1, 0, &where, &n), FAULT);
        expect(sock_send(udp, &bad[i], 1, 0, &n), FAULT);
        expect(sock_recv_from(udp, &bad[i], 1, 8, &n, &flags, &where), FAULT);
        expect(sock_recv(udp, &bad[i], 1, 8, &n, &flags), FAULT);
    }
    ciovec across[] = {{"x", 1}, {END - 1, 2}};
    expect(sock_send_to(udp, across, 2, 0, &where, &n), FAULT);
    expect(sock_send_to(udp, across, 0x20000000, 0, &where, &n), FAULT);
    expect(sock_send_to(udp, across, -1, 0, &where, &n), FAULT);
    expect(sock_recv_from(udp, across, 0x20000000, 8, &n, &flags, &where), FAULT);
    expect(sock_recv_from(udp, &in, 1, 8, &n, &flags, &where), AGAIN);
    // Flags that are none.
    expect(sock_send_to(udp, &out, 1, 2, &where, &n), INVAL);
    expect(sock_send(udp, &out, 1, 0x10000, &n), INVAL);
    expect(sock_recv_from(udp, &in, 1, 16, &n, &flags, &where), INVAL);
    // No descriptor is made of which the program would not learn.
    fd_t before, after;
    expect(sock_open(INET4, STREAM, 0, &before), SUCCESS);
    expect(sock_open(INET4, STREAM, 0, (void *)-2), FAULT);
    expect(sock_pair(UNIX, STREAM, 0, &after, (void *)-2), FAULT);
    expect(sock_pair(UNIX, STREAM, 0, (void *)-2, &after), FAULT);
    expect(sock_open(INET4, STREAM, 0, &after), SUCCESS);
    expect(after, before + 1);
}

// Until there are no more descriptors, and then again.
static void exhaustion(void) {
    fd_t first, last = 0, fd;
    for (int round = 0; round < 3; round++) {
        expect(sock_open(UNIX, STREAM, 0, &first), SUCCESS);
        int error, count = 0;
        while (!(error = sock_open(UNIX, STREAM, 0, &fd))) count++, last = fd;
        expect(error, MFILE);
        expect(last - first, count);
        fd_t pair;
        expect(sock_pair(UNIX, STREAM, 0, &pair, &fd), MFILE);
        expect(fd_close(last), SUCCESS);
        expect(sock_pair(UNIX, STREAM, 0, &pair, &fd), MFILE);
        expect(sock_open(UNIX, STREAM, 0, &fd), SUCCESS);
        expect(fd, last);
        for (fd = first; fd <= last; fd++) expect(fd_close(fd), SUCCESS);
        expect(fd_close(last), BADF);
    }
    // Many connections, one after the other, always with the same numbers.
    fd_t from, client, server;
    address where = local(0);
    expect(sock_open(INET4, STREAM, 0, &from), SUCCESS);
    expect(sock_bind(from, &where), SUCCESS);
    expect(sock_listen(from, 5), SUCCESS);
    expect(sock_addr_local(from, &where), SUCCESS);
    for (int i = 0; i < 5000; i++) {
        expect(sock_open(INET4, STREAM, 0, &client), SUCCESS);
        expect(client, from + 1);
        expect(sock_connect(client, &where), SUCCESS);
        expect(sock_accept(from, 0, &server), SUCCESS);
        expect(server, from + 2);
        option_time now = {1, {0}, 0};
        expect(sock_set_opt_time(client, 13, &now), SUCCESS);
        expect(fd_close(client), SUCCESS);
        expect(fd_close(server), SUCCESS);
    }
}

void _start(void) {
    fd_t file;
    every_call(99, BADF);
    every_call(-1, BADF);
    every_call(0x10000, BADF);
    every_call(0, NOTSOCK);
    every_call(1, NOTSOCK);
    every_call(3, NOTSOCK);
    expect(path_open(3, 0, "file", 4, 0, 2, 0, 0, &file), SUCCESS);
    every_call(file, NOTSOCK);
    fd_t read, write, counter, watcher, copy;
    expect(fd_pipe(&read, &write), SUCCESS);
    expect(fd_event(1, 0, &counter), SUCCESS);
    expect(epoll_create(&watcher), SUCCESS);
    expect(fd_dup(file, &copy), SUCCESS);
    const fd_t others[] = {read, write, counter, watcher};
    expect(sock_open(UNIX, STREAM, 0, &socket_fd), SUCCESS);
    for (int i = 0; i < 4; i++) every_call(others[i], NOTSOCK), calls_of_files(others[i]);
    every_call(copy, NOTSOCK);
    calls_of_files(socket_fd);
    addresses();
    exhaustion();
    proc_exit(0);
}
