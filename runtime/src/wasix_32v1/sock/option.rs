//! Options of sockets: WASIX's numbers → the kernel's levels and names, and groups that a socket takes part in.

use crate::errno::{Result, from_linux};
use crate::fd_table::Descriptor;
use crate::memory;
use crate::network;
use crate::socket::{self, Linger, Membership4, Membership6, Time};
use crate::wasi_snapshot_preview1::sock::socket;
use core::net::{Ipv4Addr, Ipv6Addr};
use wexe_abi::types::*;
use wexe_abi::wasix_32v1::OptionTimestamp;

const LINGER: Size = 13;

/// The kernel's level and name of an option that is on or off; `inval` if there is none. It may be one that can only
/// be asked for: the kernel says so.
fn flag(option: Size) -> Result<(i32, i32)> {
    Ok(match option {
        1 => (libc::SOL_SOCKET, libc::SO_REUSEPORT),
        2 => (libc::SOL_SOCKET, libc::SO_REUSEADDR),
        3 => (libc::IPPROTO_TCP, libc::TCP_NODELAY),
        4 => (libc::SOL_SOCKET, libc::SO_DONTROUTE),
        5 => (libc::IPPROTO_IPV6, libc::IPV6_V6ONLY),
        6 => (libc::SOL_SOCKET, libc::SO_BROADCAST),
        7 => (libc::IPPROTO_IP, libc::IP_MULTICAST_LOOP),
        8 => (libc::IPPROTO_IPV6, libc::IPV6_MULTICAST_LOOP),
        10 => (libc::SOL_SOCKET, libc::SO_ACCEPTCONN),
        12 => (libc::SOL_SOCKET, libc::SO_KEEPALIVE),
        14 => (libc::SOL_SOCKET, libc::SO_OOBINLINE),
        _ => return Err(Errno::Inval.into()),
    })
}

/// The same of an option that is a number.
fn size(socket: &Descriptor, option: Size) -> Result<(i32, i32)> {
    Ok(match option {
        15 => (libc::SOL_SOCKET, libc::SO_RCVBUF),
        16 => (libc::SOL_SOCKET, libc::SO_SNDBUF),
        17 => (libc::SOL_SOCKET, libc::SO_RCVLOWAT),
        18 => (libc::SOL_SOCKET, libc::SO_SNDLOWAT),
        23 if is_inet6(socket)? => (libc::IPPROTO_IPV6, libc::IPV6_UNICAST_HOPS),
        23 => (libc::IPPROTO_IP, libc::IP_TTL),
        24 => (libc::IPPROTO_IP, libc::IP_MULTICAST_TTL),
        _ => return Err(Errno::Inval.into()),
    })
}

/// The same of a timeout. The kernel has one for sending and connecting, and one for receiving and accepting.
fn time(option: Size) -> Result<(i32, i32)> {
    Ok(match option {
        19 | 22 => (libc::SOL_SOCKET, libc::SO_RCVTIMEO),
        20 | 21 => (libc::SOL_SOCKET, libc::SO_SNDTIMEO),
        _ => return Err(Errno::Inval.into()),
    })
}

fn is_inet6(socket: &Descriptor) -> Result<bool> {
    Ok(socket::option::<i32>(socket.host(), libc::SOL_SOCKET, libc::SO_DOMAIN)? == libc::AF_INET6)
}

/// Turns an option on or off.
///
/// Errors: `badf`; `notsock`; `notcapable` without the right `fd_fdstat_set_flags`; `inval` for what is no option of
/// this type; `noprotoopt` if a socket of this kind does not have it.
///
/// Source: `sock_set_opt_flag` in `api_wasix.h`.
pub fn sock_set_opt_flag(fd: Fd, option: Size, on: Size) -> Result<()> {
    let socket = socket(fd, Rights::FD_FDSTAT_SET_FLAGS)?;
    let (level, name) = flag(option)?;
    socket::set_option(socket.host(), level, name, i32::from(on != 0))
}

/// Whether an option is on.
///
/// Errors: as [`sock_set_opt_flag`], without the right.
///
/// Source: `sock_get_opt_flag` in `api_wasix.h`.
pub fn sock_get_opt_flag(fd: Fd, option: Size) -> Result<u8> {
    let socket = socket(fd, Rights::NONE)?;
    let (level, name) = flag(option)?;
    Ok(u8::from(socket::option::<i32>(socket.host(), level, name)? != 0))
}

/// Sets a timeout, or how long closing waits for what was not sent; none waits for ever, or not at all. The kernel
/// counts microseconds, and seconds of closing: what is between is rounded up.
///
/// Errors: as [`sock_set_opt_flag`]; `fault`; `inval` for a tag that is neither some nor none.
///
/// Source: `sock_set_opt_time` in `api_wasix.h`.
pub fn sock_set_opt_time(fd: Fd, option: Size, pointer: Pointer) -> Result<()> {
    let socket = socket(fd, Rights::FD_FDSTAT_SET_FLAGS)?;
    let value = memory::read::<OptionTimestamp>(pointer)?;
    let nanoseconds = match value.tag {
        0 => None,
        1 => Some(value.time),
        _ => return Err(Errno::Inval.into()),
    };
    if option == LINGER {
        let seconds = nanoseconds.map_or(0, |time| time.div_ceil(1_000_000_000));
        let linger =
            Linger { on: i32::from(nanoseconds.is_some()), seconds: i32::try_from(seconds).unwrap_or(i32::MAX) };
        return socket::set_option(socket.host(), libc::SOL_SOCKET, libc::SO_LINGER, linger);
    }
    let (level, name) = time(option)?;
    let microseconds = nanoseconds.map_or(0, |time| time.div_ceil(1000));
    let value = Time { seconds: (microseconds / 1_000_000) as i64, microseconds: (microseconds % 1_000_000) as i64 };
    socket::set_option(socket.host(), level, name, value)
}

