//! The guest's file descriptors: numbers to host descriptors, with the rights that go with them.
//!
//! Guest numbers are never host numbers, so a program can name nothing that was not put into this table. The host
//! descriptors 0, 1 and 2 stay what they were when the process started, even if the guest (or whoever started the
//! process) closed them: no file that is opened later ever gets one of these numbers, so a message of the runtime, or a
//! write to a standard stream that was closed, cannot end up in it.
//!
//! Directories that the program was given are put here at start, if it has functions for them.

use crate::errno::{Error, Result, from_linux};
use crate::{arch, embed};
use core::cell::UnsafeCell;
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};
use rustix::fd::{AsFd, AsRawFd, BorrowedFd, IntoRawFd, OwnedFd};
use rustix::fs::FileType;
use wexe_abi::types::{Errno, Fd, Filetype, Rights, Size};

/// Most descriptors that a guest can have open. The table is never touched beyond what is used.
pub const CAPACITY: usize = 1 << 16;

/// What may be done with standard input.
const STDIN: Rights = STREAM.union(Rights::FD_READ);
/// What may be done with standard output and standard error.
const STDOUT: Rights = STREAM
    .union(Rights::FD_WRITE)
    .union(Rights::FD_DATASYNC)
    .union(Rights::FD_SYNC)
    .union(Rights::FD_ALLOCATE)
    .union(Rights::FD_FILESTAT_SET_SIZE);
const STREAM: Rights = Rights::FD_SEEK
    .union(Rights::FD_TELL)
    .union(Rights::FD_FDSTAT_SET_FLAGS)
    .union(Rights::FD_ADVISE)
    .union(Rights::FD_FILESTAT_GET)
    .union(Rights::FD_FILESTAT_SET_TIMES)
    .union(Rights::POLL_FD_READWRITE)
    .union(Rights::SOCK_SHUTDOWN)
    .union(Rights::SOCK_ACCEPT);

/// A descriptor of the host.
#[derive(Clone, Copy)]
pub struct Host(i32);

impl AsFd for Host {
    fn as_fd(&self) -> BorrowedFd<'_> {
        // SAFETY: it is open for as long as the table has it; a stream that is closed on the host is only refused.
        unsafe { BorrowedFd::borrow_raw(self.0) }
    }
}

/// What a descriptor refers to.
#[derive(Clone, Copy)]
pub enum Node {
    Host(Host),
    /// An open file of a tree inside the executable.
    Embedded(embed::Handle),
}

/// What was opened and has no descriptor yet.
pub enum Opened {
    Host(OwnedFd),
    Embedded(embed::Open),
}

impl From<OwnedFd> for Opened {
    fn from(host: OwnedFd) -> Opened {
        Opened::Host(host)
    }
}

/// What a guest descriptor stands for.
#[derive(Clone, Copy)]
pub struct Descriptor {
    /// A descriptor of the host, or negative: a handle of an embedded file. So small because every program has this.
    number: i32,
    /// `Unknown` until someone asks.
    filetype: Filetype,
    /// Under a directory granted read-only: nothing reached through it may change.
    pub read_only: bool,
    pub rights_base: Rights,
    pub rights_inheriting: Rights,
    /// The name that the program sees, of a directory that it was given.
    pub preopen: Option<&'static [u8]>,
}

impl Descriptor {
    const fn new(number: i32, rights_base: Rights, rights_inheriting: Rights) -> Descriptor {
        Descriptor {
            number,
            filetype: Filetype::Unknown,
            read_only: false,
            rights_base,
            rights_inheriting,
            preopen: None,
        }
    }

    /// The host's descriptor, of what can only be the host's: of an embedded file the kernel says that there is none.
    pub fn host(&self) -> BorrowedFd<'_> {
        // SAFETY: as in `Host`; no embedded file has the number −1.
        unsafe { BorrowedFd::borrow_raw(self.number) }
    }

    pub fn node(&self) -> Node {
        if self.number < 0 { Node::Embedded(self.number) } else { Node::Host(Host(self.number)) }
    }

    /// Fails unless all of `rights` are there.
    pub fn require(&self, rights: Rights) -> Result<()> {
        if self.rights_base.contains(rights) { Ok(()) } else { Err(Errno::Notcapable.into()) }
    }

    /// Fails if nothing may be changed through this descriptor.
    pub fn require_writable(&self) -> Result<()> {
        if self.read_only { Err(Errno::Rofs.into()) } else { Ok(()) }
    }
}

#[derive(Clone, Copy)]
struct Slot {
    open: bool,
    descriptor: Descriptor,
}

