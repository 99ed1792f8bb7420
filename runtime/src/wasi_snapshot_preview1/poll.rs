//! Waiting for clocks and descriptors at once.
//!
//! Subscriptions are copied before anything is stored, so that the guest's two arrays may overlap.

use super::clock::{clock_time_get, timespec};
use crate::errno::{Error, Result};
use crate::fd_table::{self, Node};
use crate::file;
use crate::memory::{self, Array};
use crate::transfer;
use core::cell::UnsafeCell;
use rustix::fd::{AsFd, AsRawFd};
use wexe_abi::types::*;

/// Most subscriptions of a call.
const MOST: usize = 1 << 16;

/// Room for the subscriptions of a call. It stays what it is from call to call, and no more of it is ever touched than
/// the longest of them needs.
struct Room(UnsafeCell<([Wait; MOST], [libc::pollfd; MOST])>);

// SAFETY: a program has one thread.
unsafe impl Sync for Room {}

/// All zero, so that it takes no room in the executable.
static ROOM: Room = Room(UnsafeCell::new(([Wait::NONE; MOST], [NOT_POLLED; MOST])));

/// Subscriptions in guest memory, in the layout of either snapshot.
pub trait Subscriptions {
    fn get(&self, index: usize) -> Option<Subscription>;
}

impl Subscriptions for Array<Subscription> {
    fn get(&self, index: usize) -> Option<Subscription> {
        Array::get(*self, index)
    }
}

/// Waits until at least one of `nsubscriptions` subscriptions has happened and stores an event for each that has, in
/// their order: how many.
///
/// A descriptor that cannot be waited for has happened, with an error: `badf`, `notcapable`, or `notsup` for the clocks
/// of CPU time. A descriptor is ready when reading or writing would not block, be it because it would fail; `hangup`
/// says that the other end is gone.
///
/// Errors: `inval` for no subscriptions, for more than 65,536 or than the host lets a process have descriptors, and for
/// a kind, a clock or a flag that does not exist; `fault` if either array would leave memory.
///
/// Source: `poll_oneoff` in wasi_snapshot_preview1.witx.
pub fn poll_oneoff(subscriptions: Pointer, events: Pointer, nsubscriptions: Size) -> Result<Size> {
    poll(memory::array::<Subscription>(subscriptions, nsubscriptions)?, events, nsubscriptions)
}

/// [`poll_oneoff`] with subscriptions of either snapshot.
pub fn poll(subscriptions: impl Subscriptions, events: Pointer, nsubscriptions: Size) -> Result<Size> {
    let events = memory::array::<Event>(events, nsubscriptions)?;
    let count = nsubscriptions as usize;
    // SAFETY: a program has one thread, and nothing that is called from here polls by this function.
    let (waits, polled) = unsafe { &mut *ROOM.0.get() };
    match waits.get_mut(..count) {
        Some(waits @ [_, ..]) => wait(&subscriptions, events, waits, polled),
        _ => Err(Errno::Inval.into()),
    }
}

/// A subscription as it is waited for.
#[derive(Clone, Copy)]
struct Wait {
    userdata: u64,
    /// When a clock has happened.
    deadline: Timestamp,
    /// The guest's descriptor.
    fd: Fd,
    /// Which of the polled descriptors it is.
    polled: u32,
    error: u16,
    tag: u8,
    clock: u8,
    /// It has happened already.
    ready: bool,
}

impl Wait {
    const NONE: Wait = Wait { userdata: 0, deadline: 0, fd: 0, polled: 0, error: 0, tag: 0, clock: 0, ready: false };

    fn is_clock(&self) -> bool {
        self.error == 0 && self.tag == Eventtype::Clock as u8
    }

    /// How long until this clock has happened.
    fn remaining(&self) -> Result<Timestamp> {
        let clock = Clockid::from_raw(u32::from(self.clock)).ok_or(Errno::Inval)?;
        Ok(self.deadline.saturating_sub(clock_time_get(clock, 0)?))
    }
}

const NOT_POLLED: libc::pollfd = libc::pollfd { fd: 0, events: 0, revents: 0 };

