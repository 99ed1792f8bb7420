//! What has other types since release 0.12 of WasmEdge.

pub mod sock;

use crate::imports::export_table;
use wexe_abi::types::*;

wexe_abi::wasmedge_sock_v2!(export_table);
