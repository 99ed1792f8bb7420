//! Guest paths to host files. Nothing else in the runtime opens a path, and this is what keeps a program inside the
//! directories that it was given.
//!
//! Resolution is the kernel's: `openat2` with `RESOLVE_BENEATH` refuses whatever would leave the directory, at any
//! moment of the walk, so no race with another process can win. System calls that take a path and have no such mode get
//! only a final name instead, below a directory that was opened beneath. Those that create, remove or rename never
//! follow that name, not even before a trailing slash. Those that look something up do follow it before a slash, and
//! `.` and `..` can lead out, so for them such paths are opened as a whole ([`find`]).
//!
//! A socket that a program was given is named by a path of the host, which may lead through a directory that the
//! program can change. So the way there has no links, and to connect the kernel gets the path that `/proc` has of the
//! socket itself, which is open by then ([`SocketPath`]).

use crate::errno::{Error, Result, retry};
use crate::fd_table::{Descriptor, Host, Node, Opened};
use crate::file::filestat;
use crate::memory::Bytes;
use crate::socket::{self, Address};
use crate::{embed, memory, stderr, transfer};
use core::ffi::CStr;
use core::mem::MaybeUninit;
use rustix::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use rustix::fs::{AtFlags, Mode, OFlags, ResolveFlags, Timestamps};
use rustix::io::Errno as HostErrno;
use wexe_abi::types::{Errno, Filestat, Pointer, Size};

/// Longest path that Linux takes, with the NUL at its end.
pub const PATH_MAX: usize = libc::PATH_MAX as usize;

/// How often a walk that lost a race with a rename starts again before the program gets `again`.
const ATTEMPTS: usize = 1000;

/// Room for a path.
pub struct PathBuffer([MaybeUninit<u8>; PATH_MAX]);

impl PathBuffer {
    pub const fn new() -> PathBuffer {
        PathBuffer([const { MaybeUninit::uninit() }; PATH_MAX])
    }

    /// Copies the guest's path here, where the guest cannot change it any more.
    ///
    /// Errors: as [`PathBuffer::read_any`]; `notcapable` if it is absolute.
    pub fn read(&mut self, address: Pointer, len: Size) -> Result<Path<'_>> {
        let path = self.read_any(address, len)?;
        if path.0.first() == Some(&b'/') { Err(Errno::Notcapable.into()) } else { Ok(path) }
    }

    /// As [`PathBuffer::read`], but of any path.
    ///
    /// Errors: `fault`; `nametoolong`; `inval` for a NUL in it, `ilseq` for anything that is not UTF-8, `noent` if it
    /// is empty.
    pub fn read_any(&mut self, address: Pointer, len: Size) -> Result<Path<'_>> {
        let guest = memory::bytes(address, len)?;
        if guest.len() >= PATH_MAX {
            return Err(Errno::Nametoolong.into());
        }
        let (copy, end) = self.0.split_at_mut(guest.len());
        let copy = guest.copy_to_uninit(copy);
        if copy.contains(&0) {
            return Err(Errno::Inval.into());
        }
        if core::str::from_utf8(copy).is_err() {
            return Err(Errno::Ilseq.into());
        }
        if copy.is_empty() {
            return Err(Errno::Noent.into());
        }
        if let Some(end) = end.first_mut() {
            end.write(0);
        }
        // SAFETY: `len` bytes were copied and a NUL was put behind them.
        Ok(Path(unsafe { core::slice::from_raw_parts_mut(self.0.as_mut_ptr().cast(), guest.len() + 1) }))
    }
}

/// A relative path: UTF-8, not empty, a NUL only at its end.
pub struct Path<'a>(&'a mut [u8]);

