//! The contract between code that wexe generates and the runtime it is linked with.
//!
//! Both sides read every address, layout, trap code and import row from here, so that a fact stands once:
//! the compiler lowers against it and the runtime implements it. Nothing in this crate allocates or calls the system.
#![no_std]
#![forbid(unsafe_code)]

#[cfg(feature = "alloc")]
extern crate alloc;

pub mod bench;
pub mod builtins;
pub mod capabilities;
pub mod description;
pub mod embed;
pub mod grants;
pub mod imports;
pub mod layout;
pub mod network;
pub mod note;
pub mod profile;
pub mod program;
pub mod script;
pub mod system_calls;
pub mod trap;
pub mod types;
pub mod wasi_snapshot_preview1;
pub mod wasi_unstable;
pub mod wasix_32v1;
pub mod wasix_older;
pub mod wasmedge_sock;
