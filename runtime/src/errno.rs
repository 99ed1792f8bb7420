//! Linux error numbers to those of WASI.
//!
//! One error type for everything that host functions call, so that their bodies are plain `?`.

use crate::memory::OutOfBounds;
use wexe_abi::types::Errno;

/// Why a host function failed: what it returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error(pub Errno);

/// What the bodies of host functions return.
pub type Result<T> = core::result::Result<T, Error>;

impl From<Errno> for Error {
    fn from(errno: Errno) -> Error {
        Error(errno)
    }
}

/// A guest address outside of memory.
impl From<OutOfBounds> for Error {
    fn from(_: OutOfBounds) -> Error {
        Error(Errno::Fault)
    }
}

impl From<rustix::io::Errno> for Error {
    fn from(errno: rustix::io::Errno) -> Error {
        Error(from_linux(errno.raw_os_error()))
    }
}

/// Calls `call` again for as long as a signal interrupts it.
pub fn retry<T>(mut call: impl FnMut() -> rustix::io::Result<T>) -> rustix::io::Result<T> {
    loop {
        match call() {
            Err(rustix::io::Errno::INTR) => {}
            result => return result,
        }
    }
}

macro_rules! errnos {
    ($($linux:ident => $wasi:ident,)*) => {
        /// The errno that means the same; `io` for those that WASI does not have.
        pub fn from_linux(errno: i32) -> Errno {
            match errno {
                $(libc::$linux => Errno::$wasi,)*
                _ => Errno::Io,
            }
        }
    };
}

errnos! {
    EPERM => Perm, ENOENT => Noent, ESRCH => Srch, EINTR => Intr, EIO => Io, ENXIO => Nxio, E2BIG => TooBig,
    ENOEXEC => Noexec, EBADF => Badf, ECHILD => Child, EAGAIN => Again, ENOMEM => Nomem, EACCES => Acces,
    EFAULT => Fault, EBUSY => Busy, EEXIST => Exist, EXDEV => Xdev, ENODEV => Nodev, ENOTDIR => Notdir,
    EISDIR => Isdir, EINVAL => Inval, ENFILE => Nfile, EMFILE => Mfile, ENOTTY => Notty, ETXTBSY => Txtbsy,
    EFBIG => Fbig, ENOSPC => Nospc, ESPIPE => Spipe, EROFS => Rofs, EMLINK => Mlink, EPIPE => Pipe, EDOM => Dom,
    ERANGE => Range, EDEADLK => Deadlk, ENAMETOOLONG => Nametoolong, ENOLCK => Nolck, ENOSYS => Nosys,
    ENOTEMPTY => Notempty, ELOOP => Loop, ENOMSG => Nomsg, EIDRM => Idrm, ENOLINK => Nolink, EPROTO => Proto,
    EMULTIHOP => Multihop, EBADMSG => Badmsg, EOVERFLOW => Overflow, EILSEQ => Ilseq, ENOTSOCK => Notsock,
    EDESTADDRREQ => Destaddrreq, EMSGSIZE => Msgsize, EPROTOTYPE => Prototype, ENOPROTOOPT => Noprotoopt,
    EPROTONOSUPPORT => Protonosupport, ESOCKTNOSUPPORT => Protonosupport, EOPNOTSUPP => Notsup,
    EPFNOSUPPORT => Afnosupport, EAFNOSUPPORT => Afnosupport, EADDRINUSE => Addrinuse, EADDRNOTAVAIL => Addrnotavail,
    ENETDOWN => Netdown, ENETUNREACH => Netunreach, ENETRESET => Netreset, ECONNABORTED => Connaborted,
    ECONNRESET => Connreset, ENOBUFS => Nobufs, EISCONN => Isconn, ENOTCONN => Notconn, ESHUTDOWN => Pipe,
    ETIMEDOUT => Timedout, ECONNREFUSED => Connrefused, EHOSTDOWN => Hostunreach, EHOSTUNREACH => Hostunreach,
    EALREADY => Already, EINPROGRESS => Inprogress, ESTALE => Stale, EDQUOT => Dquot, ECANCELED => Canceled,
    EOWNERDEAD => Ownerdead, ENOTRECOVERABLE => Notrecoverable,
}