struct Slots {
    /// The standard streams are in the table.
    streams: bool,
    /// No slot below is free.
    lowest_free: usize,
    slots: [Slot; CAPACITY],
}

struct Table(UnsafeCell<Slots>);

// SAFETY: a program has one thread.
unsafe impl Sync for Table {}

/// All zero, so that it takes no room in the executable.
static TABLE: Table = Table(UnsafeCell::new(Slots {
    streams: false,
    lowest_free: 0,
    slots: [Slot { open: false, descriptor: Descriptor::new(0, Rights::NONE, Rights::NONE) }; CAPACITY],
}));

/// The only access to the table.
fn with<T>(work: impl FnOnce(&mut Slots) -> T) -> T {
    // SAFETY: a program has one thread, and no `work` in this file comes back here.
    let slots = unsafe { &mut *TABLE.0.get() };
    if !slots.streams {
        slots.add_streams();
    }
    work(slots)
}

/// The directories that the program was given: what is in the table before it runs, after the streams.
pub fn preopens() -> impl Iterator<Item = Descriptor> {
    (3..).map_while(|fd| find(fd).ok()).filter(|descriptor| descriptor.preopen.is_some())
}

impl Slots {
    #[cold]
    #[inline(never)]
    fn add_streams(&mut self) {
        self.streams = true;
        self.lowest_free = 3;
        for (host, rights) in [STDIN, STDOUT, STDOUT].into_iter().enumerate() {
            if let Some(slot) = self.slots.get_mut(host) {
                *slot = Slot { open: true, descriptor: Descriptor::new(host as i32, rights, Rights::NONE) };
            }
        }
    }

    fn slot(&mut self, fd: Fd) -> Result<&mut Slot> {
        self.slots.get_mut(fd as usize).filter(|slot| slot.open).ok_or(Error(Errno::Badf))
    }

    fn free(&mut self, fd: Fd) -> Result<i32> {
        let slot = self.slot(fd)?;
        slot.open = false;
        let number = slot.descriptor.number;
        self.lowest_free = self.lowest_free.min(fd as usize);
        Ok(number)
    }
}

/// The descriptor `fd`; `badf` if it is not open.
pub fn find(fd: Fd) -> Result<Descriptor> {
    with(|table| table.slot(fd).map(|slot| slot.descriptor))
}

/// The descriptor `fd` with all of `rights`; `badf` if it is not open, `notcapable` if it lacks one.
pub fn get(fd: Fd, rights: Rights) -> Result<Descriptor> {
    let descriptor = find(fd)?;
    descriptor.require(rights)?;
    Ok(descriptor)
}

/// A new descriptor, the lowest that is free; `mfile` if there is none.
pub fn insert(
    opened: impl Into<Opened>,
    rights_base: Rights,
    rights_inheriting: Rights,
    read_only: bool,
) -> Result<Fd> {
    let (number, filetype) = match opened.into() {
        Opened::Host(host) => (own(host)?, Filetype::Unknown),
        Opened::Embedded(open) => (embed::files().begin(open)?, open.filetype),
    };
    let mut descriptor = Descriptor::new(number, rights_base, rights_inheriting);
    descriptor.read_only = read_only;
    descriptor.filetype = filetype;
    add(descriptor)
}

/// Two new descriptors, or none; `mfile` if there is no room for both.
pub fn insert_pair(first: OwnedFd, second: OwnedFd, rights_base: Rights) -> Result<(Fd, Fd)> {
    let room = with(|table| table.slots.iter().skip(table.lowest_free).filter(|slot| !slot.open).take(2).count());
    if room < 2 {
        return Err(Errno::Mfile.into());
    }
    let first = insert(first, rights_base, Rights::NONE, false)?;
    Ok((first, insert(second, rights_base, Rights::NONE, false)?))
}

/// A directory that the program is given under `name`.
pub fn insert_preopen(host: OwnedFd, name: &'static [u8], read_only: bool) -> Result<Fd> {
    add_preopen(own(host)?, name, read_only)
}

/// A directory inside the executable that the program sees under `name`.
pub fn insert_tree(handle: embed::Handle, name: &'static [u8], read_only: bool) -> Result<Fd> {
    add_preopen(handle, name, read_only)
}

fn add_preopen(number: i32, name: &'static [u8], read_only: bool) -> Result<Fd> {
    let mut descriptor = Descriptor::new(number, PREOPEN_BASE, PREOPEN_INHERITING);
    descriptor.read_only = read_only;
    descriptor.preopen = Some(name);
    descriptor.filetype = Filetype::Directory;
    add(descriptor)
}

