//! Sockets of WASIX: made by the program, on Linux's own. What of the network they reach is up to `network`.

mod option;

pub use option::*;

use crate::errno::Result;
use crate::fd_table::{self, Descriptor, Node};
use crate::network::{self, Kind, Use};
use crate::socket::{self, Address, Name};
use crate::transfer::{self, Transferred};
use crate::wasi_snapshot_preview1::sock::{CONNECTION, receive_flags, roflags, send_flags, socket};
use crate::{embed, memory};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};
use rustix::fd::{AsFd, AsRawFd};
use rustix::net::{AddressFamily, Protocol, SocketFlags, SocketType, ipproto};
use rustix::time::Timespec;
use wexe_abi::types::*;
use wexe_abi::wasix_32v1::{AddrPort, addr};

/// Kinds of socket.
const STREAM: Size = 1;
const DATAGRAM: Size = 2;
/// Flags beside the kind. Host descriptors are never inherited; the first is what the guest says of its own.
const CLOEXEC: Size = 0x2000;
const NONBLOCK: Size = 0x4000;

/// A C library of WASIX finds out how the host writes ports by binding a socket to this one. A socket that does not
/// listen can do no more, so that is allowed.
const SELF_TEST_PORT: u16 = 10275;

/// What may be done with a socket that the program made.
const SOCKET: Rights = CONNECTION
    .union(Rights::SOCK_ACCEPT)
    .union(Rights::SOCK_CONNECT)
    .union(Rights::SOCK_LISTEN)
    .union(Rights::SOCK_BIND);

/// What a socket is doing: making a connection (0), ready (1), neither (2), or its connection failed (3).
///
/// Errors: `badf`; `notsock`.
///
/// Source: `sock_status` in `api_wasix.h`.
pub fn sock_status(fd: Fd) -> Result<u8> {
    const OPENING: u8 = 0;
    const OPENED: u8 = 1;
    const CLOSED: u8 = 2;
    const FAILED: u8 = 3;
    let socket = socket(fd, Rights::NONE)?;
    let listens = socket::option::<i32>(socket.host(), libc::SOL_SOCKET, libc::SO_ACCEPTCONN)? != 0;
    let mut polled = [libc::pollfd { fd: socket.host().as_raw_fd(), events: libc::POLLOUT, revents: 0 }];
    transfer::poll(&mut polled, Some(Timespec { tv_sec: 0, tv_nsec: 0 }))?;
    let [libc::pollfd { revents: events, .. }] = polled;
    if events & libc::POLLERR != 0 {
        return Ok(FAILED);
    }
    let datagram = fd_table::filetype(fd)? == Filetype::SocketDgram;
    if datagram || listens || socket::peer(socket.host()).is_ok() {
        return Ok(OPENED);
    }
    Ok(if events & libc::POLLHUP != 0 { CLOSED } else { OPENING })
}

/// The address that a socket is bound to.
///
/// Errors: `badf`; `notsock`; `notcapable` without the right `sock_addr_local`.
///
/// Source: `sock_addr_local` in `api_wasix.h`.
pub fn sock_addr_local(fd: Fd) -> Result<AddrPort> {
    let socket = socket(fd, Rights::SOCK_ADDR_LOCAL)?;
    Ok(to_guest(&socket::local(socket.host())?))
}

/// The address that a socket is connected to.
///
/// Errors: `badf`; `notsock`; `notcapable` without the right `sock_addr_remote`; `notconn`.
///
/// Source: `sock_addr_peer` in `api_wasix.h`.
pub fn sock_addr_peer(fd: Fd) -> Result<AddrPort> {
    let socket = socket(fd, Rights::SOCK_ADDR_REMOTE)?;
    Ok(to_guest(&socket::peer(socket.host())?))
}