/// A timeout, or how long closing waits.
///
/// Errors: as [`sock_set_opt_flag`], without the right.
///
/// Source: `sock_get_opt_time` in `api_wasix.h`.
pub fn sock_get_opt_time(fd: Fd, option: Size) -> Result<OptionTimestamp> {
    let socket = socket(fd, Rights::NONE)?;
    let (some, time) = if option == LINGER {
        let linger = socket::option::<Linger>(socket.host(), libc::SOL_SOCKET, libc::SO_LINGER)?;
        (linger.on != 0, linger.seconds as u64 * 1_000_000_000)
    } else {
        let (level, name) = time(option)?;
        let time = socket::option::<Time>(socket.host(), level, name)?;
        let seconds = (time.seconds as u64).saturating_mul(1_000_000_000);
        let time = seconds.saturating_add(time.microseconds as u64 * 1000);
        (time != 0, time)
    };
    Ok(OptionTimestamp { tag: u8::from(some), padding: [0; 7], time: if some { time } else { 0 } })
}

/// Sets an option that is a number; more than the kernel can count is the most it can.
///
/// Errors: as [`sock_set_opt_flag`].
///
/// Source: `sock_set_opt_size` in `api_wasix.h`.
pub fn sock_set_opt_size(fd: Fd, option: Size, value: Filesize) -> Result<()> {
    let socket = socket(fd, Rights::FD_FDSTAT_SET_FLAGS)?;
    let (level, name) = size(&socket, option)?;
    socket::set_option(socket.host(), level, name, i32::try_from(value).unwrap_or(i32::MAX))
}

/// An option that is a number; of the last error (11), which is forgotten by that, it is WASI's.
///
/// Errors: as [`sock_set_opt_flag`], without the right.
///
/// Source: `sock_get_opt_size` in `api_wasix.h`.
pub fn sock_get_opt_size(fd: Fd, option: Size) -> Result<Filesize> {
    let socket = socket(fd, Rights::NONE)?;
    let number = |name| socket::option::<i32>(socket.host(), libc::SOL_SOCKET, name);
    Ok(match option {
        11 => match number(libc::SO_ERROR)? {
            0 => 0,
            errno => from_linux(errno) as u64,
        },
        // WASIX numbers streams and datagrams, and protocols, as Linux does.
        25 => number(libc::SO_TYPE)? as u64,
        26 => number(libc::SO_PROTOCOL)? as u64,
        _ => {
            let (level, name) = size(&socket, option)?;
            socket::option::<i32>(socket.host(), level, name)? as u64
        }
    })
}

/// Takes part in a group of IPv4, on the interface with this address (all zero: any).
///
/// Errors: `badf`; `notsock`; `notcapable` without the right `fd_fdstat_set_flags`; `fault`; `acces` if the group was
/// not given (`--net udp=…`); `inval` for what is no group; `nodev` for what is no interface.
///
/// Source: `sock_join_multicast_v4` in `api_wasix.h`.
pub fn sock_join_multicast_v4(fd: Fd, group: Pointer, interface: Pointer) -> Result<()> {
    membership4(fd, group, interface, libc::IP_ADD_MEMBERSHIP)
}

/// Leaves such a group.
///
/// Errors: as [`sock_join_multicast_v4`]; `addrnotavail` if it does not take part.
///
/// Source: `sock_leave_multicast_v4` in `api_wasix.h`.
pub fn sock_leave_multicast_v4(fd: Fd, group: Pointer, interface: Pointer) -> Result<()> {
    membership4(fd, group, interface, libc::IP_DROP_MEMBERSHIP)
}

fn membership4(fd: Fd, group: Pointer, interface: Pointer, name: i32) -> Result<()> {
    let socket = socket(fd, Rights::FD_FDSTAT_SET_FLAGS)?;
    let membership = Membership4 { group: memory::read(group)?, interface: memory::read(interface)? };
    network::check_group(Ipv4Addr::from(membership.group).into())?;
    socket::set_option(socket.host(), libc::IPPROTO_IP, name, membership)
}

/// Takes part in a group of IPv6, on the interface with this number (0: any).
///
/// Errors: as [`sock_join_multicast_v4`].
///
/// Source: `sock_join_multicast_v6` in `api_wasix.h`.
pub fn sock_join_multicast_v6(fd: Fd, group: Pointer, interface: Size) -> Result<()> {
    membership6(fd, group, interface, libc::IPV6_ADD_MEMBERSHIP)
}

/// Leaves such a group.
///
/// Errors: as [`sock_leave_multicast_v4`].
///
/// Source: `sock_leave_multicast_v6` in `api_wasix.h`.
pub fn sock_leave_multicast_v6(fd: Fd, group: Pointer, interface: Size) -> Result<()> {
    membership6(fd, group, interface, libc::IPV6_DROP_MEMBERSHIP)
}

fn membership6(fd: Fd, group: Pointer, interface: Size, name: i32) -> Result<()> {
    let socket = socket(fd, Rights::FD_FDSTAT_SET_FLAGS)?;
    let group: [u8; 16] = memory::read(group)?;
    network::check_group(Ipv6Addr::from(group).into())?;
    socket::set_option(socket.host(), libc::IPPROTO_IPV6, name, Membership6 { group, interface })
}
