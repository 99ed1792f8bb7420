//! Environment variables: those that the program was given, never those of the process.

use super::args::{store_strings, strings_sizes};
use crate::capabilities;
use crate::errno::Result;
use wexe_abi::types::{Pointer, Size};

/// Stores the environment: at `environ` a pointer to each variable, at `environ_buf` the variables themselves, each
/// `NAME=value` with a NUL at its end.
///
/// Errors: `fault` if either array would leave memory; then nothing is stored.
///
/// Source: `environ_get` in wasi_snapshot_preview1.witx.
pub fn environ_get(environ: Pointer, environ_buf: Pointer) -> Result<()> {
    store_strings(capabilities::environment, environ, environ_buf)
}

/// The number of variables, and how many bytes [`environ_get`] stores at `environ_buf`.
///
/// Source: `environ_sizes_get` in wasi_snapshot_preview1.witx.
pub fn environ_sizes_get() -> Result<(Size, Size)> {
    strings_sizes(capabilities::environment())
}