/// Makes a socket: the lowest descriptor that is free.
///
/// Errors: `afnosupport` for another family than IPv4, IPv6 and local sockets; `protonosupport` for another kind than
/// streams and datagrams, or a protocol that is not the kind's (0 stands for it); `inval` for other flags than those
/// not to inherit and not to block; `acces` if nothing was given that such a socket could do; `mfile`.
///
/// Source: `sock_open` in `api_wasix.h`.
pub fn sock_open(family: Size, kind: Size, protocol: Size) -> Result<Fd> {
    let Parameters { family, kind, flags, protocol, close_on_exec } = Parameters::new(family, kind, protocol)?;
    network::check_kind(match (family, kind) {
        (AddressFamily::UNIX, _) => Kind::Unix,
        (_, SocketType::STREAM) => Kind::Stream,
        _ => Kind::Datagram,
    })?;
    let socket = rustix::net::socket_with(family, kind, flags, protocol)?;
    let fd = fd_table::insert(socket, SOCKET, Rights::NONE, false)?;
    fd_table::set_close_on_exec(fd, close_on_exec)?;
    Ok(fd)
}

/// Makes two sockets that are connected to each other. They reach nothing else, so nothing has to be given.
///
/// Errors: as [`sock_open`]; `notsup` for another family than local sockets.
///
/// Source: `sock_pair` in `api_wasix.h`.
pub fn sock_pair(family: Size, kind: Size, protocol: Size) -> Result<(Fd, Fd)> {
    let Parameters { family, kind, flags, protocol, close_on_exec } = Parameters::new(family, kind, protocol)?;
    if family != AddressFamily::UNIX {
        return Err(Errno::Notsup.into());
    }
    let (first, second) = rustix::net::socketpair(family, kind, flags, protocol)?;
    let (first, second) = fd_table::insert_pair(first, second, SOCKET)?;
    fd_table::set_close_on_exec(first, close_on_exec)?;
    fd_table::set_close_on_exec(second, close_on_exec)?;
    Ok((first, second))
}

/// What makes a socket, as the host has it.
struct Parameters {
    family: AddressFamily,
    kind: SocketType,
    flags: SocketFlags,
    protocol: Option<Protocol>,
    close_on_exec: bool,
}

impl Parameters {
    fn new(family: Size, kind: Size, protocol: Size) -> Result<Parameters> {
        let family = match family {
            1 => AddressFamily::INET,
            2 => AddressFamily::INET6,
            3 => AddressFamily::UNIX,
            _ => return Err(Errno::Afnosupport.into()),
        };
        if kind & !(0xff | CLOEXEC | NONBLOCK) != 0 {
            return Err(Errno::Inval.into());
        }
        let close_on_exec = kind & CLOEXEC != 0;
        let mut flags = SocketFlags::CLOEXEC;
        if kind & NONBLOCK != 0 {
            flags |= SocketFlags::NONBLOCK;
        }
        let (kind, of_kind) = match kind & 0xff {
            STREAM => (SocketType::STREAM, ipproto::TCP),
            DATAGRAM => (SocketType::DGRAM, ipproto::UDP),
            _ => return Err(Errno::Protonosupport.into()),
        };
        let of_kind = if family == AddressFamily::UNIX { None } else { Some(of_kind) };
        if protocol != 0 && of_kind.is_none_or(|of_kind| of_kind.as_raw().get() != protocol) {
            return Err(Errno::Protonosupport.into());
        }
        Ok(Parameters { family, kind, flags, protocol: of_kind, close_on_exec })
    }
}

/// Binds a socket to an address. Those for TCP can have one that was in use a moment ago: C and Rust programs ask for
/// that, some of them too late.
///
/// Errors: `badf`; `notsock`; `notcapable` without the right `sock_bind`; `fault`; `afnosupport`; `acces` if it was not
/// given (`--net listen=…`, `udp=…`, `unix=…`); `addrinuse`; `addrnotavail`; `inval` if it is bound already.
///
/// Source: `sock_bind` in `api_wasix.h`.
pub fn sock_bind(fd: Fd, address: Pointer) -> Result<()> {
    let socket = socket(fd, Rights::SOCK_BIND)?;
    bind(fd, &socket, from_guest(address)?)
}

