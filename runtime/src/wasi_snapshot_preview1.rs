//! WASI preview1: the bodies of its functions, one file for each first word of their names.
//!
//! Every body only marshals: what talks to Linux is in `fd_table`, `sandbox`, `transfer` and `memory`.

pub mod args;
pub mod clock;
pub mod environ;
pub mod fd;
pub mod path;
pub mod poll;
pub mod proc;
pub mod random;
pub mod sched;
pub mod sock;

use crate::imports::export_table;
use wexe_abi::types::*;

wexe_abi::wasi_snapshot_preview1!(export_table);
