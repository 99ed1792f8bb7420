//! System calls that move data between the host and guest memory in place, without a buffer in between, and `ppoll`.
//!
//! rustix takes Rust slices and borrowed descriptors for these, which guest memory can never be (two vectors may
//! overlap) and an array of a size that only the guest knows cannot hold. So they are raw calls.

use crate::arch;
use crate::errno::{Result, from_linux};
use crate::memory::{self, Array, Bytes, Scratch, Vectors};
use crate::sandbox::Place;
use crate::socket::Address;
use rustix::fd::{AsFd, AsRawFd, BorrowedFd};
use rustix::time::Timespec;
use wexe_abi::types::{Errno, Filesize, Pointer, Size};

/// Vectors of a usual call. More need a stack frame of 16 KiB.
const FEW: usize = 16;

/// Makes a system call until no signal interrupts it.
///
/// # Safety
/// As the system call's own.
unsafe fn call(number: libc::c_long, arguments: [usize; 6]) -> Result<usize> {
    loop {
        // SAFETY: the caller's.
        match unsafe { arch::syscall(number, arguments) } {
            Ok(result) => return Ok(result),
            Err(libc::EINTR) => {}
            Err(errno) => return Err(from_linux(errno).into()),
        }
    }
}

/// System calls that move data, with their arguments other than the data.
#[derive(Clone, Copy)]
enum Transfer {
    Read,
    Write,
    ReadAt(Filesize),
    WriteAt(Filesize),
    /// With its flags.
    Receive(i32),
    /// What is no message, so that nothing is to say of it.
    ReceiveStream(i32),
    Send(i32),
}

/// What a transfer did.
#[derive(Clone, Copy)]
pub struct Transferred {
    pub len: Size,
    /// Flags of a received message.
    pub flags: i32,
}

// Every return after a system call is predicted wrongly, because the kernel empties the predictor of returns: so what
// functions make of a call stands in one frame.
impl Transfer {
    #[inline(always)]
    fn run(self, fd: BorrowedFd, vectors: Pointer, count: Size) -> Result<Transferred> {
        if count as usize <= FEW {
            self.run_with(fd, Vectors::<FEW>::new().translate(vectors, count)?)
        } else {
            self.run_many(fd, vectors, count)
        }
    }

    #[inline(never)]
    fn run_many(self, fd: BorrowedFd, vectors: Pointer, count: Size) -> Result<Transferred> {
        self.run_with(fd, Vectors::<{ memory::MAX_VECTORS }>::new().translate(vectors, count)?)
    }

    #[inline(always)]
    fn run_with(self, fd: BorrowedFd, vectors: &[libc::iovec]) -> Result<Transferred> {
        let fd = fd.as_raw_fd() as usize;
        // For one vector there are quicker calls.
        let (data, len, single) = match vectors {
            [vector] => (vector.iov_base as usize, vector.iov_len, true),
            _ => (vectors.as_ptr() as usize, vectors.len(), false),
        };
        let number = |one, many| if single { one } else { many };
        let mut flags = 0;
        // SAFETY: the vectors are parts of guest memory, which the kernel may read and write.
        let transferred = unsafe {
            match self {
                Transfer::Read => call(number(libc::SYS_read, libc::SYS_readv), [fd, data, len, 0, 0, 0]),
                Transfer::Write => call(number(libc::SYS_write, libc::SYS_writev), [fd, data, len, 0, 0, 0]),
                Transfer::ReadAt(offset) => {
                    call(number(libc::SYS_pread64, libc::SYS_preadv), [fd, data, len, offset as usize, 0, 0])
                }
                Transfer::WriteAt(offset) => {
                    call(number(libc::SYS_pwrite64, libc::SYS_pwritev), [fd, data, len, offset as usize, 0, 0])
                }
                Transfer::ReceiveStream(call_flags) if single => {
                    call(libc::SYS_recvfrom, [fd, data, len, call_flags as usize, 0, 0])
                }
                Transfer::Send(call_flags) if single => {
                    call(libc::SYS_sendto, [fd, data, len, call_flags as usize, 0, 0])
                }
                Transfer::Receive(call_flags) | Transfer::ReceiveStream(call_flags) => {
                    message(libc::SYS_recvmsg, fd, vectors, call_flags, &mut flags)
                }
                Transfer::Send(call_flags) => message(libc::SYS_sendmsg, fd, vectors, call_flags, &mut flags),
            }
        }?;
        // The kernel moves at most 2³¹ − 4096 bytes.
        Ok(Transferred { len: transferred as Size, flags })
    }
}

