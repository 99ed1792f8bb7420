//! The functions as they were at first, of which most are so today.

use super::address::{any_buffer, from_guest, store_inet};
pub use super::addrinfo::sock_getaddrinfo;
use crate::errno::{Result, from_linux};
use crate::memory;
use crate::socket;
use crate::wasi_snapshot_preview1::sock::{roflags, sock_accept as accept, socket};
pub use crate::wasix_32v1::sock::sock_listen;
use crate::wasix_32v1::sock::{self, receive_from};
use wexe_abi::types::*;

/// Kinds of socket, in WasmEdge's order and in WASIX's.
pub const DATAGRAM: Size = 1;
pub const STREAM: Size = 2;
const WASIX_STREAM: Size = 1;
const WASIX_DATAGRAM: Size = 2;

/// Makes a socket: the lowest descriptor that is free.
///
/// Errors: as `sock_open` of WASIX; `inval` for another kind than datagrams (1) and streams (2).
///
/// Source: `WasiSockOpenV1` in WasmEdge.
pub fn sock_open(family: Size, kind: Size) -> Result<Fd> {
    match kind {
        DATAGRAM => sock::sock_open(family, WASIX_DATAGRAM, 0),
        STREAM => sock::sock_open(family, WASIX_STREAM, 0),
        _ => Err(Errno::Inval.into()),
    }
}

/// Binds a socket to an address and a port.
///
/// Errors: as `sock_bind` of WASIX; `inval` for a buffer of another size than addresses have, and for what is no port.
///
/// Source: `WasiSockBindV2` in WasmEdge.
pub fn sock_bind(fd: Fd, address: Pointer, port: Size) -> Result<()> {
    let socket = socket(fd, Rights::SOCK_BIND)?;
    sock::bind(fd, &socket, from_guest(address, port)?)
}

/// Accepts a connection: the new descriptor.
///
/// Errors: as `sock_accept` of preview1.
///
/// Source: `WasiSockAcceptV1` in WasmEdge.
pub fn sock_accept(fd: Fd) -> Result<Fd> {
    accept(fd, Fdflags::NONE)
}

/// Connects a socket to an address and a port.
///
/// Errors: as `sock_connect` of WASIX; `inval` as [`sock_bind`].
///
/// Source: `WasiSockConnectV2` in WasmEdge.
pub fn sock_connect(fd: Fd, address: Pointer, port: Size) -> Result<()> {
    let socket = socket(fd, Rights::SOCK_CONNECT)?;
    sock::connect(fd, &socket, from_guest(address, port)?)
}

/// Receives into the array of `ri_data_len` vectors at `ri_data`, and stores who sent it as Linux does, as much of that
/// as the buffer has room for: how many bytes, and whether a datagram was cut short.
///
/// Errors: as `sock_recv_from` of WASIX.
///
/// Source: `INode::sockRecvFrom` in WasmEdge 0.9.
pub fn sock_recv_from(
    fd: Fd,
    ri_data: Pointer,
    ri_data_len: Size,
    address: Pointer,
    ri_flags: Riflags,
) -> Result<(Size, Roflags)> {
    let buffer = any_buffer(address)?;
    let (received, peer) = receive_from(fd, ri_data, ri_data_len, ri_flags)?;
    buffer.copy_from(peer.bytes());
    Ok((received.len, roflags(&received)))
}

/// Sends the array of `si_data_len` vectors at `si_data` to an address and a port, as one datagram: how many bytes.
///
/// Errors: as `sock_send_to` of WASIX; `inval` as [`sock_bind`].
///
/// Source: `WasiSockSendToV2` in WasmEdge.
pub fn sock_send_to(
    fd: Fd,
    si_data: Pointer,
    si_data_len: Size,
    address: Pointer,
    port: Size,
    si_flags: Siflags,
) -> Result<Size> {
    let socket = socket(fd, Rights::SOCK_SEND_TO)?;
    sock::send_to(fd, &socket, (si_data, si_data_len), si_flags, from_guest(address, port)?)
}

/// Stores the address that a socket is bound to: 4 or 6, for what it is, and its port.
///
/// Errors: `badf`; `notsock`; `notcapable` without the right `sock_addr_local`; `fault`; `inval` for a buffer that does
/// not have the address's size; `afnosupport` for a local socket.
///
/// Source: `WasiSockGetLocalAddrV1` in WasmEdge.
pub fn sock_getlocaladdr(fd: Fd, address: Pointer) -> Result<(Size, Size)> {
    let socket = socket(fd, Rights::SOCK_ADDR_LOCAL)?;
    store_inet(address, &socket::local(socket.host())?)
}

