//! The test suite's scripts: how a native program performs the actions of a `.wast` file and reports what came of them.
//!
//! Linked only when the entry point is `_start_script`. Symbol `wexe.script` is a [`Script`]. The program performs its
//! commands in order and writes one record for each to standard output:
//!
//! ```text
//! status u32   0 returned, 1 not performed (module not instantiated), 1000 + trap code, 2000 exception
//! count  u32   number of values that follow (0 unless returned)
//! values count × 16 bytes
//! ```

use crate::program::{ArrayCall, Module};

/// Written for an action that returned.
pub const RETURNED: u32 = 0;
/// Written for an action on a module whose instantiation had failed.
pub const NOT_PERFORMED: u32 = 1;
/// Added to the trap code of an action that trapped.
pub const TRAPPED: u32 = 1000;
/// Written for an action that ended with an uncaught exception.
pub const EXCEPTION: u32 = 2000;

#[repr(C)]
#[derive(Debug)]
pub struct Script {
    pub commands: *const Command,
    pub command_count: u64,
}

/// Instantiate a module (then `module` is its index and `call` null) or call a function of one.
#[repr(C)]
#[derive(Debug)]
pub struct Command {
    /// The module acted on.
    pub module: *const Module,
    /// The trampoline of the exported function, or null to instantiate the module.
    pub call: Option<ArrayCall>,
    /// `params` 16-byte cells.
    pub arguments: *const [u8; 16],
    pub params: u64,
    pub results: u64,
}
