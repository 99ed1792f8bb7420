//! Opening with the flags that WASIX adds.

use crate::errno::Result;
use crate::fd_table;
use crate::wasi_snapshot_preview1::path::path_open;
use wexe_abi::types::*;

/// Opens a file or directory as `path_open` of preview1 does; `fdflagsext` are the new descriptor's own flags.
///
/// Errors: as `path_open`; `inval` for an unknown flag.
///
/// Source: `path_open2` in `api_wasix.h`.
#[expect(clippy::too_many_arguments, reason = "as the specification has them")]
pub fn path_open2(
    fd: Fd,
    dirflags: Lookupflags,
    path: Pointer,
    path_len: Size,
    oflags: Oflags,
    fs_rights_base: Rights,
    fs_rights_inheriting: Rights,
    fdflags: Fdflags,
    fdflagsext: Fdflagsext,
) -> Result<Fd> {
    let opened = path_open(fd, dirflags, path, path_len, oflags, fs_rights_base, fs_rights_inheriting, fdflags)?;
    fd_table::set_close_on_exec(opened, fdflagsext.contains(Fdflagsext::FD_CLOEXEC))?;
    Ok(opened)
}
