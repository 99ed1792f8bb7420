//! Linux's sockets: addresses in the kernel's form, and the calls that take or return them.
//!
//! rustix has them too, but for values that Rust code makes: what the kernel says about an unnamed peer, or an option
//! that the guest names by a number, does not fit its types.

use crate::arch;
use crate::errno::{Result, from_linux, retry};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use rustix::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use rustix::net::addr::{SocketAddrArg, SocketAddrOpaque};
use wexe_abi::types::Errno;

/// Room for every address that the kernel has.
const SIZE: usize = size_of::<libc::sockaddr_storage>();
/// Where the path of a `sockaddr_un` begins.
const PATH: usize = 2;
/// Longest path in an address, and its NUL if there is room.
pub const PATH_MAX: usize = 108;

/// An address in the kernel's form.
#[repr(C, align(8))]
#[derive(Clone, Copy)]
pub struct Address {
    bytes: [u8; SIZE],
    len: u32,
}

/// What an [`Address`] is.
#[derive(Clone, Copy)]
pub enum Name<'a> {
    /// None: the kernel says so of peers without an address, and connecting to it takes a connection back.
    Unspecified,
    Inet(SocketAddr),
    /// A path; empty if the socket has none.
    Unix(&'a [u8]),
}

impl Address {
    pub const UNSPECIFIED: Address = Address { bytes: [0; SIZE], len: 16 };

    fn new(family: i32) -> Address {
        let mut address = Address { bytes: [0; SIZE], len: 0 };
        address.put(0, &(family as u16).to_ne_bytes());
        address
    }

    /// Stores bytes and makes the address end there.
    fn put(&mut self, at: usize, bytes: &[u8]) {
        for (to, from) in self.bytes.iter_mut().skip(at).zip(bytes) {
            *to = *from;
        }
        self.len = (at + bytes.len()).min(SIZE) as u32;
    }

    pub fn inet(address: SocketAddr) -> Address {
        match address {
            SocketAddr::V4(address) => {
                let mut inet = Address::new(libc::AF_INET);
                inet.put(2, &address.port().to_be_bytes());
                inet.put(4, &address.ip().octets());
                inet.put(8, &[0; 8]);
                inet
            }
            SocketAddr::V6(address) => {
                let mut inet = Address::new(libc::AF_INET6);
                inet.put(2, &address.port().to_be_bytes());
                inet.put(8, &address.ip().octets());
                inet.put(24, &address.scope_id().to_ne_bytes());
                inet
            }
        }
    }

    /// The socket at `path`, which has room in an address with its NUL.
    pub fn unix(path: &[u8]) -> Option<Address> {
        if path.len() >= PATH_MAX {
            return None;
        }
        let mut address = Address::new(libc::AF_UNIX);
        address.put(PATH, path);
        address.put(PATH + path.len(), &[0]);
        Some(address)
    }

    fn array<const N: usize>(&self, at: usize) -> [u8; N] {
        let bytes = self.bytes.get(at..).unwrap_or_default();
        bytes.first_chunk().copied().unwrap_or([0; N])
    }

    pub fn name(&self) -> Name<'_> {
        let port = u16::from_be_bytes(self.array(2));
        match (self.len, i32::from(u16::from_ne_bytes(self.array(0)))) {
            (16.., libc::AF_INET) => {
                Name::Inet(SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::from(self.array::<4>(4)), port)))
            }
            (28.., libc::AF_INET6) => {
                let scope = u32::from_ne_bytes(self.array(24));
                Name::Inet(SocketAddr::V6(SocketAddrV6::new(Ipv6Addr::from(self.array::<16>(8)), port, 0, scope)))
            }
            (len, libc::AF_UNIX) => {
                let path = self.bytes.get(PATH..len as usize).unwrap_or_default();
                Name::Unix(path.split(|&byte| byte == 0).next().unwrap_or_default())
            }
            _ => Name::Unspecified,
        }
    }
}

// SAFETY: the first `len` bytes are readable, and the kernel checks what is in them.
unsafe impl SocketAddrArg for Address {
    unsafe fn with_sockaddr<R>(&self, call: impl FnOnce(*const SocketAddrOpaque, u32) -> R) -> R {
        call(self.bytes.as_ptr().cast(), self.len)
    }
}

/// A message's address, for the kernel to read or to fill in.
impl Address {
    pub fn as_ptr(&self) -> *const u8 {
        self.bytes.as_ptr()
    }

    pub fn as_mut_ptr(&mut self) -> *mut u8 {
        self.bytes.as_mut_ptr()
    }

    pub fn len(&self) -> u32 {
        self.len
    }

    pub fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.len as usize).unwrap_or_default()
    }

    /// Room for any address.
    pub fn empty() -> Address {
        Address { bytes: [0; SIZE], len: SIZE as u32 }
    }

    /// What the kernel filled in has this length.
    pub fn set_len(&mut self, len: u32) {
        self.len = len.min(SIZE as u32);
    }
}

/// A system call that fills in an address.
///
/// Errors: `intr` too.
fn named(number: libc::c_long, fd: BorrowedFd, flags: i32) -> core::result::Result<(usize, Address), i32> {
    let mut address = Address::empty();
    let mut len = address.len;
    let arguments =
        [fd.as_raw_fd() as usize, address.as_mut_ptr() as usize, &raw mut len as usize, flags as usize, 0, 0];
    // SAFETY: the kernel writes an address of at most `len` bytes, and its length.
    let result = unsafe { arch::syscall(number, arguments) }?;
    address.set_len(len);
    Ok((result, address))
}

