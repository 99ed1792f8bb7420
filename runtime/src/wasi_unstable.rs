//! WASI snapshot 0: preview1's bodies, except for the functions of which a type is another.

pub mod fd;
pub mod path;
pub mod poll;

pub use crate::wasi_snapshot_preview1::{args, clock, environ, proc, random, sched, sock};

use crate::imports::export_table;
use wexe_abi::types::*;
use wexe_abi::wasi_unstable;
use wexe_abi::wasi_unstable::OlderSubscriptions;

wexe_abi::wasi_unstable!(export_table);
