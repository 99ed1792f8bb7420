//! Paths to nodes, with the kernel's rules for a walk beneath a directory (`sandbox` says which these are): what a path
//! does here, it does in a directory of the host too, and with the same errors.

use super::{NodeId, Nodes};
use crate::errno::Result;
use wexe_abi::embed::NAME_MAX;
use wexe_abi::types::{Errno, Filetype};

/// Symbolic links that a walk follows at most, as on Linux.
const MAX_LINKS: usize = 40;
/// Room for what is left of a path when links are put into it. Linux has no limit for all of it together.
const ROOM: usize = 2 * libc::PATH_MAX as usize;
/// What to do with a symbolic link that a path ends with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Last {
    Follow,
    /// Only if slashes follow: then it must lead to a directory.
    FollowBeforeSlash,
    /// Only if no slashes follow: a file that is to be created cannot have any.
    FollowUnlessSlash,
    Keep,
}

/// Where a path leads.
pub struct Place<'a> {
    pub directory: NodeId,
    /// The last component. Empty if the path ended with `.` or `..`: then `directory` is the place itself.
    pub name: &'a [u8],
    /// What has this name.
    pub node: Option<NodeId>,
    /// Slashes followed, so it can only be a directory.
    pub slash: bool,
}

/// What is left of a path, at the end of the room, so that a link can be put in front of it.
pub struct Room {
    bytes: [u8; ROOM],
    begin: usize,
}

impl Room {
    pub fn new() -> Room {
        Room { bytes: [0; ROOM], begin: ROOM }
    }

    /// Puts a part of a path in front of what is left.
    fn put(&mut self, part: &[u8]) -> Result<()> {
        let begin = self.begin.checked_sub(part.len()).ok_or(Errno::Nametoolong)?;
        self.bytes.get_mut(begin..self.begin).ok_or(Errno::Nametoolong)?.copy_from_slice(part);
        self.begin = begin;
        Ok(())
    }

    fn rest(&self) -> &[u8] {
        self.bytes.get(self.begin..).unwrap_or_default()
    }

    /// Leaves out `count` bytes.
    fn skip(&mut self, count: usize) {
        self.begin = (self.begin + count).min(ROOM);
    }

    /// Walks beneath `start`, a directory; above it is nothing.
    pub fn walk(&mut self, nodes: &impl Nodes, start: NodeId, path: &[u8], last: Last) -> Result<Place<'_>> {
        if nodes.filetype(start) != Filetype::Directory {
            return Err(Errno::Notdir.into());
        }
        self.put(path)?;
        let (mut directory, mut links) = (start, 0);
        loop {
            let slashes = length_while(self.rest(), |byte| byte == b'/');
            self.skip(slashes);
            let len = length_while(self.rest(), |byte| byte != b'/');
            let (name, behind) = self.rest().split_at_checked(len).unwrap_or_default();
            match name {
                b"" => return Ok(Place { directory, name: b"", node: Some(directory), slash: true }),
                b"." => {
                    self.skip(1);
                    continue;
                }
                b".." if directory == start => return Err(Errno::Notcapable.into()),
                b".." => {
                    directory = nodes.parent(directory);
                    self.skip(2);
                    continue;
                }
                _ if len > NAME_MAX => return Err(Errno::Nametoolong.into()),
                _ => {}
            }
            let slash = !behind.is_empty();
            let is_last = behind.iter().all(|&byte| byte == b'/');
            let node = nodes.lookup(directory, name);
            let filetype = node.map(|node| nodes.filetype(node));
            let follows = match last {
                _ if !is_last => true,
                Last::Follow => true,
                Last::FollowBeforeSlash => slash,
                Last::FollowUnlessSlash => !slash,
                Last::Keep => false,
            };
            match (node, filetype) {
                (Some(node), Some(Filetype::SymbolicLink)) if follows => {
                    links += 1;
                    self.skip(len);
                    self.put_link(nodes, node, links)?;
                }
                _ if is_last => {
                    let name = self.bytes.get(self.begin..self.begin + len).unwrap_or_default();
                    return Ok(Place { directory, name, node, slash });
                }
                (None, _) => return Err(Errno::Noent.into()),
                (Some(node), Some(Filetype::Directory)) => {
                    directory = node;
                    self.skip(len);
                }
                _ => return Err(Errno::Notdir.into()),
            }
        }
    }

    /// Puts what a link holds in front of what is left.
    fn put_link(&mut self, nodes: &impl Nodes, link: NodeId, links: usize) -> Result<()> {
        if links > MAX_LINKS {
            return Err(Errno::Loop.into());
        }
        let mut outcome = Err(Errno::Noent.into());
        nodes.read(link, 0, &mut |contents| {
            outcome = match contents.first() {
                None => Err(Errno::Noent.into()),
                Some(b'/') => Err(Errno::Notcapable.into()),
                Some(_) => self.put(contents),
            };
        });
        outcome
    }
}

fn length_while(bytes: &[u8], holds: impl Fn(u8) -> bool) -> usize {
    bytes.iter().position(|&byte| !holds(byte)).unwrap_or(bytes.len())
}

/// What is at `path`.
pub fn find(nodes: &impl Nodes, start: NodeId, path: &[u8], follow: bool) -> Result<NodeId> {
    let mut room = Room::new();
    let place = room.walk(nodes, start, path, if follow { Last::Follow } else { Last::FollowBeforeSlash })?;
    if place.slash {
        require_directory(nodes, &place)?;
    }
    Ok(place.node.ok_or(Errno::Noent)?)
}

/// Fails unless there is a directory.
pub fn require_directory(nodes: &impl Nodes, place: &Place) -> Result<()> {
    let node = place.node.ok_or(Errno::Noent)?;
    if nodes.filetype(node) == Filetype::Directory { Ok(()) } else { Err(Errno::Notdir.into()) }
}

/// Fails if the place is taken.
pub fn require_free(place: &Place) -> Result<()> {
    if place.node.is_some() { Err(Errno::Exist.into()) } else { Ok(()) }
}

/// Fails if only a directory could be made there.
pub fn require_no_slash(place: &Place) -> Result<()> {
    if place.slash { Err(Errno::Noent.into()) } else { Ok(()) }
}

/// Fails if the directory that the place is in has been removed.
pub fn require_place(nodes: &impl Nodes, place: &Place) -> Result<()> {
    if nodes.is_removed(place.directory) { Err(Errno::Noent.into()) } else { Ok(()) }
}

/// Whether `directory` is `ancestor` or beneath it.
pub fn is_beneath(nodes: &impl Nodes, mut directory: NodeId, ancestor: NodeId) -> bool {
    loop {
        if directory == ancestor {
            return true;
        }
        let parent = nodes.parent(directory);
        if parent == directory {
            return false;
        }
        directory = parent;
    }
}
