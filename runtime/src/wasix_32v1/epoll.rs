//! Waiting for many descriptors, by Linux's epoll.
//!
//! The kernel keeps 8 bytes for a descriptor that is watched and hands them back with what happened to it; WASIX has
//! 20. So those stand in a table here, and the kernel keeps their places in it. A place is found by the descriptors of
//! the host, as the kernel finds what it watches. It is used again when these are, so there are never more than were
//! open at a time.

use crate::errno::Result;
use crate::fd_table::{self, Descriptor};
use crate::memory;
use crate::wasi_snapshot_preview1::clock::{clock_time_get, timespec};
use core::mem::MaybeUninit;
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use rustix::fd::AsRawFd;
use wexe_abi::types::*;
use wexe_abi::wasix_32v1::EpollEvent;

/// Most descriptors that are watched.
const MOST: usize = 1 << 16;
/// Most events of a call.
const MOST_EVENTS: usize = 256;
/// Longest wait of one system call, in nanoseconds: milliseconds that fit into 31 bits.
const LONGEST_WAIT: u64 = 1 << 50;

/// A descriptor that is watched, and what the program is told with its events. (Atomic, so that they can be static.)
struct Watch {
    /// Who watches, and what is watched.
    epoll: AtomicU32,
    watched: AtomicU32,
    /// The next of those that are found together.
    next: AtomicU32,
    ptr: AtomicU32,
    fd: AtomicU32,
    data1: AtomicU32,
    data2: AtomicU64,
}

impl Watch {
    const fn unused() -> Watch {
        Watch {
            epoll: AtomicU32::new(0),
            watched: AtomicU32::new(0),
            next: AtomicU32::new(0),
            ptr: AtomicU32::new(0),
            fd: AtomicU32::new(0),
            data1: AtomicU32::new(0),
            data2: AtomicU64::new(0),
        }
    }

    fn set(&self, event: &EpollEvent) {
        self.ptr.store(event.ptr, Relaxed);
        self.fd.store(event.fd, Relaxed);
        self.data1.store(event.data1, Relaxed);
        self.data2.store(event.data2, Relaxed);
    }

    fn event(&self, events: EpollType) -> EpollEvent {
        EpollEvent {
            events: events.0,
            padding0: 0,
            ptr: self.ptr.load(Relaxed),
            fd: self.fd.load(Relaxed),
            data1: self.data1.load(Relaxed),
            padding1: 0,
            data2: self.data2.load(Relaxed),
        }
    }
}

/// How many have been used; they begin with the second, since 0 is none.
static USED: AtomicU32 = AtomicU32::new(0);
/// By the lower half of what is watched: the first of them.
static FIRST: [AtomicU32; MOST] = [const { AtomicU32::new(0) }; MOST];
static WATCHES: [Watch; MOST] = [const { Watch::unused() }; MOST];

/// The place for `watched`, watched by `epoll`; `nospc` if there is none left.
fn place(epoll: &Descriptor, watched: &Descriptor) -> Result<(u32, &'static Watch)> {
    let (epoll, watched) = (epoll.host().as_raw_fd() as u32, watched.host().as_raw_fd() as u32);
    let first = FIRST.get(watched as usize % MOST).ok_or(Errno::Nospc)?;
    let mut place = first.load(Relaxed);
    while let Some(watch) = WATCHES.get(place as usize).filter(|_| place != 0) {
        if watch.epoll.load(Relaxed) == epoll && watch.watched.load(Relaxed) == watched {
            return Ok((place, watch));
        }
        place = watch.next.load(Relaxed);
    }
    let place = USED.load(Relaxed) + 1;
    let watch = WATCHES.get(place as usize).ok_or(Errno::Nospc)?;
    USED.store(place, Relaxed);
    watch.epoll.store(epoll, Relaxed);
    watch.watched.store(watched, Relaxed);
    watch.next.store(first.swap(place, Relaxed), Relaxed);
    Ok((place, watch))
}

/// WASIX's events and Linux's.
const TYPES: [(EpollType, EventFlags); 8] = [
    (EpollType::IN, EventFlags::IN),
    (EpollType::OUT, EventFlags::OUT),
    (EpollType::RDHUP, EventFlags::RDHUP),
    (EpollType::PRI, EventFlags::PRI),
    (EpollType::ERR, EventFlags::ERR),
    (EpollType::HUP, EventFlags::HUP),
    (EpollType::ET, EventFlags::ET),
    (EpollType::ONESHOT, EventFlags::ONESHOT),
];

