//! What names in directories stand for since the program changed it.

use super::arena::Place;
use super::changes::State;
use super::{NodeId, tree};
use crate::errno::Result;
use crate::memory::Plain;

/// What a name stands for. The name follows.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct Entry {
    /// Its place among the entries of the directory: ascending, never used twice.
    pub position: u64,
    directory: NodeId,
    /// What has the name, or [`GONE`].
    pub node: NodeId,
    /// The next with the same hash.
    next_in_bucket: Place,
    /// Its neighbours in the directory.
    next: Place,
    previous: Place,
    name_len: u32,
}

// SAFETY: integers without padding between them.
unsafe impl Plain for Entry {}
const HEADER: usize = size_of::<Entry>();
const _: () = assert!(HEADER == 32);

/// Nothing has the name, though something in the executable had.
pub const GONE: NodeId = NodeId::MAX;
/// Positions of entries begin here; those below belong to the entries in the executable.
pub const POSITIONS: u64 = 1 << 32;
pub const BUCKETS: usize = 1 << 14;

impl State {
    pub fn set_bucket(&mut self, bucket: usize, first: Place) {
        if let Some(slot) = self.buckets.get_mut(bucket) {
            *slot = first;
        }
    }

    /// The name that follows an entry.
    pub fn entry_name(&self, place: Place, entry: &Entry) -> &[u8] {
        let end = HEADER + entry.name_len as usize;
        self.arena.bytes(place, units(entry.name_len as usize)).get(HEADER..end).unwrap_or_default()
    }

    /// The entry that a name has here.
    pub fn entry(&self, directory: NodeId, name: &[u8]) -> Option<(Place, Entry)> {
        self.place(directory)?;
        let mut place = *self.buckets.get(bucket(directory, name))?;
        while place != 0 {
            let entry = self.arena.get::<Entry>(place);
            if entry.directory == directory && self.entry_name(place, &entry) == name {
                return Some((place, entry));
            }
            place = entry.next_in_bucket;
        }
        None
    }

    pub fn lookup(&self, directory: NodeId, name: &[u8]) -> Option<NodeId> {
        if self.is_removed(directory) {
            return None;
        }
        match self.entry(directory, name) {
            Some((_, entry)) => (entry.node != GONE).then_some(entry.node),
            None => tree::lookup(directory, name),
        }
    }

    /// The entry of a name that is about to stand for something else. Until it is set, it says what was so before.
    pub fn prepare(&mut self, directory: NodeId, name: &[u8]) -> Result<Place> {
        if let Some((place, _)) = self.entry(directory, name) {
            return Ok(place);
        }
        let (_, record) = self.touch(directory)?;
        let place = self.arena.allocate(units(name.len()))?;
        let position = self.next_position;
        self.next_position += 1;
        let bucket = bucket(directory, name);
        let entry = Entry {
            position,
            directory,
            node: tree::lookup(directory, name).unwrap_or(GONE),
            next_in_bucket: self.buckets.get(bucket).copied().unwrap_or_default(),
            next: 0,
            previous: record.last,
            name_len: name.len() as u32,
        };
        self.set_bucket(bucket, place);
        self.arena.set(place, &entry);
        if let Some(room) = self.arena.bytes_mut(place, units(name.len())).get_mut(HEADER..HEADER + name.len()) {
            room.copy_from_slice(name);
        }
        self.join(directory, record.last, place);
        self.join(directory, place, 0);
        Ok(place)
    }

    /// Makes two entries neighbours; in place of none stands the directory's end.
    pub fn join(&mut self, directory: NodeId, left: Place, right: Place) {
        match left {
            0 => self.update(directory, |record| record.first = right),
            _ => self.update_entry(left, |entry| entry.next = right),
        }
        match right {
            0 => self.update(directory, |record| record.last = left),
            _ => self.update_entry(right, |entry| entry.previous = left),
        }
    }

    pub fn update_entry(&mut self, place: Place, change: impl FnOnce(&mut Entry)) {
        let mut entry = self.arena.get(place);
        change(&mut entry);
        self.arena.set(place, &entry);
    }

    /// Sets what a prepared name stands for, and forgets an entry that only says what the executable says.
    pub fn settle(&mut self, place: Place, node: NodeId) {
        let mut entry = self.arena.get::<Entry>(place);
        entry.node = node;
        self.arena.set(place, &entry);
        if tree::lookup(entry.directory, self.entry_name(place, &entry)).unwrap_or(GONE) == node {
            self.forget(place);
        }
    }

    pub fn forget(&mut self, place: Place) {
        let entry = self.arena.get::<Entry>(place);
        self.join(entry.directory, entry.previous, entry.next);
        let bucket = bucket(entry.directory, self.entry_name(place, &entry));
        let first = self.buckets.get(bucket).copied().unwrap_or_default();
        if first == place {
            self.set_bucket(bucket, entry.next_in_bucket);
        }
        let mut before = first;
        while before != 0 {
            let next = self.arena.get::<Entry>(before).next_in_bucket;
            if next == place {
                self.update_entry(before, |before| before.next_in_bucket = entry.next_in_bucket);
            }
            before = next;
        }
        self.arena.free(place, units(entry.name_len as usize));
    }

    /// The entries that a directory has here.
    pub fn entries(&self, directory: NodeId) -> impl Iterator<Item = (Place, Entry)> {
        let mut place = self.record(directory).map_or(0, |record| record.first);
        core::iter::from_fn(move || {
            let entry = (place != 0).then(|| (place, self.arena.get::<Entry>(place)))?;
            place = entry.1.next;
            Some(entry)
        })
    }

    /// The entries that a directory has in the executable and that nothing here has to do with, from one on.
    pub fn old_entries(&self, directory: NodeId, skip: u64) -> impl Iterator<Item = (u64, NodeId)> {
        let children = (1..).zip(tree::children(directory)).skip(usize::try_from(skip).unwrap_or(usize::MAX));
        children.filter(move |&(_, child)| self.entry(directory, tree::name(child)).is_none())
    }
}

/// Where the entries with a name's hash (FNV-1a) begin.
fn bucket(directory: NodeId, name: &[u8]) -> usize {
    let mut hash = 0x811c_9dc5 ^ directory.wrapping_mul(0x9e37_79b9);
    for &byte in name {
        hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }
    (hash >> 7) as usize % BUCKETS
}

/// Units of an entry with its name.
fn units(name_len: usize) -> u32 {
    (HEADER + name_len).div_ceil(64) as u32
}
