//! Descriptors: reading, writing, seeking, attributes, directories' entries.

use crate::errno::Result;
use crate::fd_table::{self, Descriptor, get};
use crate::file;
use crate::memory::{self, Bytes};
use rustix::fs::{OFlags, SeekFrom};
use wexe_abi::types::*;

/// Tells the kernel how a part of a file will be used.
///
/// Errors: `badf`; `notcapable` without the right `fd_advise`; `inval` for a place beyond 2⁶³; `spipe` for a pipe.
///
/// Source: `fd_advise` in wasi_snapshot_preview1.witx.
pub fn fd_advise(fd: Fd, offset: Filesize, len: Filesize, advice: Advice) -> Result<()> {
    let descriptor = get(fd, Rights::FD_ADVISE)?;
    if offset > i64::MAX as u64 || len > i64::MAX as u64 {
        return Err(Errno::Inval.into());
    }
    file::advise(&descriptor, offset, len, advice)
}

/// Makes sure that a file has room for `len` bytes at `offset`; it may grow and never shrinks.
///
/// Errors: `badf`; `notcapable` without the right `fd_allocate`; `rofs`; `inval` for no length or a place beyond 2⁶³;
/// `nospc`; `fbig`; `notsup` if the file system cannot.
///
/// Source: `fd_allocate` in wasi_snapshot_preview1.witx.
pub fn fd_allocate(fd: Fd, offset: Filesize, len: Filesize) -> Result<()> {
    let descriptor = get(fd, Rights::FD_ALLOCATE)?;
    descriptor.require_writable()?;
    file::allocate(&descriptor, offset, len)
}

/// Closes a descriptor, one that the program was given too.
///
/// Errors: `badf`; what the host finds out only now, like `io`: the descriptor is closed all the same.
///
/// Source: `fd_close` in wasi_snapshot_preview1.witx.
pub fn fd_close(fd: Fd) -> Result<()> {
    fd_table::close(fd)
}

/// Waits until a file's data is on the disk.
///
/// Errors: `badf`; `notcapable` without the right `fd_datasync`; `io`; `inval` for what cannot be synchronised.
///
/// Source: `fd_datasync` in wasi_snapshot_preview1.witx.
pub fn fd_datasync(fd: Fd) -> Result<()> {
    file::synchronise(&get(fd, Rights::FD_DATASYNC)?, true)
}

/// The kind, flags and rights of a descriptor.
///
/// A terminal has neither `fd_seek` nor `fd_tell`: that is how C libraries know one (`isatty`).
///
/// Errors: `badf`.
///
/// Source: `fd_fdstat_get` in wasi_snapshot_preview1.witx.
pub fn fd_fdstat_get(fd: Fd) -> Result<Fdstat> {
    let filetype = fd_table::filetype(fd)?;
    let descriptor = fd_table::find(fd)?;
    let seek = Rights::FD_SEEK.union(Rights::FD_TELL);
    let rights = descriptor.rights_base;
    let rights = match filetype {
        Filetype::Directory => rights.intersection(fd_table::DIRECTORY),
        Filetype::RegularFile => rights.intersection(fd_table::FILE),
        Filetype::CharacterDevice if file::is_terminal(&descriptor) => rights.difference(seek),
        _ => rights,
    };
    Ok(Fdstat {
        fs_filetype: filetype as u8,
        padding0: 0,
        fs_flags: flags(&descriptor)?.0,
        padding1: 0,
        fs_rights_base: rights.0,
        fs_rights_inheriting: descriptor.rights_inheriting.0,
    })
}

/// Turns `append` and `nonblock` on or off. How writes are synchronised is settled when a file is opened.
///
/// Errors: `badf`; `notcapable` without the right `fd_fdstat_set_flags`; `inval` for unknown flags; `notsup` if the
/// synchronisation flags are not those that the descriptor has.
///
/// Source: `fd_fdstat_set_flags` in wasi_snapshot_preview1.witx.
pub fn fd_fdstat_set_flags(fd: Fd, new: Fdflags) -> Result<()> {
    let descriptor = get(fd, Rights::FD_FDSTAT_SET_FLAGS)?;
    let settable = Fdflags::APPEND.union(Fdflags::NONBLOCK);
    let synchronisation = new.difference(settable);
    if synchronisation != Fdflags::NONE && synchronisation != flags(&descriptor)?.difference(settable) {
        return Err(Errno::Notsup.into());
    }
    file::set_flags(&descriptor, open_flags(new.intersection(settable)))
}

