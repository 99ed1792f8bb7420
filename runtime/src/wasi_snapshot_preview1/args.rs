//! Command-line arguments.

use crate::capabilities;
use crate::errno::Result;
use crate::memory;
use wexe_abi::types::{Errno, Pointer, Size};

/// Stores the arguments: at `argv` a pointer to each, at `argv_buf` the arguments themselves, each with a NUL at its
/// end.
///
/// Errors: `fault` if either array would leave memory; then nothing is stored.
///
/// Source: `args_get` in wasi_snapshot_preview1.witx.
pub fn args_get(argv: Pointer, argv_buf: Pointer) -> Result<()> {
    store_strings(capabilities::arguments, argv, argv_buf)
}

/// The number of arguments, and how many bytes [`args_get`] stores at `argv_buf`.
///
/// Source: `args_sizes_get` in wasi_snapshot_preview1.witx.
pub fn args_sizes_get() -> Result<(Size, Size)> {
    strings_sizes(capabilities::arguments())
}

/// How many strings there are, and how long they are together, each with a NUL at its end.
pub fn strings_sizes(strings: impl Iterator<Item = &'static [u8]>) -> Result<(Size, Size)> {
    let (mut count, mut size) = (0u32, 0u32);
    for string in strings {
        count = count.checked_add(1).ok_or(Errno::Overflow)?;
        let len = u32::try_from(string.len() + 1).map_err(|_| Errno::Overflow)?;
        size = size.checked_add(len).ok_or(Errno::Overflow)?;
    }
    Ok((count, size))
}

/// Stores strings at `buffer`, one behind the other, and a pointer to each at `pointers`.
pub fn store_strings<I>(strings: impl Fn() -> I, pointers: Pointer, buffer: Pointer) -> Result<()>
where
    I: Iterator<Item = &'static [u8]>,
{
    let (count, size) = strings_sizes(strings())?;
    let pointers = memory::array::<u32>(pointers, count)?;
    let bytes = memory::bytes(buffer, size)?;
    let mut offset = 0;
    for (index, string) in strings().enumerate() {
        pointers.set(index, buffer + offset as u32);
        bytes.part(offset, string.len())?.copy_from(string);
        bytes.part(offset + string.len(), 1)?.copy_from(&[0]);
        offset += string.len() + 1;
    }
    Ok(())
}
