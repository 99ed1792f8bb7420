//! The import table of `wasix_32v1`: the 91 functions of current wasix-libc, in its order, and the types of sockets.
//!
//! Programs built for it take everything that preview1 has from there; older ones import those functions from
//! `wasix_32v1` too, and some under other names and types ([`crate::wasix_older`]).
//!
//! Source: `api_wasix.h` of wasix-org/wasix-libc.

use crate::description::{Array, Field, Kind, Layout};
use crate::layout;
use crate::types::*;

/// Hands the rows of `wasix_32v1` to the macro `$expand` (see [`crate::imports`]).
#[macro_export]
macro_rules! wasix_32v1 {
    ($expand:ident) => {
        $expand! {
            wasix_32v1 {
                clock {
                    clock_time_set(id: Clockid, timestamp: Timestamp) -> (refused "the machine's clock is not a program's");
                }
                fd {
                    fd_dup(fd: Fd) -> (new_fd: Fd);
                    fd_dup2(fd: Fd, min_result_fd: Size, cloexec: Size) -> (new_fd: Fd);
                    fd_event(initial: Filesize, flags: Eventfdflags) -> (fd: Fd);
                    fd_pipe() -> (read_fd: Fd, write_fd: Fd);
                }
                tty {
                    tty_get() -> (state: Tty);
                    tty_set(state: Terminal) -> ();
                }
                getcwd {
                    getcwd(path: Pointer, path_len: Pointer) -> ();
                }
                chdir {
                    chdir(path: Text, path_len: Size) -> ();
                }
                callback {
                    callback_signal(name: Text, name_len: Size) -> nothing;
                }
                thread {
                    thread_spawn_v2(args: Pointer, ro_tid: Pointer) -> (later);
                    thread_sleep(duration: Timestamp) -> ();
                    thread_id() -> (tid: Size);
                    thread_join(tid: Size) -> (later);
                    thread_parallelism() -> (count: Size);
                    thread_signal(tid: Size, signal: Signal) -> ();
                }
                futex {
                    futex_wait(futex: Pointer, expected: Size, timeout: Time) -> (woken: u8);
                    futex_wake(futex: Pointer) -> (woken: u8);
                    futex_wake_all(futex: Pointer) -> (woken: u8);
                }
                thread {
                    thread_exit(rval: Exitcode) -> !;
                }
                stack {
                    stack_checkpoint(snapshot: Pointer, ro_value: Pointer) -> (later);
                    stack_restore(snapshot: Pointer, value: Filesize) -> (later nothing);
                }
                path {
                    path_open2(fd: Fd, dirflags: Lookupflags, path: Text, path_len: Size, oflags: Oflags, fs_rights_base: Rights, fs_rights_inheriting: Rights, fdflags: Fdflags, fdflagsext: Fdflagsext) -> (opened_fd: Fd);
                }
                fd {
                    fd_fdflags_get(fd: Fd) -> (flags: Fdflagsext);
                    fd_fdflags_set(fd: Fd, flags: Fdflagsext) -> ();
                }
                proc {
                    proc_raise_interval(signal: Size, interval: Timestamp, repeat: Size) -> (later);
                    proc_fork(copy_memory: Size, ro_pid: Pointer) -> (later);
                    proc_fork_env(ro_pid: Pointer) -> (later);
                    proc_exit2(rval: Exitcode) -> !;
                    proc_exec(name: Text, name_len: Size, args: Pointer, args_len: Size) -> (later nothing);
                    proc_exec2(name: Text, name_len: Size, args: Pointer, args_len: Size, envs: Pointer, envs_len: Size) -> (later nothing);
                    proc_exec3(name: Text, name_len: Size, args: Pointer, args_len: Size, envs: Pointer, envs_len: Size, search_path: Size, path: Text, path_len: Size) -> (later);
                    proc_spawn(name: Text, name_len: Size, chroot: Size, args: Pointer, args_len: Size, preopen: Pointer, preopen_len: Size, stdin: Size, stdout: Size, stderr: Size, working_dir: Pointer, working_dir_len: Size, ro_handles: Pointer) -> (later);
                    proc_spawn2(name: Text, name_len: Size, args: Pointer, args_len: Size, envs: Pointer, envs_len: Size, fd_ops: Pointer, fd_ops_len: Size, signals: Pointer, signals_len: Size, search_path: Size, path: Text, path_len: Size, ro_pid: Pointer) -> (later);
                    proc_id() -> (pid: Size);
                    proc_parent(pid: Size) -> (parent: Size);
                    proc_join(pid: Pointer, flags: Size, ro_status: Pointer) -> (later);
                    proc_signal(pid: Size, signal: Signal) -> ();
                    proc_signals_get(buf: Pointer) -> ();
                    proc_signals_sizes_get() -> (count: Size);
                    proc_snapshot() -> (later);
                }
                port {
                    port_bridge(network: Pointer, network_len: Size, token: Pointer, token_len: Size, security: Size) -> (refused "a process has no network of its own");
                    port_unbridge() -> (refused "a process has no network of its own");
                    port_dhcp_acquire() -> (refused "the machine's interfaces are not a program's");
                    port_addr_add(addr: Pointer) -> (refused "the machine's interfaces are not a program's");
                    port_addr_remove(addr: Pointer) -> (refused "the machine's interfaces are not a program's");
                    port_addr_clear() -> (refused "the machine's interfaces are not a program's");
                    port_mac(ro_mac: Pointer) -> (refused "the machine's interfaces are not a program's");
                    port_addr_list(addrs: Pointer, naddrs: Pointer) -> (refused "the machine's interfaces are not a program's");
                    port_gateway_set(addr: Pointer) -> (refused "the machine's routes are not a program's");
                    port_route_add(cidr: Pointer, via_router: Pointer, preferred_until: Pointer, expires_at: Pointer) -> (refused "the machine's routes are not a program's");
                    port_route_remove(cidr: Pointer) -> (refused "the machine's routes are not a program's");
                    port_route_clear() -> (refused "the machine's routes are not a program's");
                    port_route_list(routes: Pointer, nroutes: Pointer) -> (refused "the machine's routes are not a program's");
                }
                sock {
                    sock_status(fd: Fd) -> (status: u8);
                    sock_addr_local(fd: Fd) -> (address: AddrPort);
                    sock_addr_peer(fd: Fd) -> (address: AddrPort);
                    sock_open(family: Size, kind: Size, protocol: Size) -> (fd: Fd);
                    sock_pair(family: Size, kind: Size, protocol: Size) -> (first: Fd, second: Fd);
                    sock_set_opt_flag(fd: Fd, option: Size, flag: Size) -> ();
                    sock_get_opt_flag(fd: Fd, option: Size) -> (flag: u8);
                    sock_set_opt_time(fd: Fd, option: Size, time: Time) -> ();
                    sock_get_opt_time(fd: Fd, option: Size) -> (time: OptionTimestamp);
                    sock_set_opt_size(fd: Fd, option: Size, size: Filesize) -> ();
                    sock_get_opt_size(fd: Fd, option: Size) -> (size: Filesize);
                    sock_join_multicast_v4(fd: Fd, group: Pointer, interface: Pointer) -> ();
                    sock_leave_multicast_v4(fd: Fd, group: Pointer, interface: Pointer) -> ();
                    sock_join_multicast_v6(fd: Fd, group: Pointer, interface: Size) -> ();
                    sock_leave_multicast_v6(fd: Fd, group: Pointer, interface: Size) -> ();
                    sock_bind(fd: Fd, address: SocketAddress) -> ();
                    sock_listen(fd: Fd, backlog: Size) -> ();
                    sock_accept_v2(fd: Fd, flags: Fdflags) -> (new_fd: Fd, address: AddrPort);
                    sock_connect(fd: Fd, address: SocketAddress) -> ();
                    sock_recv_from(fd: Fd, ri_data: Vectors, ri_data_len: Size, ri_flags: Riflags) -> (ro_datalen: Size, ro_flags: Roflags, ro_address: AddrPort);
                    sock_send_to(fd: Fd, si_data: Vectors, si_data_len: Size, si_flags: Siflags, address: SocketAddress) -> (so_datalen: Size);
                    sock_send_file(socket: Fd, file: Fd, offset: Filesize, count: Filesize) -> (sent: Filesize);
                }
                resolve {
                    resolve(host: Text, host_len: Size, port: Size, addresses: Pointer, naddresses: Size) -> (count: Size);
                }
                epoll {
                    epoll_create() -> (fd: Fd);
                    epoll_ctl(epfd: Fd, op: EpollCtl, fd: Fd, event: Watch) -> ();
                    epoll_wait(epfd: Fd, events: Watches, maxevents: Size, timeout: Timestamp) -> (count: Size);
                }
                dl {
                    dl_invalid_handle(handle: Size) -> (later);
                }
                dlopen {
                    dlopen(path: Text, path_len: Size, flags: Size, err_buf: Pointer, err_buf_len: Size, library_path: Pointer, library_path_len: Size, ro_handle: Pointer) -> (later);
                }
                dlsym {
                    dlsym(handle: Size, symbol: Pointer, symbol_len: Size, err_buf: Pointer, err_buf_len: Size, ro_address: Pointer) -> (later);
                }
                call {
                    call_dynamic(function: Size, values: Pointer, values_len: Size, results: Pointer, results_len: Size, strict: Size) -> (later);
                }
                closure {
                    closure_prepare(function: Size, closure: Size, argument_types: Pointer, argument_types_len: Size, result_types: Pointer, result_types_len: Size, user_data: Pointer) -> (later);
                    closure_allocate(ro_closure: Pointer) -> (later);
                    closure_free(closure: Size) -> (later);
                }
                reflect {
                    reflect_signature(function: Size, argument_types: Pointer, argument_types_len: Size, result_types: Pointer, result_types_len: Size, ro_result: Pointer) -> (later);
                }
                context {
                    context_create(ro_context: Pointer, entrypoint: Size) -> (later);
                    context_switch(context: Filesize) -> (later);
                    context_destroy(context: Filesize) -> (later);
                }
            }
        }
    };
}

