//! Sockets: those that the process was started with, and connections accepted on them.

use crate::errno::{Result, retry};
use crate::fd_table::{self, Descriptor};
use crate::transfer::{self, Transferred};
use rustix::net::{Shutdown, SocketFlags};
use wexe_abi::types::{Errno, Fd, Fdflags, Filetype, Pointer, Riflags, Rights, Roflags, Sdflags, Siflags, Size};

/// What may be done with an accepted connection.
pub const CONNECTION: Rights = Rights::FD_READ
    .union(Rights::FD_WRITE)
    .union(Rights::FD_FDSTAT_SET_FLAGS)
    .union(Rights::FD_FILESTAT_GET)
    .union(Rights::POLL_FD_READWRITE)
    .union(Rights::SOCK_SHUTDOWN)
    .union(Rights::SOCK_RECV)
    .union(Rights::SOCK_SEND)
    .union(Rights::SOCK_ADDR_LOCAL)
    .union(Rights::SOCK_ADDR_REMOTE)
    .union(Rights::SOCK_RECV_FROM)
    .union(Rights::SOCK_SEND_TO);

/// Accepts a connection on the listening socket `fd`: the new descriptor, which only has the flag `nonblock`, if asked
/// for.
///
/// Errors: `badf`; `notsock`; `notcapable` without the right `sock_accept`; `inval` for any other flag, or if the
/// socket does not listen; `again` if it is non-blocking and nobody has connected; `mfile`.
///
/// Source: `sock_accept` in wasi_snapshot_preview1.witx.
pub fn sock_accept(fd: Fd, flags: Fdflags) -> Result<Fd> {
    let socket = socket(fd, Rights::SOCK_ACCEPT)?;
    let host_flags = match flags {
        Fdflags::NONE => SocketFlags::CLOEXEC,
        Fdflags::NONBLOCK => SocketFlags::CLOEXEC | SocketFlags::NONBLOCK,
        _ => return Err(Errno::Inval.into()),
    };
    let connection = retry(|| rustix::net::accept_with(socket.host(), host_flags))?;
    fd_table::insert(connection, CONNECTION, Rights::NONE, false)
}

/// Receives into the array of `ri_data_len` vectors at `ri_data`: how many bytes, and whether a datagram was cut short.
///
/// Errors: `badf`; `notsock`; `notcapable` without the right `fd_read`; `fault`; `again`; `connreset`; `notconn`;
/// `nomem`.
///
/// Source: `sock_recv` in wasi_snapshot_preview1.witx.
pub fn sock_recv(fd: Fd, ri_data: Pointer, ri_data_len: Size, ri_flags: Riflags) -> Result<(Size, Roflags)> {
    let socket = socket(fd, Rights::FD_READ)?;
    let is_stream = fd_table::filetype(fd)? == Filetype::SocketStream;
    let received = transfer::receive(socket.host(), ri_data, ri_data_len, receive_flags(ri_flags), is_stream)?;
    Ok((received.len, roflags(&received)))
}

/// What is to say of a message that was received.
pub fn roflags(received: &Transferred) -> Roflags {
    let truncated = received.flags & libc::MSG_TRUNC != 0;
    if truncated { Roflags::RECV_DATA_TRUNCATED } else { Roflags::NONE }
}

/// The host's flags for receiving with `flags`.
pub fn receive_flags(flags: Riflags) -> i32 {
    let host = |flag, host| if flags.contains(flag) { host } else { 0 };
    host(Riflags::RECV_PEEK, libc::MSG_PEEK)
        | host(Riflags::RECV_WAITALL, libc::MSG_WAITALL)
        | host(Riflags::RECV_DATA_TRUNCATED, libc::MSG_TRUNC)
        | host(Riflags::RECV_DONT_WAIT, libc::MSG_DONTWAIT)
}

/// Sends the array of `si_data_len` vectors at `si_data`: how many bytes, all as one datagram if the socket is for
/// datagrams. Nobody at the other end is an error, not a signal.
///
/// Errors: `badf`; `notsock`; `notcapable` without the right `fd_write`; `fault`; `again`; `pipe`; `notconn`;
/// `msgsize`; `nomem`; `inval` for a flag that does not exist.
///
/// Source: `sock_send` in wasi_snapshot_preview1.witx.
pub fn sock_send(fd: Fd, si_data: Pointer, si_data_len: Size, si_flags: Siflags) -> Result<Size> {
    let socket = socket(fd, Rights::FD_WRITE)?;
    let flags = send_flags(si_flags);
    if fd_table::filetype(fd)? == Filetype::SocketDgram {
        return transfer::send_datagram(socket.host(), si_data, si_data_len, flags, None);
    }
    transfer::send(socket.host(), si_data, si_data_len, flags)
}

/// The host's flags for sending with `flags`.
pub fn send_flags(flags: Siflags) -> i32 {
    let wait = if flags.contains(Siflags::SEND_DONT_WAIT) { libc::MSG_DONTWAIT } else { 0 };
    wait | libc::MSG_NOSIGNAL
}

/// Shuts down one direction of a connection or both.
///
/// Errors: `badf`; `notsock`; `notcapable` without the right `sock_shutdown`; `inval` for neither direction; `notconn`.
///
/// Source: `sock_shutdown` in wasi_snapshot_preview1.witx.
pub fn sock_shutdown(fd: Fd, how: Sdflags) -> Result<()> {
    let socket = socket(fd, Rights::SOCK_SHUTDOWN)?;
    let how = match (how.contains(Sdflags::RD), how.contains(Sdflags::WR)) {
        (true, true) => Shutdown::Both,
        (true, false) => Shutdown::Read,
        (false, true) => Shutdown::Write,
        (false, false) => return Err(Errno::Inval.into()),
    };
    rustix::net::shutdown(socket.host(), how)?;
    Ok(())
}

/// The socket `fd`. That it is none comes before a right that it lacks: what else it is does not have these rights.
pub fn socket(fd: Fd, rights: Rights) -> Result<Descriptor> {
    let descriptor = fd_table::find(fd)?;
    match fd_table::filetype(fd)? {
        Filetype::SocketDgram | Filetype::SocketStream => {}
        _ => return Err(Errno::Notsock.into()),
    }
    descriptor.require(rights)?;
    Ok(descriptor)
}
