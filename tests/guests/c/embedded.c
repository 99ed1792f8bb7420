// What is particular to directories inside the executable. The first argument says which part.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wasi/api.h>

static const __wasi_rights_t READ = 0x1fffffff & ~__WASI_RIGHTS_FD_WRITE, ALL = 0x1fffffff;
static char bytes[1 << 16];
static __wasi_size_t size;
static __wasi_filestat_t stat;
static __wasi_fd_t opened;

static void say(const char *what, __wasi_errno_t error) { printf("%s: %d\n", what, error); }

static __wasi_fd_t file(__wasi_fd_t directory, const char *path, int flags, __wasi_rights_t rights) {
    __wasi_errno_t error = __wasi_path_open(directory, 1, path, flags, rights, ALL, 0, &opened);
    if (error) say(path, error);
    return error ? 99 : opened;
}

static __wasi_errno_t read_at(__wasi_fd_t fd, __wasi_size_t len, __wasi_filesize_t offset) {
    __wasi_iovec_t part = {(unsigned char *)bytes, len};
    return __wasi_fd_pread(fd, &part, 1, offset, &size);
}

static __wasi_errno_t write_at(__wasi_fd_t fd, __wasi_size_t len, __wasi_filesize_t offset) {
    __wasi_ciovec_t part = {(unsigned char *)bytes, len};
    return __wasi_fd_pwrite(fd, &part, 1, offset, &size);
}

