//! What the rest of the runtime does with embedded trees: what it else asks the host for, on open files and by path.

use super::open::{self, Handle, Open};
use super::path::{Last, Room, find, is_beneath, require_directory, require_free, require_no_slash, require_place};
use super::{NodeId, Nodes, tree};
use crate::errno::Result;
use crate::file::Entry;
use crate::memory::{self, Bytes, Vectors};
use crate::{fd_table, stderr};
use rustix::fs::{OFlags, SeekFrom, Timestamps};
use wexe_abi::types::{Errno, Filesize, Filestat, Filetype, Pointer, Size};

/// Most bytes that one call moves, as on Linux.
const MAX_TRANSFER: usize = 0x7fff_f000;
/// Flags that an open file keeps.
const KEPT: OFlags = OFlags::APPEND.union(OFlags::NONBLOCK).union(OFlags::SYNC);

/// Open files are known by their handles, and a path begins at that of a directory. `file` and `sandbox` say what each
/// operation does.
pub trait FileSystem: Nodes {
    /// Opens `path`, and creates or empties it if `flags` say so. What is returned has no handle yet.
    fn open(&self, start: Handle, path: &[u8], flags: OFlags) -> Result<Open>;
    fn stat_at(&self, start: Handle, path: &[u8], follow: bool) -> Result<Filestat>;
    fn set_times_at(&self, start: Handle, path: &[u8], follow: bool, times: &Timestamps) -> Result<()>;
    fn create_directory(&self, start: Handle, path: &[u8]) -> Result<()>;
    fn create_link(&self, start: Handle, path: &[u8], contents: &[u8]) -> Result<()>;
    fn link_at(&self, old: (Handle, &[u8]), new: (Handle, &[u8])) -> Result<()>;
    /// Hands what a link holds on to `take`; `inval` if it is none.
    fn read_link(&self, start: Handle, path: &[u8], take: &mut dyn FnMut(&[u8])) -> Result<()>;
    fn remove(&self, start: Handle, path: &[u8], is_directory: bool) -> Result<()>;
    fn rename_at(&self, old: (Handle, &[u8]), new: (Handle, &[u8])) -> Result<()>;
    fn read_open(&self, file: Handle, vectors: Pointer, count: Size, offset: Option<Filesize>) -> Result<Size>;
    fn write_open(&self, file: Handle, vectors: Pointer, count: Size, offset: Option<Filesize>) -> Result<Size>;
    /// Hands up to `count` bytes from `offset` on to `send`, which says how many it took; ends when it takes none.
    fn send_open(
        &self,
        file: Handle,
        offset: Filesize,
        count: Filesize,
        send: &mut dyn FnMut(&[u8]) -> Result<Size>,
    ) -> Result<Filesize>;
    fn seek_open(&self, file: Handle, target: SeekFrom) -> Result<Filesize>;
    /// Bytes from the place of the descriptor to the end.
    fn available(&self, file: Handle) -> Filesize;
    fn flags(&self, file: Handle) -> Result<OFlags>;
    fn set_flags(&self, file: Handle, flags: OFlags) -> Result<()>;
    fn stat_open(&self, file: Handle) -> Result<Filestat>;
    fn entries_open(&self, directory: Handle, position: u64, take: &mut dyn FnMut(Entry) -> Result<bool>)
    -> Result<()>;
    fn allocate_open(&self, file: Handle, offset: Filesize, len: Filesize) -> Result<()>;
    fn set_size_open(&self, file: Handle, size: Filesize) -> Result<()>;
    fn set_times_open(&self, file: Handle, times: &Timestamps) -> Result<()>;
    /// Gives what was opened a handle.
    fn begin(&self, open: Open) -> Result<Handle>;
    /// The handle for one descriptor more, which shares place and flags with those there are.
    fn share(&self, file: Handle) -> Result<Handle>;
    /// Closes a handle for one descriptor.
    fn end(&self, file: Handle) -> Result<()>;
    /// Gives the program its trees, in their order.
    fn open_trees(&self);
}

impl<N: Nodes> FileSystem for N {
    fn open(&self, start: Handle, path: &[u8], flags: OFlags) -> Result<Open> {
        let node = open_node(self, open::get(start)?.node, path, flags)?;
        Ok(Open { node, filetype: self.filetype(node), flags: flags.intersection(KEPT), position: 0 })
    }