pub fn bind(fd: Fd, socket: &Descriptor, address: GuestAddress) -> Result<()> {
    let address = match address {
        GuestAddress::Unspecified => return Err(Errno::Afnosupport.into()),
        GuestAddress::Unix(path) => network::check_path(path.bytes())?.place()?,
        GuestAddress::Inet(address) if fd_table::filetype(fd)? == Filetype::SocketDgram => {
            network::check(Use::Receive, address)?;
            Address::inet(address)
        }
        GuestAddress::Inet(address) => {
            if !is_self_test(address) {
                network::check(Use::Listen, address)?;
            }
            socket::set_option(socket.host(), libc::SOL_SOCKET, libc::SO_REUSEADDR, 1)?;
            Address::inet(address)
        }
    };
    Ok(rustix::net::bind(socket.host(), &address)?)
}

fn is_self_test(address: SocketAddr) -> bool {
    address.ip() == IpAddr::V4(Ipv4Addr::UNSPECIFIED) && address.port() == SELF_TEST_PORT
}

/// Lets others connect to a socket, `backlog` of them before they are accepted.
///
/// Errors: `badf`; `notsock`; `notcapable` without the right `sock_listen`; `acces` if the socket has no address that
/// was given (`--net listen=…`); `notsup` for datagrams; `inval` if it is connected.
///
/// Source: `sock_listen` in `api_wasix.h`.
pub fn sock_listen(fd: Fd, backlog: Size) -> Result<()> {
    let socket = socket(fd, Rights::SOCK_LISTEN)?;
    // Binding was checked, but the kernel gives an address to a socket that has none: now, or before, when it
    // connected. Then it must be allowed to have any port.
    if let Name::Inet(address) = socket::local(socket.host())?.name()
        && fd_table::filetype(fd)? == Filetype::SocketStream
    {
        let any_port = SocketAddr::new(address.ip(), 0);
        network::check(Use::Listen, address).or_else(|_| network::check(Use::Listen, any_port))?;
    }
    Ok(rustix::net::listen(socket.host(), i32::try_from(backlog).unwrap_or(i32::MAX))?)
}

/// Accepts a connection: the new descriptor, which only has the flag `nonblock`, if asked for, and who made it.
///
/// Errors: as `sock_accept` of preview1.
///
/// Source: `sock_accept_v2` in `api_wasix.h`.
pub fn sock_accept_v2(fd: Fd, flags: Fdflags) -> Result<(Fd, AddrPort)> {
    let socket = socket(fd, Rights::SOCK_ACCEPT)?;
    let nonblocking = match flags {
        Fdflags::NONE => false,
        Fdflags::NONBLOCK => true,
        _ => return Err(Errno::Inval.into()),
    };
    let (connection, peer) = socket::accept(socket.host(), nonblocking)?;
    Ok((fd_table::insert(connection, CONNECTION, Rights::NONE, false)?, to_guest(&peer)))
}

/// As [`sock_accept_v2`]: what it was called before preview1 had a function of this name.
///
/// Source: `sock_accept` in `api_wasix.h` of early 2023.
pub fn sock_accept(fd: Fd, flags: Fdflags) -> Result<(Fd, AddrPort)> {
    sock_accept_v2(fd, flags)
}

/// Connects a socket, or, if it is for datagrams, says where they go to and come from; an unspecified address takes
/// that back.
///
/// Errors: `badf`; `notsock`; `notcapable` without the right `sock_connect`; `fault`; `afnosupport`; `acces` if it was
/// not given (`--net connect=…`, `udp=…`, `unix=…`); `inprogress` if the socket does not block; `connrefused`;
/// `isconn`; `already`; `timedout`; `netunreach`; `hostunreach`; `loop` if there is a link in a path.
///
/// Source: `sock_connect` in `api_wasix.h`.
pub fn sock_connect(fd: Fd, address: Pointer) -> Result<()> {
    let socket = socket(fd, Rights::SOCK_CONNECT)?;
    connect(fd, &socket, from_guest(address)?)
}

