//! Changing the current directory.

use crate::errno::Result;
use crate::sandbox::PathBuffer;
use crate::working_directory;
use wexe_abi::types::{Pointer, Size};

/// Makes the directory `path`, from the current one if it is relative, the current one.
///
/// Errors: `notcapable` if no granted directory is there, or the path leads out of it; `noent`; `notdir`; `loop`;
/// `acces`; and those of `PathBuffer::read_any` for the path.
///
/// Source: `chdir` in `api_wasix.h`.
pub fn chdir(path: Pointer, path_len: Size) -> Result<()> {
    let mut buffer = PathBuffer::new();
    working_directory::change(buffer.read_any(path, path_len)?.as_c_str().to_bytes())
}