    fn stat_at(&self, start: Handle, path: &[u8], follow: bool) -> Result<Filestat> {
        Ok(self.stat(find(self, open::get(start)?.node, path, follow)?))
    }

    fn set_times_at(&self, start: Handle, path: &[u8], follow: bool, times: &Timestamps) -> Result<()> {
        self.set_times(find(self, open::get(start)?.node, path, follow)?, times)
    }

    fn create_directory(&self, start: Handle, path: &[u8]) -> Result<()> {
        let mut room = Room::new();
        let place = room.walk(self, open::get(start)?.node, path, Last::Keep)?;
        require_free(&place)?;
        require_place(self, &place)?;
        self.create(place.directory, place.name, Filetype::Directory, &[])?;
        Ok(())
    }

    fn create_link(&self, start: Handle, path: &[u8], contents: &[u8]) -> Result<()> {
        let mut room = Room::new();
        let place = room.walk(self, open::get(start)?.node, path, Last::Keep)?;
        require_free(&place)?;
        require_no_slash(&place)?;
        require_place(self, &place)?;
        self.create(place.directory, place.name, Filetype::SymbolicLink, contents)?;
        Ok(())
    }

    fn link_at(&self, old: (Handle, &[u8]), new: (Handle, &[u8])) -> Result<()> {
        let (mut old_room, mut new_room) = (Room::new(), Room::new());
        let old = old_room.walk(self, open::get(old.0)?.node, old.1, Last::FollowBeforeSlash)?;
        if old.slash {
            require_directory(self, &old)?;
        }
        let new = new_room.walk(self, open::get(new.0)?.node, new.1, Last::Keep)?;
        if old.slash {
            return Err(Errno::Perm.into());
        }
        let node = old.node.ok_or(Errno::Noent)?;
        require_free(&new)?;
        require_no_slash(&new)?;
        if self.stat(node).dev != self.stat(new.directory).dev {
            return Err(Errno::Xdev.into());
        }
        require_place(self, &new)?;
        if self.filetype(node) == Filetype::Directory {
            return Err(Errno::Perm.into());
        }
        self.link(new.directory, new.name, node)
    }

    fn read_link(&self, start: Handle, path: &[u8], take: &mut dyn FnMut(&[u8])) -> Result<()> {
        let node = find(self, open::get(start)?.node, path, false)?;
        if self.filetype(node) != Filetype::SymbolicLink {
            return Err(Errno::Inval.into());
        }
        self.read(node, 0, take);
        Ok(())
    }

    fn remove(&self, start: Handle, path: &[u8], is_directory: bool) -> Result<()> {
        let mut room = Room::new();
        let place = room.walk(self, open::get(start)?.node, path, Last::Keep)?;
        if place.name.is_empty() {
            return Err(if is_directory { Errno::Inval } else { Errno::Isdir }.into());
        }
        let node = place.node.ok_or(Errno::Noent)?;
        match (self.filetype(node), is_directory) {
            (Filetype::Directory, false) => return Err(Errno::Isdir.into()),
            (Filetype::Directory, true) if !self.is_empty(node) => return Err(Errno::Notempty.into()),
            (Filetype::Directory, true) => {}
            (_, true) => return Err(Errno::Notdir.into()),
            (_, false) if place.slash => return Err(Errno::Notdir.into()),
            (_, false) => {}
        }
        self.unlink(place.directory, place.name)
    }

    fn rename_at(&self, old: (Handle, &[u8]), new: (Handle, &[u8])) -> Result<()> {
        let (mut old_room, mut new_room) = (Room::new(), Room::new());
        let old = old_room.walk(self, open::get(old.0)?.node, old.1, Last::Keep)?;
        let new = new_room.walk(self, open::get(new.0)?.node, new.1, Last::Keep)?;
        if self.stat(old.directory).dev != self.stat(new.directory).dev {
            return Err(Errno::Xdev.into());
        }
        if old.name.is_empty() || new.name.is_empty() {
            return Err(Errno::Busy.into());
        }
        let node = old.node.ok_or(Errno::Noent)?;
        let is_directory = self.filetype(node) == Filetype::Directory;
        if !is_directory && (old.slash || new.slash) {
            return Err(Errno::Notdir.into());
        }
        require_place(self, &new)?;
        if is_beneath(self, new.directory, node) {
            return Err(Errno::Inval.into());
        }
        if let Some(replaced) = new.node {
            if is_beneath(self, old.directory, replaced) {
                return Err(Errno::Notempty.into());
            }
            if replaced == node {
                return Ok(());
            }
            match (is_directory, self.filetype(replaced) == Filetype::Directory) {
                (true, false) => return Err(Errno::Notdir.into()),
                (false, true) => return Err(Errno::Isdir.into()),
                (true, true) if !self.is_empty(replaced) => return Err(Errno::Notempty.into()),
                _ => {}
            }
        }
        self.rename((old.directory, old.name), (new.directory, new.name))
    }