use crate::imports::import_table;
wasix_32v1!(import_table);
const _: () = assert!(FUNCTIONS.len() == 91);

/// What an address is, by its tag. `api_wasix.h` has room for 110 bytes; callers from before it did have 20, so no more
/// are stored.
///
/// ```text
/// 0    1      2         4              20
/// │ tag │ 0   │ port    │ octets       │      4 (inet4) or 16 (inet6) of them, in network order
/// │ tag │ 0   │ path                   │      unix; ends with a NUL unless it is cut off
/// ```
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddrPort {
    pub tag: u8,
    pub padding: u8,
    /// Of inet4 and inet6 the port, in the guest's byte order, and the address.
    pub data: [u8; 18],
}

/// Tags of addresses.
pub mod addr {
    pub const UNSPEC: u8 = 0;
    pub const INET4: u8 = 1;
    pub const INET6: u8 = 2;
    pub const UNIX: u8 = 3;
}

/// An address as `resolve` stores it.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddrIp {
    pub tag: u8,
    pub padding: u8,
    pub octets: [u8; 16],
}

/// A time, or none (tag 0).
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OptionTimestamp {
    pub tag: u8,
    pub padding: [u8; 7],
    pub time: Timestamp,
}

/// What happened to a descriptor that is watched, or is to be watched for; behind it what the program wants to be told
/// with it.
///
/// ```text
/// 0        4   8     12   16      20  24      32
/// │ events │ 0 │ ptr │ fd │ data1 │ 0 │ data2 │
/// ```
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EpollEvent {
    pub events: u32,
    pub padding0: u32,
    pub ptr: u32,
    pub fd: u32,
    pub data1: u32,
    pub padding1: u32,
    pub data2: u64,
}

