//! Files and directories by path. A path leads nowhere but beneath the directory that it starts from (see `sandbox`).
//!
//! Every function here also fails with `badf` if a descriptor is not open, `notcapable` if it lacks the right of the
//! function's name or the path would lead out of its directory, `notdir` if it is no directory, and with the errors of
//! `PathBuffer::read` for the path.

use super::fd::open_flags;
use crate::errno::{Error, Result};
use crate::fd_table::{self, Descriptor, Opened, get};
use crate::file::times;
use crate::memory;
use crate::sandbox::{self, Path, PathBuffer};
use rustix::fs::{AtFlags, Mode, OFlags};
use wexe_abi::types::*;

/// Creates a directory.
///
/// Errors: `exist`; `noent`; `rofs`; `acces`; `nospc`.
///
/// Source: `path_create_directory` in wasi_snapshot_preview1.witx.
pub fn path_create_directory(fd: Fd, path: Pointer, path_len: Size) -> Result<()> {
    let directory = get(fd, Rights::PATH_CREATE_DIRECTORY)?;
    let mut buffer = PathBuffer::new();
    let path = buffer.read(path, path_len)?;
    directory.require_writable()?;
    sandbox::create_directory(&directory, path)
}

/// The attributes of a file or directory; of a link itself unless `flags` say to follow it.
///
/// Errors: `noent`; `loop`; `acces`.
///
/// Source: `path_filestat_get` in wasi_snapshot_preview1.witx.
pub fn path_filestat_get(fd: Fd, flags: Lookupflags, path: Pointer, path_len: Size) -> Result<Filestat> {
    let directory = get(fd, Rights::PATH_FILESTAT_GET)?;
    let mut buffer = PathBuffer::new();
    let path = buffer.read(path, path_len)?;
    sandbox::stat(&directory, path, follows(flags))
}

/// Sets the times of a file or directory; of a link itself unless `flags` say to follow it.
///
/// Errors: `noent`; `loop`; `rofs`; `acces`; `perm`; `inval` for a time that is to be two things.
///
/// Source: `path_filestat_set_times` in wasi_snapshot_preview1.witx.
pub fn path_filestat_set_times(
    fd: Fd,
    flags: Lookupflags,
    path: Pointer,
    path_len: Size,
    atim: Timestamp,
    mtim: Timestamp,
    fst_flags: Fstflags,
) -> Result<()> {
    let directory = get(fd, Rights::PATH_FILESTAT_SET_TIMES)?;
    let mut buffer = PathBuffer::new();
    let path = buffer.read(path, path_len)?;
    let times = times(atim, mtim, fst_flags)?;
    directory.require_writable()?;
    sandbox::set_times(&directory, path, follows(flags), &times)
}

/// Creates a hard link to a file, or to a symbolic link itself.
///
/// Errors: `exist`; `noent`; `perm` for a directory; `inval` if symbolic links are to be followed; `rofs` (also for a
/// source that the program may not change: a link elsewhere would let it); `xdev`; `mlink`.
///
/// Source: `path_link` in wasi_snapshot_preview1.witx.
pub fn path_link(
    old_fd: Fd,
    old_flags: Lookupflags,
    old_path: Pointer,
    old_path_len: Size,
    new_fd: Fd,
    new_path: Pointer,
    new_path_len: Size,
) -> Result<()> {
    let old_directory = get(old_fd, Rights::PATH_LINK_SOURCE)?;
    let new_directory = get(new_fd, Rights::PATH_LINK_TARGET)?;
    let (mut old_buffer, mut new_buffer) = (PathBuffer::new(), PathBuffer::new());
    let old_path = old_buffer.read(old_path, old_path_len)?;
    let new_path = new_buffer.read(new_path, new_path_len)?;
    if follows(old_flags) {
        return Err(Errno::Inval.into());
    }
    old_directory.require_writable()?;
    new_directory.require_writable()?;
    sandbox::link(&old_directory, old_path, &new_directory, new_path)
}