impl<'a> Path<'a> {
    /// A path that the runtime put together, with a NUL at its end; `.` if it is empty.
    pub fn new(bytes: &'a mut [u8; PATH_MAX]) -> Path<'a> {
        if let [first @ 0, second, ..] = bytes {
            (*first, *second) = (b'.', 0);
        }
        let end = bytes.iter().position(|&byte| byte == 0).map_or(PATH_MAX, |end| end + 1);
        Path(bytes.get_mut(..end).unwrap_or_default())
    }

    pub fn as_c_str(&self) -> &CStr {
        c_str(self.0)
    }

    fn as_bytes(&self) -> &[u8] {
        self.as_c_str().to_bytes()
    }

    /// Where its last component begins and ends (before the slashes that may follow it).
    fn last_component(&self) -> (usize, usize) {
        let is_separator = |&byte: &u8| byte == b'/' || byte == 0;
        let end = self.0.iter().rposition(|byte| !is_separator(byte)).map_or(0, |last| last + 1);
        let before = self.0.get(..end).unwrap_or_default();
        let start = before.iter().rposition(is_separator).map_or(0, |separator| separator + 1);
        (start, end)
    }

    /// Whether it can only name a directory, one that the kernel would walk into: it ends with `/`, `.` or `..`.
    fn names_directory(&self) -> bool {
        let (start, end) = self.last_component();
        end + 1 < self.0.len() || is_dots(self.0.get(start..end).unwrap_or_default())
    }

    /// The path of the parent directory, if it has one, and the last component with the slashes that follow it.
    fn split(self) -> (Option<&'a CStr>, &'a CStr) {
        let (start, _) = self.last_component();
        let Some(separator) = start.checked_sub(1) else {
            return (None, c_str(self.0));
        };
        if let Some(byte) = self.0.get_mut(separator) {
            *byte = 0;
        }
        let (parent, name) = self.0.split_at_mut_checked(start).unwrap_or_default();
        (Some(c_str(parent)), c_str(name))
    }
}

fn c_str(bytes: &[u8]) -> &CStr {
    CStr::from_bytes_until_nul(bytes).unwrap_or_default()
}

fn is_dots(name: &[u8]) -> bool {
    name == b"." || name == b".."
}

/// An open directory and a name in it.
pub struct Place<'a> {
    directory: Directory,
    /// One component, perhaps with slashes after it. Empty: the place is what `directory` is.
    pub name: &'a CStr,
}

enum Directory {
    Given(Host),
    Opened(OwnedFd),
}

impl Place<'_> {
    /// Whether it is open already, because its path said that it is a directory or because links were to be followed.
    fn is_open(&self) -> bool {
        self.name.is_empty()
    }

    /// Flags for system calls that take a name: not to follow it.
    fn flags(&self) -> AtFlags {
        if self.is_open() { AtFlags::EMPTY_PATH } else { AtFlags::SYMLINK_NOFOLLOW }
    }
}

impl AsFd for Place<'_> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match &self.directory {
            Directory::Given(directory) => directory.as_fd(),
            Directory::Opened(directory) => directory.as_fd(),
        }
    }
}

/// Opens `path` beneath `directory`, and creates it if `flags` say so.
pub fn open(directory: &Descriptor, path: &Path, flags: OFlags, mode: Mode) -> Result<Opened> {
    match directory.node() {
        Node::Host(host) => Ok(Opened::Host(open_beneath(host.as_fd(), path.as_c_str(), flags, mode)?)),
        Node::Embedded(start) => Ok(Opened::Embedded(embed::files().open(start, path.as_bytes(), flags)?)),
    }
}

fn open_beneath(directory: BorrowedFd, path: &CStr, flags: OFlags, mode: Mode) -> Result<OwnedFd> {
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
    let flags = flags | OFlags::CLOEXEC;
    for _ in 0..ATTEMPTS {
        match retry(|| rustix::fs::openat2(directory, path, flags, mode, resolve)) {
            Ok(opened) => return Ok(opened),
            Err(HostErrno::AGAIN) => {}
            Err(HostErrno::XDEV) => return Err(Errno::Notcapable.into()),
            Err(HostErrno::NOSYS) => stderr::fail(
                &[b"directories need the system call openat2 (Linux 5.6 or later), which is not available"],
                1,
            ),
            Err(errno) => return Err(errno.into()),
        }
    }
    Err(Errno::Again.into())
}

