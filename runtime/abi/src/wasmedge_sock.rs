//! The import table of the sockets that WasmEdge added to `wasi_snapshot_preview1`, under names of its own and one that
//! clashes.
//!
//! Real programs import them (QuickJS for WasmEdge) and do other work, so they must link. There is nothing to grant
//! them: every function answers `nosys`. Results are written as plain parameters, for none is ever stored.
//!
//! Source: `lib/host/wasi` of WasmEdge/WasmEdge.

use crate::types::*;

/// Hands the rows of `wasmedge_sock` to the macro `$expand` (see [`crate::imports`]).
#[macro_export]
macro_rules! wasmedge_sock {
    ($expand:ident) => {
        $expand! {
            wasmedge_sock {
                sock {
                    sock_open(family: Size, kind: Size, ro_fd: Pointer) -> ();
                    sock_bind(fd: Fd, address: Pointer, port: Size) -> ();
                    sock_listen(fd: Fd, backlog: Size) -> ();
                    sock_accept(fd: Fd, ro_fd: Pointer) -> ();
                    sock_connect(fd: Fd, address: Pointer, port: Size) -> ();
                    sock_recv_from(fd: Fd, ri_data: Vectors, ri_data_len: Size, address: Pointer, flags: Size, ro_datalen: Pointer, ro_flags: Pointer) -> ();
                    sock_send_to(fd: Fd, si_data: Vectors, si_data_len: Size, address: Pointer, port: Size, flags: Size, so_datalen: Pointer) -> ();
                    sock_getlocaladdr(fd: Fd, address: Pointer, ro_kind: Pointer, ro_port: Pointer) -> ();
                    sock_getpeeraddr(fd: Fd, address: Pointer, ro_kind: Pointer, ro_port: Pointer) -> ();
                    sock_getsockopt(fd: Fd, level: Size, name: Size, value: Pointer, ro_len: Pointer) -> ();
                    sock_setsockopt(fd: Fd, level: Size, name: Size, value: Pointer, len: Size) -> ();
                    sock_getaddrinfo(node: Text, node_len: Size, service: Text, service_len: Size, hints: Pointer, ro_list: Pointer, max_len: Size, ro_len: Pointer) -> ();
                }
            }
        }
    };
}

use crate::imports::import_table;
wasmedge_sock!(import_table);
