//! Changes to embedded trees, kept in memory until the program ends.
//!
//! A node of the executable that is changed gets a record (`changes`) and keeps its number; a new node is a record
//! alone. A directory's entries are those in the executable, except for names that have an entry here (`names`), which
//! says what has the name now or that nothing has. So nothing is copied before it is written to, directories move with
//! all that is in them, and descriptors stay good.

use super::changes::State;
use super::names::GONE;
use super::{FileSystem, NodeId, Nodes, tree};
use crate::errno::Result;
use crate::file;
use crate::memory::Bytes;
use core::cell::UnsafeCell;
use rustix::fs::Timestamps;
use wexe_abi::types::{Errno, Filestat, Filetype};

/// What programs refer to that change their trees (`wexe_abi::embed::OVERLAY`).
#[unsafe(export_name = "wexe.embed_overlay")]
static OVERLAY: &dyn FileSystem = &STATE;

static STATE: Overlay = Overlay(UnsafeCell::new(None));

struct Overlay(UnsafeCell<Option<State>>);

// SAFETY: a program has one thread.
unsafe impl Sync for Overlay {}

impl Overlay {
    /// The only access to the state, which the first descriptor makes.
    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> Option<T> {
        // SAFETY: a program has one thread, and no `work` in this file comes back here: what it is handed copies bytes.
        unsafe { &mut *self.0.get() }.as_mut().map(work)
    }

    fn change<T>(&self, work: impl FnOnce(&mut State) -> Result<T>) -> Result<T> {
        self.with(work).unwrap_or(Err(Errno::Nomem.into()))
    }
}

impl Nodes for Overlay {
    fn filetype(&self, node: NodeId) -> Filetype {
        self.with(|state| state.filetype(node)).unwrap_or_else(|| tree::filetype(node))
    }

    fn stat(&self, node: NodeId) -> Filestat {
        let Some(record) = self.with(|state| state.record(node)).flatten() else { return tree::stat(node) };
        Filestat {
            dev: tree::device(record.root),
            ino: tree::ino(node),
            filetype: record.filetype as u8,
            padding: [0; 7],
            nlink: u64::from(record.links),
            size: record.size,
            atim: record.atim,
            mtim: record.mtim,
            ctim: record.ctim,
        }
    }

    fn parent(&self, directory: NodeId) -> NodeId {
        let record = self.with(|state| state.record(directory)).flatten();
        record.map_or_else(|| tree::parent(directory), |record| record.parent)
    }

    fn lookup(&self, directory: NodeId, name: &[u8]) -> Option<NodeId> {
        self.with(|state| state.lookup(directory, name)).flatten()
    }

    fn read(&self, node: NodeId, offset: u64, take: &mut dyn FnMut(&[u8])) {
        self.with(|state| state.read(node, offset, take));
    }

    fn entries(
        &self,
        directory: NodeId,
        position: u64,
        take: &mut dyn FnMut(file::Entry) -> Result<bool>,
    ) -> Result<()> {
        self.change(|state| {
            if state.is_removed(directory) {
                return Err(Errno::Noent.into());
            }
            for (next, node) in state.old_entries(directory, position) {
                let (ino, filetype, name) = (tree::ino(node), tree::filetype(node), tree::name(node));
                if !take(file::Entry { next, ino, filetype, name })? {
                    return Ok(());
                }
            }
            for (place, entry) in state.entries(directory) {
                if entry.position < position || entry.node == GONE {
                    continue;
                }
                let (ino, filetype) = (tree::ino(entry.node), state.filetype(entry.node));
                let name = state.entry_name(place, &entry);
                if !take(file::Entry { next: entry.position + 1, ino, filetype, name })? {
                    break;
                }
            }
            Ok(())
        })
    }

    fn opened(&self, node: NodeId) -> Result<()> {
        // SAFETY: as in `with`.
        let state = unsafe { &mut *self.0.get() };
        if state.is_none() {
            *state = Some(State::new()?);
        }
        self.with(|state| state.count_descriptor(node, |count| count.saturating_add(1)));
        Ok(())
    }

    fn closed(&self, node: NodeId) {
        self.with(|state| {
            if state.count_descriptor(node, |count| count.saturating_sub(1)) == 0 {
                state.end_unused(node);
            }
        });
    }

    fn is_removed(&self, directory: NodeId) -> bool {
        self.with(|state| state.is_removed(directory)).unwrap_or(false)
    }

    fn is_empty(&self, directory: NodeId) -> bool {
        let is_empty = self.with(|state| {
            let has_new = state.entries(directory).any(|(_, entry)| entry.node != GONE);
            !has_new && state.old_entries(directory, 0).next().is_none()
        });
        is_empty.unwrap_or(false)
    }

    fn create(&self, directory: NodeId, name: &[u8], filetype: Filetype, contents: &[u8]) -> Result<NodeId> {
        self.change(|state| state.create(directory, name, filetype, contents))
    }

    fn link(&self, directory: NodeId, name: &[u8], node: NodeId) -> Result<()> {
        self.change(|state| state.link(directory, name, node))
    }

    fn unlink(&self, directory: NodeId, name: &[u8]) -> Result<()> {
        self.change(|state| state.unlink(directory, name))
    }

    fn rename(&self, old: (NodeId, &[u8]), new: (NodeId, &[u8])) -> Result<()> {
        self.change(|state| state.rename(old, new))
    }

    fn write(&self, node: NodeId, offset: u64, bytes: Bytes) -> Result<usize> {
        self.change(|state| state.write(node, offset, bytes))
    }

    fn allocate(&self, node: NodeId, offset: u64, len: u64) -> Result<()> {
        self.change(|state| state.allocate(node, offset, len))
    }

    fn set_size(&self, node: NodeId, size: u64) -> Result<()> {
        self.change(|state| state.set_size(node, size))
    }

    fn set_times(&self, node: NodeId, times: &Timestamps) -> Result<()> {
        self.change(|state| state.set_times(node, times))
    }
}
