//! The types of WASI preview1: numbers, flags and the layout of every structure in guest memory.
//!
//! Padding is spelled out as fields, so that a structure stored for the guest never carries bytes of the host's stack.
//!
//! Source: `phases/snapshot/witx/typenames.witx` of WebAssembly/WASI.

use crate::description::{Array, Kind, Layout, unmergeable};
use crate::imports::{Param, Type};
use crate::layout;

/// A guest address.
pub type Pointer = u32;
/// A guest address of text that the function reads; its length follows.
pub type Text = u32;
/// A guest address of an array of [`Iovec`]; their number follows.
pub type Vectors = u32;
/// A guest address of an array of [`Subscription`].
pub type Subscriptions = u32;
/// A guest address where an array of [`Event`] is stored.
pub type Events = u32;
/// A size in guest memory.
pub type Size = u32;
/// A file descriptor of the guest.
pub type Fd = u32;
/// A size or a place in a file.
pub type Filesize = u64;
/// A relative place in a file.
pub type Filedelta = i64;
/// Nanoseconds.
pub type Timestamp = u64;
/// A place in a directory; 0 is its beginning.
pub type Dircookie = u64;
/// What [`proc_exit`](crate::wasi_snapshot_preview1) ends the process with.
pub type Exitcode = u32;

