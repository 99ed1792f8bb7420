//! The import table of `wasi_unstable` (snapshot 0): 45 functions, and the types that differ from preview1.
//!
//! These are all the differences: no `sock_accept`, `whence` numbered otherwise, a narrower link count in `filestat`,
//! and one more field in `subscription`. Everything else, rows included, is the same on purpose.
//!
//! Source: `phases/old/snapshot_0/witx/` of WebAssembly/WASI.

use crate::description::{Array, Kind, Layout};
use crate::imports::{Param, Type, import_table};
use crate::layout;
use crate::types::*;
use crate::wasi_unstable;

/// Hands the rows of `wasi_unstable` to the macro `$expand` (see [`crate::imports`]).
#[macro_export]
macro_rules! wasi_unstable {
    ($expand:ident) => {
        $expand! {
            wasi_unstable {
                args {
                    args_get(argv: Pointer, argv_buf: Pointer) -> ();
                    args_sizes_get() -> (argc: Size, argv_buf_size: Size);
                }
                environ {
                    environ_get(environ: Pointer, environ_buf: Pointer) -> ();
                    environ_sizes_get() -> (count: Size, environ_buf_size: Size);
                }
                clock {
                    clock_res_get(id: Clockid) -> (resolution: Timestamp);
                    clock_time_get(id: Clockid, precision: Timestamp) -> (time: Timestamp);
                }
                fd {
                    fd_advise(fd: Fd, offset: Filesize, len: Filesize, advice: Advice) -> ();
                    fd_allocate(fd: Fd, offset: Filesize, len: Filesize) -> ();
                    fd_close(fd: Fd) -> ();
                    fd_datasync(fd: Fd) -> ();
                    fd_fdstat_get(fd: Fd) -> (stat: Fdstat);
                    fd_fdstat_set_flags(fd: Fd, flags: Fdflags) -> ();
                    fd_fdstat_set_rights(fd: Fd, fs_rights_base: Rights, fs_rights_inheriting: Rights) -> ();
                    fd_filestat_get(fd: Fd) -> (buf: wasi_unstable::Filestat);
                    fd_filestat_set_size(fd: Fd, size: Filesize) -> ();
                    fd_filestat_set_times(fd: Fd, atim: Timestamp, mtim: Timestamp, fst_flags: Fstflags) -> ();
                    fd_pread(fd: Fd, iovs: Vectors, iovs_len: Size, offset: Filesize) -> (nread: Size);
                    fd_prestat_get(fd: Fd) -> (buf: Prestat);
                    fd_prestat_dir_name(fd: Fd, path: Pointer, path_len: Size) -> ();
                    fd_pwrite(fd: Fd, iovs: Vectors, iovs_len: Size, offset: Filesize) -> (nwritten: Size);
                    fd_read(fd: Fd, iovs: Vectors, iovs_len: Size) -> (nread: Size);
                    fd_readdir(fd: Fd, buf: Pointer, buf_len: Size, cookie: Dircookie) -> (bufused: Size);
                    fd_renumber(fd: Fd, to: Fd) -> ();
                    fd_seek(fd: Fd, offset: Filedelta, whence: wasi_unstable::Whence) -> (newoffset: Filesize);
                    fd_sync(fd: Fd) -> ();
                    fd_tell(fd: Fd) -> (offset: Filesize);
                    fd_write(fd: Fd, iovs: Vectors, iovs_len: Size) -> (nwritten: Size);
                }
                path {
                    path_create_directory(fd: Fd, path: Text, path_len: Size) -> ();
                    path_filestat_get(fd: Fd, flags: Lookupflags, path: Text, path_len: Size) -> (buf: wasi_unstable::Filestat);
                    path_filestat_set_times(fd: Fd, flags: Lookupflags, path: Text, path_len: Size, atim: Timestamp, mtim: Timestamp, fst_flags: Fstflags) -> ();
                    path_link(old_fd: Fd, old_flags: Lookupflags, old_path: Text, old_path_len: Size, new_fd: Fd, new_path: Text, new_path_len: Size) -> ();
                    path_open(fd: Fd, dirflags: Lookupflags, path: Text, path_len: Size, oflags: Oflags, fs_rights_base: Rights, fs_rights_inheriting: Rights, fdflags: Fdflags) -> (opened_fd: Fd);
                    path_readlink(fd: Fd, path: Text, path_len: Size, buf: Pointer, buf_len: Size) -> (bufused: Size);
                    path_remove_directory(fd: Fd, path: Text, path_len: Size) -> ();
                    path_rename(fd: Fd, old_path: Text, old_path_len: Size, new_fd: Fd, new_path: Text, new_path_len: Size) -> ();
                    path_symlink(old_path: Text, old_path_len: Size, fd: Fd, new_path: Text, new_path_len: Size) -> ();
                    path_unlink_file(fd: Fd, path: Text, path_len: Size) -> ();
                }
                poll {
                    poll_oneoff(subscriptions: OlderSubscriptions, events: Events, nsubscriptions: Size) -> (nevents: Size);
                }
                proc {
                    proc_exit(rval: Exitcode) -> !;
                    proc_raise(sig: Signal) -> ();
                }
                sched {
                    sched_yield() -> ();
                }
                random {
                    random_get(buf: Pointer, buf_len: Size) -> ();
                }
                sock {
                    sock_recv(fd: Fd, ri_data: Vectors, ri_data_len: Size, ri_flags: Riflags) -> (ro_datalen: Size, ro_flags: Roflags);
                    sock_send(fd: Fd, si_data: Vectors, si_data_len: Size, si_flags: Siflags) -> (so_datalen: Size);
                    sock_shutdown(fd: Fd, how: Sdflags) -> ();
                }
            }
        }
    };
}

