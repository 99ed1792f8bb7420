//! The import table of `wasi_snapshot_preview1`: all 46 functions, in the order of the specification.
//!
//! Source: `phases/snapshot/witx/wasi_snapshot_preview1.witx` of WebAssembly/WASI.

use crate::types::*;

/// Hands the rows of `wasi_snapshot_preview1` to the macro `$expand` (see [`crate::imports`]).
#[macro_export]
macro_rules! wasi_snapshot_preview1 {
    ($expand:ident) => {
        $expand! {
            wasi_snapshot_preview1 {
                args {
                    args_get(argv: Pointer, argv_buf: Pointer) -> ();
                    args_sizes_get() -> (argc: Size, argv_buf_size: Size);
                }
                environ {
                    environ_get(environ: Pointer, environ_buf: Pointer) -> ();
                    environ_sizes_get() -> (count: Size, environ_buf_size: Size);
                }
                clock {
                    clock_res_get(id: Clockid) -> (resolution: Timestamp);
                    clock_time_get(id: Clockid, precision: Timestamp) -> (time: Timestamp);
                }
                fd {
                    fd_advise(fd: Fd, offset: Filesize, len: Filesize, advice: Advice) -> ();
                    fd_allocate(fd: Fd, offset: Filesize, len: Filesize) -> ();
                    fd_close(fd: Fd) -> ();
                    fd_datasync(fd: Fd) -> ();
                    fd_fdstat_get(fd: Fd) -> (stat: Fdstat);
                    fd_fdstat_set_flags(fd: Fd, flags: Fdflags) -> ();
                    fd_fdstat_set_rights(fd: Fd, fs_rights_base: Rights, fs_rights_inheriting: Rights) -> ();
                    fd_filestat_get(fd: Fd) -> (buf: Filestat);
                    fd_filestat_set_size(fd: Fd, size: Filesize) -> ();
                    fd_filestat_set_times(fd: Fd, atim: Timestamp, mtim: Timestamp, fst_flags: Fstflags) -> ();
                    fd_pread(fd: Fd, iovs: Vectors, iovs_len: Size, offset: Filesize) -> (nread: Size);
                    fd_prestat_get(fd: Fd) -> (buf: Prestat);
                    fd_prestat_dir_name(fd: Fd, path: Pointer, path_len: Size) -> ();
                    fd_pwrite(fd: Fd, iovs: Vectors, iovs_len: Size, offset: Filesize) -> (nwritten: Size);
                    fd_read(fd: Fd, iovs: Vectors, iovs_len: Size) -> (nread: Size);
                    fd_readdir(fd: Fd, buf: Pointer, buf_len: Size, cookie: Dircookie) -> (bufused: Size);
                    fd_renumber(fd: Fd, to: Fd) -> ();
                    fd_seek(fd: Fd, offset: Filedelta, whence: Whence) -> (newoffset: Filesize);
                    fd_sync(fd: Fd) -> ();
                    fd_tell(fd: Fd) -> (offset: Filesize);
                    fd_write(fd: Fd, iovs: Vectors, iovs_len: Size) -> (nwritten: Size);
                }
                path {
                    path_create_directory(fd: Fd, path: Text, path_len: Size) -> ();
                    path_filestat_get(fd: Fd, flags: Lookupflags, path: Text, path_len: Size) -> (buf: Filestat);
                    path_filestat_set_times(fd: Fd, flags: Lookupflags, path: Text, path_len: Size, atim: Timestamp, mtim: Timestamp, fst_flags: Fstflags) -> ();
                    path_link(old_fd: Fd, old_flags: Lookupflags, old_path: Text, old_path_len: Size, new_fd: Fd, new_path: Text, new_path_len: Size) -> ();
                    path_open(fd: Fd, dirflags: Lookupflags, path: Text, path_len: Size, oflags: Oflags, fs_rights_base: Rights, fs_rights_inheriting: Rights, fdflags: Fdflags) -> (opened_fd: Fd);
                    path_readlink(fd: Fd, path: Text, path_len: Size, buf: Pointer, buf_len: Size) -> (bufused: Size);
                    path_remove_directory(fd: Fd, path: Text, path_len: Size) -> ();
                    path_rename(fd: Fd, old_path: Text, old_path_len: Size, new_fd: Fd, new_path: Text, new_path_len: Size) -> ();
                    path_symlink(old_path: Text, old_path_len: Size, fd: Fd, new_path: Text, new_path_len: Size) -> ();
                    path_unlink_file(fd: Fd, path: Text, path_len: Size) -> ();
                }
                poll {
                    poll_oneoff(subscriptions: Subscriptions, events: Events, nsubscriptions: Size) -> (nevents: Size);
                }
                proc {
                    proc_exit(rval: Exitcode) -> !;
                    proc_raise(sig: Signal) -> ();
                }
                sched {
                    sched_yield() -> ();
                }
                random {
                    random_get(buf: Pointer, buf_len: Size) -> ();
                }
                sock {
                    sock_accept(fd: Fd, flags: Fdflags) -> (new_fd: Fd);
                    sock_recv(fd: Fd, ri_data: Vectors, ri_data_len: Size, ri_flags: Riflags) -> (ro_datalen: Size, ro_flags: Roflags);
                    sock_send(fd: Fd, si_data: Vectors, si_data_len: Size, si_flags: Siflags) -> (so_datalen: Size);
                    sock_shutdown(fd: Fd, how: Sdflags) -> ();
                }
            }
        }
    };
}

use crate::imports::import_table;
wasi_snapshot_preview1!(import_table);
const _: () = assert!(FUNCTIONS.len() == 46);
