//! The trees as the compiler laid them out. Nothing here is ever written to.

use super::{FileSystem, NodeId, Nodes};
use crate::errno::Result;
use crate::file::Entry;
use crate::start;
use wexe_abi::embed::Node;
use wexe_abi::types::{Filestat, Filetype};

/// What programs refer to that only read their trees (`wexe_abi::embed::READ_ONLY`).
#[unsafe(export_name = "wexe.embed")]
static READ_ONLY: &dyn FileSystem = &Tree;

/// Device number of the first tree: none that the host gives to a device, so that no file is taken for another.
const DEVICE: u64 = 0x7765_7865 << 32;

struct Tree;

/// All nodes.
pub fn nodes() -> &'static [Node] {
    // SAFETY: the compiler's structure, or null, and its array.
    unsafe { start::PROGRAM.embedded.as_ref().map_or(&[], |trees| start::slice(trees.nodes, trees.node_count)) }
}

fn node(id: NodeId) -> Option<&'static Node> {
    nodes().get(id as usize)
}

/// A part of one of the two sequences of bytes.
fn part(all: &'static [u8], begin: u64, len: u64) -> &'static [u8] {
    let begin = begin as usize;
    all.get(begin..begin.saturating_add(len as usize)).unwrap_or_default()
}

fn names() -> &'static [u8] {
    // SAFETY: as in `nodes`.
    unsafe { start::PROGRAM.embedded.as_ref().map_or(&[], |trees| start::slice(trees.names, trees.names_len)) }
}

/// A node's name.
pub fn name(id: NodeId) -> &'static [u8] {
    node(id).map_or(&[], |node| part(names(), u64::from(node.name), u64::from(node.name_len)))
}

/// What a file or symbolic link holds.
pub fn contents(id: NodeId) -> &'static [u8] {
    // SAFETY: as in `nodes`.
    let all = unsafe { start::PROGRAM.embedded.as_ref().map(|trees| start::slice(trees.contents, trees.contents_len)) };
    match node(id) {
        Some(node) if filetype(id) != Filetype::Directory => part(all.unwrap_or_default(), node.first, node.size),
        _ => &[],
    }
}

pub fn filetype(id: NodeId) -> Filetype {
    node(id).and_then(|node| Filetype::from_raw(u32::from(node.filetype))).unwrap_or(Filetype::Unknown)
}

pub fn parent(id: NodeId) -> NodeId {
    node(id).map_or(id, |node| node.parent)
}

pub fn root(id: NodeId) -> NodeId {
    node(id).map_or(id, |node| node.root)
}

/// The entries of a directory.
pub fn children(directory: NodeId) -> core::ops::Range<NodeId> {
    match node(directory) {
        Some(node) if filetype(directory) == Filetype::Directory => {
            let first = node.first as NodeId;
            first..first.saturating_add(node.size as NodeId)
        }
        _ => 0..0,
    }
}

pub fn lookup(directory: NodeId, wanted: &[u8]) -> Option<NodeId> {
    let mut range = children(directory);
    while !range.is_empty() {
        let middle = range.start + (range.end - range.start) / 2;
        match name(middle).cmp(wanted) {
            core::cmp::Ordering::Equal => return Some(middle),
            core::cmp::Ordering::Less => range.start = middle + 1,
            core::cmp::Ordering::Greater => range.end = middle,
        }
    }
    None
}

/// The device number of the tree with this root.
pub fn device(root: NodeId) -> u64 {
    DEVICE + u64::from(root)
}

/// A node's serial number, which is never 0.
pub fn ino(id: NodeId) -> u64 {
    u64::from(id) + 1
}

pub fn stat(id: NodeId) -> Filestat {
    let mtime = node(id).map_or(0, |node| node.mtime);
    Filestat {
        dev: device(root(id)),
        ino: ino(id),
        filetype: filetype(id) as u8,
        padding: [0; 7],
        nlink: 1,
        size: contents(id).len() as u64,
        atim: mtime,
        mtim: mtime,
        ctim: mtime,
    }
}

impl Nodes for Tree {
    fn filetype(&self, node: NodeId) -> Filetype {
        filetype(node)
    }

    fn stat(&self, node: NodeId) -> Filestat {
        stat(node)
    }

    fn parent(&self, directory: NodeId) -> NodeId {
        parent(directory)
    }

    fn lookup(&self, directory: NodeId, name: &[u8]) -> Option<NodeId> {
        lookup(directory, name)
    }

    fn read(&self, node: NodeId, offset: u64, take: &mut dyn FnMut(&[u8])) {
        take(contents(node).get(offset as usize..).unwrap_or_default());
    }

    fn entries(&self, directory: NodeId, position: u64, take: &mut dyn FnMut(Entry) -> Result<bool>) -> Result<()> {
        for (next, node) in (1..).zip(children(directory)).skip(usize::try_from(position).unwrap_or(usize::MAX)) {
            if !take(Entry { next, ino: ino(node), filetype: filetype(node), name: name(node) })? {
                break;
            }
        }
        Ok(())
    }
}