/// Stores the address that a socket is connected to: 4 or 6, for what it is, and its port.
///
/// Errors: as [`sock_getlocaladdr`], with the right `sock_addr_remote`; `notconn`.
///
/// Source: `WasiSockGetPeerAddrV1` in WasmEdge.
pub fn sock_getpeeraddr(fd: Fd, address: Pointer) -> Result<(Size, Size)> {
    let socket = socket(fd, Rights::SOCK_ADDR_REMOTE)?;
    store_inet(address, &socket::peer(socket.host())?)
}

/// The only level of options.
const SOCKET_LEVEL: Size = 0;
const TYPE: Size = 1;
const ERROR: Size = 2;

/// The kernel's names of options, in the order of WasmEdge's numbers. Values are the kernel's: structures of 64-bit
/// times among them. The last that WasmEdge has, an interface of the machine, is not a program's.
const OPTIONS: &[i32] = &[
    libc::SO_REUSEADDR,
    libc::SO_TYPE,
    libc::SO_ERROR,
    libc::SO_DONTROUTE,
    libc::SO_BROADCAST,
    libc::SO_SNDBUF,
    libc::SO_RCVBUF,
    libc::SO_KEEPALIVE,
    libc::SO_OOBINLINE,
    libc::SO_LINGER,
    libc::SO_RCVLOWAT,
    libc::SO_RCVTIMEO,
    libc::SO_SNDTIMEO,
    libc::SO_ACCEPTCONN,
];

/// Longest value of an option.
const MAX_VALUE: usize = size_of::<socket::Time>();

fn option(level: Size, name: Size) -> Result<i32> {
    match OPTIONS.get(name as usize) {
        Some(option) if level == SOCKET_LEVEL => Ok(*option),
        _ => Err(Errno::Noprotoopt.into()),
    }
}

/// Stores the value of an option in as many bytes as `size` says, and there how many it has. What kind of socket it is
/// and its last error are WasmEdge's and WASI's numbers.
///
/// Errors: `badf`; `notsock`; `fault`; `noprotoopt` for what is no option; `inval` if there is no room.
///
/// Source: `WasiSockGetOpt` in WasmEdge.
pub fn sock_getsockopt(fd: Fd, level: Size, name: Size, value: Pointer, size: Pointer) -> Result<()> {
    let socket = socket(fd, Rights::NONE)?;
    let option = option(level, name)?;
    let room = memory::bytes(value, memory::read(size)?)?;
    let mut value = [0; MAX_VALUE];
    let most = room.len().min(MAX_VALUE);
    let len = socket::option_bytes(socket.host(), libc::SOL_SOCKET, option, value.get_mut(..most).unwrap_or_default())?;
    let number = i32::from_ne_bytes(*value.first_chunk().unwrap_or(&[0; 4]));
    let number = match (name, number) {
        (TYPE, libc::SOCK_DGRAM) => Some(DATAGRAM),
        (TYPE, _) => Some(STREAM),
        (ERROR, errno) if errno != 0 => Some(from_linux(errno) as u32),
        _ => None,
    };
    if let (Some(number), Some(bytes)) = (number, value.first_chunk_mut()) {
        *bytes = number.to_ne_bytes();
    }
    room.copy_from(value.get(..len).unwrap_or_default());
    memory::write(size, len as Size)?;
    Ok(())
}

/// Sets an option to the value in `value_len` bytes at `value`.
///
/// Errors: `badf`; `notsock`; `notcapable` without the right `fd_fdstat_set_flags`; `fault`; `noprotoopt` for what is
/// no option, or can only be asked for; `inval` for too few bytes.
///
/// Source: `WasiSockSetOpt` in WasmEdge.
pub fn sock_setsockopt(fd: Fd, level: Size, name: Size, value: Pointer, value_len: Size) -> Result<()> {
    let socket = socket(fd, Rights::FD_FDSTAT_SET_FLAGS)?;
    let option = option(level, name)?;
    let mut bytes = [0; MAX_VALUE];
    let len = memory::bytes(value, value_len)?.copy_to(&mut bytes);
    socket::set_option_bytes(socket.host(), libc::SOL_SOCKET, option, bytes.get(..len).unwrap_or_default())
}