/// A listening socket that the program is given.
pub fn insert_listener(host: OwnedFd) -> Result<Fd> {
    add(Descriptor::new(own(host)?, LISTENER.union(Rights::SOCK_ADDR_LOCAL), Rights::NONE))
}

/// Another descriptor for what `fd` is, the lowest that is free from `lowest` on; `badf`, `mfile` if there is none,
/// `inval` if there never is.
pub fn duplicate(fd: Fd, lowest: Size) -> Result<Fd> {
    let descriptor = find(fd)?;
    if lowest as usize >= CAPACITY {
        return Err(Errno::Inval.into());
    }
    let number = match descriptor.node() {
        Node::Host(host) => rustix::io::fcntl_dupfd_cloexec(host, 3)?.into_raw_fd(),
        Node::Embedded(file) => embed::files().share(file)?,
    };
    put(Descriptor { number, preopen: None, ..descriptor }, lowest as usize)
}

/// Fails with `mfile` unless there is room for `count` more descriptors.
pub fn require_room(count: usize) -> Result<()> {
    let free = with(|table| table.slots.iter().skip(table.lowest_free).filter(|slot| !slot.open).take(count).count());
    if free == count { Ok(()) } else { Err(Errno::Mfile.into()) }
}

/// Which descriptors are to be closed when another program takes over the process, one bit each. None ever does: it is
/// what the guest says of them. (Apart from the table, so that programs that do not ask have nothing of it.)
static CLOSE_ON_EXEC: [AtomicU64; CAPACITY / 64] = [const { AtomicU64::new(0) }; CAPACITY / 64];

/// Whether `fd` is to be closed when another program takes over; `badf` if it is not open.
pub fn close_on_exec(fd: Fd) -> Result<bool> {
    find(fd)?;
    Ok(CLOSE_ON_EXEC.get(fd as usize / 64).is_some_and(|bits| bits.load(Relaxed) >> (fd % 64) & 1 == 1))
}

/// Says so; `badf` if it is not open.
pub fn set_close_on_exec(fd: Fd, close_on_exec: bool) -> Result<()> {
    find(fd)?;
    if let Some(bits) = CLOSE_ON_EXEC.get(fd as usize / 64) {
        let others = bits.load(Relaxed) & !(1 << (fd % 64));
        bits.store(others | u64::from(close_on_exec) << (fd % 64), Relaxed);
    }
    Ok(())
}

/// The number of a descriptor of the host, above those of the standard streams.
fn own(host: OwnedFd) -> Result<i32> {
    let host = if host.as_raw_fd() <= 2 { rustix::io::fcntl_dupfd_cloexec(&host, 3)? } else { host };
    Ok(host.into_raw_fd())
}

fn add(descriptor: Descriptor) -> Result<Fd> {
    put(descriptor, 0)
}

/// Gives what the descriptor has the number of the lowest slot that is free from `lowest` on, or closes it.
fn put(descriptor: Descriptor, lowest: usize) -> Result<Fd> {
    let added = with(|table| {
        let start = table.lowest_free.max(lowest);
        let mut free = table.slots.iter_mut().enumerate().skip(start).filter(|(_, slot)| !slot.open);
        let (fd, slot) = free.next().ok_or(Error(Errno::Mfile))?;
        *slot = Slot { open: true, descriptor };
        if start == table.lowest_free {
            table.lowest_free = fd + 1;
        }
        Ok(fd as Fd)
    });
    match added {
        Ok(fd) => set_close_on_exec(fd, false)?,
        Err(_) => close_number(descriptor.number)?,
    }
    added
}

/// Closes `fd`; `badf` if it is not open.
pub fn close(fd: Fd) -> Result<()> {
    close_number(with(|table| table.free(fd))?)
}

/// Closes `to` and gives its number to the descriptor `from`; `badf` if either is not open.
pub fn renumber(from: Fd, to: Fd) -> Result<()> {
    let descriptor = find(from)?;
    find(to)?;
    if from == to {
        return Ok(());
    }
    close_number(with(|table| {
        let replaced = core::mem::replace(&mut table.slot(to)?.descriptor, descriptor);
        table.free(from)?;
        Ok::<i32, Error>(replaced.number)
    })?)?;
    set_close_on_exec(to, false)
}

/// Takes rights away from `fd`; `notcapable` if one that it does not have is among those to keep.
pub fn shrink_rights(fd: Fd, base: Rights, inheriting: Rights) -> Result<()> {
    let descriptor = find(fd)?;
    if !descriptor.rights_base.contains(base) || !descriptor.rights_inheriting.contains(inheriting) {
        return Err(Errno::Notcapable.into());
    }
    with(|table| {
        let descriptor = &mut table.slot(fd)?.descriptor;
        descriptor.rights_base = base;
        descriptor.rights_inheriting = inheriting;
        Ok(())
    })
}