/// Takes rights away from a descriptor, for good.
///
/// Errors: `badf`; `notcapable` if a right is among those to keep that the descriptor does not have.
///
/// Source: `fd_fdstat_set_rights` in wasi_snapshot_preview1.witx.
pub fn fd_fdstat_set_rights(fd: Fd, fs_rights_base: Rights, fs_rights_inheriting: Rights) -> Result<()> {
    fd_table::shrink_rights(fd, fs_rights_base, fs_rights_inheriting)
}

/// The attributes of an open file.
///
/// Errors: `badf`; `notcapable` without the right `fd_filestat_get`.
///
/// Source: `fd_filestat_get` in wasi_snapshot_preview1.witx.
pub fn fd_filestat_get(fd: Fd) -> Result<Filestat> {
    file::stat(fd, &get(fd, Rights::FD_FILESTAT_GET)?)
}

/// Cuts a file off at `size` or extends it with zeros.
///
/// Errors: `badf`; `notcapable` without the right `fd_filestat_set_size`; `rofs`; `inval` for a size beyond 2⁶³ or what
/// is no file; `fbig`.
///
/// Source: `fd_filestat_set_size` in wasi_snapshot_preview1.witx.
pub fn fd_filestat_set_size(fd: Fd, size: Filesize) -> Result<()> {
    let descriptor = get(fd, Rights::FD_FILESTAT_SET_SIZE)?;
    descriptor.require_writable()?;
    file::set_size(&descriptor, size)
}

/// Sets a file's times of access and modification, each to a time or to now, or leaves it.
///
/// Errors: `badf`; `notcapable` without the right `fd_filestat_set_times`; `rofs`; `inval` for a time that is to be two
/// things.
///
/// Source: `fd_filestat_set_times` in wasi_snapshot_preview1.witx.
pub fn fd_filestat_set_times(fd: Fd, atim: Timestamp, mtim: Timestamp, fst_flags: Fstflags) -> Result<()> {
    let descriptor = get(fd, Rights::FD_FILESTAT_SET_TIMES)?;
    descriptor.require_writable()?;
    file::set_times(&descriptor, &file::times(atim, mtim, fst_flags)?)
}

/// Reads from `offset` on into the array of `iovs_len` vectors at `iovs`, and leaves the descriptor's own place alone.
///
/// Errors: as [`fd_read`], which needs the right `fd_seek` too; `spipe`; `inval` for a place beyond 2⁶³.
///
/// Source: `fd_pread` in wasi_snapshot_preview1.witx.
pub fn fd_pread(fd: Fd, iovs: Pointer, iovs_len: Size, offset: Filesize) -> Result<Size> {
    let descriptor = get(fd, Rights::FD_READ.union(Rights::FD_SEEK))?;
    file::read(&descriptor, iovs, iovs_len, Some(offset))
}

/// What was given to the program as `fd`: a directory, and how long its name is.
///
/// Errors: `badf` if nothing was given as `fd`, or it was closed.
///
/// Source: `fd_prestat_get` in wasi_snapshot_preview1.witx.
pub fn fd_prestat_get(fd: Fd) -> Result<Prestat> {
    let name = fd_table::find(fd)?.preopen.ok_or(Errno::Badf)?;
    Ok(Prestat { tag: 0, pr_name_len: name.len() as Size })
}

/// Stores the name of a directory that was given to the program, without a NUL.
///
/// Errors: `badf` if nothing was given as `fd`; `nametoolong` if the name has more than `path_len` bytes; `fault`.
///
/// Source: `fd_prestat_dir_name` in wasi_snapshot_preview1.witx.
pub fn fd_prestat_dir_name(fd: Fd, path: Pointer, path_len: Size) -> Result<()> {
    let name = fd_table::find(fd)?.preopen.ok_or(Errno::Badf)?;
    let buffer = memory::bytes(path, path_len)?;
    if buffer.copy_from(name) < name.len() {
        return Err(Errno::Nametoolong.into());
    }
    Ok(())
}

