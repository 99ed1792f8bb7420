//! What can be done with an open file, be it the host's or inside the executable, in terms of WASI. Host functions on
//! descriptors only check rights and guest memory before they call this.

use crate::errno::{Result, retry};
use crate::fd_table::{self, Descriptor, Host, Node};
use crate::wasi_snapshot_preview1::clock::{timespec, timestamp};
use crate::{embed, transfer};
use core::mem::MaybeUninit;
use rustix::fd::AsFd;
use rustix::fs::{AtFlags, FallocateFlags, FileType, OFlags, RawDir, SeekFrom, Stat, Timestamps};
use rustix::time::Timespec;
use wexe_abi::types::*;

/// Tells the kernel how a part of a file will be used; no length means to its end.
pub fn advise(descriptor: &Descriptor, offset: Filesize, len: Filesize, advice: Advice) -> Result<()> {
    let Node::Host(host) = descriptor.node() else { return Ok(()) };
    let advice = match advice {
        Advice::Normal => rustix::fs::Advice::Normal,
        Advice::Sequential => rustix::fs::Advice::Sequential,
        Advice::Random => rustix::fs::Advice::Random,
        Advice::Willneed => rustix::fs::Advice::WillNeed,
        Advice::Dontneed => rustix::fs::Advice::DontNeed,
        Advice::Noreuse => rustix::fs::Advice::NoReuse,
    };
    rustix::fs::fadvise(host, offset, core::num::NonZero::new(len), advice)?;
    Ok(())
}

/// Makes sure that there is room for `len` bytes at `offset`.
pub fn allocate(descriptor: &Descriptor, offset: Filesize, len: Filesize) -> Result<()> {
    match descriptor.node() {
        Node::Host(host) => Ok(retry(|| rustix::fs::fallocate(host, FallocateFlags::empty(), offset, len))?),
        Node::Embedded(file) => embed::files().allocate_open(file, offset, len),
    }
}

/// Waits until the data are on the disk, and the attributes too unless only the data matter.
pub fn synchronise(descriptor: &Descriptor, only_data: bool) -> Result<()> {
    let Node::Host(host) = descriptor.node() else { return Ok(()) };
    retry(|| if only_data { rustix::fs::fdatasync(host) } else { rustix::fs::fsync(host) })?;
    Ok(())
}

/// The flags that it was opened with, and that were set since.
pub fn flags(descriptor: &Descriptor) -> Result<OFlags> {
    match descriptor.node() {
        Node::Host(host) => Ok(rustix::fs::fcntl_getfl(host)?),
        Node::Embedded(file) => embed::files().flags(file),
    }
}

/// Sets or clears `APPEND` and `NONBLOCK`: the others cannot be changed on an open file.
pub fn set_flags(descriptor: &Descriptor, flags: OFlags) -> Result<()> {
    match descriptor.node() {
        Node::Host(host) => Ok(rustix::fs::fcntl_setfl(host, flags)?),
        Node::Embedded(file) => embed::files().set_flags(file, flags),
    }
}

/// Its attributes.
pub fn stat(fd: Fd, descriptor: &Descriptor) -> Result<Filestat> {
    let mut stat = match descriptor.node() {
        Node::Host(host) => filestat(&rustix::fs::fstat(host)?)?,
        Node::Embedded(file) => embed::files().stat_open(file)?,
    };
    if stat.filetype == Filetype::SocketStream as u8 {
        stat.filetype = fd_table::filetype(fd)? as u8;
    }
    Ok(stat)
}

/// Cuts it off or extends it with zeros.
pub fn set_size(descriptor: &Descriptor, size: Filesize) -> Result<()> {
    match descriptor.node() {
        Node::Host(host) => Ok(retry(|| rustix::fs::ftruncate(host, size))?),
        Node::Embedded(file) => embed::files().set_size_open(file, size),
    }
}

/// Sets its times.
pub fn set_times(descriptor: &Descriptor, times: &Timestamps) -> Result<()> {
    match descriptor.node() {
        Node::Host(host) => Ok(rustix::fs::futimens(host, times)?),
        Node::Embedded(file) => embed::files().set_times_open(file, times),
    }
}

/// Reads into the guest's array of vectors, at `offset` or where the descriptor is: how many bytes.
#[inline(always)]
pub fn read(descriptor: &Descriptor, vectors: Pointer, count: Size, offset: Option<Filesize>) -> Result<Size> {
    match descriptor.node() {
        Node::Host(host) => transfer::read(host.as_fd(), vectors, count, offset),
        Node::Embedded(file) => embed::files().read_open(file, vectors, count, offset),
    }
}

/// Writes the guest's array of vectors, at `offset` or where the descriptor is: how many bytes.
#[inline(always)]
pub fn write(descriptor: &Descriptor, vectors: Pointer, count: Size, offset: Option<Filesize>) -> Result<Size> {
    match descriptor.node() {
        Node::Host(host) => transfer::write(host.as_fd(), vectors, count, offset),
        Node::Embedded(file) => embed::files().write_open(file, vectors, count, offset),
    }
}

