//! The current directory of a program: a path of the guest.
//!
//! Every path that a program uses starts from a descriptor, so this is only a name, which C libraries put before
//! relative paths. Whether there is such a directory, and whether a program may know, is for the kernel to say as for
//! all paths; then the name is made what `getcwd` has on Linux, without links and dots, by asking of each component
//! whether it is a link.

use crate::errno::{Error, Result};
use crate::fd_table::{self, Descriptor};
use crate::sandbox::{self, PATH_MAX, Path};
use core::cell::UnsafeCell;
use rustix::fs::{Mode, OFlags};
use wexe_abi::types::{Errno, Rights};

/// Most links on the way to a directory, as Linux has it.
const MOST_LINKS: usize = 40;

/// A path from the guest's root.
#[derive(Clone, Copy)]
struct Name {
    bytes: [u8; PATH_MAX],
    len: usize,
}

struct Current(UnsafeCell<Name>);

// SAFETY: a program has one thread.
unsafe impl Sync for Current {}

/// All zero, so that it takes no room in the executable; empty is the root.
static CURRENT: Current = Current(UnsafeCell::new(Name::ROOT));

/// Hands the path of the current directory to `work`.
pub fn with<T>(work: impl FnOnce(&[u8]) -> T) -> T {
    // SAFETY: a program has one thread, and no `work` changes the directory.
    let name = unsafe { &*CURRENT.0.get() };
    work(if name.len == 0 { b"/" } else { name.bytes() })
}

/// Makes the directory `path` the current one.
pub fn change(path: &[u8]) -> Result<()> {
    let mut wanted = Name::ROOT;
    if path.first() != Some(&b'/') {
        with(|current| wanted.append(current))?;
    }
    wanted.append(b"/")?;
    wanted.append(path)?;
    let (directory, mut rest) = wanted.granted()?;
    sandbox::open(&directory, &Path::new(&mut rest), OFlags::PATH | OFlags::DIRECTORY, Mode::empty())?;
    let name = wanted.without_links()?;
    // SAFETY: as in `with`; nothing refers to it now.
    unsafe { *CURRENT.0.get() = name };
    Ok(())
}

impl Name {
    const ROOT: Name = Name { bytes: [0; PATH_MAX], len: 0 };

    fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// Puts bytes behind it; one byte is left for a NUL.
    fn append(&mut self, bytes: &[u8]) -> Result<()> {
        let end = self.len + bytes.len();
        if end >= PATH_MAX {
            return Err(Errno::Nametoolong.into());
        }
        self.bytes.get_mut(self.len..end).unwrap_or_default().copy_from_slice(bytes);
        self.len = end;
        Ok(())
    }

    /// Takes the last component away.
    fn pop(&mut self) {
        self.len = self.bytes().iter().rposition(|&byte| byte == b'/').unwrap_or(0);
    }

    /// The granted directory that it is in, and the rest of the path, with a NUL at its end. Of several, the one with
    /// the longest name.
    fn granted(&self) -> Result<(Descriptor, [u8; PATH_MAX])> {
        let path = trim(self.bytes());
        let rest = |directory: &Descriptor| {
            let name = trim(directory.preopen.unwrap_or_default());
            let rest = path.strip_prefix(name)?;
            (name.is_empty() || rest.is_empty() || rest.starts_with(b"/")).then_some(rest)
        };
        let granted = fd_table::preopens().filter_map(|directory| Some((directory, rest(&directory)?)));
        let (directory, rest) = granted.min_by_key(|(_, rest)| rest.len()).ok_or(Errno::Notcapable)?;
        directory.require(Rights::PATH_OPEN.union(Rights::PATH_READLINK))?;
        let mut copy = [0; PATH_MAX];
        let separators = rest.iter().take_while(|&&byte| byte == b'/').count();
        for (to, from) in copy.iter_mut().zip(rest.iter().skip(separators)) {
            *to = *from;
        }
        Ok((directory, copy))
    }

    /// The same directory's name without links and dots.
    fn without_links(&self) -> Result<Name> {
        let (mut name, mut rest, mut links) = (Name::ROOT, *self, 0);
        while let Some(next) = rest.first_component() {
            match next.bytes() {
                b"" | b"." => {}
                b".." => name.pop(),
                component => {
                    name.append(b"/")?;
                    name.append(component)?;
                    let mut contents = [0; PATH_MAX];
                    if let Some(contents) = name.link_contents(&mut contents)? {
                        links += 1;
                        if links > MOST_LINKS {
                            return Err(Errno::Loop.into());
                        }
                        name.pop();
                        let after = rest;
                        rest = Name::ROOT;
                        rest.append(contents)?;
                        rest.append(b"/")?;
                        rest.append(after.bytes())?;
                    }
                }
            }
        }
        Ok(name)
    }

    /// Takes the first component away, with the slash behind it.
    fn first_component(&mut self) -> Option<Name> {
        if self.len == 0 {
            return None;
        }
        let (bytes, mut component, mut rest) = (self.bytes(), Name::ROOT, Name::ROOT);
        let end = bytes.iter().position(|&byte| byte == b'/').unwrap_or(bytes.len());
        // Both are shorter than the whole.
        component.append(bytes.get(..end).unwrap_or_default()).ok()?;
        rest.append(bytes.get(end + 1..).unwrap_or_default()).ok()?;
        *self = rest;
        Some(component)
    }

    /// What the link of this name holds, if it is one. The directories that were granted are none.
    fn link_contents<'a>(&self, contents: &'a mut [u8]) -> Result<Option<&'a [u8]>> {
        match self.granted() {
            Ok((_, [0, ..])) => Ok(None),
            Ok((directory, mut rest)) => match sandbox::link_contents(&directory, Path::new(&mut rest), contents) {
                // All of the path is there, so this is only on the way to one that was granted.
                Err(Error(Errno::Noent)) => Ok(None),
                found => Ok(found?.and_then(|len| contents.get(..len))),
            },
            Err(_) => Ok(None),
        }
    }
}

/// A path or the name of a granted directory, without what stands for the root at its beginning, and slashes at its
/// end.
fn trim(mut path: &[u8]) -> &[u8] {
    while let [b'/', rest @ ..] | [b'.', b'/', rest @ ..] = path {
        path = rest;
    }
    while let [rest @ .., b'/'] = path {
        path = rest;
    }
    if path == b"." { b"" } else { path }
}