/// Opens a file or directory and perhaps creates it: its descriptor, the lowest that is free.
///
/// It is opened for reading and for writing as far as the rights asked for say; it has those that the directory passes
/// on.
///
/// Errors: `noent`; `exist`; `isdir`; `loop` for a symbolic link unless `dirflags` say to follow it; `rofs`; `acces`;
/// `inval` to create a directory; `notcapable` to create without the right `path_create_file` or to truncate without
/// `path_filestat_set_size`; `mfile`.
///
/// Source: `path_open` in wasi_snapshot_preview1.witx.
#[expect(clippy::too_many_arguments, reason = "as the specification has them")]
pub fn path_open(
    fd: Fd,
    dirflags: Lookupflags,
    path: Pointer,
    path_len: Size,
    oflags: Oflags,
    fs_rights_base: Rights,
    fs_rights_inheriting: Rights,
    fdflags: Fdflags,
) -> Result<Fd> {
    let directory = get(fd, Rights::PATH_OPEN)?;
    let mut buffer = PathBuffer::new();
    let path = buffer.read(path, path_len)?;
    let mut base = fs_rights_base.intersection(directory.rights_inheriting);
    let inheriting = fs_rights_inheriting.intersection(directory.rights_inheriting);
    let mut flags = OFlags::NOCTTY | open_flags(fdflags);
    for (flag, host_flag, right) in [
        (Oflags::CREAT, OFlags::CREATE, Rights::PATH_CREATE_FILE),
        (Oflags::DIRECTORY, OFlags::DIRECTORY, Rights::NONE),
        (Oflags::EXCL, OFlags::EXCL, Rights::NONE),
        (Oflags::TRUNC, OFlags::TRUNC, Rights::PATH_FILESTAT_SET_SIZE),
    ] {
        if oflags.contains(flag) {
            directory.require(right)?;
            flags |= host_flag;
        }
    }
    if oflags.contains(Oflags::CREAT.union(Oflags::DIRECTORY)) {
        // Linux would create a file.
        return Err(Errno::Inval.into());
    }
    if !follows(dirflags) {
        flags |= OFlags::NOFOLLOW;
    }
    let writes = base.contains(Rights::FD_WRITE);
    flags |= match (base.intersects(Rights::FD_READ.union(Rights::FD_READDIR)), writes) {
        (true, true) => OFlags::RDWR,
        (false, true) => OFlags::WRONLY,
        (_, false) => OFlags::RDONLY,
    };
    if !writes {
        base = base.difference(Rights::FD_ALLOCATE.union(Rights::FD_FILESTAT_SET_SIZE));
    }
    let opened = if directory.read_only {
        open_read_only(&directory, &path, flags)?
    } else {
        // Less what the process's umask takes away. Without a file to create the kernel wants no mode.
        let mode = if flags.contains(OFlags::CREATE) { 0o666 } else { 0 };
        sandbox::open(&directory, &path, flags, Mode::from_raw_mode(mode))?
    };
    fd_table::insert(opened, base, inheriting, directory.read_only)
}

/// Opens beneath a directory that was given read-only, with the errors that a file system mounted read-only has.
fn open_read_only(directory: &Descriptor, path: &Path, flags: OFlags) -> Result<Opened> {
    let creates = flags.contains(OFlags::CREATE);
    let excludes = creates && flags.contains(OFlags::EXCL);
    let changes = flags.intersects(OFlags::TRUNC | OFlags::WRONLY | OFlags::RDWR);
    let harmless = flags.difference(OFlags::CREATE | OFlags::EXCL | OFlags::TRUNC | OFlags::RWMODE);
    match sandbox::open(directory, path, harmless, Mode::empty()) {
        Ok(_) if excludes => Err(Errno::Exist.into()),
        Ok(_) if changes => Err(Errno::Rofs.into()),
        Ok(opened) => Ok(opened),
        Err(Error(Errno::Noent)) if creates => Err(Errno::Rofs.into()),
        Err(error) => Err(error),
    }
}