/// Writes the array of `iovs_len` vectors at `iovs` from `offset` on, and leaves the descriptor's own place alone.
///
/// Errors: as [`fd_write`], which needs the right `fd_seek` too; `spipe`; `inval` for a place beyond 2⁶³.
///
/// Source: `fd_pwrite` in wasi_snapshot_preview1.witx.
pub fn fd_pwrite(fd: Fd, iovs: Pointer, iovs_len: Size, offset: Filesize) -> Result<Size> {
    let descriptor = get(fd, Rights::FD_WRITE.union(Rights::FD_SEEK))?;
    file::write(&descriptor, iovs, iovs_len, Some(offset))
}

/// Reads into the array of `iovs_len` vectors at `iovs`: how many bytes, 0 at the end of the file.
///
/// Errors: `badf`; `notcapable` without the right `fd_read`; `fault` if a vector leaves memory; `isdir`; `again`; `io`.
///
/// Source: `fd_read` in wasi_snapshot_preview1.witx.
pub fn fd_read(fd: Fd, iovs: Pointer, iovs_len: Size) -> Result<Size> {
    let descriptor = get(fd, Rights::FD_READ)?;
    file::read(&descriptor, iovs, iovs_len, None)
}

/// Cookie of the first entry after `.` and `..`. From there on a cookie is the host's own position after an entry, and
/// this more.
const AFTER_DOTS: Dircookie = 2;

/// Stores the entries of a directory from `cookie` on, as many as fit: how many bytes. The last may be cut off; fewer
/// bytes than `buf_len` mean that there are no more entries.
///
/// `.` and `..` come first, whatever order the host has them in. A cookie stays good while other entries come and go,
/// because the host's positions do. The inode of `..` is not told (it is 0): the directory may be one that nothing
/// outside of is granted.
///
/// Errors: `badf`; `notcapable` without the right `fd_readdir`; `fault`; `notdir`; `inval` for a cookie that is none.
///
/// Source: `fd_readdir` in wasi_snapshot_preview1.witx.
pub fn fd_readdir(fd: Fd, buf: Pointer, buf_len: Size, cookie: Dircookie) -> Result<Size> {
    let descriptor = get(fd, Rights::FD_READDIR)?;
    let mut listing = Listing { buffer: memory::bytes(buf, buf_len)?, used: 0 };
    if fd_table::filetype(fd)? != Filetype::Directory {
        return Err(Errno::Notdir.into());
    }
    if cookie == 0 {
        listing.add(1, file::stat(fd, &descriptor)?.ino, Filetype::Directory, b".")?;
    }
    if cookie <= 1 {
        listing.add(AFTER_DOTS, 0, Filetype::Directory, b"..")?;
    }
    file::entries(&descriptor, cookie.saturating_sub(AFTER_DOTS), &mut |entry| {
        if listing.is_full() {
            return Ok(false);
        }
        listing.add(entry.next.saturating_add(AFTER_DOTS), entry.ino, entry.filetype, entry.name)?;
        Ok(!listing.is_full())
    })?;
    Ok(listing.used as Size)
}

/// Directory entries on their way to the guest.
struct Listing {
    buffer: Bytes,
    used: usize,
}

impl Listing {
    fn is_full(&self) -> bool {
        self.used == self.buffer.len()
    }

    /// Adds an entry, as much of it as fits.
    fn add(&mut self, next: Dircookie, ino: u64, filetype: Filetype, name: &[u8]) -> Result<()> {
        let d_namlen = name.len() as Size;
        let dirent = Dirent { d_next: next, d_ino: ino, d_namlen, d_type: filetype as u8, padding: [0; 3] };
        for bytes in [memory::bytes_of(&dirent), name] {
            let rest = self.buffer.part(self.used, self.buffer.len() - self.used)?;
            self.used += rest.copy_from(bytes);
        }
        Ok(())
    }
}

/// Closes `to` and moves `fd` there, in one step.
///
/// Errors: `badf` if either is not open.
///
/// Source: `fd_renumber` in wasi_snapshot_preview1.witx.
pub fn fd_renumber(fd: Fd, to: Fd) -> Result<()> {
    fd_table::renumber(fd, to)
}