fn wait(
    subscriptions: &impl Subscriptions,
    events: Array<Event>,
    waits: &mut [Wait],
    polled: &mut [libc::pollfd],
) -> Result<Size> {
    let mut poll_count = 0;
    for (index, wait) in waits.iter_mut().enumerate() {
        let subscription = subscriptions.get(index).ok_or(Errno::Fault)?;
        *wait = Wait { userdata: subscription.userdata, tag: subscription.tag, ..Wait::NONE };
        let started = match Eventtype::from_raw(u32::from(subscription.tag)).ok_or(Errno::Inval)? {
            Eventtype::Clock => start_clock(wait, &subscription)?,
            Eventtype::FdRead => start_fd(wait, &subscription, Rights::FD_READ, libc::POLLIN | libc::POLLRDHUP),
            Eventtype::FdWrite => start_fd(wait, &subscription, Rights::FD_WRITE, libc::POLLOUT),
        };
        match started {
            Ok(Some(poll)) => {
                if let Some(slot) = polled.get_mut(poll_count) {
                    *slot = poll;
                }
                wait.polled = poll_count as u32;
                poll_count += 1;
            }
            Ok(None) => {}
            Err(Error(errno)) => wait.error = errno as u16,
        }
    }
    let polled = polled.get_mut(..poll_count).unwrap_or_default();
    wait_for_any(waits, polled)?;
    let mut count = 0;
    for wait in waits.iter() {
        if let Some(event) = happened(wait, polled)? {
            events.set(count, event);
            count += 1;
        }
    }
    Ok(count as Size)
}

/// What a subscription needs to be polled for, or why it cannot be waited for.
type Started = Result<Option<libc::pollfd>>;

fn start_clock(wait: &mut Wait, subscription: &Subscription) -> Result<Started> {
    let clock = Clockid::from_raw(subscription.id).ok_or(Errno::Inval)?;
    let flags = Subclockflags(subscription.flags);
    if !Subclockflags::ALL.contains(flags) {
        return Err(Errno::Inval.into());
    }
    if !matches!(clock, Clockid::Realtime | Clockid::Monotonic) {
        // They stand still while the program waits.
        return Ok(Err(Errno::Notsup.into()));
    }
    wait.clock = clock as u8;
    wait.deadline = if flags.contains(Subclockflags::ABSTIME) {
        subscription.timeout
    } else {
        clock_time_get(clock, 0)?.saturating_add(subscription.timeout)
    };
    Ok(Ok(None))
}

fn start_fd(wait: &mut Wait, subscription: &Subscription, right: Rights, events: i16) -> Started {
    wait.fd = subscription.id;
    let descriptor = fd_table::find(subscription.id)?;
    if !descriptor.rights_base.intersects(right.union(Rights::POLL_FD_READWRITE)) {
        return Err(Errno::Notcapable.into());
    }
    match descriptor.node() {
        Node::Host(host) => Ok(Some(libc::pollfd { fd: host.as_fd().as_raw_fd(), events, revents: 0 })),
        Node::Embedded(_) => {
            wait.ready = true;
            Ok(None)
        }
    }
}

/// Returns when one of them has happened.
fn wait_for_any(waits: &[Wait], polled: &mut [libc::pollfd]) -> Result<()> {
    let happened = waits.iter().any(|wait| wait.error != 0 || wait.ready);
    loop {
        let mut timeout = happened.then_some(0);
        for wait in waits.iter().filter(|wait| wait.is_clock()) {
            let remaining = wait.remaining()?;
            timeout = Some(timeout.map_or(remaining, |timeout: u64| timeout.min(remaining)));
        }
        let ready = transfer::poll(polled, timeout.map(timespec))?;
        // Time may run a little slower here than where the kernel waited.
        if ready > 0 || timeout == Some(0) {
            return Ok(());
        }
    }
}

/// The event of a subscription, if it has happened.
fn happened(wait: &Wait, polled: &[libc::pollfd]) -> Result<Option<Event>> {
    let mut event = Event {
        userdata: wait.userdata,
        error: wait.error,
        r#type: wait.tag,
        padding0: [0; 5],
        nbytes: 0,
        flags: 0,
        padding1: [0; 6],
    };
    if wait.error != 0 {
        return Ok(Some(event));
    }
    if wait.is_clock() {
        return Ok((wait.remaining()? == 0).then_some(event));
    }
    let revents = if wait.ready {
        libc::POLLIN | libc::POLLOUT
    } else {
        polled.get(wait.polled as usize).map_or(0, |polled| polled.revents)
    };
    if revents == 0 {
        return Ok(None);
    }
    if revents & libc::POLLNVAL != 0 {
        event.error = Errno::Badf as u16;
        return Ok(Some(event));
    }
    if revents & (libc::POLLHUP | libc::POLLRDHUP | libc::POLLERR) != 0 {
        event.flags = Eventrwflags::HANGUP.0;
    }
    event.nbytes = 1;
    if wait.tag == Eventtype::FdRead as u8 {
        event.nbytes = file::available(&fd_table::find(wait.fd)?);
    }
    Ok(Some(event))
}
