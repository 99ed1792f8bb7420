// Does random operations on the directory that it was given, and prints what came of each: two file systems that do the
// same print the same. ./operations SEED COUNT
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wasi/api.h>

static unsigned long long state;
static unsigned pick(unsigned below) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(state >> 33) % below;
}

static const char *const names[] = {"a", "b", "c", "dir", "file", "link", "up"};

// A path of one to three components; some begin or end badly.
static const char *path(char *buffer) {
    buffer[0] = 0;
    unsigned count = 1 + pick(3);
    for (unsigned i = 0; i < count; i++) {
        unsigned kind = pick(24);
        strcat(buffer, kind == 0 ? ".." : kind == 1 ? "." : names[pick(7)]);
        if (i + 1 < count) strcat(buffer, pick(12) ? "/" : "//");
    }
    if (!pick(10)) strcat(buffer, "/");
    if (!pick(60)) strcpy(buffer, "/a");
    if (!pick(60)) buffer[0] = 0;
    return buffer;
}

#define OPEN 8
static int files[OPEN]; // open descriptors, or 0
static int file(void) { int fd = files[pick(OPEN)]; return fd ? fd : 3; }
static int directory(void) { return pick(3) ? 3 : file(); }
// Where two descriptors are wrong at once, which one the error is about depends on the file system.
static int real_directory(void) {
    int fd = directory();
    __wasi_fdstat_t stat;
    return __wasi_fd_fdstat_get(fd, &stat) || stat.fs_filetype != __WASI_FILETYPE_DIRECTORY ? 3 : fd;
}

static unsigned hash(const unsigned char *bytes, size_t len) {
    unsigned hash = 0x811c9dc5;
    for (size_t i = 0; i < len; i++) hash = (hash ^ bytes[i]) * 0x01000193;
    return hash;
}

static unsigned char bytes[65536];

static int by_name(const void *one, const void *other) { return strcmp(*(char **)one, *(char **)other); }

// The names in a directory, sorted, with their types; asks for them in pieces.
static void list(int fd) {
    static unsigned char buffer[65536];
    static char *entries[1024];
    unsigned count = 0;
    __wasi_dircookie_t cookie = 0;
    __wasi_size_t room = 280 + pick(600), used;
    for (;;) {
        __wasi_errno_t error = __wasi_fd_readdir(fd, buffer, room, cookie, &used);
        if (error) { printf(" %d", error); break; }
        __wasi_size_t at = 0;
        int taken = 0;
        while (at + sizeof(__wasi_dirent_t) <= used) {
            __wasi_dirent_t entry;
            memcpy(&entry, buffer + at, sizeof entry);
            if (at + sizeof entry + entry.d_namlen > used) break;
            char *line = malloc(entry.d_namlen + 4);
            sprintf(line, "%.*s:%d", (int)entry.d_namlen, (char *)buffer + at + sizeof entry, entry.d_type);
            if (count < 1024) entries[count++] = line;
            cookie = entry.d_next;
            at += sizeof entry + entry.d_namlen;
            taken = 1;
        }
        if (used < room || !taken) break;
    }
    qsort(entries, count, sizeof *entries, by_name);
    for (unsigned i = 0; i < count; i++) { printf(" %s", entries[i]); free(entries[i]); }
}

static void show(__wasi_errno_t error, const __wasi_filestat_t *stat) {
    if (error) { printf(" %d", error); return; }
    printf(" type %d", stat->filetype);
    if (stat->filetype != __WASI_FILETYPE_DIRECTORY) printf(" size %llu links %llu", stat->size, stat->nlink);
}

// All of a file.
static void read_all(int fd) {
    __wasi_size_t got = 0, total = 0;
    __wasi_errno_t error = 0;
    do {
        __wasi_iovec_t parts[3] = {{bytes, 1 + pick(5000)}, {bytes + 10000, pick(3)}, {bytes + 20000, pick(9000)}};
        error = __wasi_fd_pread(fd, parts, 3, total, &got);
        total += got;
    } while (!error && got);
    printf(" %d: %lu bytes", error, total);
    unsigned whole = 0x811c9dc5;
    for (__wasi_size_t at = 0; !error && at < total; at += got) {
        __wasi_iovec_t part = {bytes, sizeof bytes};
        error = __wasi_fd_pread(fd, &part, 1, at, &got);
        if (!got) break;
        for (size_t i = 0; i < got; i++) whole = (whole ^ bytes[i]) * 0x01000193;
    }
    printf(" %08x", whole);
}