/// Moves a descriptor's place in its file, perhaps beyond the end: the new place.
///
/// Errors: `badf`; `notcapable` without the right `fd_seek` (to ask for the place, `fd_tell` is enough); `isdir`;
/// `spipe`; `inval` for a place before the beginning.
///
/// Source: `fd_seek` in wasi_snapshot_preview1.witx.
pub fn fd_seek(fd: Fd, offset: Filedelta, whence: Whence) -> Result<Filesize> {
    let descriptor = fd_table::find(fd)?;
    let asks = offset == 0 && whence == Whence::Cur && descriptor.rights_base.contains(Rights::FD_TELL);
    if !asks {
        descriptor.require(Rights::FD_SEEK)?;
    }
    let target = match whence {
        Whence::Set => SeekFrom::Start(u64::try_from(offset).map_err(|_| Errno::Inval)?),
        Whence::Cur => SeekFrom::Current(offset),
        Whence::End => SeekFrom::End(offset),
    };
    seek(fd, &descriptor, target)
}

/// Linux seeks in directories too, but what it says there are cookies of [`fd_readdir`].
fn seek(fd: Fd, descriptor: &Descriptor, target: SeekFrom) -> Result<Filesize> {
    if fd_table::filetype(fd)? == Filetype::Directory {
        return Err(Errno::Isdir.into());
    }
    file::seek(descriptor, target)
}

/// Waits until a file's data and attributes are on the disk.
///
/// Errors: `badf`; `notcapable` without the right `fd_sync`; `io`; `inval` for what cannot be synchronised.
///
/// Source: `fd_sync` in wasi_snapshot_preview1.witx.
pub fn fd_sync(fd: Fd) -> Result<()> {
    file::synchronise(&get(fd, Rights::FD_SYNC)?, false)
}

/// A descriptor's place in its file.
///
/// Errors: `badf`; `notcapable` without the right `fd_tell`; `isdir`; `spipe`.
///
/// Source: `fd_tell` in wasi_snapshot_preview1.witx.
pub fn fd_tell(fd: Fd) -> Result<Filesize> {
    let descriptor = get(fd, Rights::FD_TELL)?;
    seek(fd, &descriptor, SeekFrom::Current(0))
}

/// Writes the array of `iovs_len` vectors at `iovs`: how many bytes.
///
/// Errors: `badf`; `notcapable` without the right `fd_write`; `fault` if a vector leaves memory; `again`; `pipe`;
/// `nospc`; `fbig`; `io`.
///
/// Source: `fd_write` in wasi_snapshot_preview1.witx.
pub fn fd_write(fd: Fd, iovs: Pointer, iovs_len: Size) -> Result<Size> {
    let descriptor = get(fd, Rights::FD_WRITE)?;
    file::write(&descriptor, iovs, iovs_len, None)
}

/// The flags that a descriptor has on the host.
fn flags(descriptor: &Descriptor) -> Result<Fdflags> {
    let host = file::flags(descriptor)?;
    let mut flags = Fdflags::NONE;
    for (flag, host_flag) in FLAGS {
        if host.contains(host_flag) {
            flags = flags.union(flag);
        }
    }
    Ok(flags)
}

/// The host's flags for opening with `flags`.
pub fn open_flags(flags: Fdflags) -> OFlags {
    let mut host = OFlags::empty();
    for (flag, host_flag) in FLAGS {
        if flags.contains(flag) {
            host |= host_flag;
        }
    }
    host
}

/// WASI's flags and Linux's. `O_SYNC` has the bit of `O_DSYNC` in it, and `O_RSYNC` is the same as `O_SYNC`. (rustix
/// has `O_SYNC` under the name of `O_DSYNC` too.)
const FLAGS: [(Fdflags, OFlags); 5] = [
    (Fdflags::APPEND, OFlags::APPEND),
    (Fdflags::DSYNC, OFlags::from_bits_retain(libc::O_DSYNC as u32)),
    (Fdflags::NONBLOCK, OFlags::NONBLOCK),
    (Fdflags::RSYNC, OFlags::RSYNC),
    (Fdflags::SYNC, OFlags::SYNC),
];
