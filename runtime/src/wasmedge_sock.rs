//! The sockets that WasmEdge added to preview1, on those of WASIX: only how addresses, kinds and options are written
//! differs.

pub mod address;
pub mod sock;

mod addrinfo;

use crate::imports::export_table;
use wexe_abi::types::*;

wexe_abi::wasmedge_sock!(export_table);