    fn read_open(&self, file: Handle, vectors: Pointer, count: Size, offset: Option<Filesize>) -> Result<Size> {
        let open = open::get(file)?;
        let begin = offset.unwrap_or(open.position);
        let len = transfer(self, open.node, begin, vectors, count, |offset, part| {
            let mut len = 0;
            self.read(open.node, offset, &mut |piece| len = part.copy_from(piece));
            Ok(len)
        })?;
        move_on(file, begin, len, offset)
    }

    fn write_open(&self, file: Handle, vectors: Pointer, count: Size, offset: Option<Filesize>) -> Result<Size> {
        let open = open::get(file)?;
        let begin = match offset.unwrap_or(open.position) {
            // Linux appends whatever the offset is.
            begin if begin <= i64::MAX as u64 && open.flags.contains(OFlags::APPEND) => self.stat(open.node).size,
            begin => begin,
        };
        let len = transfer(self, open.node, begin, vectors, count, |offset, part| self.write(open.node, offset, part))?;
        move_on(file, begin, len, offset)
    }

    fn send_open(
        &self,
        file: Handle,
        offset: Filesize,
        count: Filesize,
        send: &mut dyn FnMut(&[u8]) -> Result<Size>,
    ) -> Result<Filesize> {
        let open = open::get(file)?;
        if offset > i64::MAX as u64 || open.filetype != Filetype::RegularFile {
            return Err(Errno::Inval.into());
        }
        let (count, mut total) = (count.min(MAX_TRANSFER as u64), 0);
        while total < count {
            let mut sent = Ok(0);
            self.read(open.node, offset + total, &mut |piece| {
                let piece = piece.get(..(count - total) as usize).unwrap_or(piece);
                sent = if piece.is_empty() { Ok(0) } else { send(piece) };
            });
            match sent {
                Err(error) if total == 0 => return Err(error),
                Ok(0) | Err(_) => break,
                Ok(len) => total += u64::from(len),
            }
        }
        Ok(total)
    }

    fn seek_open(&self, file: Handle, target: SeekFrom) -> Result<Filesize> {
        let open = open::get(file)?;
        let position = match target {
            SeekFrom::Current(offset) => open.position.checked_add_signed(offset),
            SeekFrom::End(offset) => self.stat(open.node).size.checked_add_signed(offset),
            SeekFrom::Start(offset) => Some(offset),
            _ => None,
        };
        let position = position.filter(|&position| position <= i64::MAX as u64).ok_or(Errno::Inval)?;
        open::update(file, |open| open.position = position)?;
        Ok(position)
    }

    fn available(&self, file: Handle) -> Filesize {
        open::get(file).map_or(0, |open| self.stat(open.node).size.saturating_sub(open.position))
    }

    fn flags(&self, file: Handle) -> Result<OFlags> {
        Ok(open::get(file)?.flags)
    }

    fn set_flags(&self, file: Handle, flags: OFlags) -> Result<()> {
        open::update(file, |open| open.flags = open.flags.difference(OFlags::APPEND | OFlags::NONBLOCK) | flags)
    }

    fn stat_open(&self, file: Handle) -> Result<Filestat> {
        Ok(self.stat(open::get(file)?.node))
    }

    fn entries_open(
        &self,
        directory: Handle,
        position: u64,
        take: &mut dyn FnMut(Entry) -> Result<bool>,
    ) -> Result<()> {
        self.entries(open::get(directory)?.node, position, take)
    }

    fn allocate_open(&self, file: Handle, offset: Filesize, len: Filesize) -> Result<()> {
        if len == 0 || offset > i64::MAX as u64 || len > i64::MAX as u64 {
            return Err(Errno::Inval.into());
        }
        self.allocate(open::get(file)?.node, offset, len)
    }

    fn set_size_open(&self, file: Handle, size: Filesize) -> Result<()> {
        if size > i64::MAX as u64 {
            return Err(Errno::Inval.into());
        }
        self.set_size(open::get(file)?.node, size)
    }

