//! Nodes that the program made or changed, in memory.
//!
//! Whatever needs memory takes it before anything is changed, so that a call that fails has done nothing.

use super::arena::{Arena, PAGE, PAGE_SIZE, Place};
use super::contents::{MAX_SIZE, Pages};
use super::names::{BUCKETS, GONE, POSITIONS};
use super::{NodeId, tree};
use crate::errno::Result;
use crate::memory::{Bytes, Plain, Scratch};
use crate::start;
use crate::wasi_snapshot_preview1::clock::{clock_time_get, timestamp};
use rustix::fs::Timestamps;
use rustix::time::Timespec;
use wexe_abi::types::{Clockid, Errno, Filetype, Timestamp};

/// What is known of a node that was made or changed.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct Record {
    pub size: u64,
    pub atim: Timestamp,
    pub mtim: Timestamp,
    pub ctim: Timestamp,
    /// The pages of a file or link; the first [`Entry`] of a directory.
    pub first: Place,
    /// How high the tree of pages is; the last entry.
    pub last: u32,
    /// How much of the file in the executable is still seen.
    pub visible: u32,
    /// The directory that a directory is in.
    pub parent: NodeId,
    /// Names that it has.
    pub links: u32,
    /// Descriptors that refer to it, if it is new.
    pub opened: u32,
    /// The root that it is beneath.
    pub root: NodeId,
    pub filetype: u32,
}

// SAFETY: integers without padding between them.
unsafe impl Plain for Record {}
const _: () = assert!(size_of::<Record>() == 64);

pub struct State {
    pub arena: Arena,
    /// For each node of the executable: its record, and how many descriptors refer to it.
    pub nodes: Scratch<[u32; 2]>,
    /// First entry with each hash.
    pub buckets: Scratch<Place>,
    pub next_position: u64,
}

impl State {
    pub fn new() -> Result<State> {
        // SAFETY: the compiler's structure, or null.
        let limit = unsafe { start::PROGRAM.embedded.as_ref() }.map_or(0, |embedded| embedded.overlay_limit);
        Ok(State {
            arena: Arena::new(limit)?,
            nodes: Scratch::new(tree::nodes().len())?,
            buckets: Scratch::new(BUCKETS)?,
            next_position: POSITIONS,
        })
    }

    /// The piece of a new node's record, which is part of its number.
    pub fn place_of_new(&self, node: NodeId) -> Option<Place> {
        node.checked_sub(self.nodes.len() as u32)
    }

    pub fn place(&self, node: NodeId) -> Option<Place> {
        self.place_of_new(node).or_else(|| {
            let &[place, _] = self.nodes.get(node as usize)?;
            (place != 0).then_some(place)
        })
    }

    pub fn record(&self, node: NodeId) -> Option<Record> {
        self.place(node).map(|place| self.arena.get(place))
    }

    /// The record of a node that is about to change, made if there is none.
    pub fn touch(&mut self, node: NodeId) -> Result<(Place, Record)> {
        if let Some(place) = self.place(node) {
            return Ok((place, self.arena.get(place)));
        }
        let place = self.arena.allocate(1)?;
        let stat = tree::stat(node);
        let record = Record {
            size: stat.size,
            atim: stat.atim,
            mtim: stat.mtim,
            ctim: stat.ctim,
            visible: stat.size as u32,
            parent: tree::parent(node),
            links: 1,
            root: tree::root(node),
            filetype: u32::from(stat.filetype),
            ..Record::default()
        };
        self.arena.set(place, &record);
        if let Some(slot) = self.nodes.get_mut(node as usize) {
            slot[0] = place;
        }
        Ok((place, record))
    }

    /// Changes a record that [`State::touch`] has made.
    pub fn update(&mut self, node: NodeId, change: impl FnOnce(&mut Record)) {
        if let Some(place) = self.place(node) {
            let mut record = self.arena.get(place);
            change(&mut record);
            self.arena.set(place, &record);
        }
    }

    pub fn filetype(&self, node: NodeId) -> Filetype {
        self.record(node).map_or_else(
            || tree::filetype(node),
            |record| Filetype::from_raw(record.filetype).unwrap_or(Filetype::Unknown),
        )
    }

    pub fn is_removed(&self, directory: NodeId) -> bool {
        self.record(directory).is_some_and(|record| record.links == 0)
    }

    /// Takes a name from a node, which ends with its last if no descriptor refers to it.
    pub fn drop_name(&mut self, node: NodeId) {
        let now = now();
        self.update(node, |record| {
            record.links = record.links.saturating_sub(1);
            record.ctim = now;
        });
        if self.filetype(node) == Filetype::Directory {
            // What is left says that names in the executable stand for nothing. Nothing does in a removed directory.
            while let Some(Record { first: entry @ 1.., .. }) = self.record(node) {
                self.forget(entry);
            }
        }
        self.end_unused(node);
    }

