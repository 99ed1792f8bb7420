// The imports of WasmEdge's sockets, and what the programs here share: a check that ends the program with the line that failed.
#pragma once
#include <stdint.h>
#include <string.h>

typedef uint32_t fd_t;
typedef struct { const void *buf; uint32_t len; } vector;
typedef struct { void *buf; uint32_t len; } address;
typedef struct { uint8_t family, pad[3]; uint32_t data_len; uint8_t *data; } sockaddr;
typedef struct info { uint16_t flags; uint8_t family, kind, protocol, pad[3]; uint32_t addrlen; sockaddr *addr; char *name; uint32_t name_len; struct info *next; } info;

#define IMPORT(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name)))
IMPORT(sock_open) int sock_open(int family, int kind, fd_t *);
IMPORT(sock_bind) int sock_bind(fd_t, const address *, uint32_t port);
IMPORT(sock_listen) int sock_listen(fd_t, uint32_t);
IMPORT(sock_accept) int sock_accept(fd_t, fd_t *);
IMPORT(sock_accept) int standard_accept(fd_t, int, fd_t *);
IMPORT(sock_connect) int sock_connect(fd_t, const address *, uint32_t port);
IMPORT(sock_recv) int sock_recv(fd_t, const vector *, uint32_t, int, uint32_t *, uint16_t *);
IMPORT(sock_send) int sock_send(fd_t, const vector *, uint32_t, int, uint32_t *);
IMPORT(sock_recv_from) int sock_recv_from_v1(fd_t, const vector *, uint32_t, const address *, int, uint32_t *, uint16_t *);
IMPORT(sock_recv_from) int sock_recv_from(fd_t, const vector *, uint32_t, const address *, int, uint32_t *port, uint32_t *, uint16_t *);
IMPORT(sock_send_to) int sock_send_to(fd_t, const vector *, uint32_t, const address *, uint32_t port, int, uint32_t *);
IMPORT(sock_shutdown) int sock_shutdown(fd_t, int);
IMPORT(sock_getlocaladdr) int sock_getlocaladdr_v1(fd_t, const address *, uint32_t *kind, uint32_t *port);
IMPORT(sock_getpeeraddr) int sock_getpeeraddr_v1(fd_t, const address *, uint32_t *kind, uint32_t *port);
IMPORT(sock_getlocaladdr) int sock_getlocaladdr(fd_t, const address *, uint32_t *port);
IMPORT(sock_getpeeraddr) int sock_getpeeraddr(fd_t, const address *, uint32_t *port);
IMPORT(sock_getsockopt) int sock_getsockopt(fd_t, int level, int name, void *, uint32_t *);
IMPORT(sock_setsockopt) int sock_setsockopt(fd_t, int level, int name, const void *, uint32_t);
IMPORT(sock_getaddrinfo) int sock_getaddrinfo(const char *, uint32_t, const char *, uint32_t, const info *, info **, uint32_t, uint32_t *);
IMPORT(fd_write) int fd_write(fd_t, const void *, uint32_t, uint32_t *);
IMPORT(fd_close) int fd_close(fd_t);
IMPORT(fd_fdstat_set_flags) int fd_fdstat_set_flags(fd_t, int);
IMPORT(proc_exit) _Noreturn void proc_exit(uint32_t);

enum {
    SUCCESS, ACCES = 2, ADDRINUSE, AFNOSUPPORT = 5, AGAIN, BADF = 8, CONNREFUSED = 14, FAULT = 21, INPROGRESS = 26, INVAL = 28, ISCONN = 30,
    NOENT = 44, NOPROTOOPT = 50, NOTCONN = 53, NOTSOCK = 57, PROTONOSUPPORT = 66,
};
enum { UNSPEC, INET4, INET6, UNIX, DGRAM = 1, STREAM };

#include "../expect.h"
#define ADDRESS(...) (&(address){(uint8_t[]){__VA_ARGS__}, sizeof (uint8_t[]){__VA_ARGS__}})
#define LOOPBACK ADDRESS(127, 0, 0, 1)
