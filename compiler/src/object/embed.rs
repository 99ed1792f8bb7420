//! Directory trees → the section that `wexe_abi::embed` draws.

use super::Writer;
use super::blob::{Blob, Pointee, Section};
use crate::error::{Error, Result};
use crate::options::{Contents, Embedded, TreeEntry};
use wexe_abi::embed::{CONTENTS_ALIGNMENT, MAX_BYTES, NAME_MAX, Node};
use wexe_abi::types::Filetype;

/// Writes the trees and `wexe_abi::embed::Embedded`: where that is, or null for no trees.
pub(super) fn put(embedded: &Embedded, writer: &mut Writer<'_>, relro: &mut Blob) -> Result<Pointee> {
    let Some(symbol) = embedded.symbol() else { return Ok(Pointee::Null) };
    let layout = lay_out(&embedded.trees)?;
    let mut section = Blob::default();
    let nodes = section.put(&layout.nodes, 16);
    let names = section.put(&layout.names, 1);
    let contents = section.align(CONTENTS_ALIGNMENT);
    section.bytes.reserve_exact(layout.contents_len as usize);
    for bytes in &layout.contents {
        section.put(bytes, CONTENTS_ALIGNMENT);
    }
    writer.fill(Section::Embedded, section, 16)?;

    let symbol = writer.external(symbol);
    let here = |offset| Pointee::Section(Section::Embedded, offset);
    let descriptor = relro.align(8);
    relro.put_pointer(Pointee::Symbol(symbol));
    relro.put_pointer(here(nodes));
    relro.put_u64((layout.nodes.len() / size_of::<Node>()) as u64);
    relro.put_u64(embedded.trees.len() as u64);
    relro.put_pointer(here(names));
    relro.put_u64(layout.names.len() as u64);
    relro.put_pointer(here(contents));
    relro.put_u64(layout.contents_len);
    relro.put_u64(embedded.overlay.unwrap_or(0));
    debug_assert_eq!(relro.bytes.len() as u64 - descriptor, size_of::<wexe_abi::embed::Embedded>() as u64);
    Ok(Pointee::Section(Section::Relro, descriptor))
}

#[derive(Default)]
struct Layout<'a> {
    /// Bytes of the nodes.
    nodes: Vec<u8>,
    names: Vec<u8>,
    contents: Vec<&'a [u8]>,
    /// With what aligns them.
    contents_len: u64,
}

/// Numbers the nodes level by level.
fn lay_out(trees: &[TreeEntry]) -> Result<Layout<'_>> {
    let mut layout = Layout::default();
    // The nodes in their order, each with its parent and its root.
    let mut order: Vec<(&TreeEntry, u32, u32)> = (0..).zip(trees).map(|(root, tree)| (tree, root, root)).collect();
    let mut next = 0;
    while let Some(&(entry, parent, root)) = order.get(next) {
        let (filetype, first, size) = match &entry.contents {
            Contents::Directory(entries) => {
                let first = order.len() as u64;
                let mut sorted: Vec<&TreeEntry> = entries.iter().collect();
                sorted.sort_unstable_by_key(|entry| entry.name.as_bytes());
                order.extend(sorted.into_iter().map(|entry| (entry, next as u32, root)));
                (Filetype::Directory, first, entries.len() as u64)
            }
            Contents::File(bytes) => (Filetype::RegularFile, layout.add(bytes), bytes.len() as u64),
            Contents::Link(bytes) => (Filetype::SymbolicLink, layout.add(bytes), bytes.len() as u64),
        };
        let name = layout.names.len() as u32;
        if entry.name.contains('\0') || (next >= trees.len() && entry.name.len() > NAME_MAX) {
            return Err(Error::limit(format!("the name \"{}\" of an embedded file", entry.name.escape_default())));
        }
        layout.names.extend(entry.name.as_bytes());
        layout.names.push(0);
        for number in [entry.mtime, size, first] {
            layout.nodes.extend(number.to_le_bytes());
        }
        layout.nodes.extend(name.to_le_bytes());
        layout.nodes.extend((entry.name.len() as u16).to_le_bytes());
        layout.nodes.extend([filetype as u8, 0]);
        layout.nodes.extend(parent.to_le_bytes());
        layout.nodes.extend(root.to_le_bytes());
        if (layout.nodes.len() + layout.names.len()) as u64 + layout.contents_len > MAX_BYTES {
            return Err(Error::limit(format!("embedded directories of more than {MAX_BYTES} bytes")));
        }
        next += 1;
    }
    Ok(layout)
}

impl<'a> Layout<'a> {
    /// Adds the contents of a file or link: where they begin.
    fn add(&mut self, bytes: &'a [u8]) -> u64 {
        let begin = self.contents_len.next_multiple_of(CONTENTS_ALIGNMENT);
        self.contents.push(bytes);
        self.contents_len = begin + bytes.len() as u64;
        begin
    }
}