// Reading: places, vectors, and everything that is refused.
static void read_only(void) {
    __wasi_fd_t fd = file(3, "file", 0, READ);
    say("at the end", read_at(fd, 10, 6)); printf("%lu bytes\n", size);
    say("behind it", read_at(fd, 10, 1ull << 62)); printf("%lu bytes\n", size);
    say("behind what a file can have", read_at(fd, 10, 1ull << 63));
    say("at the last place of all", read_at(fd, 10, ~0ull));
    say("more than there is", read_at(fd, sizeof bytes, 2)); printf("%lu bytes: %.*s", size, (int)size, bytes);
    __wasi_iovec_t parts[3] = {{(unsigned char *)bytes, 2}, {(unsigned char *)bytes + 100, 0}, {(unsigned char *)bytes + 200, 9}};
    say("in parts", __wasi_fd_pread(fd, parts, 3, 0, &size)); printf("%lu bytes: %.2s-%.4s", size, bytes, bytes + 200); puts("");
    __wasi_iovec_t bad[2] = {{(unsigned char *)bytes, 2}, {(unsigned char *)0xfffffff0, 32}};
    memset(bytes, '#', 2);
    say("a part outside of memory", __wasi_fd_pread(fd, bad, 2, 0, &size)); printf("%.2s\n", bytes);
    say("vectors outside of memory", __wasi_fd_pread(fd, (__wasi_iovec_t *)0xfffffff8, 2, 0, &size));
    say("2^30 vectors", __wasi_fd_pread(fd, parts, 1 << 30, 0, &size));
    // The vectors themselves are read over.
    __wasi_iovec_t *self = (__wasi_iovec_t *)bytes;
    self[0] = (__wasi_iovec_t){(unsigned char *)bytes, 3}; self[1] = (__wasi_iovec_t){(unsigned char *)bytes + 64, 3};
    say("over the vectors", __wasi_fd_pread(fd, self, 2, 0, &size)); printf("%lu bytes: %.3s%.2s\n", size, bytes, bytes + 64);
    __wasi_filesize_t place;
    say("seek to -1", __wasi_fd_seek(fd, -1, __WASI_WHENCE_SET, &place));
    say("seek to the end + 2^63", __wasi_fd_seek(fd, 0x7fffffffffffffff, __WASI_WHENCE_END, &place));
    say("seek to 2^63 - 1", __wasi_fd_seek(fd, 0x7fffffffffffffff, __WASI_WHENCE_SET, &place));
    __wasi_iovec_t rest = {(unsigned char *)bytes, 10};
    say("read there", __wasi_fd_read(fd, &rest, 1, &size)); printf("%lu bytes\n", size);
    say("tell", __wasi_fd_tell(fd, &place)); printf("%llx\n", place);
    say("seek in a directory", __wasi_fd_seek(3, 0, __WASI_WHENCE_SET, &place));
    say("read a directory", read_at(file(3, "dir", 2, READ), 1, 0));
    say("advise", __wasi_fd_advise(fd, 0, 0, __WASI_ADVICE_WILLNEED));
    say("sync", __wasi_fd_sync(fd)); say("datasync", __wasi_fd_datasync(fd));
    say("write", write_at(fd, 1, 0));
    say("set size", __wasi_fd_filestat_set_size(fd, 0));
    say("allocate", __wasi_fd_allocate(fd, 0, 1));
    say("set times", __wasi_fd_filestat_set_times(fd, 0, 0, 5));
    say("set flags", __wasi_fd_fdstat_set_flags(fd, __WASI_FDFLAGS_APPEND | __WASI_FDFLAGS_NONBLOCK));
    __wasi_fdstat_t fdstat;
    say("fdstat", __wasi_fd_fdstat_get(fd, &fdstat));
    printf("type %d flags %d rights %llx\n", fdstat.fs_filetype, fdstat.fs_flags, fdstat.fs_rights_base);
    for (int flags = 0; flags < 16; flags++) {
        static const char *const paths[] = {"file", "new", "dir", "dir/inside"};
        for (int i = 0; i < 4; i++)
            printf("%d%s", __wasi_path_open(3, 1, paths[i], flags, ALL, ALL, 0, &opened), i < 3 ? " " : "");
        puts("");
    }
    say("create directory", __wasi_path_create_directory(3, "new"));
    say("remove directory", __wasi_path_remove_directory(3, "dir"));
    say("unlink", __wasi_path_unlink_file(3, "file"));
    say("rename", __wasi_path_rename(3, "file", 3, "new"));
    say("link", __wasi_path_link(3, 0, "file", 3, "new"));
    say("symlink", __wasi_path_symlink("file", 3, "new"));
    say("set times by path", __wasi_path_filestat_set_times(3, 0, "file", 0, 0, 5));
    __wasi_subscription_t both[2] = {{.userdata = 1, .u.tag = __WASI_EVENTTYPE_FD_READ, .u.u.fd_read.file_descriptor = fd},
                                     {.userdata = 2, .u.tag = __WASI_EVENTTYPE_FD_WRITE, .u.u.fd_write.file_descriptor = 1}};
    __wasi_event_t events[2];
    __wasi_fd_seek(fd, 2, __WASI_WHENCE_SET, &place);
    say("poll", __wasi_poll_oneoff(both, events, 2, &size));
    printf("%lu events: %llu of %llu bytes\n", size, events[0].userdata, events[0].fd_readwrite.nbytes);
    say("renumber", __wasi_fd_renumber(fd, 3)); say("the place is kept", read_at(3, 1, 0));
    say("closed", read_at(fd, 1, 0));
}

