//! Directory trees inside the executable: descriptors that are not the host's.
//!
//! What the host does for its files is done here for nodes: [`Nodes`] is what a file system knows about each of them,
//! [`path`] finds them, and [`FileSystem`] is what the rest of the runtime sees. There are two: [`tree`] reads what the
//! compiler laid out (`wexe_abi::embed`), [`overlay`] keeps changes to it in memory. The program says which it
//! wants by a pointer to one of two symbols, and only through that pointer are they called: the linker leaves both out
//! of a program that has no embedded trees.

mod arena;
mod changes;
mod contents;
mod file_system;
mod names;
mod open;
mod overlay;
mod path;
mod tree;

pub use file_system::FileSystem;
pub use open::{Handle, Open};

use crate::errno::Result;
use crate::file::Entry;
use crate::memory::Bytes;
use crate::start;
use rustix::fs::Timestamps;
use wexe_abi::embed::Embedded;
use wexe_abi::types::{Errno, Filestat, Filetype};

/// Number of a file, directory or symbolic link: those in the executable first, then those made since.
type NodeId = u32;

/// What a file system knows about its nodes and can do to them. Whether that is allowed is the caller's business.
pub trait Nodes: Sync {
    fn filetype(&self, node: NodeId) -> Filetype;

    fn stat(&self, node: NodeId) -> Filestat;

    /// The directory that a directory is in; a root is in itself.
    fn parent(&self, directory: NodeId) -> NodeId;

    fn lookup(&self, directory: NodeId, name: &[u8]) -> Option<NodeId>;

    /// Hands contents from `offset` on to `take`, as many as lie together; none at the end.
    fn read(&self, node: NodeId, offset: u64, take: &mut dyn FnMut(&[u8]));

    /// Hands the entries of a directory from a position on to `take`, until that says that it has enough.
    fn entries(&self, directory: NodeId, position: u64, take: &mut dyn FnMut(Entry) -> Result<bool>) -> Result<()>;

    /// A descriptor begins to refer to `node`.
    fn opened(&self, _node: NodeId) -> Result<()> {
        Ok(())
    }

    /// A descriptor stops referring to `node`.
    fn closed(&self, _node: NodeId) {}

    /// Whether a directory that is still open has no name any more.
    fn is_removed(&self, _directory: NodeId) -> bool {
        false
    }

    fn is_empty(&self, _directory: NodeId) -> bool {
        false
    }

    /// A new node under a name that is free, which holds `contents`.
    fn create(&self, _directory: NodeId, _name: &[u8], _filetype: Filetype, _contents: &[u8]) -> Result<NodeId> {
        Err(Errno::Rofs.into())
    }

    /// Gives `node` another name, which is free.
    fn link(&self, _directory: NodeId, _name: &[u8], _node: NodeId) -> Result<()> {
        Err(Errno::Rofs.into())
    }

    /// Takes a name from what has it; a directory is empty.
    fn unlink(&self, _directory: NodeId, _name: &[u8]) -> Result<()> {
        Err(Errno::Rofs.into())
    }

    /// Gives what has the old name the new one, and takes that from what may have it.
    fn rename(&self, _old: (NodeId, &[u8]), _new: (NodeId, &[u8])) -> Result<()> {
        Err(Errno::Rofs.into())
    }

    /// Writes at `offset`: how many bytes there was memory for.
    fn write(&self, _node: NodeId, _offset: u64, _bytes: Bytes) -> Result<usize> {
        Err(Errno::Rofs.into())
    }

    /// Takes memory for `len` bytes at `offset`.
    fn allocate(&self, _node: NodeId, _offset: u64, _len: u64) -> Result<()> {
        Err(Errno::Rofs.into())
    }

    fn set_size(&self, _node: NodeId, _size: u64) -> Result<()> {
        Err(Errno::Rofs.into())
    }

    fn set_times(&self, _node: NodeId, _times: &Timestamps) -> Result<()> {
        Err(Errno::Rofs.into())
    }
}

/// The file system of the embedded trees, for whoever has a handle of it.
pub fn files() -> &'static dyn FileSystem {
    // SAFETY: only a program with embedded trees ever gets handles, and its compiler put the address of one of the two
    // symbols there that `tree` and `overlay` define.
    unsafe { *(*start::PROGRAM.embedded).file_system.cast::<&'static dyn FileSystem>() }
}

/// Gives the program its trees. It is called for programs that have some.
#[unsafe(export_name = "wexe.open_trees")]
extern "C" fn open_trees() {
    files().open_trees();
}

/// The trees of a program that has any.
fn embedded() -> Option<&'static Embedded> {
    // SAFETY: the compiler's structure, or null.
    unsafe { start::PROGRAM.embedded.as_ref() }
}