/// The terminal of a program: its size in characters and in pixels, which of the standard streams are terminals, and its
/// modes.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tty {
    pub cols: u32,
    pub rows: u32,
    pub width: u32,
    pub height: u32,
    pub stdin_tty: u8,
    pub stdout_tty: u8,
    pub stderr_tty: u8,
    pub echo: u8,
    pub line_buffered: u8,
    pub line_feeds: u8,
    pub padding: u16,
}

const _: () = {
    use core::mem::{offset_of, size_of};
    assert!(size_of::<AddrPort>() == 20 && offset_of!(AddrPort, data) == 2);
    assert!(size_of::<AddrIp>() == 18 && offset_of!(AddrIp, octets) == 2);
    assert!(size_of::<OptionTimestamp>() == 16 && offset_of!(OptionTimestamp, time) == 8);
    assert!(size_of::<EpollEvent>() == 32 && offset_of!(EpollEvent, ptr) == 8 && offset_of!(EpollEvent, data2) == 24);
    assert!(size_of::<Tty>() == 24 && offset_of!(Tty, stdin_tty) == 16 && offset_of!(Tty, line_feeds) == 21);
};

/// Guest addresses of an [`AddrPort`], of an [`OptionTimestamp`], of a [`Tty`], of an [`EpollEvent`], and where an array
/// of those is stored.
pub type SocketAddress = u32;
pub type Time = u32;
pub type Terminal = u32;
pub type Watch = u32;
pub type Watches = u32;

/// What people are shown of these.
pub const ADDRESS: Layout = Layout {
    size: 20,
    names: "tag port ip ip path ",
    fields: &[
        Field { at: 0, size: 1, kind: Kind::Cases("Unspec Inet4 Inet6 Unix "), only: None },
        Field { at: 2, size: 2, kind: Kind::Short, only: Some((0, addr::INET4, addr::INET6)) },
        Field { at: 4, size: 4, kind: Kind::Inet4, only: Some((0, addr::INET4, addr::INET4)) },
        Field { at: 4, size: 16, kind: Kind::Inet6, only: Some((0, addr::INET6, addr::INET6)) },
        Field { at: 2, size: 0, kind: Kind::Path(108), only: Some((0, addr::UNIX, addr::UNIX)) },
    ],
};
pub const OPTION_TIMESTAMP: Layout = layout!(OptionTimestamp {
    tag as tag: Kind::Cases("None Some ");
    time as time: Kind::Long, only tag 1 1;
});
pub const TTY: Layout = layout!(Tty {
    cols as cols: Kind::Number;
    rows as rows: Kind::Number;
    stdin_tty as stdin_tty: Kind::Byte;
    stdout_tty as stdout_tty: Kind::Byte;
    stderr_tty as stderr_tty: Kind::Byte;
    echo as echo: Kind::Byte;
    line_buffered as line_buffered: Kind::Byte;
    line_feeds as line_feeds: Kind::Byte;
});
pub const WATCH: Layout = layout!(EpollEvent {
    events as events: Kind::Flags(EpollType::NAMES);
    ptr as ptr: Kind::Number;
    fd as fd: Kind::Number;
    data1 as data1: Kind::Number;
    data2 as data2: Kind::Hexadecimal;
});
pub const WATCHES: Array = Array { layout: WATCH, count: "count", is_stored: true };