/// Stores what a symbolic link holds, as much as fits: how many bytes.
///
/// Errors: `noent`; `inval` if it is no link; `fault`; `acces`.
///
/// Source: `path_readlink` in wasi_snapshot_preview1.witx.
pub fn path_readlink(fd: Fd, path: Pointer, path_len: Size, buf: Pointer, buf_len: Size) -> Result<Size> {
    let directory = get(fd, Rights::PATH_READLINK)?;
    let mut buffer = PathBuffer::new();
    let path = buffer.read(path, path_len)?;
    let contents = memory::bytes(buf, buf_len)?;
    sandbox::read_link(&directory, path, contents)
}

/// Removes an empty directory.
///
/// Errors: `notempty`; `noent`; `notdir`; `inval` for `.`; `rofs`; `acces`; `busy`.
///
/// Source: `path_remove_directory` in wasi_snapshot_preview1.witx.
pub fn path_remove_directory(fd: Fd, path: Pointer, path_len: Size) -> Result<()> {
    remove(get(fd, Rights::PATH_REMOVE_DIRECTORY)?, path, path_len, AtFlags::REMOVEDIR)
}

/// Renames a file or directory; what has the new name is replaced in the same step.
///
/// Errors: `noent`; `exist`; `isdir`; `notdir`; `notempty`; `inval` to move a directory into itself; `busy`; `rofs`;
/// `xdev`; `acces`.
///
/// Source: `path_rename` in wasi_snapshot_preview1.witx.
pub fn path_rename(
    fd: Fd,
    old_path: Pointer,
    old_path_len: Size,
    new_fd: Fd,
    new_path: Pointer,
    new_path_len: Size,
) -> Result<()> {
    let old_directory = get(fd, Rights::PATH_RENAME_SOURCE)?;
    let new_directory = get(new_fd, Rights::PATH_RENAME_TARGET)?;
    let (mut old_buffer, mut new_buffer) = (PathBuffer::new(), PathBuffer::new());
    let old_path = old_buffer.read(old_path, old_path_len)?;
    let new_path = new_buffer.read(new_path, new_path_len)?;
    old_directory.require_writable()?;
    new_directory.require_writable()?;
    sandbox::rename(&old_directory, old_path, &new_directory, new_path)
}

/// Creates a symbolic link that holds `old_path`, which may lead out of the directory: whoever follows it from here is
/// stopped.
///
/// Errors: `exist`; `noent`; `rofs`; `notcapable` if `old_path` is absolute; `nospc`.
///
/// Source: `path_symlink` in wasi_snapshot_preview1.witx.
pub fn path_symlink(
    old_path: Pointer,
    old_path_len: Size,
    fd: Fd,
    new_path: Pointer,
    new_path_len: Size,
) -> Result<()> {
    let directory = get(fd, Rights::PATH_SYMLINK)?;
    let (mut old_buffer, mut new_buffer) = (PathBuffer::new(), PathBuffer::new());
    let contents = old_buffer.read(old_path, old_path_len)?;
    let new_path = new_buffer.read(new_path, new_path_len)?;
    directory.require_writable()?;
    sandbox::create_link(&directory, new_path, &contents)
}

/// Removes a file or a link.
///
/// Errors: `noent`; `isdir`; `notdir` for a file with a slash after its name; `rofs`; `acces`; `busy`.
///
/// Source: `path_unlink_file` in wasi_snapshot_preview1.witx.
pub fn path_unlink_file(fd: Fd, path: Pointer, path_len: Size) -> Result<()> {
    remove(get(fd, Rights::PATH_UNLINK_FILE)?, path, path_len, AtFlags::empty())
}

fn remove(directory: Descriptor, path: Pointer, path_len: Size, flags: AtFlags) -> Result<()> {
    let mut buffer = PathBuffer::new();
    let path = buffer.read(path, path_len)?;
    directory.require_writable()?;
    sandbox::remove(&directory, path, flags)
}

fn follows(flags: Lookupflags) -> bool {
    flags.contains(Lookupflags::SYMLINK_FOLLOW)
}
