//! The same functions with addresses that say what they are.

use crate::errno::Result;
use crate::socket;
use crate::wasi_snapshot_preview1::sock::{roflags, socket};
use crate::wasix_32v1::sock::receive_from;
use crate::wasmedge_sock::address::Room;
use wexe_abi::types::*;

/// Receives into the array of `ri_data_len` vectors at `ri_data`, and stores who sent it: their port, how many bytes,
/// and whether a datagram was cut short.
///
/// Errors: as `sock_recv_from` of WASIX; `inval` for a buffer of another size than addresses have.
///
/// Source: `WasiSockRecvFromV2` in WasmEdge.
pub fn sock_recv_from(
    fd: Fd,
    ri_data: Pointer,
    ri_data_len: Size,
    address: Pointer,
    ri_flags: Riflags,
) -> Result<(u16, Size, Roflags)> {
    let room = Room::at(address)?;
    let (received, peer) = receive_from(fd, ri_data, ri_data_len, ri_flags)?;
    Ok((room.store(&peer)?, received.len, roflags(&received)))
}

/// Stores the address that a socket is bound to: its port.
///
/// Errors: `badf`; `notsock`; `notcapable` without the right `sock_addr_local`; `inval` for another buffer than one of
/// 128 bytes; `fault`.
///
/// Source: `WasiSockGetLocalAddrV2` in WasmEdge.
pub fn sock_getlocaladdr(fd: Fd, address: Pointer) -> Result<Size> {
    let socket = socket(fd, Rights::SOCK_ADDR_LOCAL)?;
    let port = Room::of_form(address, false)?.store(&socket::local(socket.host())?)?;
    Ok(port.into())
}

/// Stores the address that a socket is connected to: its port.
///
/// Errors: as [`sock_getlocaladdr`], with the right `sock_addr_remote`; `notconn`.
///
/// Source: `WasiSockGetPeerAddrV2` in WasmEdge.
pub fn sock_getpeeraddr(fd: Fd, address: Pointer) -> Result<Size> {
    let socket = socket(fd, Rights::SOCK_ADDR_REMOTE)?;
    let port = Room::of_form(address, false)?.store(&socket::peer(socket.host())?)?;
    Ok(port.into())
}