/// Moves the descriptor's place: the new one.
pub fn seek(descriptor: &Descriptor, target: SeekFrom) -> Result<Filesize> {
    match descriptor.node() {
        Node::Host(host) => Ok(rustix::fs::seek(host, target)?),
        Node::Embedded(file) => embed::files().seek_open(file, target),
    }
}

/// How many bytes can be read without waiting.
pub fn available(descriptor: &Descriptor) -> Filesize {
    match descriptor.node() {
        Node::Host(host) => match rustix::io::ioctl_fionread(host) {
            // A place beyond the end of a file is a negative number.
            Ok(available) => {
                if available > i32::MAX as u64 {
                    0
                } else {
                    available
                }
            }
            // What has no type is a counter, which is read as a whole; a listening socket cannot say.
            Err(_) if has_no_type(host) => COUNTER,
            Err(_) => 1,
        },
        Node::Embedded(file) => embed::files().available(file),
    }
}

/// What is read of a counter (`fd_event` of WASIX).
const COUNTER: Filesize = 8;

fn has_no_type(host: Host) -> bool {
    rustix::fs::fstat(host).is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Unknown)
}

/// Whether it is a terminal.
pub fn is_terminal(descriptor: &Descriptor) -> bool {
    matches!(descriptor.node(), Node::Host(host) if rustix::termios::isatty(host))
}

/// An entry of a directory.
pub struct Entry<'a> {
    /// The position after it.
    pub next: u64,
    pub ino: u64,
    pub filetype: Filetype,
    pub name: &'a [u8],
}

/// Hands the entries of a directory from a position on to `take`, without `.` and `..`, until that says that it has
/// enough.
pub fn entries(descriptor: &Descriptor, position: u64, take: &mut dyn FnMut(Entry) -> Result<bool>) -> Result<()> {
    let position = i64::try_from(position).map_err(|_| Errno::Inval)? as u64;
    let host = match descriptor.node() {
        Node::Host(host) => host,
        Node::Embedded(directory) => return embed::files().entries_open(directory, position, take),
    };
    rustix::fs::seek(host, SeekFrom::Start(position))?;
    let mut entries = [MaybeUninit::uninit(); 4096];
    let mut entries = RawDir::new(host, &mut entries);
    while let Some(entry) = entries.next() {
        let entry = entry?;
        let name = entry.file_name();
        if matches!(name.to_bytes(), b"." | b"..") {
            continue;
        }
        let filetype = match entry.file_type() {
            // Some file systems do not say.
            FileType::Unknown => rustix::fs::statat(host, name, AtFlags::SYMLINK_NOFOLLOW)
                .map_or(FileType::Unknown, |stat| FileType::from_raw_mode(stat.st_mode)),
            known => known,
        };
        let filetype = fd_table::from_host(filetype);
        let entry = Entry { next: entry.next_entry_cookie(), ino: entry.ino(), filetype, name: name.to_bytes() };
        if !take(entry)? {
            break;
        }
    }
    Ok(())
}

/// A file's attributes, of the host's.
pub fn filestat(stat: &Stat) -> Result<Filestat> {
    let time = |seconds, nanoseconds| timestamp(Timespec { tv_sec: seconds, tv_nsec: nanoseconds as _ });
    Ok(Filestat {
        dev: stat.st_dev,
        ino: stat.st_ino,
        filetype: fd_table::from_host(FileType::from_raw_mode(stat.st_mode)) as u8,
        padding: [0; 7],
        nlink: stat.st_nlink,
        size: stat.st_size as u64,
        atim: time(stat.st_atime, stat.st_atime_nsec)?,
        mtim: time(stat.st_mtime, stat.st_mtime_nsec)?,
        ctim: time(stat.st_ctime, stat.st_ctime_nsec)?,
    })
}

/// The times to set, as the host takes them.
pub fn times(atim: Timestamp, mtim: Timestamp, flags: Fstflags) -> Result<Timestamps> {
    let time = |time, set, now| match (flags.contains(set), flags.contains(now)) {
        (true, true) => Err(Errno::Inval),
        (true, false) => Ok(timespec(time)),
        (false, true) => Ok(Timespec { tv_sec: 0, tv_nsec: rustix::fs::UTIME_NOW as _ }),
        (false, false) => Ok(Timespec { tv_sec: 0, tv_nsec: rustix::fs::UTIME_OMIT as _ }),
    };
    Ok(Timestamps {
        last_access: time(atim, Fstflags::ATIM, Fstflags::ATIM_NOW)?,
        last_modification: time(mtim, Fstflags::MTIM, Fstflags::MTIM_NOW)?,
    })
}