    fn set_times_open(&self, file: Handle, times: &Timestamps) -> Result<()> {
        self.set_times(open::get(file)?.node, times)
    }

    fn begin(&self, open: Open) -> Result<Handle> {
        self.opened(open.node)?;
        open::add(open).inspect_err(|_| self.closed(open.node))
    }

    fn share(&self, file: Handle) -> Result<Handle> {
        open::share(file)
    }

    fn end(&self, file: Handle) -> Result<()> {
        if let Some(open) = open::release(file)? {
            self.closed(open.node);
        }
        Ok(())
    }

    fn open_trees(&self) {
        let Some(embedded) = super::embedded() else { return };
        for root in 0..embedded.root_count as NodeId {
            let filetype = Filetype::Directory;
            let opened = self.begin(Open { node: root, filetype, flags: OFlags::empty(), position: 0 });
            let read_only = embedded.overlay_limit == 0;
            if opened.and_then(|handle| fd_table::insert_tree(handle, tree::name(root), read_only)).is_err() {
                stderr::fail(&[b"no memory for the embedded directories (see ulimit -v)"], 1);
            }
        }
    }
}

/// The node that opening `path` leads to, made or emptied if `flags` say so.
fn open_node(nodes: &impl Nodes, start: NodeId, path: &[u8], flags: OFlags) -> Result<NodeId> {
    let creates = flags.contains(OFlags::CREATE);
    let excludes = creates && flags.contains(OFlags::EXCL);
    let last = match (creates, excludes || flags.contains(OFlags::NOFOLLOW)) {
        (true, true) => Last::Keep,
        (true, false) => Last::FollowUnlessSlash,
        (false, true) => Last::FollowBeforeSlash,
        (false, false) => Last::Follow,
    };
    let mut room = Room::new();
    let place = room.walk(nodes, start, path, last)?;
    if creates && place.slash && !place.name.is_empty() {
        return Err(Errno::Isdir.into());
    }
    let Some(node) = place.node else {
        if !creates {
            return Err(Errno::Noent.into());
        }
        require_place(nodes, &place)?;
        return nodes.create(place.directory, place.name, Filetype::RegularFile, &[]);
    };
    if excludes {
        return Err(Errno::Exist.into());
    }
    let changes = flags.intersects(OFlags::TRUNC | OFlags::WRONLY | OFlags::RDWR);
    match nodes.filetype(node) {
        Filetype::Directory if creates || changes => Err(Errno::Isdir.into()),
        Filetype::Directory => Ok(node),
        _ if place.slash || flags.contains(OFlags::DIRECTORY) => Err(Errno::Notdir.into()),
        Filetype::SymbolicLink => Err(Errno::Loop.into()),
        _ => {
            if flags.contains(OFlags::TRUNC) {
                nodes.set_size(node, 0)?;
            }
            Ok(node)
        }
    }
}

/// Puts a descriptor behind what was read or written, unless that was at an `offset`.
fn move_on(file: Handle, begin: Filesize, len: Size, offset: Option<Filesize>) -> Result<Size> {
    if offset.is_none() {
        open::update(file, |open| open.position = begin + u64::from(len))?;
    }
    Ok(len)
}

/// Moves the parts of guest memory one after the other, as much of each as `work` can at a time: how many bytes in all.
/// What was moved before an error counts.
fn transfer(
    nodes: &impl Nodes,
    node: NodeId,
    offset: u64,
    vectors: Pointer,
    count: Size,
    mut work: impl FnMut(u64, Bytes) -> Result<usize>,
) -> Result<Size> {
    let mut room = Vectors::<{ memory::MAX_VECTORS }>::new();
    let vectors = room.parts(vectors, count)?;
    if offset > i64::MAX as u64 {
        return Err(Errno::Inval.into());
    }
    if nodes.filetype(node) == Filetype::Directory {
        return Err(Errno::Isdir.into());
    }
    let mut total = 0;
    for &vector in vectors {
        let mut part = vector.part(0, vector.len().min(MAX_TRANSFER - total))?;
        while !part.is_empty() {
            let len = match work(offset + total as u64, part) {
                Err(error) if total == 0 => return Err(error),
                Ok(0) | Err(_) => return Ok(total as Size),
                Ok(len) => len,
            };
            total += len;
            part = part.part(len, part.len() - len)?;
        }
    }
    Ok(total as Size)
}