// Paths that lead out, or nowhere.
static void paths(void) {
    static const char *const attacks[] = {"..", "../", ".", "dir/..", "dir/../..", "dir/up", "dir/up/..", "dir/up/../file",
        "out", "out/", "absolute", "absolute/", "loop", "loop/x", "dangling", "file/", "file/.", "file/..", "dir/inside/x",
        "link", "link/", "todir", "todir/", "todir/inside", "dir//inside", "./dir/./inside", "dir/../file",
        "dir/../dir/../dir/../file", "chain", "missing/../file", "/file", "//file", "slash", "slash/inside", "FILE"};
    for (unsigned i = 0; i < sizeof attacks / sizeof *attacks; i++) {
        printf("%s:", attacks[i]);
        for (int follow = 0; follow < 2; follow++) {
            __wasi_errno_t error = __wasi_path_filestat_get(3, follow, attacks[i], &stat);
            if (error) printf(" %d", error); else printf(" type %d", stat.filetype);
            error = __wasi_path_open(3, follow, attacks[i], 0, READ, ALL, 0, &opened);
            if (error) printf(" open %d", error); else __wasi_fd_close(opened);
        }
        printf(" link %d\n", __wasi_path_readlink(3, attacks[i], (unsigned char *)bytes, sizeof bytes, &size));
    }
    memset(bytes, 'n', 300); bytes[255] = 0;
    say("a name of 255", __wasi_path_filestat_get(3, 0, bytes, &stat));
    memset(bytes, 'n', 300); bytes[256] = 0;
    say("a name of 256", __wasi_path_filestat_get(3, 0, bytes, &stat));
    for (int i = 0; i < 2047; i++) memcpy(bytes + 2 * i, "./", 2);
    strcpy(bytes + 4090, "file");
    say("a path of 4094", __wasi_path_filestat_get(3, 0, bytes, &stat));
    // From a directory inside, what is above it is outside.
    __wasi_fd_t dir = file(3, "dir", 2, READ);
    say("above", __wasi_path_filestat_get(dir, 0, "../file", &stat));
    say("above, by a link", __wasi_path_filestat_get(dir, 0, "up/file", &stat));
    say("inside", __wasi_path_filestat_get(dir, 0, "inside", &stat));
    say("from a file", __wasi_path_filestat_get(file(3, "file", 0, READ), 0, "x", &stat));
    // Numbers of nodes.
    __wasi_device_t device = stat.dev;
    __wasi_inode_t seen[3];
    static const char *const nodes[] = {"file", "dir", "dir/inside"};
    for (int i = 0; i < 3; i++) { __wasi_path_filestat_get(3, 0, nodes[i], &stat); seen[i] = stat.ino; device = stat.dev; }
    printf("different: %d\n", seen[0] != seen[1] && seen[1] != seen[2] && seen[0] != seen[2] && seen[0]);
    __wasi_path_filestat_get(4, 0, "file", &stat);
    printf("another device: %d\n", stat.dev != device);
    // Cookies that are none.
    static const __wasi_dircookie_t cookies[] = {3, 1000, 1ull << 32, 1ull << 40, 1ull << 62, 1ull << 63, ~0ull};
    for (int i = 0; i < 7; i++) {
        __wasi_errno_t error = __wasi_fd_readdir(dir, (unsigned char *)bytes, 4096, cookies[i], &size);
        printf("cookie %llx: %d %lu\n", cookies[i], error, error ? 0 : size);
    }
}

