//! The name of the current directory.

use crate::errno::Result;
use crate::{memory, working_directory};
use wexe_abi::types::{Errno, Pointer, Size};

/// Stores the path of the current directory at `path`, with a NUL at its end, and its length (without) at `path_len`,
/// where until then it says how much room there is.
///
/// Errors: `range` if that is too little, or `path` is null: then `path_len` says how much it takes; `inval` for no
/// room at all; `fault`.
///
/// Source: `getcwd` in `api_wasix.h`.
pub fn getcwd(path: Pointer, path_len: Pointer) -> Result<()> {
    let room = memory::read::<Size>(path_len)?;
    if path != 0 && room == 0 {
        return Err(Errno::Inval.into());
    }
    working_directory::with(|name| {
        let needed = name.len() as Size + 1;
        if path == 0 || room < needed {
            memory::write(path_len, needed)?;
            return Err(Errno::Range.into());
        }
        memory::bytes(path, room)?.copy_from(name);
        memory::write(path + name.len() as Size, 0_u8)?;
        Ok(memory::write(path_len, name.len() as Size)?)
    })
}