/// `recvmsg` or `sendmsg`, and the flags of the message.
///
/// # Safety
/// The vectors are parts of guest memory.
unsafe fn message(
    number: libc::c_long,
    fd: usize,
    vectors: &[libc::iovec],
    call_flags: i32,
    flags: &mut i32,
) -> Result<usize> {
    // SAFETY: all zero is a message without an address, data or control data.
    let mut message = unsafe { core::mem::zeroed::<libc::msghdr>() };
    message.msg_iov = vectors.as_ptr().cast_mut();
    message.msg_iovlen = vectors.len();
    // SAFETY: the caller's; the kernel does not write to the vectors themselves.
    let result = unsafe { call(number, [fd, &raw mut message as usize, call_flags as usize, 0, 0, 0]) };
    *flags = message.msg_flags;
    result
}

/// Reads into the guest's array of vectors, at `offset` or where the descriptor is: how many bytes.
#[inline(always)]
pub fn read(fd: BorrowedFd, vectors: Pointer, count: Size, offset: Option<Filesize>) -> Result<Size> {
    let transfer = offset.map_or(Transfer::Read, Transfer::ReadAt);
    Ok(transfer.run(fd, vectors, count)?.len)
}

/// Writes the guest's array of vectors, at `offset` or where the descriptor is: how many bytes.
#[inline(always)]
pub fn write(fd: BorrowedFd, vectors: Pointer, count: Size, offset: Option<Filesize>) -> Result<Size> {
    let transfer = offset.map_or(Transfer::Write, Transfer::WriteAt);
    Ok(transfer.run(fd, vectors, count)?.len)
}

/// Receives into the guest's array of vectors, a message or from a stream.
pub fn receive(fd: BorrowedFd, vectors: Pointer, count: Size, flags: i32, is_stream: bool) -> Result<Transferred> {
    if count as usize > memory::MAX_VECTORS {
        return Ok(receive_from(fd, vectors, count, flags)?.0);
    }
    let transfer = if is_stream { Transfer::ReceiveStream } else { Transfer::Receive };
    transfer(flags).run(fd, vectors, count)
}

/// Sends the guest's array of vectors: of a stream's, as many as the kernel takes at once.
pub fn send(fd: BorrowedFd, vectors: Pointer, count: Size, flags: i32) -> Result<Size> {
    Ok(Transfer::Send(flags).run(fd, vectors, count)?.len)
}

/// [`send`] from memory of the host.
pub fn send_bytes(fd: BorrowedFd, bytes: &[u8], flags: i32) -> Result<Size> {
    let vector = libc::iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len: bytes.len() };
    send_message(fd, &[vector], flags, None)
}

/// Most bytes of a datagram that is put together, or taken apart, because it has too many parts for the kernel.
const MAX_GATHERED: usize = 1 << 20;

/// How many bytes the guest's vectors are, all of them in memory.
fn total_len(vectors: Array<[u32; 2]>) -> Result<u64> {
    let mut total = 0;
    for [address, len] in vectors.iter() {
        memory::bytes(address, len)?;
        total += u64::from(len);
    }
    Ok(total)
}

/// [`send`], all of it or nothing: a datagram stays one, whatever the number of its parts.
pub fn send_datagram(
    fd: BorrowedFd,
    vectors: Pointer,
    count: Size,
    flags: i32,
    address: Option<&Address>,
) -> Result<Size> {
    if count as usize <= memory::MAX_VECTORS {
        let mut host = Vectors::<{ memory::MAX_VECTORS }>::new();
        return send_message(fd, host.translate(vectors, count)?, flags, address);
    }
    let vectors = memory::array::<[u32; 2]>(vectors, count)?;
    let len = usize::try_from(total_len(vectors)?).ok().filter(|&len| len <= MAX_GATHERED).ok_or(Errno::Msgsize)?;
    let mut datagram = Scratch::<u8>::new(len.max(1))?;
    let mut rest = datagram.get_mut(..len).unwrap_or_default();
    for [address, size] in vectors.iter() {
        let (part, next) = rest.split_at_mut_checked(size as usize).ok_or(Errno::Msgsize)?;
        memory::bytes(address, size)?.copy_to(part);
        rest = next;
    }
    let vector = libc::iovec { iov_base: datagram.as_mut_ptr().cast(), iov_len: len };
    send_message(fd, &[vector], flags, address)
}

/// Sends vectors, to an address if the socket is not connected to one.
fn send_message(fd: BorrowedFd, vectors: &[libc::iovec], flags: i32, address: Option<&Address>) -> Result<Size> {
    let (name, len) = address.map_or((core::ptr::null(), 0), |address| (address.as_ptr(), address.len()));
    if let [vector] = vectors {
        let (data, count) = (vector.iov_base as usize, vector.iov_len);
        let arguments = [fd.as_raw_fd() as usize, data, count, flags as usize, name as usize, len as usize];
        // SAFETY: the kernel reads the address and what the vector says: guest memory, or memory of the host.
        return Ok(unsafe { call(libc::SYS_sendto, arguments) }? as Size);
    }
    // SAFETY: all zero is a message of nothing.
    let mut message = unsafe { core::mem::zeroed::<libc::msghdr>() };
    message.msg_name = name.cast_mut().cast();
    message.msg_namelen = len;
    message.msg_iov = vectors.as_ptr().cast_mut();
    message.msg_iovlen = vectors.len();
    let arguments = [fd.as_raw_fd() as usize, &raw const message as usize, flags as usize, 0, 0, 0];
    // SAFETY: the kernel reads the message, its address and what the vectors say: guest memory or a copy of it.
    Ok(unsafe { call(libc::SYS_sendmsg, arguments) }? as Size)
}

