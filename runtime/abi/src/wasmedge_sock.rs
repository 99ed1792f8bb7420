//! The import tables of the sockets that WasmEdge added to `wasi_snapshot_preview1`: names of its own, and some that
//! clash, so an import's type tells which function is meant.
//!
//! Three functions have had two types: what they are since release 0.12 is in a table of its own, as a symbol has one
//! body.
//!
//! An address is `{u32 pointer, u32 length}` of a buffer, and a port beside it. What the buffer holds follows from its
//! length:
//!
//! ```text
//! 4      an address of IPv4          128    0        2             128
//! 16     an address of IPv6                 │ family │ as above, or path │
//! ```
//!
//! Source: `lib/host/wasi` of WasmEdge/WasmEdge, and `src/socket.rs` of second-state/wasmedge_wasi_socket.

use crate::types::*;

/// Hands the rows of `wasmedge_sock` to the macro `$expand` (see [`crate::imports`]).
#[macro_export]
macro_rules! wasmedge_sock {
    ($expand:ident) => {
        $expand! {
            wasmedge_sock {
                sock {
                    sock_open(family: Size, kind: Size) -> (fd: Fd);
                    sock_bind(fd: Fd, address: Pointer, port: Size) -> ();
                    sock_listen(fd: Fd, backlog: Size) -> ();
                    sock_accept(fd: Fd) -> (new_fd: Fd);
                    sock_connect(fd: Fd, address: Pointer, port: Size) -> ();
                    sock_recv_from(fd: Fd, ri_data: Vectors, ri_data_len: Size, address: Pointer, ri_flags: Riflags) -> (ro_datalen: Size, ro_flags: Roflags);
                    sock_send_to(fd: Fd, si_data: Vectors, si_data_len: Size, address: Pointer, port: Size, si_flags: Siflags) -> (so_datalen: Size);
                    sock_getlocaladdr(fd: Fd, address: Pointer) -> (kind: Size, port: Size);
                    sock_getpeeraddr(fd: Fd, address: Pointer) -> (kind: Size, port: Size);
                    sock_getsockopt(fd: Fd, level: Size, name: Size, value: Pointer, size: Pointer) -> ();
                    sock_setsockopt(fd: Fd, level: Size, name: Size, value: Pointer, value_len: Size) -> ();
                    sock_getaddrinfo(node: Text, node_len: Size, service: Text, service_len: Size, hints: Pointer, list: Pointer, most: Size) -> (count: Size);
                }
            }
        }
    };
}

/// Hands the rows of `wasmedge_sock_v2` to the macro `$expand`.
#[macro_export]
macro_rules! wasmedge_sock_v2 {
    ($expand:ident) => {
        $expand! {
            wasmedge_sock_v2 {
                sock {
                    sock_recv_from(fd: Fd, ri_data: Vectors, ri_data_len: Size, address: Pointer, ri_flags: Riflags) -> (port: u16, ro_datalen: Size, ro_flags: Roflags);
                    sock_getlocaladdr(fd: Fd, address: Pointer) -> (port: Size);
                    sock_getpeeraddr(fd: Fd, address: Pointer) -> (port: Size);
                }
            }
        }
    };
}

use crate::imports::import_table;
wasmedge_sock!(import_table);

/// The second table.
pub mod v2 {
    use crate::imports::import_table;
    use crate::types::*;
    wasmedge_sock_v2!(import_table);
}

/// What is asked for in `sock_getaddrinfo`, and an element of the list that it fills in: the program has made the list
/// and what its elements point to.
///
/// ```text
/// 0       2        3      4          8         12        16      20         24     28
/// │ flags │ family │ kind │ protocol │ addrlen │ address │ name  │ name_len │ next │
/// ```
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Addrinfo {
    pub flags: u16,
    pub family: u8,
    pub kind: u8,
    pub protocol: u8,
    pub padding: [u8; 3],
    pub addrlen: u32,
    /// Of a [`Sockaddr`].
    pub address: Pointer,
    pub name: Pointer,
    pub name_len: u32,
    pub next: Pointer,
}

/// An address of the list. Behind the pointer is what Linux has behind the family: the port in network order, and so
/// on.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sockaddr {
    pub family: u8,
    pub padding: [u8; 3],
    pub data_len: u32,
    pub data: Pointer,
}

const _: () = {
    use core::mem::{offset_of, size_of};
    assert!(size_of::<Addrinfo>() == 28 && offset_of!(Addrinfo, protocol) == 4 && offset_of!(Addrinfo, next) == 24);
    assert!(size_of::<Sockaddr>() == 12 && offset_of!(Sockaddr, data_len) == 4);
};