/// Where `path` beneath `directory` is to be created, removed or renamed.
fn place(directory: Host, path: Path<'_>) -> Result<Place<'_>> {
    let (start, end) = path.last_component();
    if is_dots(path.0.get(start..end).unwrap_or_default()) {
        // The kernel refuses to do any of that to `.`, and the right errno is its own.
        let flags = OFlags::PATH | OFlags::DIRECTORY;
        let opened = open_beneath(directory.as_fd(), path.as_c_str(), flags, Mode::empty())?;
        return Ok(Place { directory: Directory::Opened(opened), name: c"." });
    }
    let (parent, name) = path.split();
    let directory = match parent {
        None => Directory::Given(directory),
        Some(parent) => {
            let flags = OFlags::PATH | OFlags::DIRECTORY;
            Directory::Opened(open_beneath(directory.as_fd(), parent, flags, Mode::empty())?)
        }
    };
    Ok(Place { directory, name })
}

/// Where what is at `path` beneath `directory` can be looked at or changed; `follow` a link that it may be.
fn find(directory: Host, path: Path<'_>, follow: bool) -> Result<Place<'_>> {
    if follow || path.names_directory() {
        let opened = open_beneath(directory.as_fd(), path.as_c_str(), OFlags::PATH, Mode::empty())?;
        return Ok(Place { directory: Directory::Opened(opened), name: c"" });
    }
    place(directory, path)
}

/// Creates the directory `path`.
pub fn create_directory(directory: &Descriptor, path: Path) -> Result<()> {
    let host = match directory.node() {
        Node::Host(host) => host,
        Node::Embedded(start) => return embed::files().create_directory(start, path.as_bytes()),
    };
    let place = place(host, path)?;
    // Less what the process's umask takes away.
    rustix::fs::mkdirat(&place, place.name, Mode::from_raw_mode(0o777))?;
    Ok(())
}

/// Creates the symbolic link `path`, which holds `contents`.
pub fn create_link(directory: &Descriptor, path: Path, contents: &Path) -> Result<()> {
    let host = match directory.node() {
        Node::Host(host) => host,
        Node::Embedded(start) => {
            return embed::files().create_link(start, path.as_bytes(), contents.as_bytes());
        }
    };
    let place = place(host, path)?;
    rustix::fs::symlinkat(contents.as_c_str(), &place, place.name)?;
    Ok(())
}

/// The attributes of what is at `path`; `follow` a link that it may be.
pub fn stat(directory: &Descriptor, path: Path, follow: bool) -> Result<Filestat> {
    let host = match directory.node() {
        Node::Host(host) => host,
        Node::Embedded(start) => return embed::files().stat_at(start, path.as_bytes(), follow),
    };
    let place = find(host, path, follow)?;
    filestat(&rustix::fs::statat(&place, place.name, place.flags())?)
}

/// Sets the times of what is at `path`; `follow` a link that it may be.
pub fn set_times(directory: &Descriptor, path: Path, follow: bool, times: &Timestamps) -> Result<()> {
    let host = match directory.node() {
        Node::Host(host) => host,
        Node::Embedded(start) => return embed::files().set_times_at(start, path.as_bytes(), follow, times),
    };
    let place = find(host, path, follow)?;
    rustix::fs::utimensat(&place, place.name, times, place.flags())?;
    Ok(())
}

/// Gives the file `old` a second name.
pub fn link(old_directory: &Descriptor, old: Path, new_directory: &Descriptor, new: Path) -> Result<()> {
    let (old_host, new_host) = match (old_directory.node(), new_directory.node()) {
        (Node::Host(old), Node::Host(new)) => (old, new),
        (Node::Embedded(from), Node::Embedded(to)) => {
            return embed::files().link_at((from, old.as_bytes()), (to, new.as_bytes()));
        }
        _ => return Err(Errno::Xdev.into()),
    };
    let old = find(old_host, old, false)?;
    let new = place(new_host, new)?;
    if old.is_open() {
        // Its path says that it is a directory.
        return Err(Errno::Perm.into());
    }
    rustix::fs::linkat(&old, old.name, &new, new.name, AtFlags::empty())?;
    Ok(())
}

/// Stores what the symbolic link `path` holds, as much as fits: how many bytes.
pub fn read_link(directory: &Descriptor, path: Path, contents: Bytes) -> Result<Size> {
    let host = match directory.node() {
        Node::Host(host) => host,
        Node::Embedded(start) => {
            let mut len = 0;
            embed::files().read_link(start, path.as_bytes(), &mut |all| len = contents.copy_from(all))?;
            return Ok(len as Size);
        }
    };
    let link = find(host, path, false)?;
    if link.is_open() {
        return Err(Errno::Inval.into());
    }
    if contents.is_empty() {
        // Linux takes no empty buffer, but has other errors to tell.
        rustix::fs::readlinkat_raw(&link, link.name, &mut [MaybeUninit::uninit(); 1])?;
        return Ok(0);
    }
    transfer::read_link(&link, contents)
}

/// Stores what the symbolic link `path` holds, as much as fits: how many bytes; `None` if it is no link.
pub fn link_contents(directory: &Descriptor, path: Path, contents: &mut [u8]) -> Result<Option<usize>> {
    let found = match directory.node() {
        Node::Host(host) => {
            let link = find(host, path, false)?;
            rustix::fs::readlinkat_raw(&link, link.name, contents).map_err(Error::from)
        }
        Node::Embedded(start) => {
            let mut len = 0;
            let mut copy = |all: &[u8]| {
                len = all.len().min(contents.len());
                contents.iter_mut().zip(all).for_each(|(to, from)| *to = *from);
            };
            embed::files().read_link(start, path.as_bytes(), &mut copy).map(|()| len)
        }
    };
    match found {
        Ok(len) => Ok(Some(len)),
        Err(Error(Errno::Inval)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Removes a file or a link, or with the flag `REMOVEDIR` an empty directory.
pub fn remove(directory: &Descriptor, path: Path, flags: AtFlags) -> Result<()> {
    let host = match directory.node() {
        Node::Host(host) => host,
        Node::Embedded(start) => {
            let is_directory = flags.contains(AtFlags::REMOVEDIR);
            return embed::files().remove(start, path.as_bytes(), is_directory);
        }
    };
    let place = place(host, path)?;
    rustix::fs::unlinkat(&place, place.name, flags)?;
    Ok(())
}

/// Renames `old` to `new`, which is replaced.
pub fn rename(old_directory: &Descriptor, old: Path, new_directory: &Descriptor, new: Path) -> Result<()> {
    let (old_host, new_host) = match (old_directory.node(), new_directory.node()) {
        (Node::Host(old), Node::Host(new)) => (old, new),
        (Node::Embedded(from), Node::Embedded(to)) => {
            return embed::files().rename_at((from, old.as_bytes()), (to, new.as_bytes()));
        }
        _ => return Err(Errno::Xdev.into()),
    };
    let old = place(old_host, old)?;
    let new = place(new_host, new)?;
    rustix::fs::renameat(&old, old.name, &new, new.name)?;
    Ok(())
}

/// Opens something that the program is given, by a path of the host.
pub fn open_granted(path: &[u8], flags: OFlags) -> rustix::io::Result<OwnedFd> {
    let mut buffer = [0; PATH_MAX];
    let (copy, end) = buffer.split_at_mut_checked(path.len()).ok_or(HostErrno::NAMETOOLONG)?;
    if end.is_empty() {
        return Err(HostErrno::NAMETOOLONG);
    }
    copy.copy_from_slice(path);
    let flags = flags | OFlags::CLOEXEC | OFlags::NOCTTY;
    retry(|| rustix::fs::openat(rustix::fs::CWD, c_str(&buffer), flags, Mode::from_raw_mode(0o666)))
}

/// Opens a file of the machine's configuration, which the runtime reads itself. It lies above descriptor 2.
pub fn open_configuration(path: &CStr) -> rustix::io::Result<OwnedFd> {
    let file = retry(|| rustix::fs::openat(rustix::fs::CWD, path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()))?;
    if file.as_raw_fd() <= 2 { rustix::io::fcntl_dupfd_cloexec(&file, 3) } else { Ok(file) }
}

/// The path of a socket that the program was given, with a NUL at its end.
pub struct SocketPath([u8; socket::PATH_MAX]);

impl SocketPath {
    /// `None` if it is too long for an address.
    pub fn new(path: &[u8]) -> Option<SocketPath> {
        let mut copy = [0; socket::PATH_MAX];
        copy.get_mut(..path.len()).filter(|_| path.len() < socket::PATH_MAX)?.copy_from_slice(path);
        Some(SocketPath(copy))
    }

    fn as_c_str(&self) -> &CStr {
        c_str(&self.0)
    }

    /// Finds the socket: what names it for as long as the descriptor is open.
    pub fn find(&self) -> Result<(OwnedFd, Address)> {
        let socket = open_without_links(self.as_c_str(), OFlags::PATH)?;
        let mut name = [0; 32];
        let address = Address::unix(descriptor_path(socket.as_raw_fd(), &mut name)).ok_or(Errno::Nametoolong)?;
        Ok((socket, address))
    }

    /// The address to make a socket at, if the way there has no links.
    pub fn place(&self) -> Result<Address> {
        let path = self.as_c_str().to_bytes();
        let mut parent = [0; socket::PATH_MAX];
        let directory = match path.iter().rposition(|&byte| byte == b'/') {
            None => c".",
            Some(slash) => {
                // The slash is part of it, so the root has a name.
                for (to, from) in parent.iter_mut().zip(path.iter().take(slash + 1)) {
                    *to = *from;
                }
                c_str(&parent)
            }
        };
        open_without_links(directory, OFlags::PATH | OFlags::DIRECTORY)?;
        Ok(Address::unix(path).ok_or(Errno::Nametoolong)?)
    }
}

fn open_without_links(path: &CStr, flags: OFlags) -> Result<OwnedFd> {
    let (flags, resolve) = (flags | OFlags::CLOEXEC, ResolveFlags::NO_SYMLINKS);
    Ok(retry(|| rustix::fs::openat2(rustix::fs::CWD, path, flags, Mode::empty(), resolve))?)
}

/// The path by which the process itself reaches a descriptor.
fn descriptor_path(fd: i32, buffer: &mut [u8; 32]) -> &[u8] {
    const DIRECTORY: &[u8] = b"/proc/self/fd/";
    let (mut digits, mut first, mut number) = ([0; 10], 10_usize, fd.unsigned_abs());
    while let Some(digit) = first.checked_sub(1).and_then(|index| digits.get_mut(index)).filter(|_| number > 0) {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
        first -= 1;
    }
    let path = DIRECTORY.iter().chain(digits.get(first..).unwrap_or_default());
    let len = buffer.iter_mut().zip(path).map(|(to, from)| *to = *from).count();
    buffer.get(..len).unwrap_or_default()
}