wasi_unstable!(import_table);
const _: () = assert!(FUNCTIONS.len() == 45);

/// Where a seek counts from, in snapshot 0's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whence(pub crate::types::Whence);

impl Param for Whence {
    type Raw = i32;
    const TYPE: Type = Type::I32;
    const KIND: Kind = Kind::Cases("Cur End Set ");

    fn decode(raw: i32) -> Result<Whence, Errno> {
        match raw {
            0 => Ok(Whence(crate::types::Whence::Cur)),
            1 => Ok(Whence(crate::types::Whence::End)),
            2 => Ok(Whence(crate::types::Whence::Set)),
            _ => Err(Errno::Inval),
        }
    }
}

/// Attributes of a file: [`crate::types::Filestat`] with a 32-bit link count.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Filestat {
    pub dev: u64,
    pub ino: u64,
    pub filetype: u8,
    pub padding: [u8; 3],
    pub nlink: u32,
    pub size: Filesize,
    pub atim: Timestamp,
    pub mtim: Timestamp,
    pub ctim: Timestamp,
}

/// Something to wait for: [`crate::types::Subscription`] with an identifier before the clock, which nothing reads.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Subscription {
    pub userdata: u64,
    pub tag: u8,
    pub padding0: [u8; 7],
    /// The identifier of a clock subscription; its low half is the descriptor of the other kinds.
    pub identifier: u64,
    /// The clock.
    pub id: u32,
    pub padding1: u32,
    pub timeout: Timestamp,
    pub precision: Timestamp,
    pub flags: u16,
    pub padding2: [u8; 6],
}

const _: () = {
    use core::mem::{offset_of, size_of};
    assert!(size_of::<Filestat>() == 56);
    assert!(offset_of!(Filestat, nlink) == 20 && offset_of!(Filestat, size) == 24);
    assert!(offset_of!(Filestat, ctim) == 48);
    assert!(size_of::<Subscription>() == 56);
    assert!(offset_of!(Subscription, identifier) == 16 && offset_of!(Subscription, id) == 24);
    assert!(offset_of!(Subscription, timeout) == 32 && offset_of!(Subscription, flags) == 48);
};

/// A guest address of an array of [`Subscription`].
pub type OlderSubscriptions = u32;

/// What people are shown of these.
pub const FILESTAT: Layout = layout!(Filestat {
    dev as dev: Kind::Long;
    ino as ino: Kind::Long;
    filetype as filetype: Filetype::KIND;
    nlink as nlink: Kind::Number;
    size as size: Kind::Long;
    mtim as mtim: Kind::Long;
});
pub const SUBSCRIPTIONS: Array = Array {
    layout: layout!(Subscription {
        userdata as userdata: Kind::Hexadecimal;
        tag as tag: Eventtype::KIND;
        id as clock: Clockid::KIND, only tag 0 0;
        timeout as timeout: Kind::Long, only tag 0 0;
        flags as flags: Kind::Flags(Subclockflags::NAMES), only tag 0 0;
        identifier as fd: Kind::Fd, only tag 1 2;
    }),
    count: "nsubscriptions",
    is_stored: false,
};