fn to_host(events: EpollType) -> EventFlags {
    TYPES.iter().filter(|(ours, _)| events.contains(*ours)).fold(EventFlags::empty(), |all, (_, host)| all | *host)
}

fn to_guest(events: EventFlags) -> EpollType {
    TYPES.iter().filter(|(_, host)| events.contains(*host)).fold(EpollType::NONE, |all, (ours, _)| all.union(*ours))
}

/// A descriptor that watches others, none at first.
///
/// Errors: `mfile`.
///
/// Source: `epoll_create` in `api_wasix.h`.
pub fn epoll_create() -> Result<Fd> {
    fd_table::insert(epoll::create(CreateFlags::CLOEXEC)?, Rights::POLL_FD_READWRITE, Rights::NONE, false)
}

/// Begins to watch `fd` for the events in the structure at `event`, changes for which it is watched, or ends it (then
/// `event` is not looked at).
///
/// Errors: `badf`; `notcapable` if `fd` has no right that can be waited for; `inval` if `epfd` watches nothing, for
/// itself, and for an event or an operation that does not exist; `exist`; `noent`; `perm` for files and directories;
/// `loop` for what watch each other; `fault`; `nospc`.
///
/// Source: `epoll_ctl` in `api_wasix.h`.
pub fn epoll_ctl(epfd: Fd, op: EpollCtl, fd: Fd, event: Pointer) -> Result<()> {
    let epoll = fd_table::find(epfd)?;
    let watched = fd_table::find(fd)?;
    if op == EpollCtl::Del {
        return Ok(epoll::delete(epoll.host(), watched.host())?);
    }
    let event = memory::read::<EpollEvent>(event)?;
    if !EpollType::ALL.contains(EpollType(event.events)) {
        return Err(Errno::Inval.into());
    }
    let waits = Rights::POLL_FD_READWRITE.union(Rights::FD_READ).union(Rights::FD_WRITE);
    if !watched.rights_base.intersects(waits) {
        return Err(Errno::Notcapable.into());
    }
    let (place, watch) = place(&epoll, &watched)?;
    let change = if op == EpollCtl::Add { epoll::add } else { epoll::modify };
    let (data, events) = (EventData::new_u64(u64::from(place)), to_host(EpollType(event.events)));
    change(epoll.host(), watched.host(), data, events)?;
    watch.set(&event);
    Ok(())
}

/// Waits until something happened to what is watched, but no longer than `timeout` (2⁶³ and more is for ever), and
/// stores up to `maxevents` of it, not more than 256: how many.
///
/// Errors: `badf`; `inval` if `epfd` watches nothing, and for no events; `fault`.
///
/// Source: `epoll_wait` in `api_wasix.h`.
pub fn epoll_wait(epfd: Fd, events: Pointer, maxevents: Size, timeout: Timestamp) -> Result<Size> {
    let epoll = fd_table::find(epfd)?;
    let events = memory::array::<EpollEvent>(events, maxevents)?;
    let mut buffer = [MaybeUninit::uninit(); MOST_EVENTS];
    let most = MOST_EVENTS.min(maxevents as usize);
    let buffer = buffer.get_mut(..most).unwrap_or_default();
    let now = || clock_time_get(Clockid::Monotonic, 0);
    let deadline = if timeout > i64::MAX as u64 { None } else { Some(now()?.saturating_add(timeout)) };
    loop {
        let rest = match deadline {
            Some(deadline) => Some(deadline.saturating_sub(now()?)),
            None => None,
        };
        let longest = rest.map(|rest| timespec(rest.min(LONGEST_WAIT)));
        let happened = match epoll::wait(epoll.host(), &mut *buffer, longest.as_ref()) {
            Ok((happened, _)) => happened,
            Err(rustix::io::Errno::INTR) => continue,
            Err(errno) => return Err(errno.into()),
        };
        if happened.is_empty() && rest != Some(0) {
            continue;
        }
        for (index, event) in happened.iter().enumerate() {
            if let Some(watch) = WATCHES.get(event.data.u64() as usize) {
                events.set(index, watch.event(to_guest(event.flags)));
            }
        }
        return Ok(happened.len() as Size);
    }
}