pub fn connect(fd: Fd, socket: &Descriptor, address: GuestAddress) -> Result<()> {
    match address {
        GuestAddress::Unspecified => Ok(rustix::net::connect(socket.host(), &Address::UNSPECIFIED)?),
        GuestAddress::Inet(address) => {
            network::check(peer_use(fd)?, address)?;
            socket::connect(socket.host(), &Address::inet(address))
        }
        GuestAddress::Unix(path) => {
            let (_open, address) = network::check_path(path.bytes())?.find()?;
            socket::connect(socket.host(), &address)
        }
    }
}

/// What a socket does with an address that is not its own.
fn peer_use(fd: Fd) -> Result<Use> {
    let datagram = fd_table::filetype(fd)? == Filetype::SocketDgram;
    Ok(if datagram { Use::Send } else { Use::Connect })
}

/// Receives into the array of `ri_data_len` vectors at `ri_data`: how many bytes, whether a datagram was cut short, and
/// who sent it (unspecified if it is known from the connection).
///
/// Errors: as `sock_recv` of preview1; `notcapable` without the right `sock_recv_from`.
///
/// Source: `sock_recv_from` in `api_wasix.h`.
pub fn sock_recv_from(
    fd: Fd,
    ri_data: Pointer,
    ri_data_len: Size,
    ri_flags: Riflags,
) -> Result<(Size, Roflags, AddrPort)> {
    let (received, peer) = receive_from(fd, ri_data, ri_data_len, ri_flags)?;
    Ok((received.len, roflags(&received), to_guest(&peer)))
}

pub fn receive_from(fd: Fd, data: Pointer, count: Size, flags: Riflags) -> Result<(Transferred, Address)> {
    let socket = socket(fd, Rights::SOCK_RECV_FROM)?;
    let (received, peer) = transfer::receive_from(socket.host(), data, count, receive_flags(flags))?;
    if let Name::Inet(address) = peer.name() {
        network::heard(address);
    }
    Ok((received, peer))
}

/// Sends the array of `si_data_len` vectors at `si_data` to an address, as one datagram: how many bytes.
///
/// Errors: as `sock_send` of preview1; `notcapable` without the right `sock_send_to`; `acces` if the address was not
/// given (`--net udp=…`, `unix=…`); `isconn`; `destaddrreq` for an unspecified address.
///
/// Source: `sock_send_to` in `api_wasix.h`.
pub fn sock_send_to(fd: Fd, si_data: Pointer, si_data_len: Size, si_flags: Siflags, address: Pointer) -> Result<Size> {
    let socket = socket(fd, Rights::SOCK_SEND_TO)?;
    send_to(fd, &socket, (si_data, si_data_len), si_flags, from_guest(address)?)
}

pub fn send_to(
    fd: Fd,
    socket: &Descriptor,
    (data, count): (Pointer, Size),
    flags: Siflags,
    address: GuestAddress,
) -> Result<Size> {
    let found;
    let address = match address {
        GuestAddress::Unspecified => return Err(Errno::Destaddrreq.into()),
        GuestAddress::Inet(address) => {
            network::check(peer_use(fd)?, address)?;
            Address::inet(address)
        }
        GuestAddress::Unix(path) => {
            found = network::check_path(path.bytes())?.find()?;
            found.1
        }
    };
    if fd_table::filetype(fd)? == Filetype::SocketDgram {
        return transfer::send_datagram(socket.host(), data, count, send_flags(flags), Some(&address));
    }
    transfer::send_to(socket.host(), data, count, send_flags(flags), &address)
}

