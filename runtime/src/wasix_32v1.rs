//! WASIX: what it has beyond preview1, one file for each first word of a name.
//!
//! Functions that it shares with preview1 are that module's, whichever of the two a program imports them from.

pub mod callback;
pub mod chdir;
pub mod epoll;
pub mod fd;
pub mod futex;
pub mod getcwd;
pub mod path;
pub mod proc;
pub mod resolve;
pub mod sock;
pub mod thread;
pub mod tty;

use crate::imports::export_table;
use wexe_abi::types::*;
use wexe_abi::wasix_32v1::{AddrPort, OptionTimestamp, SocketAddress, Terminal, Time, Tty, Watch, Watches};

wexe_abi::wasix_32v1!(export_table);
wexe_abi::wasix_older!(export_table);
