//! Open files of embedded trees. `fd_table` knows each by a negative number, where the host's descriptors have theirs.

use super::NodeId;
use crate::errno::Result;
use core::cell::UnsafeCell;
use rustix::fs::OFlags;
use wexe_abi::types::{Errno, Filetype};

/// As many as there are descriptors.
const CAPACITY: usize = crate::fd_table::CAPACITY;

/// Number of an open file: negative.
pub type Handle = i32;

/// An open file.
#[derive(Clone, Copy)]
pub struct Open {
    pub node: NodeId,
    pub filetype: Filetype,
    pub flags: OFlags,
    /// The place where it is read and written next.
    pub position: u64,
}

#[derive(Clone, Copy)]
struct Slot {
    /// How many descriptors share it; 0: the slot is free.
    descriptors: u32,
    open: Open,
}

struct Table {
    /// No slot below is free.
    lowest_free: usize,
    slots: [Slot; CAPACITY],
}

impl Table {
    fn slot(&mut self, handle: Handle) -> Result<&mut Slot> {
        Ok(self.slots.get_mut(index(handle)).filter(|slot| slot.descriptors > 0).ok_or(Errno::Badf)?)
    }
}

struct Global(UnsafeCell<Table>);

// SAFETY: a program has one thread.
unsafe impl Sync for Global {}

const NOTHING: Open = Open { node: 0, filetype: Filetype::Unknown, flags: OFlags::empty(), position: 0 };
/// All zero, so that it takes no room in the executable.
static TABLE: Global =
    Global(UnsafeCell::new(Table { lowest_free: 0, slots: [Slot { descriptors: 0, open: NOTHING }; CAPACITY] }));

/// The only access to the table.
fn with<T>(work: impl FnOnce(&mut Table) -> T) -> T {
    // SAFETY: a program has one thread, and no `work` in this file comes back here.
    work(unsafe { &mut *TABLE.0.get() })
}

/// −1 is no number that a descriptor can have.
fn index(handle: Handle) -> usize {
    (-2 - handle) as usize
}

/// Adds an open file; `mfile` if there is no room.
pub fn add(open: Open) -> Result<Handle> {
    with(|table| {
        let mut free =
            table.slots.iter_mut().enumerate().skip(table.lowest_free).filter(|(_, slot)| slot.descriptors == 0);
        let (index, slot) = free.next().ok_or(Errno::Mfile)?;
        *slot = Slot { descriptors: 1, open };
        table.lowest_free = index + 1;
        Ok(-2 - index as Handle)
    })
}

/// An open file; `badf` if there is none with this number.
pub fn get(handle: Handle) -> Result<Open> {
    with(|table| table.slot(handle).map(|slot| slot.open))
}

pub fn update(handle: Handle, change: impl FnOnce(&mut Open)) -> Result<()> {
    with(|table| table.slot(handle).map(|slot| change(&mut slot.open)))
}

/// Counts one more descriptor for an open file.
pub fn share(handle: Handle) -> Result<Handle> {
    with(|table| {
        table.slot(handle)?.descriptors += 1;
        Ok(handle)
    })
}

/// Counts one less; if that was the last, what was open.
pub fn release(handle: Handle) -> Result<Option<Open>> {
    with(|table| {
        let slot = table.slot(handle)?;
        slot.descriptors -= 1;
        if slot.descriptors > 0 {
            return Ok(None);
        }
        let open = slot.open;
        table.lowest_free = table.lowest_free.min(index(handle));
        Ok(Some(open))
    })
}
