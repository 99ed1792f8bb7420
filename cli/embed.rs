//! Options that name directories to embed; directory trees on disk → what the compiler embeds.
//!
//! The outcome depends on names, contents and times of change alone, not on the order in which the file system lists
//! them. Where even the times are not to matter, `SOURCE_DATE_EPOCH` sets the latest that is kept.

use std::fs::{self, Metadata};
use std::os::unix::ffi::OsStringExt;
use std::path::Path;
use std::time::UNIX_EPOCH;

use clap::Args as Group;
use wexe_abi::grants;
use wexe_compiler::{Contents, Embedded, MAX_EMBEDDED, OVERLAY_MAX, TreeEntry};

const HEADING: &str = "What becomes part of the executable";

#[derive(Group, Debug)]
pub struct Embeds {
    /// Stores the directory DIR, as it is now, in the executable, where the program sees it as GUEST.
    ///
    /// The program can read what is in it and beneath, with sizes and times of change; the directory itself is not
    /// needed when the executable runs. Without GUEST the program sees it under its own name. Symbolic links stay links
    /// and lead nowhere else. A time later than the variable SOURCE_DATE_EPOCH says is stored as that. Can be given
    /// several times; the descriptors of these directories come after those of --dir.
    #[arg(long = "embed", value_name = "DIR[::GUEST]", value_parser = parse_embed, help_heading = HEADING)]
    pub embeds: Vec<Embed>,

    /// Lets the program change what is embedded. Changes are kept in memory, and gone when it exits.
    ///
    /// They can take SIZE bytes (KiB, MiB, GiB), 64MiB if it is left out; then there is no space left on the device.
    #[arg(long, value_name = "SIZE", num_args = 0..=1, require_equals = true, default_missing_value = "64MiB",
        value_parser = parse_overlay, requires = "embeds", help_heading = HEADING)]
    pub embed_overlay: Option<u64>,
}

/// A directory of this machine and the path under which the program sees it.
#[derive(Clone, Debug)]
pub struct Embed {
    directory: String,
    guest: String,
}

fn parse_embed(text: &str) -> Result<Embed, String> {
    let (directory, guest) = text.split_once("::").unwrap_or((text, text));
    if directory.is_empty() || guest.is_empty() || guest.len() > usize::from(u16::MAX) {
        return Err("expected DIR[::GUEST]".to_string());
    }
    Ok(Embed { directory: directory.to_string(), guest: guest.to_string() })
}

fn parse_overlay(text: &str) -> Result<u64, String> {
    let size = grants::size(text.as_bytes()).filter(|size| (1..=OVERLAY_MAX).contains(size));
    size.ok_or_else(|| format!("expected SIZE, 1 to {OVERLAY_MAX} bytes"))
}

impl Embeds {
    /// Reads the trees.
    pub fn read(&self) -> Result<Embedded, String> {
        let mut reader = Reader { size: 0, latest: latest()? };
        let read = |embed: &Embed| {
            let path = Path::new(&embed.directory);
            let metadata = fs::metadata(path).map_err(|error| cannot(path, &error))?;
            if !metadata.is_dir() {
                return Err(cannot(path, &"it is not a directory"));
            }
            reader.directory(path, embed.guest.clone(), &metadata)
        };
        let trees = self.embeds.iter().map(read).collect::<Result<_, _>>()?;
        Ok(Embedded { trees, overlay: self.embed_overlay })
    }
}

fn cannot(path: &Path, why: &dyn std::fmt::Display) -> String {
    format!("cannot embed {}: {why}", path.display())
}

/// The latest time of change that is kept, in nanoseconds.
fn latest() -> Result<u64, String> {
    let Some(text) = std::env::var_os("SOURCE_DATE_EPOCH") else { return Ok(u64::MAX) };
    let seconds = text.to_str().and_then(|text| text.parse::<u64>().ok());
    let seconds = seconds.ok_or("SOURCE_DATE_EPOCH is not a number of seconds")?;
    Ok(seconds.saturating_mul(1_000_000_000))
}

struct Reader {
    /// Bytes of contents so far.
    size: u64,
    latest: u64,
}

impl Reader {
    fn directory(&mut self, path: &Path, name: String, metadata: &Metadata) -> Result<TreeEntry, String> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(path).map_err(|error| cannot(path, &error))? {
            let path = entry.map_err(|error| cannot(path, &error))?.path();
            entries.push(self.entry(&path)?);
        }
        entries.sort_unstable_by(|one: &TreeEntry, other| one.name.cmp(&other.name));
        Ok(TreeEntry { name, mtime: self.mtime(metadata), contents: Contents::Directory(entries) })
    }

    fn entry(&mut self, path: &Path) -> Result<TreeEntry, String> {
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| cannot(path, &"its name is not UTF-8"))?.to_string();
        let metadata = fs::symlink_metadata(path).map_err(|error| cannot(path, &error))?;
        let contents = if metadata.is_dir() {
            return self.directory(path, name, &metadata);
        } else if metadata.is_symlink() {
            let target = fs::read_link(path).map_err(|error| cannot(path, &error))?;
            Contents::Link(self.counted(target.into_os_string().into_vec())?)
        } else if metadata.is_file() {
            self.check(metadata.len())?;
            Contents::File(fs::read(path).map_err(|error| cannot(path, &error)).and_then(|bytes| self.counted(bytes))?)
        } else {
            return Err(cannot(path, &"it is neither a file nor a directory nor a symbolic link"));
        };
        Ok(TreeEntry { name, mtime: self.mtime(&metadata), contents })
    }

    fn counted(&mut self, bytes: Vec<u8>) -> Result<Vec<u8>, String> {
        self.check(bytes.len() as u64)?;
        self.size += bytes.len() as u64;
        Ok(bytes)
    }

    /// Fails if so many bytes more are too many.
    fn check(&self, more: u64) -> Result<(), String> {
        if self.size.saturating_add(more) > MAX_EMBEDDED {
            return Err(format!("embedded directories of more than {MAX_EMBEDDED} bytes"));
        }
        Ok(())
    }

    /// Nanoseconds since 1970, until which no file was changed.
    fn mtime(&self, metadata: &Metadata) -> u64 {
        let since = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        since.map_or(0, |since| u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)).min(self.latest)
    }
}
