//! What can be done with an open file: system calls, in terms of WASI. Host functions on descriptors only check rights
//! and guest memory before they call this.

use crate::errno::{Result, retry};
use crate::fd_table::{self, Descriptor};
use crate::transfer;
use crate::wasi_snapshot_preview1::clock::{timespec, timestamp};
use core::mem::MaybeUninit;
use rustix::fs::{AtFlags, FallocateFlags, FileType, OFlags, RawDir, SeekFrom, Stat, Timestamps};
use rustix::time::Timespec;
use wexe_abi::types::*;

/// Tells the kernel how a part of a file will be used; no length means to its end.
pub fn advise(descriptor: &Descriptor, offset: Filesize, len: Filesize, advice: Advice) -> Result<()> {
    let advice = match advice {
        Advice::Normal => rustix::fs::Advice::Normal,
        Advice::Sequential => rustix::fs::Advice::Sequential,
        Advice::Random => rustix::fs::Advice::Random,
        Advice::Willneed => rustix::fs::Advice::WillNeed,
        Advice::Dontneed => rustix::fs::Advice::DontNeed,
        Advice::Noreuse => rustix::fs::Advice::NoReuse,
    };
    rustix::fs::fadvise(descriptor.host(), offset, core::num::NonZero::new(len), advice)?;
    Ok(())
}

/// Makes sure that there is room for `len` bytes at `offset`.
pub fn allocate(descriptor: &Descriptor, offset: Filesize, len: Filesize) -> Result<()> {
    retry(|| rustix::fs::fallocate(descriptor.host(), FallocateFlags::empty(), offset, len))?;
    Ok(())
}

/// Waits until the data are on the disk, and the attributes too unless only the data matter.
pub fn synchronise(descriptor: &Descriptor, only_data: bool) -> Result<()> {
    let call = if only_data { rustix::fs::fdatasync } else { rustix::fs::fsync };
    retry(|| call(descriptor.host()))?;
    Ok(())
}

/// The flags that it was opened with, and that were set since.
pub fn flags(descriptor: &Descriptor) -> Result<OFlags> {
    Ok(rustix::fs::fcntl_getfl(descriptor.host())?)
}

/// Sets those flags that can be set on an open file.
pub fn set_flags(descriptor: &Descriptor, flags: OFlags) -> Result<()> {
    rustix::fs::fcntl_setfl(descriptor.host(), flags)?;
    Ok(())
}

/// Its attributes.
pub fn stat(fd: Fd, descriptor: &Descriptor) -> Result<Filestat> {
    let mut stat = filestat(&rustix::fs::fstat(descriptor.host())?)?;
    if stat.filetype == Filetype::SocketStream as u8 {
        stat.filetype = fd_table::filetype(fd)? as u8;
    }
    Ok(stat)
}

/// Cuts it off or extends it with zeros.
pub fn set_size(descriptor: &Descriptor, size: Filesize) -> Result<()> {
    retry(|| rustix::fs::ftruncate(descriptor.host(), size))?;
    Ok(())
}

/// Sets its times.
pub fn set_times(descriptor: &Descriptor, times: &Timestamps) -> Result<()> {
    rustix::fs::futimens(descriptor.host(), times)?;
    Ok(())
}

/// Reads into the guest's array of vectors, at `offset` or where the descriptor is: how many bytes.
pub fn read(descriptor: &Descriptor, vectors: Pointer, count: Size, offset: Option<Filesize>) -> Result<Size> {
    transfer::read(descriptor.host(), vectors, count, offset)
}

/// Writes the guest's array of vectors, at `offset` or where the descriptor is: how many bytes.
pub fn write(descriptor: &Descriptor, vectors: Pointer, count: Size, offset: Option<Filesize>) -> Result<Size> {
    transfer::write(descriptor.host(), vectors, count, offset)
}

/// Moves the descriptor's place: the new one.
pub fn seek(descriptor: &Descriptor, target: SeekFrom) -> Result<Filesize> {
    Ok(rustix::fs::seek(descriptor.host(), target)?)
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
    let position = i64::try_from(position).map_err(|_| Errno::Inval)?;
    rustix::fs::seek(descriptor.host(), SeekFrom::Start(position as u64))?;
    let mut entries = [MaybeUninit::uninit(); 4096];
    let mut entries = RawDir::new(descriptor.host(), &mut entries);
    while let Some(entry) = entries.next() {
        let entry = entry?;
        let name = entry.file_name();
        if matches!(name.to_bytes(), b"." | b"..") {
            continue;
        }
        let filetype = match entry.file_type() {
            // Some file systems do not say.
            FileType::Unknown => rustix::fs::statat(descriptor.host(), name, AtFlags::SYMLINK_NOFOLLOW)
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