    /// Ends a node that has neither a name nor a descriptor.
    pub fn end_unused(&mut self, node: NodeId) {
        let (Some(place), Some(record)) = (self.place(node), self.record(node)) else { return };
        if record.links > 0 || record.opened > 0 || self.opened(node).is_some_and(|opened| *opened > 0) {
            return;
        }
        // A record of a node in the executable stays, to say that it has ended.
        self.set_pages(node, |arena, pages| pages.keep(arena, 0));
        if self.place_of_new(node).is_some() {
            self.arena.free(place, 1);
        }
    }

    /// How many descriptors refer to a node.
    pub fn opened(&mut self, node: NodeId) -> Option<&mut u32> {
        self.nodes.get_mut(node as usize).map(|slot| &mut slot[1])
    }

    pub fn count_descriptor(&mut self, node: NodeId, change: fn(u32) -> u32) -> u32 {
        if let Some(opened) = self.opened(node) {
            *opened = change(*opened);
            return *opened;
        }
        self.update(node, |record| record.opened = change(record.opened));
        self.record(node).map_or(0, |record| record.opened)
    }

    /// Works on the pages of a file or link.
    pub fn set_pages<T>(&mut self, node: NodeId, work: impl FnOnce(&mut Arena, &mut Pages) -> T) -> Option<T> {
        let (place, mut record) = (self.place(node)?, self.record(node)?);
        if Filetype::from_raw(record.filetype) == Some(Filetype::Directory) {
            return None;
        }
        let mut pages = Pages { root: record.first, height: record.last };
        let outcome = work(&mut self.arena, &mut pages);
        (record.first, record.last) = (pages.root, pages.height);
        self.arena.set(place, &record);
        Some(outcome)
    }

    /// The page of a node's contents with number `index`, to be written to.
    pub fn page(&mut self, node: NodeId, index: u64) -> Result<Place> {
        let (_, record) = self.touch(node)?;
        let (page, is_new) =
            self.set_pages(node, |arena, pages| pages.find_or_add(arena, index)).ok_or(Errno::Isdir)??;
        if is_new {
            let begin = (index * PAGE_SIZE as u64).min(u64::from(record.visible)) as usize;
            let seen = tree::contents(node).get(begin..record.visible as usize).unwrap_or_default();
            let len = seen.len().min(PAGE_SIZE);
            let bytes = self.arena.bytes_mut(page, PAGE);
            if let (Some(to), Some(from)) = (bytes.get_mut(..len), seen.get(..len)) {
                to.copy_from_slice(from);
            }
        }
        Ok(page)
    }

    pub fn read(&self, node: NodeId, offset: u64, take: &mut dyn FnMut(&[u8])) {
        static ZEROS: [u8; PAGE_SIZE] = [0; PAGE_SIZE];
        let Some(record) = self.record(node) else {
            return take(tree::contents(node).get(offset as usize..).unwrap_or_default());
        };
        if offset >= record.size {
            return take(&[]);
        }
        let within = offset as usize % PAGE_SIZE;
        let pages = Pages { root: record.first, height: record.last };
        let page = pages.find(&self.arena, offset / PAGE_SIZE as u64);
        let (from, begin) = match page {
            Some(page) => (self.arena.bytes(page, PAGE), within),
            None if offset < u64::from(record.visible) => {
                (tree::contents(node).get(..record.visible as usize).unwrap_or_default(), offset as usize)
            }
            None => (&ZEROS[..], within),
        };
        // Where nothing was written yet, the executable has all of it in one piece.
        let limit = if pages.root == 0 && page.is_none() { from.len() - begin } else { PAGE_SIZE - within };
        let len = ((record.size - offset) as usize).min(limit).min(from.len() - begin);
        take(from.get(begin..begin + len).unwrap_or_default());
    }

    pub fn write(&mut self, node: NodeId, offset: u64, bytes: Bytes) -> Result<usize> {
        let page = self.page(node, offset / PAGE_SIZE as u64)?;
        let within = offset as usize % PAGE_SIZE;
        let len = bytes.copy_to(self.arena.bytes_mut(page, PAGE).get_mut(within..).unwrap_or_default());
        let now = now();
        self.update(node, |record| {
            record.size = record.size.max(offset + len as u64);
            (record.mtim, record.ctim) = (now, now);
        });
        Ok(len)
    }

    pub fn set_size(&mut self, node: NodeId, size: u64) -> Result<()> {
        if size > MAX_SIZE {
            return Err(Errno::Fbig.into());
        }
        self.touch(node)?;
        let (index, within) = (size / PAGE_SIZE as u64, size as usize % PAGE_SIZE);
        self.set_pages(node, |arena, pages| {
            pages.keep(arena, size.div_ceil(PAGE_SIZE as u64));
            if let Some(page) = pages.find(arena, index) {
                arena.bytes_mut(page, PAGE).get_mut(within..).unwrap_or_default().fill(0);
            }
        });
        let now = now();
        self.update(node, |record| {
            record.size = size;
            record.visible = size.min(u64::from(record.visible)) as u32;
            (record.mtim, record.ctim) = (now, now);
        });
        Ok(())
    }