/// An enumeration in `$repr` bits: any other value is refused with `inval`.
macro_rules! enumerations {
    ($($(#[$doc:meta])* $name:ident: $repr:ident { $($(#[$case_doc:meta])* $case:ident = $value:literal,)* })*) => {
        $($(#[$doc])*
        #[repr($repr)]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$case_doc])* $case = $value,)* }

        impl $name {
            /// The case with this number.
            pub const fn from_raw(raw: u32) -> Option<$name> {
                match raw { $($value => Some($name::$case),)* _ => None }
            }
        }

        impl $name {
            /// The names of the cases in the order of their numbers, each with a space behind it.
            pub const NAMES: &str = concat!($(stringify!($case), " "),*);
        }

        impl Param for $name {
            type Raw = i32;
            const TYPE: Type = Type::I32;
            const KIND: Kind = Kind::Cases($name::NAMES);

            fn decode(raw: i32) -> Result<$name, Errno> {
                $name::from_raw(raw as u32).ok_or(Errno::Inval)
            }
        })*
    };
}

/// A set of flags in `$repr` bits, passed as `$raw`.
macro_rules! flags {
    ($($(#[$doc:meta])* $name:ident: $repr:ident { $($(#[$flag_doc:meta])* $flag:ident = $bit:literal,)* })*) => {
        $($(#[$doc])*
        #[repr(transparent)]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name(pub $repr);

        impl $name {
            $($(#[$flag_doc])* pub const $flag: $name = $name(1 << $bit);)*
            /// The names of the flags in the order of their bits, each with a space behind it.
            pub const NAMES: &str =
                unmergeable(concat!($(stringify!($flag), " "),*), concat!($(stringify!($flag), " ",)* " "));
            pub const NONE: $name = $name(0);
            pub const ALL: $name = $name(0 $(| 1 << $bit)*);

            pub const fn contains(self, flags: $name) -> bool {
                self.0 & flags.0 == flags.0
            }

            pub const fn intersects(self, flags: $name) -> bool {
                self.0 & flags.0 != 0
            }

            pub const fn union(self, flags: $name) -> $name {
                $name(self.0 | flags.0)
            }

            pub const fn intersection(self, flags: $name) -> $name {
                $name(self.0 & flags.0)
            }

            pub const fn difference(self, flags: $name) -> $name {
                $name(self.0 & !flags.0)
            }
        })*
    };
}

/// Flags with an unknown bit set are refused with `inval`.
macro_rules! flag_params {
    ($($name:ident: $repr:ident,)*) => {
        $(impl Param for $name {
            type Raw = i32;
            const TYPE: Type = Type::I32;
            const KIND: Kind = Kind::Flags($name::NAMES);

            fn decode(raw: i32) -> Result<$name, Errno> {
                match $repr::try_from(raw as u32) {
                    Ok(bits) if bits & !$name::ALL.0 == 0 => Ok($name(bits)),
                    _ => Err(Errno::Inval),
                }
            }
        })*
    };
}

enumerations! {
    /// What a function returns.
    Errno: u16 {
        Success = 0, TooBig = 1, Acces = 2, Addrinuse = 3, Addrnotavail = 4, Afnosupport = 5, Again = 6, Already = 7,
        Badf = 8, Badmsg = 9, Busy = 10, Canceled = 11, Child = 12, Connaborted = 13, Connrefused = 14, Connreset = 15,
        Deadlk = 16, Destaddrreq = 17, Dom = 18, Dquot = 19, Exist = 20, Fault = 21, Fbig = 22, Hostunreach = 23,
        Idrm = 24, Ilseq = 25, Inprogress = 26, Intr = 27, Inval = 28, Io = 29, Isconn = 30, Isdir = 31,
        Loop = 32, Mfile = 33, Mlink = 34, Msgsize = 35, Multihop = 36, Nametoolong = 37, Netdown = 38, Netreset = 39,
        Netunreach = 40, Nfile = 41, Nobufs = 42, Nodev = 43, Noent = 44, Noexec = 45, Nolck = 46, Nolink = 47,
        Nomem = 48, Nomsg = 49, Noprotoopt = 50, Nospc = 51, Nosys = 52, Notconn = 53, Notdir = 54, Notempty = 55,
        Notrecoverable = 56, Notsock = 57, Notsup = 58, Notty = 59, Nxio = 60, Overflow = 61, Ownerdead = 62, Perm = 63,
        Pipe = 64, Proto = 65, Protonosupport = 66, Prototype = 67, Range = 68, Rofs = 69, Spipe = 70, Srch = 71,
        Stale = 72, Timedout = 73, Txtbsy = 74, Xdev = 75,
        /// What was asked for lies outside the capabilities that the program was given.
        Notcapable = 76,
    }
    Clockid: u32 {
        Realtime = 0,
        Monotonic = 1,
        ProcessCputimeId = 2,
        ThreadCputimeId = 3,
    }
    Whence: u8 {
        Set = 0,
        Cur = 1,
        End = 2,
    }
    Advice: u8 {
        Normal = 0,
        Sequential = 1,
        Random = 2,
        Willneed = 3,
        Dontneed = 4,
        Noreuse = 5,
    }
    Filetype: u8 {
        Unknown = 0,
        BlockDevice = 1,
        CharacterDevice = 2,
        Directory = 3,
        RegularFile = 4,
        SocketDgram = 5,
        SocketStream = 6,
        SymbolicLink = 7,
    }
    Eventtype: u8 {
        Clock = 0,
        FdRead = 1,
        FdWrite = 2,
    }
    /// WASIX's.
    EpollCtl: u32 {
        Add = 0,
        Mod = 1,
        Del = 2,
    }
    /// Linux's signals, except that 16 (`SIGSTKFLT`) is left out and those after it count one less.
    Signal: u8 {
        None = 0, Hup = 1, Int = 2, Quit = 3, Ill = 4, Trap = 5, Abrt = 6, Bus = 7, Fpe = 8, Kill = 9, Usr1 = 10,
        Segv = 11, Usr2 = 12, Pipe = 13, Alrm = 14, Term = 15, Chld = 16, Cont = 17, Stop = 18, Tstp = 19, Ttin = 20,
        Ttou = 21, Urg = 22, Xcpu = 23, Xfsz = 24, Vtalrm = 25, Prof = 26, Winch = 27, Poll = 28, Pwr = 29, Sys = 30,
    }
}

flags! {
    /// What may be done with a descriptor. Rights are only ever taken away.
    Rights: u64 {
        FD_DATASYNC = 0,
        FD_READ = 1,
        FD_SEEK = 2,
        FD_FDSTAT_SET_FLAGS = 3,
        FD_SYNC = 4,
        FD_TELL = 5,
        FD_WRITE = 6,
        FD_ADVISE = 7,
        FD_ALLOCATE = 8,
        PATH_CREATE_DIRECTORY = 9,
        PATH_CREATE_FILE = 10,
        PATH_LINK_SOURCE = 11,
        PATH_LINK_TARGET = 12,
        PATH_OPEN = 13,
        FD_READDIR = 14,
        PATH_READLINK = 15,
        PATH_RENAME_SOURCE = 16,
        PATH_RENAME_TARGET = 17,
        PATH_FILESTAT_GET = 18,
        PATH_FILESTAT_SET_SIZE = 19,
        PATH_FILESTAT_SET_TIMES = 20,
        FD_FILESTAT_GET = 21,
        FD_FILESTAT_SET_SIZE = 22,
        FD_FILESTAT_SET_TIMES = 23,
        PATH_SYMLINK = 24,
        PATH_REMOVE_DIRECTORY = 25,
        PATH_UNLINK_FILE = 26,
        POLL_FD_READWRITE = 27,
        SOCK_SHUTDOWN = 28,
        SOCK_ACCEPT = 29,
    }
    Fdflags: u16 {
        APPEND = 0,
        DSYNC = 1,
        NONBLOCK = 2,
        RSYNC = 3,
        SYNC = 4,
    }
    Oflags: u16 {
        CREAT = 0,
        DIRECTORY = 1,
        EXCL = 2,
        TRUNC = 3,
    }
    Lookupflags: u32 {
        SYMLINK_FOLLOW = 0,
    }
    Fstflags: u16 {
        ATIM = 0,
        ATIM_NOW = 1,
        MTIM = 2,
        MTIM_NOW = 3,
    }
    Eventrwflags: u16 {
        HANGUP = 0,
    }
    Subclockflags: u16 {
        ABSTIME = 0,
    }
    /// The last two are WASIX's.
    Riflags: u16 {
        RECV_PEEK = 0,
        RECV_WAITALL = 1,
        /// A datagram's length is what it was, even if not all of it is received.
        RECV_DATA_TRUNCATED = 2,
        RECV_DONT_WAIT = 3,
    }
    /// WASIX's: preview1 defines none.
    Siflags: u16 {
        SEND_DONT_WAIT = 0,
    }
    Roflags: u16 {
        RECV_DATA_TRUNCATED = 0,
    }
    /// WASIX's.
    Fdflagsext: u16 {
        /// To be closed when another program takes over the process.
        FD_CLOEXEC = 0,
    }
    /// WASIX's.
    Eventfdflags: u16 {
        /// Reading takes 1 from the counter, not all of it.
        SEMAPHORE = 0,
    }
    /// WASIX's.
    EpollType: u32 {
        IN = 0,
        OUT = 1,
        RDHUP = 2,
        PRI = 3,
        ERR = 4,
        HUP = 5,
        ET = 6,
        ONESHOT = 7,
    }
    Sdflags: u8 {
        RD = 0,
        WR = 1,
    }
}

flag_params! {
    Fdflags: u16,
    Oflags: u16,
    Lookupflags: u32,
    Fstflags: u16,
    Riflags: u16,
    Siflags: u16,
    Sdflags: u8,
    Fdflagsext: u16,
    Eventfdflags: u16,
}

/// What WASIX lets a program do with sockets, beyond preview1's rights. `Rights::ALL` is without them: only sockets
/// have them, and `fd_fdstat_set_rights` takes them away.
impl Rights {
    pub const SOCK_CONNECT: Rights = Rights(1 << 30);
    pub const SOCK_LISTEN: Rights = Rights(1 << 31);
    pub const SOCK_BIND: Rights = Rights(1 << 32);
    pub const SOCK_RECV: Rights = Rights(1 << 33);
    pub const SOCK_SEND: Rights = Rights(1 << 34);
    pub const SOCK_ADDR_LOCAL: Rights = Rights(1 << 35);
    pub const SOCK_ADDR_REMOTE: Rights = Rights(1 << 36);
    pub const SOCK_RECV_FROM: Rights = Rights(1 << 37);
    pub const SOCK_SEND_TO: Rights = Rights(1 << 38);
}

/// Unknown rights are ignored: real programs ask for all bits and mean all that there are.
impl Param for Rights {
    type Raw = i64;
    const TYPE: Type = Type::I64;
    const KIND: Kind = Kind::Flags(Rights::NAMES);

    fn decode(raw: i64) -> Result<Rights, Errno> {
        Ok(Rights(raw as u64).intersection(Rights::ALL))
    }
}

/// A piece of memory to read into (`iovec`) or to write from (`ciovec`).
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Iovec {
    pub buf: Pointer,
    pub buf_len: Size,
}

/// Attributes of a descriptor.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Fdstat {
    pub fs_filetype: u8,
    pub padding0: u8,
    pub fs_flags: u16,
    pub padding1: u32,
    pub fs_rights_base: u64,
    pub fs_rights_inheriting: u64,
}

/// Attributes of a file.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Filestat {
    pub dev: u64,
    pub ino: u64,
    pub filetype: u8,
    pub padding: [u8; 7],
    pub nlink: u64,
    pub size: Filesize,
    pub atim: Timestamp,
    pub mtim: Timestamp,
    pub ctim: Timestamp,
}

/// A directory entry; the bytes of its name follow.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Dirent {
    pub d_next: Dircookie,
    pub d_ino: u64,
    pub d_namlen: Size,
    pub d_type: u8,
    pub padding: [u8; 3],
}

/// What a preopened descriptor is; the only kind (tag 0) is a directory.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Prestat {
    pub tag: u32,
    pub pr_name_len: Size,
}

/// Something to wait for: a time (tag 0) or a descriptor to read (tag 1) or write (tag 2).
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Subscription {
    pub userdata: u64,
    pub tag: u8,
    pub padding0: [u8; 7],
    /// The clock or the descriptor.
    pub id: u32,
    pub padding1: u32,
    pub timeout: Timestamp,
    pub precision: Timestamp,
    pub flags: u16,
    pub padding2: [u8; 6],
}

/// Something that happened.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Event {
    pub userdata: u64,
    pub error: u16,
    pub r#type: u8,
    pub padding0: [u8; 5],
    pub nbytes: Filesize,
    pub flags: u16,
    pub padding1: [u8; 6],
}

const _: () = {
    use core::mem::{offset_of, size_of};
    assert!(size_of::<Iovec>() == 8);
    assert!(size_of::<Fdstat>() == 24);
    assert!(offset_of!(Fdstat, fs_flags) == 2 && offset_of!(Fdstat, fs_rights_base) == 8);
    assert!(size_of::<Filestat>() == 64);
    assert!(offset_of!(Filestat, filetype) == 16 && offset_of!(Filestat, nlink) == 24);
    assert!(offset_of!(Filestat, size) == 32 && offset_of!(Filestat, ctim) == 56);
    assert!(size_of::<Dirent>() == 24);
    assert!(offset_of!(Dirent, d_namlen) == 16 && offset_of!(Dirent, d_type) == 20);
    assert!(size_of::<Prestat>() == 8);
    assert!(size_of::<Subscription>() == 48);
    assert!(offset_of!(Subscription, id) == 16 && offset_of!(Subscription, timeout) == 24);
    assert!(offset_of!(Subscription, flags) == 40);
    assert!(size_of::<Event>() == 32);
    assert!(offset_of!(Event, error) == 8 && offset_of!(Event, r#type) == 10);
    assert!(offset_of!(Event, nbytes) == 16 && offset_of!(Event, flags) == 24);
};

/// What people are shown of these.
pub const FDSTAT: Layout = layout!(Fdstat {
    fs_filetype as filetype: Filetype::KIND;
    fs_flags as flags: Fdflags::KIND;
    fs_rights_base as rights_base: Rights::KIND;
    fs_rights_inheriting as rights_inheriting: Rights::KIND;
});
pub const FILESTAT: Layout = layout!(Filestat {
    dev as dev: Kind::Long;
    ino as ino: Kind::Long;
    filetype as filetype: Filetype::KIND;
    nlink as nlink: Kind::Long;
    size as size: Kind::Long;
    mtim as mtim: Kind::Long;
});
pub const PRESTAT: Layout = layout!(Prestat {
    pr_name_len as name_len: Kind::Number;
});
pub const SUBSCRIPTIONS: Array = Array {
    layout: layout!(Subscription {
        userdata as userdata: Kind::Hexadecimal;
        tag as tag: Eventtype::KIND;
        id as clock: Clockid::KIND, only tag 0 0;
        timeout as timeout: Kind::Long, only tag 0 0;
        flags as flags: Kind::Flags(Subclockflags::NAMES), only tag 0 0;
        id as fd: Kind::Fd, only tag 1 2;
    }),
    count: "nsubscriptions",
    is_stored: false,
};
pub const EVENTS: Array = Array {
    layout: layout!(Event {
        userdata as userdata: Kind::Hexadecimal;
        error as error: Errno::KIND;
        r#type as tag: Eventtype::KIND;
        nbytes as nbytes: Kind::Long, only r#type 1 2;
        flags as flags: Kind::Flags(Eventrwflags::NAMES), only r#type 1 2;
    }),
    count: "nevents",
    is_stored: true,
};