// Changes: across directories, and until memory is full. Descriptor 3 is of the host, 4 and 5 are embedded.
static void overlay(void) {
    say("rename to another tree", __wasi_path_rename(4, "file", 5, "new"));
    say("rename to the host", __wasi_path_rename(4, "file", 3, "new"));
    say("rename from the host", __wasi_path_rename(3, "host", 4, "new"));
    say("link to another tree", __wasi_path_link(4, 0, "file", 5, "new"));
    say("link to the host", __wasi_path_link(4, 0, "file", 3, "new"));
    say("link from the host", __wasi_path_link(3, 0, "host", 4, "new"));
    // Links and directories that move.
    say("symlink", __wasi_path_symlink("dir", 4, "way"));
    say("through it", __wasi_path_filestat_get(4, 0, "way/inside", &stat));
    say("move it", __wasi_path_rename(4, "dir", 4, "moved"));
    say("not through it", __wasi_path_filestat_get(4, 0, "way/inside", &stat));
    say("there", __wasi_path_filestat_get(4, 0, "moved/inside", &stat));
    say("up from there", __wasi_path_filestat_get(4, 0, "moved/../file", &stat));
    say("into itself", __wasi_path_rename(4, "moved", 4, "moved/inside2"));
    say("back", __wasi_path_rename(4, "moved", 4, "dir"));
    say("through it", __wasi_path_filestat_get(4, 0, "way/inside", &stat));
    say("hard link", __wasi_path_link(4, 0, "file", 4, "second"));
    __wasi_path_filestat_get(4, 0, "second", &stat); printf("%llu links\n", stat.nlink);
    say("remove the first", __wasi_path_unlink_file(4, "file"));
    say("read the second", read_at(file(4, "second", 0, ALL), 7, 0)); printf("%.*s\n", (int)size, bytes);
    say("and back to the first", __wasi_path_rename(4, "second", 4, "file"));
    __wasi_fd_t fd = file(4, "big", 1, ALL), old = file(4, "file", 0, ALL);
    __wasi_filesize_t total = 0;
    __wasi_errno_t error;
    memset(bytes, 'x', sizeof bytes);
    while (!(error = write_at(fd, sizeof bytes, total))) total += size;
    printf("full: %d after %s 1 MiB\n", error, total > 900 << 10 && total <= 1 << 20 ? "nearly" : "not");
    say("what is there can be written over", write_at(fd, 4096, 0));
    say("a file of the executable cannot", write_at(old, 1, 0));
    say("read", read_at(old, 6, 0)); printf("%.6s", bytes);
    say("allocate", __wasi_fd_allocate(fd, 0, 2 << 20)); __wasi_fd_filestat_get(fd, &stat); printf("size kept: %d\n", stat.size == total);
    say("grow without memory", __wasi_fd_filestat_set_size(fd, 1ull << 40));
    say("read a hole", read_at(fd, 2, 1ull << 39)); printf("%d%d\n", bytes[0], bytes[1]);
    say("too large", __wasi_fd_filestat_set_size(fd, (1ull << 42) + 1));
    say("too far", write_at(fd, 1, 1ull << 42));
    say("shrink", __wasi_fd_filestat_set_size(fd, 10));
    say("write again", write_at(old, 1, 6));
    say("remove", __wasi_path_unlink_file(4, "big"));
    say("write to what has no name", write_at(fd, 4096, 100000)); say("stat", __wasi_fd_filestat_get(fd, &stat));
    printf("%llu links, %llu bytes\n", stat.nlink, stat.size);
    __wasi_fd_close(fd);
    unsigned count = 0, again = 0;
    char name[300];
    while (sprintf(name, "%0200u", count), !(error = __wasi_path_create_directory(5, name))) count++;
    printf("full: %d after %s directories\n", error, count > 2000 && count < 4000 ? "thousands of" : "too many or few");
    for (unsigned i = 0; i < count; i++) { sprintf(name, "%0200u", i); if (__wasi_path_remove_directory(5, name)) puts("not removed"); }
    while (sprintf(name, "%0200u", again), !(error = __wasi_path_create_directory(5, name))) again++;
    printf("full: %d, as many again: %d\n", error, again == count);
    say("the same names in the other tree", __wasi_path_filestat_get(4, 0, name, &stat));
    // Changed while it is listed: each name once.
    for (unsigned i = 0; i < count; i++) { sprintf(name, "%0200u", i); __wasi_path_remove_directory(5, name); }
    for (unsigned i = 0; i < 100; i++) { sprintf(name, "%0200u", i); __wasi_path_create_directory(5, name); }
    __wasi_dircookie_t cookie = 0;
    unsigned listed = 0;
    while (!__wasi_fd_readdir(5, (unsigned char *)bytes, 300, cookie, &size) && size >= 24 + ((__wasi_dirent_t *)bytes)->d_namlen) {
        __wasi_dirent_t *entry = (__wasi_dirent_t *)bytes;
        cookie = entry->d_next;
        sprintf(name, "%.*s", (int)entry->d_namlen, bytes + 24);
        listed++;
        if (entry->d_namlen == 200 && __wasi_path_remove_directory(5, name)) puts("not removed");
    }
    printf("%u listed\n", listed);
}

int main(int count, char **arguments) {
    switch (arguments[1][0]) {
    case 'r': read_only(); break;
    case 'p': paths(); break;
    case 'o': overlay(); break;
    }
    return 0;
}