/// The address that a socket is bound to.
pub fn local(socket: BorrowedFd) -> Result<Address> {
    named(libc::SYS_getsockname, socket, 0).map(|(_, address)| address).map_err(|errno| from_linux(errno).into())
}

/// The address that a socket is connected to.
pub fn peer(socket: BorrowedFd) -> Result<Address> {
    named(libc::SYS_getpeername, socket, 0).map(|(_, address)| address).map_err(|errno| from_linux(errno).into())
}

/// A connection that a listening socket has, and who made it.
pub fn accept(socket: BorrowedFd, nonblocking: bool) -> Result<(OwnedFd, Address)> {
    let flags = libc::SOCK_CLOEXEC | if nonblocking { libc::SOCK_NONBLOCK } else { 0 };
    loop {
        match named(libc::SYS_accept4, socket, flags) {
            // SAFETY: the kernel just made it.
            Ok((fd, address)) => return Ok((unsafe { OwnedFd::from_raw_fd(fd as i32) }, address)),
            Err(libc::EINTR) => {}
            Err(errno) => return Err(from_linux(errno).into()),
        }
    }
}

/// Connects, and waits until that is done unless the socket does not block. Asked again after a signal, the kernel goes
/// on waiting for the connection that it is making, or begins to make one.
pub fn connect(socket: BorrowedFd, address: &Address) -> Result<()> {
    Ok(retry(|| rustix::net::connect(socket, address))?)
}

/// Values of options: plain structures that the kernel reads and fills in.
///
/// # Safety
/// Every bit pattern is a value, and there is no padding.
pub unsafe trait OptionValue: Copy + Default {}

/// The kernel's `struct linger`.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct Linger {
    pub on: i32,
    pub seconds: i32,
}

/// The kernel's `struct timeval`.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct Time {
    pub seconds: i64,
    pub microseconds: i64,
}

/// The kernel's `struct ip_mreq`.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct Membership4 {
    pub group: [u8; 4],
    pub interface: [u8; 4],
}

/// The kernel's `struct ipv6_mreq`.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct Membership6 {
    pub group: [u8; 16],
    pub interface: u32,
}

// SAFETY: an integer.
unsafe impl OptionValue for i32 {}
// SAFETY: integers without padding between them.
unsafe impl OptionValue for Linger {}
// SAFETY: integers without padding between them.
unsafe impl OptionValue for Time {}
// SAFETY: bytes.
unsafe impl OptionValue for Membership4 {}
// SAFETY: bytes and an integer at a multiple of its size.
unsafe impl OptionValue for Membership6 {}

/// `getsockopt`
pub fn option<T: OptionValue>(socket: BorrowedFd, level: i32, name: i32) -> Result<T> {
    let mut value = T::default();
    // SAFETY: any bytes are a value.
    let bytes = unsafe { core::slice::from_raw_parts_mut((&raw mut value).cast(), size_of::<T>()) };
    option_bytes(socket, level, name, bytes)?;
    Ok(value)
}

/// `getsockopt` for bytes: how many there are, or are stored if there are more.
pub fn option_bytes(socket: BorrowedFd, level: i32, name: i32, value: &mut [u8]) -> Result<usize> {
    let mut len = value.len() as u32;
    let (value_at, len_at) = (value.as_mut_ptr() as usize, &raw mut len as usize);
    let arguments = [socket.as_raw_fd() as usize, level as usize, name as usize, value_at, len_at, 0];
    // SAFETY: the kernel writes at most `len` bytes to the value.
    match unsafe { arch::syscall(libc::SYS_getsockopt, arguments) } {
        Ok(_) => Ok(len as usize),
        Err(errno) => Err(from_linux(errno).into()),
    }
}

/// `setsockopt`
pub fn set_option<T: OptionValue>(socket: BorrowedFd, level: i32, name: i32, value: T) -> Result<()> {
    // SAFETY: there is no padding.
    let bytes = unsafe { core::slice::from_raw_parts((&raw const value).cast(), size_of::<T>()) };
    set_option_bytes(socket, level, name, bytes)
}

/// `setsockopt` with bytes.
pub fn set_option_bytes(socket: BorrowedFd, level: i32, name: i32, value: &[u8]) -> Result<()> {
    let value_at = value.as_ptr() as usize;
    let arguments = [socket.as_raw_fd() as usize, level as usize, name as usize, value_at, value.len(), 0];
    // SAFETY: the kernel reads the value.
    match unsafe { arch::syscall(libc::SYS_setsockopt, arguments) } {
        Ok(_) => Ok(()),
        Err(errno) => Err(from_linux(errno).into()),
    }
}

/// `sendfile`: how many bytes went from `offset` of a file into a socket.
pub fn send_file(socket: BorrowedFd, file: BorrowedFd, offset: u64, count: u64) -> Result<u64> {
    let mut offset = i64::try_from(offset).map_err(|_| Errno::Inval)?;
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let (to, from) = (socket.as_raw_fd() as usize, file.as_raw_fd() as usize);
    loop {
        // SAFETY: the kernel reads and writes the offset.
        match unsafe { arch::syscall(libc::SYS_sendfile, [to, from, &raw mut offset as usize, count, 0, 0]) } {
            Ok(sent) => return Ok(sent as u64),
            Err(libc::EINTR) => {}
            Err(errno) => return Err(from_linux(errno).into()),
        }
    }
}

/// The address that is meant, whichever way it is written: an IPv4 address mapped into IPv6 is that address.
pub fn canonical(address: SocketAddr) -> IpAddr {
    address.ip().to_canonical()
}

/// This machine's address of IPv6. As a constant it would be in every executable: it has a size that linkers merge.
pub fn loopback6() -> Ipv6Addr {
    Ipv6Addr::from_bits(1)
}