    pub fn allocate(&mut self, node: NodeId, offset: u64, len: u64) -> Result<()> {
        let end = offset.checked_add(len).filter(|&end| end <= MAX_SIZE).ok_or(Errno::Fbig)?;
        for index in offset / PAGE_SIZE as u64..end.div_ceil(PAGE_SIZE as u64) {
            self.page(node, index)?;
        }
        let now = now();
        self.update(node, |record| {
            record.size = record.size.max(end);
            record.ctim = now;
        });
        Ok(())
    }

    pub fn create(&mut self, directory: NodeId, name: &[u8], filetype: Filetype, contents: &[u8]) -> Result<NodeId> {
        let entry = self.prepare(directory, name)?;
        let place = self.arena.allocate(1);
        let page = if contents.is_empty() { Ok(0) } else { self.arena.allocate(PAGE) };
        let (place, page) = match (place, page) {
            (Ok(place), Ok(page)) => (place, page),
            (place, page) => {
                self.settle(entry, GONE);
                place.map(|place| self.arena.free(place, 1))?;
                return page.map(|_| GONE);
            }
        };
        if let Some(bytes) = self.arena.bytes_mut(page, PAGE).get_mut(..contents.len()) {
            bytes.copy_from_slice(contents);
        }
        let now = now();
        let record = Record {
            size: contents.len() as u64,
            atim: now,
            mtim: now,
            ctim: now,
            first: page,
            parent: directory,
            links: 1,
            root: self.record(directory).map_or_else(|| tree::root(directory), |record| record.root),
            filetype: filetype as u32,
            ..Record::default()
        };
        self.arena.set(place, &record);
        let node = place + self.nodes.len() as u32;
        self.settle(entry, node);
        self.changed(directory);
        Ok(node)
    }

    pub fn link(&mut self, directory: NodeId, name: &[u8], node: NodeId) -> Result<()> {
        self.touch(node)?;
        let entry = self.prepare(directory, name)?;
        self.settle(entry, node);
        let now = now();
        self.update(node, |record| {
            record.links += 1;
            record.ctim = now;
        });
        self.changed(directory);
        Ok(())
    }

    pub fn unlink(&mut self, directory: NodeId, name: &[u8]) -> Result<()> {
        let node = self.lookup(directory, name).ok_or(Errno::Noent)?;
        self.touch(node)?;
        let entry = self.prepare(directory, name)?;
        self.settle(entry, GONE);
        self.changed(directory);
        self.drop_name(node);
        Ok(())
    }

    pub fn rename(&mut self, old: (NodeId, &[u8]), new: (NodeId, &[u8])) -> Result<()> {
        let node = self.lookup(old.0, old.1).ok_or(Errno::Noent)?;
        let replaced = self.lookup(new.0, new.1);
        self.touch(node)?;
        if let Some(replaced) = replaced {
            self.touch(replaced)?;
        }
        let new_entry = self.prepare(new.0, new.1)?;
        let old_entry = match self.prepare(old.0, old.1) {
            Ok(entry) => entry,
            Err(error) => {
                self.settle(new_entry, replaced.unwrap_or(GONE));
                return Err(error);
            }
        };
        self.settle(new_entry, node);
        self.settle(old_entry, GONE);
        let now = now();
        self.update(node, |record| (record.parent, record.ctim) = (new.0, now));
        self.changed(old.0);
        self.changed(new.0);
        if let Some(replaced) = replaced {
            self.drop_name(replaced);
        }
        Ok(())
    }

    /// A directory's entries are others now.
    pub fn changed(&mut self, directory: NodeId) {
        let now = now();
        self.update(directory, |record| (record.mtim, record.ctim) = (now, now));
    }

    pub fn set_times(&mut self, node: NodeId, times: &Timestamps) -> Result<()> {
        let (_, record) = self.touch(node)?;
        let now = now();
        let choose = |time: Timespec, old| match time.tv_nsec {
            nanoseconds if nanoseconds == rustix::fs::UTIME_OMIT as _ => Ok(old),
            nanoseconds if nanoseconds == rustix::fs::UTIME_NOW as _ => Ok(now),
            _ => timestamp(time),
        };
        let (atim, mtim) = (choose(times.last_access, record.atim)?, choose(times.last_modification, record.mtim)?);
        self.update(node, |record| (record.atim, record.mtim, record.ctim) = (atim, mtim, now));
        Ok(())
    }
}

fn now() -> Timestamp {
    clock_time_get(Clockid::Realtime, 0).unwrap_or(0)
}
