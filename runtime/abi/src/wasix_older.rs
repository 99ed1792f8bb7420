//! The import table of what `wasix_32v1` had before it looked as [`crate::wasix_32v1`] does: two generations of 2022 and
//! 2023, of which real programs are around, and what an engine added since.
//!
//! Names that were kept have other types here, so an import's type tells which of them a program means.
//!
//! Source: the history of `api_wasix.h` in wasix-org/wasix-libc, and the programs themselves.

use crate::types::*;
use crate::wasix_32v1::AddrPort;

/// Hands the rows to the macro `$expand` (see [`crate::imports`]).
#[macro_export]
macro_rules! wasix_older {
    ($expand:ident) => {
        $expand! {
            wasix_32v1 {
                sock {
                    sock_accept(fd: Fd, flags: Fdflags) -> (new_fd: Fd, address: AddrPort);
                }
                thread {
                    thread_spawn(args: Pointer, ro_tid: Pointer) -> (later);
                    thread_spawn(user_data: Filesize, stack_base: Filesize, stack_start: Filesize, reactor: Size, ro_tid: Pointer) -> (later);
                    thread_local_create(user_data: Filesize, ro_key: Pointer) -> (later);
                    thread_local_destroy(key: Size) -> (later);
                    thread_local_set(key: Size, value: Filesize) -> (later);
                    thread_local_get(key: Size, ro_value: Pointer) -> (later);
                }
                proc {
                    proc_raise(signal: Signal) -> ();
                    proc_join(pid: Pointer, ro_exitcode: Pointer) -> (later);
                    proc_exec4(name: Pointer, name_len: Size, args: Pointer, args_len: Size, envs: Pointer, envs_len: Size, search_path: Size, path: Pointer, path_len: Size) -> (later);
                    proc_spawn3(name: Pointer, name_len: Size, args: Pointer, args_len: Size, envs: Pointer, envs_len: Size, fd_ops: Pointer, fd_ops_len: Size, signals: Pointer, signals_len: Size, search_path: Size, path: Pointer, path_len: Size, ro_pid: Pointer) -> (later);
                }
            }
        }
    };
}

use crate::imports::import_table;
wasix_older!(import_table);