/// What kind of file `fd` is. Asked of the host once: most programs never ask.
pub fn filetype(fd: Fd) -> Result<Filetype> {
    let descriptor = find(fd)?;
    if descriptor.filetype != Filetype::Unknown {
        return Ok(descriptor.filetype);
    }
    // Of embedded files it is known from the beginning.
    let host = descriptor.host();
    let filetype = match FileType::from_raw_mode(rustix::fs::fstat(host)?.st_mode) {
        FileType::Socket => match rustix::net::sockopt::socket_type(host)? {
            rustix::net::SocketType::STREAM => Filetype::SocketStream,
            // Or another kind that keeps messages apart.
            _ => Filetype::SocketDgram,
        },
        other => self::from_host(other),
    };
    with(|table| table.slot(fd).map(|slot| slot.descriptor.filetype = filetype))?;
    Ok(filetype)
}

/// The file type that WASI has for the host's. A socket's needs a closer look; a pipe has none.
pub fn from_host(filetype: FileType) -> Filetype {
    match filetype {
        FileType::RegularFile => Filetype::RegularFile,
        FileType::Directory => Filetype::Directory,
        FileType::Symlink => Filetype::SymbolicLink,
        FileType::Socket => Filetype::SocketStream,
        FileType::CharacterDevice => Filetype::CharacterDevice,
        FileType::BlockDevice => Filetype::BlockDevice,
        FileType::Fifo | FileType::Unknown => Filetype::Unknown,
    }
}

fn close_number(number: i32) -> Result<()> {
    if number < 0 {
        return embed::files().end(number);
    }
    // SAFETY: the table owned it and has it no more.
    match unsafe { arch::syscall(libc::SYS_close, [number as usize, 0, 0, 0, 0, 0]) } {
        // Linux closes the descriptor even if it is interrupted.
        Ok(_) | Err(libc::EINTR) => Ok(()),
        Err(errno) => Err(from_linux(errno).into()),
    }
}

/// Rights that make sense for a directory.
pub const DIRECTORY: Rights = PREOPEN_BASE
    .union(Rights::FD_FDSTAT_SET_FLAGS)
    .union(Rights::FD_SYNC)
    .union(Rights::FD_DATASYNC)
    .union(Rights::FD_READ)
    .union(Rights::POLL_FD_READWRITE);

/// Rights that make sense for anything else that can be opened.
pub const FILE: Rights = Rights::FD_DATASYNC
    .union(Rights::FD_READ)
    .union(Rights::FD_SEEK)
    .union(Rights::FD_FDSTAT_SET_FLAGS)
    .union(Rights::FD_SYNC)
    .union(Rights::FD_TELL)
    .union(Rights::FD_WRITE)
    .union(Rights::FD_ADVISE)
    .union(Rights::FD_ALLOCATE)
    .union(Rights::FD_FILESTAT_GET)
    .union(Rights::FD_FILESTAT_SET_SIZE)
    .union(Rights::FD_FILESTAT_SET_TIMES)
    .union(Rights::POLL_FD_READWRITE);

/// What may be done with a directory that the program was given.
const PREOPEN_BASE: Rights = Rights::PATH_CREATE_DIRECTORY
    .union(Rights::PATH_CREATE_FILE)
    .union(Rights::PATH_LINK_SOURCE)
    .union(Rights::PATH_LINK_TARGET)
    .union(Rights::PATH_OPEN)
    .union(Rights::FD_READDIR)
    .union(Rights::PATH_READLINK)
    .union(Rights::PATH_RENAME_SOURCE)
    .union(Rights::PATH_RENAME_TARGET)
    .union(Rights::PATH_FILESTAT_GET)
    .union(Rights::PATH_FILESTAT_SET_SIZE)
    .union(Rights::PATH_FILESTAT_SET_TIMES)
    .union(Rights::FD_FILESTAT_GET)
    .union(Rights::FD_FILESTAT_SET_TIMES)
    .union(Rights::PATH_SYMLINK)
    .union(Rights::PATH_REMOVE_DIRECTORY)
    .union(Rights::PATH_UNLINK_FILE);

/// What may be done with a listening socket that the program was given.
const LISTENER: Rights = Rights::SOCK_ACCEPT
    .union(Rights::FD_FDSTAT_SET_FLAGS)
    .union(Rights::FD_FILESTAT_GET)
    .union(Rights::POLL_FD_READWRITE);

/// What may be done with files and directories opened through it.
const PREOPEN_INHERITING: Rights = DIRECTORY.union(FILE);