/// [`send`] to an address.
pub fn send_to(fd: BorrowedFd, vectors: Pointer, count: Size, flags: i32, address: &Address) -> Result<Size> {
    let mut host = Vectors::<{ memory::MAX_VECTORS }>::new();
    send_message(fd, host.translate(vectors, count)?, flags, Some(address))
}

/// [`receive`], and from whom: all of a datagram, whatever the number of parts that it is to have.
pub fn receive_from(fd: BorrowedFd, vectors: Pointer, count: Size, flags: i32) -> Result<(Transferred, Address)> {
    if count as usize <= memory::MAX_VECTORS {
        let mut host = Vectors::<{ memory::MAX_VECTORS }>::new();
        return receive_message(fd, host.translate(vectors, count)?, flags);
    }
    let vectors = memory::array::<[u32; 2]>(vectors, count)?;
    let len = total_len(vectors)?.min(MAX_GATHERED as u64) as usize;
    let mut datagram = Scratch::<u8>::new(len.max(1))?;
    let vector = libc::iovec { iov_base: datagram.as_mut_ptr().cast(), iov_len: len };
    let (received, address) = receive_message(fd, &[vector], flags)?;
    let mut rest = datagram.get(..len.min(received.len as usize)).unwrap_or_default();
    for [address, size] in vectors.iter() {
        let stored = memory::bytes(address, size)?.copy_from(rest);
        rest = rest.get(stored..).unwrap_or_default();
    }
    Ok((received, address))
}

/// `recvmsg`, and from whom.
fn receive_message(fd: BorrowedFd, vectors: &[libc::iovec], flags: i32) -> Result<(Transferred, Address)> {
    let mut address = Address::empty();
    // SAFETY: all zero is a message of nothing.
    let mut message = unsafe { core::mem::zeroed::<libc::msghdr>() };
    message.msg_name = address.as_mut_ptr().cast();
    message.msg_namelen = address.len();
    message.msg_iov = vectors.as_ptr().cast_mut();
    message.msg_iovlen = vectors.len();
    let arguments = [fd.as_raw_fd() as usize, &raw mut message as usize, flags as usize, 0, 0, 0];
    // SAFETY: the kernel writes to the message, its address and what the vectors say: guest memory or room for it.
    let len = unsafe { call(libc::SYS_recvmsg, arguments) }?;
    address.set_len(message.msg_namelen);
    Ok((Transferred { len: len as Size, flags: message.msg_flags }, address))
}

/// `readlinkat`: how many bytes of the link's contents fitted.
pub fn read_link(link: &Place, buffer: Bytes) -> Result<Size> {
    let fd = link.as_fd().as_raw_fd() as usize;
    // SAFETY: the kernel reads the name and writes into guest memory.
    let len = unsafe {
        let name = link.name.as_ptr() as usize;
        call(libc::SYS_readlinkat, [fd, name, buffer.as_ptr() as usize, buffer.len(), 0, 0])
    }?;
    Ok(len as Size)
}

/// Fills `buffer` with random bytes.
pub fn fill_random(mut buffer: Bytes) -> Result<()> {
    while !buffer.is_empty() {
        // SAFETY: the kernel writes into guest memory. It may stop early.
        let filled = unsafe { call(libc::SYS_getrandom, [buffer.as_ptr() as usize, buffer.len(), 0, 0, 0, 0]) }?;
        if filled == 0 {
            return Err(Errno::Io.into());
        }
        buffer = buffer.part(filled, buffer.len() - filled)?;
    }
    Ok(())
}

/// `ppoll`: how many of the descriptors are ready, after `timeout` at the latest or after a signal.
pub fn poll(polled: &mut [libc::pollfd], mut timeout: Option<Timespec>) -> Result<usize> {
    let timeout = timeout.as_mut().map_or(core::ptr::null_mut(), core::ptr::from_mut) as usize;
    // SAFETY: the kernel writes to the array, and to the time how much of it is left.
    match unsafe { arch::syscall(libc::SYS_ppoll, [polled.as_mut_ptr() as usize, polled.len(), timeout, 0, 0, 0]) } {
        Ok(ready) => Ok(ready),
        Err(libc::EINTR) => Ok(0),
        Err(errno) => Err(from_linux(errno).into()),
    }
}
