// An HTTP/1.1 server for the files of the first directory that it was given: GET and HEAD, any number of requests in a connection.
//   http 127.0.0.1:PORT     --dir DIRECTORY::/ --net listen=127.0.0.1:PORT
// It does not look for `..` in paths, or for links: that no path leads out of the directory is up to whoever runs the program.
#include "server.h"
#include <wait_epoll.h>

enum { DIRECTORY = 3, REGULAR_FILE = 4, ROOM = 2047 };

static struct connection {
    char head[128];                      // of the answer
    uint32_t head_from, head_to;         // what of it is still to be sent
    fd_t file;                           // of its body, or 0
    uint64_t body_from, body_to;         // what of it is still to be sent
    enum { NO, LAST, SHUT } last;        // the connection ends with this answer, or with what the other end still sends
    uint32_t received;
    char request[ROOM + 1];
} connections[MOST];

static void opened(fd_t fd) {
    struct connection *it = &connections[fd];
    it->head_from = it->head_to = it->file = it->received = 0;
    it->last = NO;
}

static char *put(char *to, const char *text) {
    uint32_t len = strlen(text);
    return (char *)memcpy(to, text, len) + len;
}

// Begins an answer, whose body has this length.
static void answer(struct connection *it, const char *status, uint64_t len) {
    char number[24] = "";
    char *end = put(put(it->head, "HTTP/1.1 "), status);
    end = put(put(end, "\r\nContent-Length: "), decimal(number + 20, len));
    if (it->last) end = put(end, "\r\nConnection: close");
    end = put(end, "\r\n\r\n");
    it->head_from = 0;
    it->head_to = end - it->head;
}

static void refuse(struct connection *it, const char *status) {
    it->last = LAST;
    answer(it, status, 0);
}

// The value of a header field, which ends before a line end, or null. Names are compared without case.
static const char *field(const char *line, const char *name) {
    uint32_t len = strlen(name);
    for (; (line = strstr(line, "\r\n")); ) {
        line += 2;
        uint32_t at = 0;
        while (at < len && (line[at] | 0x20) == name[at]) at++;
        if (at < len || line[len] != ':') continue;
        for (line += len + 1; *line == ' ' || *line == '\t'; ) line++;
        return line;
    }
    return 0;
}

static int value_is(const char *value, const char *text) {
    while (*text && (*value | 0x20) == *text) value++, text++;
    return !*text && *value == '\r';
}

static int hex(char digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    digit |= 0x20;
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

// Turns a target into the path of a file, in its place: the path's end, or null if it is none.
static char *path_of(char *target) {
    char *to = target;
    for (const char *from = target; *from && *from != '?'; from++) {
        *to = *from;
        if (*from == '%') {
            int high = hex(from[1]), low = high < 0 ? -1 : hex(from[2]);
            if (low < 0 || !(*to = high << 4 | low)) return 0;
            from += 2;
        }
        to++;
    }
    return to;
}

// Opens a file, and answers with it or why it cannot.
static void get(struct connection *it, char *target, int with_body) {
    struct filestat stat;
    fd_t file;
    char *end = *target == '/' ? path_of(target + 1) : 0;
    if (!end) return refuse(it, "400 Bad Request");
    if (end == target + 1) end = put(end, "index.html"); // no longer than the version was
    // Opening something like a pipe does not wait.
    int error = path_open(DIRECTORY, 1, target + 1, end - target - 1, 0, 2 | 1 << 21, 0, 4, &file);
    if (error) return answer(it, error == MFILE ? "503 Service Unavailable" : "404 Not Found", 0);
    if (fd_filestat_get(file, &stat) || stat.type != REGULAR_FILE) {
        fd_close(file);
        return answer(it, "404 Not Found", 0);
    }
    answer(it, "200 OK", stat.size);
    if (!with_body || !stat.size) {
        fd_close(file);
        return;
    }
    it->file = file;
    it->body_from = 0;
    it->body_to = stat.size;
}

// Takes the first request of those received and begins the answer; whether there was one.
static int take_request(struct connection *it) {
    it->request[it->received] = 0;
    char *end = strstr(it->request, "\r\n\r\n");
    if (!end) {
        if (it->received < ROOM) return 0;
        refuse(it, "431 Request Header Fields Too Large");
        return 1;
    }
    end[2] = 0; // the last field still has its line end
    const char *connection = field(it->request, "connection"), *length = field(it->request, "content-length");
    char *target = strchr(it->request, ' '), *version = target ? strchr(target + 1, ' ') : 0;
    int is_old = version && !strncmp(version, " HTTP/1.0\r\n", 11);
    it->last = is_old || (connection && value_is(connection, "close")) ? LAST : NO;
    if (!version || (!is_old && strncmp(version, " HTTP/1.1\r\n", 11))) refuse(it, "400 Bad Request");
    else if (!is_old && !field(it->request, "host")) refuse(it, "400 Bad Request");
    // What would come behind such a request is not another one.
    else if (field(it->request, "transfer-encoding") || (length && !value_is(length, "0"))) refuse(it, "413 Content Too Large");
    else {
        *target = *version = 0;
        int is_head = !strcmp(it->request, "HEAD");
        if (is_head || !strcmp(it->request, "GET")) get(it, target + 1, !is_head);
        else refuse(it, "501 Not Implemented");
    }
    it->received -= end + 4 - it->request;
    memmove(it->request, end + 4, it->received);
    return 1;
}

// Sends what is left of an answer: the error.
static int send_answer(fd_t fd, struct connection *it) {
    while (it->head_from < it->head_to) {
        uint32_t count;
        int error = sock_send(fd, &(ciovec){it->head + it->head_from, it->head_to - it->head_from}, 1, 0, &count);
        if (error) return error;
        it->head_from += count;
    }
    while (it->file) {
        uint64_t count;
        int error = sock_send_file(fd, it->file, it->body_from, it->body_to - it->body_from, &count);
        if (error) return error;
        if (!count) return IO; // the file is shorter than it was
        it->body_from += count;
        if (it->body_from == it->body_to) {
            fd_close(it->file);
            it->file = 0;
        }
    }
    return SUCCESS;
}

static int serve(fd_t fd) {
    struct connection *it = &connections[fd];
    for (;;) {
        int error = send_answer(fd, it);
        if (error == AGAIN) return WRITABLE;
        if (error) break;
        if (it->last == LAST) {
            // Closing before everything was received would take the answer back.
            if (sock_shutdown(fd, 2)) break;
            it->last = SHUT;
        }
        if (it->last) it->received = 0;
        else if (take_request(it)) continue;
        uint32_t count;
        uint16_t flags;
        iovec rest = {it->request + it->received, ROOM - it->received};
        error = sock_recv(fd, &rest, 1, 0, &count, &flags);
        if (error == AGAIN) return READABLE;
        if (error || !count) break;
        it->received += count;
    }
    if (it->file) fd_close(it->file);
    it->file = 0;
    return 0;
}

int main(int argc, char **argv) {
    expect(argc, 2);
    run(argv[1]);
}
