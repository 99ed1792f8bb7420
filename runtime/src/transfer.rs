//! System calls that move data between the host and guest memory in place, without a buffer in between, and `ppoll`.
//!
//! rustix takes Rust slices and borrowed descriptors for these, which guest memory can never be (two vectors may
//! overlap) and an array of a size that only the guest knows cannot hold. So they are raw calls.

use crate::arch;
use crate::errno::{Result, from_linux};
use crate::memory::{self, Bytes, Vectors};
use crate::sandbox::Place;
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

/// A vectored system call, and its arguments around the vectors.
#[derive(Clone, Copy)]
enum Vectored {
    /// `readv` or `writev`.
    Plain(libc::c_long),
    /// `preadv` or `pwritev`.
    At(libc::c_long, Filesize),
    /// `recvmsg` or `sendmsg`, and its flags.
    Message(libc::c_long, i32),
}

/// What a vectored call did.
#[derive(Clone, Copy)]
pub struct Transferred {
    pub len: Size,
    /// Flags of a received message.
    pub flags: i32,
}

impl Vectored {
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

    fn run_with(self, fd: BorrowedFd, vectors: &[libc::iovec]) -> Result<Transferred> {
        let fd = fd.as_raw_fd() as usize;
        let (data, len) = (vectors.as_ptr() as usize, vectors.len());
        let mut flags = 0;
        // SAFETY: the vectors are parts of guest memory, which the kernel may read and write.
        let transferred = unsafe {
            match self {
                Vectored::Plain(number) => call(number, [fd, data, len, 0, 0, 0]),
                Vectored::At(number, offset) => call(number, [fd, data, len, offset as usize, 0, 0]),
                Vectored::Message(number, send_flags) => {
                    let mut message = core::mem::zeroed::<libc::msghdr>();
                    message.msg_iov = vectors.as_ptr().cast_mut();
                    message.msg_iovlen = len;
                    let result = call(number, [fd, &raw mut message as usize, send_flags as usize, 0, 0, 0]);
                    flags = message.msg_flags;
                    result
                }
            }
        }?;
        // The kernel moves at most 2³¹ − 4096 bytes.
        Ok(Transferred { len: transferred as Size, flags })
    }
}

/// `readv` into the guest's array of vectors, or `preadv` at `offset`: how many bytes were read.
pub fn read(fd: BorrowedFd, vectors: Pointer, count: Size, offset: Option<Filesize>) -> Result<Size> {
    let call = match offset {
        None => Vectored::Plain(libc::SYS_readv),
        Some(offset) => Vectored::At(libc::SYS_preadv, offset),
    };
    Ok(call.run(fd, vectors, count)?.len)
}

/// `writev` from the guest's array of vectors, or `pwritev` at `offset`: how many bytes were written.
pub fn write(fd: BorrowedFd, vectors: Pointer, count: Size, offset: Option<Filesize>) -> Result<Size> {
    let call = match offset {
        None => Vectored::Plain(libc::SYS_writev),
        Some(offset) => Vectored::At(libc::SYS_pwritev, offset),
    };
    Ok(call.run(fd, vectors, count)?.len)
}

/// `recvmsg` into the guest's array of vectors.
pub fn receive(fd: BorrowedFd, vectors: Pointer, count: Size, flags: i32) -> Result<Transferred> {
    Vectored::Message(libc::SYS_recvmsg, flags).run(fd, vectors, count)
}

/// `sendmsg` from the guest's array of vectors.
pub fn send(fd: BorrowedFd, vectors: Pointer, count: Size) -> Result<Size> {
    Ok(Vectored::Message(libc::SYS_sendmsg, libc::MSG_NOSIGNAL).run(fd, vectors, count)?.len)
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