/// Sends `count` bytes of a file from `offset` on: how many. The file's own place stays where it is.
///
/// Errors: `badf`; `notsock`; `notcapable` without the right `fd_write` of the socket; `acces` without the right
/// `fd_read` of the file; `inval` for what is no file, or a place beyond 2⁶³; `again`; `pipe`; `notconn`.
///
/// Source: `sock_send_file` in `api_wasix.h`.
pub fn sock_send_file(fd: Fd, file: Fd, offset: Filesize, count: Filesize) -> Result<Filesize> {
    let socket = socket(fd, Rights::FD_WRITE)?;
    let file = fd_table::find(file)?;
    if !file.rights_base.contains(Rights::FD_READ) {
        return Err(Errno::Acces.into());
    }
    match file.node() {
        Node::Host(file) => socket::send_file(socket.host(), file.as_fd(), offset, count),
        Node::Embedded(file) => {
            let flags = send_flags(Siflags::NONE);
            let mut send = |bytes: &[u8]| transfer::send_bytes(socket.host(), bytes, flags);
            embed::files().send_open(file, offset, count, &mut send)
        }
    }
}

/// The path in an address of the guest.
pub struct GuestPath([u8; socket::PATH_MAX], usize);

impl GuestPath {
    /// Reads a path, up to a NUL or to its greatest length.
    pub fn at(address: Pointer) -> Result<GuestPath> {
        let mut path = GuestPath([0; socket::PATH_MAX], 0);
        for (offset, byte) in (0..).zip(&mut path.0) {
            *byte = memory::read(address.checked_add(offset).ok_or(Errno::Fault)?)?;
            if *byte == 0 {
                break;
            }
            path.1 += 1;
        }
        Ok(path)
    }

    fn bytes(&self) -> &[u8] {
        self.0.get(..self.1).unwrap_or_default()
    }
}

/// An address that the guest named.
pub enum GuestAddress {
    Unspecified,
    Inet(SocketAddr),
    Unix(GuestPath),
}

/// Reads an address. No more of it is touched than its tag says: some callers have room for 20 bytes only.
fn from_guest(address: Pointer) -> Result<GuestAddress> {
    let at = |offset| address.checked_add(offset).ok_or(Errno::Fault);
    match memory::read::<u8>(address)? {
        addr::UNSPEC => Ok(GuestAddress::Unspecified),
        addr::INET4 => {
            let port = u16::from_le_bytes(memory::read(at(2)?)?);
            Ok(GuestAddress::Inet(SocketAddr::new(Ipv4Addr::from(memory::read::<[u8; 4]>(at(4)?)?).into(), port)))
        }
        addr::INET6 => {
            let port = u16::from_le_bytes(memory::read(at(2)?)?);
            let ip = Ipv6Addr::from(memory::read::<[u8; 16]>(at(4)?)?);
            // Elsewhere it means nothing, and there may be something else behind a short address.
            let scope = if ip.is_unicast_link_local() || ip.is_multicast() { memory::read(at(24)?)? } else { [0; 4] };
            let [a, b, c, d] = scope;
            let scope = u32::from(u16::from_le_bytes([a, b])) << 16 | u32::from(u16::from_le_bytes([c, d]));
            Ok(GuestAddress::Inet(SocketAddrV6::new(ip, port, 0, scope).into()))
        }
        addr::UNIX => Ok(GuestAddress::Unix(GuestPath::at(at(2)?)?)),
        _ => Err(Errno::Afnosupport.into()),
    }
}

/// An address as it is stored for the guest.
fn to_guest(address: &Address) -> AddrPort {
    let mut data = [0; 18];
    let mut put = |at, bytes: &[u8]| data.iter_mut().skip(at).zip(bytes).for_each(|(to, from)| *to = *from);
    let tag = match address.name() {
        Name::Unspecified => addr::UNSPEC,
        Name::Inet(address) => {
            put(0, &address.port().to_le_bytes());
            match address.ip() {
                IpAddr::V4(ip) => {
                    put(2, &ip.octets());
                    addr::INET4
                }
                IpAddr::V6(ip) => {
                    put(2, &ip.octets());
                    addr::INET6
                }
            }
        }
        Name::Unix(path) => {
            put(0, path);
            addr::UNIX
        }
    };
    AddrPort { tag, padding: 0, data }
}
