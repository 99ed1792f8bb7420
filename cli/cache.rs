//! Where the code of earlier compilations is kept: a file for each program that is compiled, in the user's folder for
//! such things (`$XDG_CACHE_HOME/wexe`, or `~/.cache/wexe`).
//!
//! Everything here may be removed at any time. What cannot be read or written is left: the cache makes a compilation
//! quicker, and never fails it.

use std::collections::hash_map::DefaultHasher;
use std::env;
use std::fs::{self, DirBuilder};
use std::hash::{Hash, Hasher};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use wexe_compiler::Cache;

use crate::build::write;

/// Bytes that all files may take together. Those that were not used for the longest time go first.
const MAX_BYTES: u64 = 256 << 20;

/// The cache for one program.
pub struct Kept {
    file: PathBuf,
    pub code: Arc<Cache>,
}

impl Kept {
    /// What is known of the program that was last compiled from this file.
    pub fn open(input: &Path) -> Option<Kept> {
        let folder = folder()?;
        let mut name = DefaultHasher::new();
        fs::canonicalize(input).ok()?.hash(&mut name);
        let file = folder.join(format!("{:016x}.functions", name.finish()));
        let len = fs::metadata(&file).map_or(0, |there| there.len());
        let pack = if len <= MAX_BYTES { fs::read(&file).unwrap_or_default() } else { Vec::new() };
        Some(Kept { file, code: Arc::new(Cache::new(identity()?.as_bytes(), pack)) })
    }

    /// Keeps what was compiled for the next time.
    pub fn store(&self) {
        let Some(folder) = self.file.parent() else { return };
        let stored = match self.code.pack() {
            Some(pack) if pack.len() as u64 <= MAX_BYTES => {
                let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
                made.and_then(|()| write(&self.file, &pack, false))
            }
            Some(_) => return,
            // Nothing is new but when it was used.
            None => fs::File::open(&self.file).and_then(|file| file.set_modified(std::time::SystemTime::now())),
        };
        if stored.is_ok() {
            remove_oldest(folder);
        }
    }
}

fn folder() -> Option<PathBuf> {
    let absolute = |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let caches = absolute("XDG_CACHE_HOME").or_else(|| Some(absolute("HOME")?.join(".cache")))?;
    Some(caches.join("wexe"))
}

/// Which compiler this is: its version, and when and how large it was built.
fn identity() -> Option<String> {
    let program = fs::metadata(env::current_exe().ok()?).ok()?;
    let (time, fraction, len) = (program.mtime(), program.mtime_nsec(), program.len());
    Some(format!("{} {time}.{fraction:09} {len}", env!("CARGO_PKG_VERSION")))
}

/// Removes files of the cache, and no others, until the rest is small enough.
fn remove_oldest(folder: &Path) {
    let files = fs::read_dir(folder).into_iter().flatten().flatten().filter_map(|entry| {
        let path = entry.path();
        let there = entry.metadata().ok().filter(|there| there.is_file())?;
        (path.extension()? == "functions").then_some((there.modified().ok()?, there.len(), path))
    });
    let mut files: Vec<_> = files.collect();
    files.sort();
    let mut total: u64 = files.iter().map(|(_, len, _)| len).sum();
    for (_, len, path) in files {
        if total <= MAX_BYTES {
            break;
        }
        if fs::remove_file(path).is_ok() {
            total -= len;
        }
    }
}
