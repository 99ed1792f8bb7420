// Files and directories through wasi-libc: create, write, append, read back, seek, stat, list, rename, remove, and errors.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void check(int ok, const char *what) {
    if (ok) return;
    printf("%s: %s\n", what, strerror(errno));
    exit(1);
}

static void show(const char *path) {
    char line[128];
    FILE *f = fopen(path, "r");
    check(f != 0, path);
    while (fgets(line, sizeof line, f)) printf("%s: %s", path, line);
    fclose(f);
}

static int by_name(const void *a, const void *b) { return strcmp(a, b); }

static void list(const char *path) {
    char names[16][32];
    int count = 0;
    DIR *directory = opendir(path);
    check(directory != 0, path);
    for (struct dirent *e; (e = readdir(directory));)
        if (e->d_name[0] != '.') snprintf(names[count++], 32, "%s%s", e->d_name, e->d_type == DT_DIR ? "/" : "");
    closedir(directory);
    qsort(names, count, sizeof *names, by_name);
    printf("%s:", path);
    for (int i = 0; i < count; i++) printf(" %s", names[i]);
    puts("");
}

int main(void) {
    check(mkdir("/work", 0777) == 0, "mkdir");
    FILE *f = fopen("/work/a.txt", "w");
    check(f != 0, "fopen");
    for (int i = 1; i <= 3; i++) fprintf(f, "line %d\n", i);
    fclose(f);
    f = fopen("/work/a.txt", "a");
    fputs("appended\n", f);
    fclose(f);
    show("/work/a.txt");

    struct stat s;
    check(stat("/work/a.txt", &s) == 0, "stat");
    printf("%lld bytes, %s\n", (long long)s.st_size, S_ISREG(s.st_mode) ? "regular" : "other");

    int fd = open("/work/a.txt", O_RDWR);
    char word[5] = {0};
    check(lseek(fd, -9, SEEK_END) == 21, "lseek");
    check(read(fd, word, 4) == 4 && strcmp(word, "appe") == 0, "read");
    check(pwrite(fd, "LINE", 4, 7) == 4, "pwrite");
    check(ftruncate(fd, 14) == 0 && fsync(fd) == 0 && close(fd) == 0, "ftruncate");
    show("/work/a.txt");

    check(mkdir("/work/sub", 0777) == 0, "mkdir");
    check(rename("/work/a.txt", "/work/sub/b.txt") == 0, "rename");
    check(symlink("sub/b.txt", "/work/link") == 0, "symlink");
    show("/work/link");
    list("/work");
    list("/work/sub");

    errno = 0;
    printf("missing: %s\n", fopen("/work/none", "r") ? "opened" : strerror(errno));
    printf("above: %s\n", fopen("/work/../../../etc/passwd", "r") ? "opened" : "refused");
    printf("not empty: %s\n", rmdir("/work") ? strerror(errno) : "removed");
    check(unlink("/work/link") == 0 && unlink("/work/sub/b.txt") == 0 && rmdir("/work/sub") == 0, "remove");
    list("/work");
    check(rmdir("/work") == 0, "rmdir");
}