static void operate(void) {
    char one[64], two[64];
    __wasi_filestat_t stat;
    __wasi_size_t size = 0;
    __wasi_filesize_t place = 0;
    unsigned slot;
    int fd;
    switch (pick(24)) {
    case 0: printf("mkdir %s", path(one)); printf(" %d", __wasi_path_create_directory(directory(), one)); break;
    case 1: printf("rmdir %s", path(one)); printf(" %d", __wasi_path_remove_directory(directory(), one)); break;
    case 2: printf("unlink %s", path(one)); printf(" %d", __wasi_path_unlink_file(directory(), one)); break;
    case 3: case 4: case 5: case 6: {
        static const __wasi_oflags_t creates[] = {0, 1, 1, 2, 4, 5, 8, 9, 13};
        __wasi_oflags_t flags = creates[pick(9)];
        __wasi_rights_t rights = pick(3) ? 0x1fffffff : 0x1fffffff & ~(__WASI_RIGHTS_FD_WRITE | __WASI_RIGHTS_FD_READ * pick(2));
        __wasi_fdflags_t kept = pick(5) ? 0 : __WASI_FDFLAGS_APPEND;
        __wasi_lookupflags_t follow = pick(2);
        slot = pick(OPEN);
        __wasi_fd_t opened = 0;
        __wasi_errno_t error = __wasi_path_open(directory(), follow, path(one), flags, rights, 0x1fffffff, kept, &opened);
        printf("open %s flags %d append %d follow %d: %d", one, flags, kept, follow, error);
        if (!error) {
            if (files[slot] && __wasi_fd_close(files[slot])) printf(" not closed");
            files[slot] = (int)opened;
            __wasi_fdstat_t fdstat;
            if (__wasi_fd_fdstat_get(opened, &fdstat)) printf(" no fdstat");
            printf(" fd %u type %d flags %d rights %llx", opened, fdstat.fs_filetype, fdstat.fs_flags, fdstat.fs_rights_base);
        }
        break;
    }
    case 7: slot = pick(OPEN); if (files[slot]) printf("close %d", __wasi_fd_close(files[slot])); files[slot] = 0; break;
    case 8: case 9: case 10: {
        fd = file();
        for (unsigned i = 0; i < sizeof bytes; i++) bytes[i] = (unsigned char)(i * 7 + state);
        __wasi_ciovec_t parts[2] = {{bytes, pick(6000)}, {bytes + pick(100), pick(3) ? 0 : pick(9000)}};
        int at = pick(2);
        __wasi_filesize_t offset = pick(20000);
        __wasi_errno_t error = at ? __wasi_fd_pwrite(fd, parts, 2, offset, &size) : __wasi_fd_write(fd, parts, 2, &size);
        printf("%s %d %lu", at ? "pwrite" : "write", error, error ? 0 : size);
        break;
    }
    case 11: { fd = file(); __wasi_iovec_t part = {bytes, 1 + pick(5000)};
        __wasi_errno_t error = __wasi_fd_read(fd, &part, 1, &size);
        // Behind the last entry of a directory, Linux may say `inval`.
        printf("read %d", error == __WASI_ERRNO_INVAL ? __WASI_ERRNO_ISDIR : error); if (!error) printf(" %08x", hash(bytes, size)); break; }
    case 12: fd = file(); printf("contents"); read_all(fd); break;
    case 13: { __wasi_filedelta_t delta = (__wasi_filedelta_t)pick(20000) - 6000; __wasi_whence_t whence = pick(3);
        __wasi_errno_t error = __wasi_fd_seek(file(), delta, whence, &place);
        printf("seek %d %llu", error, error ? 0 : place); break; }
    case 14: printf("size %d", __wasi_fd_filestat_set_size(file(), pick(4) ? pick(20000) : 4096 * pick(4))); break;
    case 15: path(one); { unsigned follow = pick(2); __wasi_errno_t error = __wasi_path_filestat_get(directory(), follow, one, &stat);
        printf("stat %s follow %u", one, follow); show(error, &stat); } break;
    case 16: { __wasi_errno_t error = __wasi_fd_filestat_get(file(), &stat); printf("fstat"); show(error, &stat); break; }
    case 17: case 18: fd = file(); printf("list"); list(fd); break;
    case 19: case 20: path(one); path(two);
        printf("rename %s %s", one, two); printf(" %d", __wasi_path_rename(real_directory(), one, real_directory(), two)); break;
    case 21: path(one); path(two);
        printf("link %s %s", one, two); printf(" %d", __wasi_path_link(real_directory(), 0, one, real_directory(), two)); break;
    case 22: path(one); path(two);
        printf("symlink %s %s", one, two); printf(" %d", __wasi_path_symlink(one, directory(), two)); break;
    case 23: path(one);
        if (pick(2)) {
            __wasi_errno_t error = __wasi_path_readlink(directory(), one, bytes, pick(8), &size);
            printf("readlink %s %d %.*s", one, error, error ? 0 : (int)size, (char *)bytes);
        } else {
            unsigned follow = pick(2);
            __wasi_timestamp_t time = pick(1000000) * 1000000007ull;
            int base = directory();
            __wasi_errno_t error = __wasi_path_filestat_set_times(base, follow, one, time, time / 2, 5);
            printf("times %s %d", one, error);
            if (!error && !__wasi_path_filestat_get(base, follow, one, &stat))
                printf(" %d", stat.mtim == time / 2); // following a link may already change its time of access
        }
        break;
    }
    printf("\n");
}

int main(int count, char **arguments) {
    state = strtoull(arguments[1], 0, 10) * 2654435761u + 1;
    for (long left = strtol(arguments[2], 0, 10); left > 0; left--) operate();
    return 0;
}
