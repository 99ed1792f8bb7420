//! Which system calls each function of the runtime makes that a program can call: what the filter of an executable
//! lets through.
//!
//! The filter is in force from before the first instruction of WebAssembly until the end. What start-up does (mapping
//! memories, opening what was granted) is over by then, so it does not stand here. Numbers are those of x86-64.
//!
//! A function is known by its name alone: those of several import modules with one name make the same system calls.

use crate::embed;
use crate::imports::TRACED;

/// A system call that a program may make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SystemCall {
    pub number: u32,
    pub name: &'static str,
    pub only: Option<Condition>,
}

impl core::fmt::Display for SystemCall {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str(self.name)?;
        self.only.map_or(Ok(()), |condition| write!(formatter, " ({})", condition.text))
    }
}

/// What must hold of an argument: its low half and `mask` is `value`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Condition {
    pub argument: u32,
    pub mask: u32,
    pub value: Value,
    /// The same for people.
    pub text: &'static str,
}

/// What an argument is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    Constant(u32),
    /// The number of the process, known when it starts.
    Process,
}

const fn any(number: u32, name: &'static str) -> SystemCall {
    SystemCall { number, name, only: None }
}

/// Only if argument `argument` is `value`.
const fn only(number: u32, name: &'static str, argument: u32, value: u32, text: &'static str) -> SystemCall {
    let value = Value::Constant(value);
    SystemCall { number, name, only: Some(Condition { argument, mask: u32::MAX, value, text }) }
}

const READ: SystemCall = any(0, "read");
const WRITE: SystemCall = any(1, "write");
const WRITE_OUTPUT: SystemCall = only(1, "write", 0, 1, "to standard output");
const WRITE_ERROR: SystemCall = only(1, "write", 0, 2, "to standard error");
const CLOSE: SystemCall = any(3, "close");
const FSTAT: SystemCall = any(5, "fstat");
const LSEEK: SystemCall = any(8, "lseek");
const MMAP: SystemCall = SystemCall {
    number: 9,
    name: "mmap",
    only: Some(Condition { argument: 2, mask: 4, value: Value::Constant(0), text: "not executable" }),
};
const MUNMAP: SystemCall = any(11, "munmap");
const RT_SIGACTION: SystemCall = any(13, "rt_sigaction");
const RT_SIGRETURN: SystemCall = any(15, "rt_sigreturn");
const IOCTL_TIOCGWINSZ: SystemCall = only(16, "ioctl", 1, 0x5413, "TIOCGWINSZ");
const IOCTL_TIOCSWINSZ: SystemCall = only(16, "ioctl", 1, 0x5414, "TIOCSWINSZ");
const IOCTL_TIOCGPGRP: SystemCall = only(16, "ioctl", 1, 0x540f, "TIOCGPGRP");
const IOCTL_TCGETS: SystemCall = only(16, "ioctl", 1, 0x5401, "TCGETS");
const IOCTL_TCGETS2: SystemCall = only(16, "ioctl", 1, 0x802c_542a, "TCGETS2");
const IOCTL_TCSETS: SystemCall = only(16, "ioctl", 1, 0x5402, "TCSETS");
const IOCTL_TCSETS2: SystemCall = only(16, "ioctl", 1, 0x402c_542b, "TCSETS2");
const IOCTL_FIONREAD: SystemCall = only(16, "ioctl", 1, 0x541b, "FIONREAD");
const PREAD64: SystemCall = any(17, "pread64");
const PWRITE64: SystemCall = any(18, "pwrite64");
const READV: SystemCall = any(19, "readv");
const WRITEV: SystemCall = any(20, "writev");
const SCHED_YIELD: SystemCall = any(24, "sched_yield");
const MADVISE: SystemCall = any(28, "madvise");
const GETPID: SystemCall = any(39, "getpid");
const SENDFILE: SystemCall = any(40, "sendfile");
const SOCKET_UNIX: SystemCall = only(41, "socket", 0, 1, "AF_UNIX");
const SOCKET_INET: SystemCall = only(41, "socket", 0, 2, "AF_INET");
const SOCKET_INET6: SystemCall = only(41, "socket", 0, 10, "AF_INET6");
const CONNECT: SystemCall = any(42, "connect");
const SENDTO: SystemCall = any(44, "sendto");
const RECVFROM: SystemCall = any(45, "recvfrom");
const SENDMSG: SystemCall = any(46, "sendmsg");
const RECVMSG: SystemCall = any(47, "recvmsg");
const SHUTDOWN: SystemCall = any(48, "shutdown");
const BIND: SystemCall = any(49, "bind");
const LISTEN: SystemCall = any(50, "listen");
const GETSOCKNAME: SystemCall = any(51, "getsockname");
const GETPEERNAME: SystemCall = any(52, "getpeername");
const SOCKETPAIR: SystemCall = only(53, "socketpair", 0, 1, "AF_UNIX");
const SETSOCKOPT: SystemCall = any(54, "setsockopt");
const GETSOCKOPT: SystemCall = any(55, "getsockopt");
const KILL: SystemCall = SystemCall {
    number: 62,
    name: "kill",
    only: Some(Condition { argument: 0, mask: u32::MAX, value: Value::Process, text: "itself" }),
};
const FCNTL_GETFL: SystemCall = only(72, "fcntl", 1, 3, "F_GETFL");
const FCNTL_SETFL: SystemCall = only(72, "fcntl", 1, 4, "F_SETFL");
const FCNTL_DUPFD: SystemCall = only(72, "fcntl", 1, 1030, "F_DUPFD_CLOEXEC");
const FSYNC: SystemCall = any(74, "fsync");
const FDATASYNC: SystemCall = any(75, "fdatasync");
const FTRUNCATE: SystemCall = any(77, "ftruncate");
const GETPPID: SystemCall = any(110, "getppid");
const GETPGRP: SystemCall = any(111, "getpgrp");
const FUTEX: SystemCall = any(202, "futex");
const SCHED_GETAFFINITY: SystemCall = any(204, "sched_getaffinity");
const GETDENTS64: SystemCall = any(217, "getdents64");
/// What the kernel lets a process call that was stopped while it waited.
const RESTART_SYSCALL: SystemCall = any(219, "restart_syscall");
const FADVISE64: SystemCall = any(221, "fadvise64");
/// Reading clocks is no system call where the kernel offers its vDSO, except those of processor time.
const CLOCK_GETTIME: SystemCall = any(228, "clock_gettime");
const CLOCK_GETRES: SystemCall = any(229, "clock_getres");
const CLOCK_NANOSLEEP: SystemCall = any(230, "clock_nanosleep");
const EXIT_GROUP: SystemCall = any(231, "exit_group");
const OPENAT_READ: SystemCall = SystemCall {
    number: 257,
    name: "openat",
    only: Some(Condition { argument: 2, mask: 3, value: Value::Constant(0), text: "for reading" }),
};
const EPOLL_CTL: SystemCall = any(233, "epoll_ctl");
const MKDIRAT: SystemCall = any(258, "mkdirat");
const NEWFSTATAT: SystemCall = any(262, "newfstatat");
const UNLINKAT: SystemCall = any(263, "unlinkat");
const RENAMEAT: SystemCall = any(264, "renameat");
const LINKAT: SystemCall = any(265, "linkat");
const SYMLINKAT: SystemCall = any(266, "symlinkat");
const READLINKAT: SystemCall = any(267, "readlinkat");
const PPOLL: SystemCall = any(271, "ppoll");
const UTIMENSAT: SystemCall = any(280, "utimensat");
const EPOLL_PWAIT: SystemCall = any(281, "epoll_pwait");
const FALLOCATE: SystemCall = any(285, "fallocate");
const ACCEPT4: SystemCall = any(288, "accept4");
const EVENTFD2: SystemCall = any(290, "eventfd2");
const EPOLL_CREATE1: SystemCall = any(291, "epoll_create1");
const PIPE2: SystemCall = any(293, "pipe2");
const PREADV: SystemCall = any(295, "preadv");
const PWRITEV: SystemCall = any(296, "pwritev");
const GETRANDOM: SystemCall = any(318, "getrandom");
const OPENAT2: SystemCall = any(437, "openat2");

/// Of asking for the addresses of a name.
const RESOLVING: &[SystemCall] = &[
    OPENAT_READ,
    FCNTL_DUPFD,
    PREAD64,
    CLOSE,
    MMAP,
    MUNMAP,
    GETRANDOM,
    CLOCK_GETTIME,
    PPOLL,
    RESTART_SYSCALL,
    SOCKET_INET,
    SOCKET_INET6,
    CONNECT,
    SENDTO,
    RECVFROM,
    GETSOCKOPT,
];

/// With which programs read what comes from outside.
pub const READING: &[SystemCall] = &[READ, PREAD64, RECVFROM, RECVMSG];

/// Of every program: messages, and the end.
pub const ALWAYS: &[SystemCall] = &[WRITE_ERROR, EXIT_GROUP];
/// Of a program that prints the results of an invoked export.
pub const PRINTS_RESULTS: &[SystemCall] = &[WRITE_OUTPUT];

/// Host functions by their names, builtins and file systems of embedded directories by their symbols.
pub const FUNCTIONS: &[(&str, &[SystemCall])] = &[
    ("start", &[CLOCK_GETTIME]),
    ("end", &[CLOCK_GETTIME]),
    ("args_get", &[]),
    ("args_sizes_get", &[]),
    ("environ_get", &[]),
    ("environ_sizes_get", &[]),
    ("clock_res_get", &[CLOCK_GETRES]),
    ("clock_time_get", &[CLOCK_GETTIME]),
    ("fd_advise", &[FADVISE64]),
    ("fd_allocate", &[FALLOCATE]),
    ("fd_close", &[CLOSE]),
    ("fd_datasync", &[FDATASYNC]),
    ("fd_fdstat_get", &[FSTAT, GETSOCKOPT, IOCTL_TIOCGWINSZ, FCNTL_GETFL]),
    ("fd_fdstat_set_flags", &[FCNTL_GETFL, FCNTL_SETFL]),
    ("fd_fdstat_set_rights", &[]),
    ("fd_filestat_get", &[FSTAT, GETSOCKOPT]),
    ("fd_filestat_set_size", &[FTRUNCATE]),
    ("fd_filestat_set_times", &[UTIMENSAT]),
    ("fd_pread", &[PREAD64, PREADV]),
    ("fd_prestat_get", &[]),
    ("fd_prestat_dir_name", &[]),
    ("fd_pwrite", &[PWRITE64, PWRITEV]),
    ("fd_read", &[READ, READV]),
    ("fd_readdir", &[FSTAT, GETSOCKOPT, LSEEK, GETDENTS64, NEWFSTATAT]),
    ("fd_renumber", &[CLOSE]),
    ("fd_seek", &[FSTAT, GETSOCKOPT, LSEEK]),
    ("fd_sync", &[FSYNC]),
    ("fd_tell", &[FSTAT, GETSOCKOPT, LSEEK]),
    ("fd_write", &[WRITE, WRITEV]),
    ("path_create_directory", &[OPENAT2, CLOSE, MKDIRAT]),
    ("path_filestat_get", &[OPENAT2, CLOSE, NEWFSTATAT]),
    ("path_filestat_set_times", &[OPENAT2, CLOSE, UTIMENSAT]),
    ("path_link", &[OPENAT2, CLOSE, LINKAT]),
    ("path_open", &[OPENAT2, CLOSE, FCNTL_DUPFD]),
    ("path_readlink", &[OPENAT2, CLOSE, READLINKAT]),
    ("path_remove_directory", &[OPENAT2, CLOSE, UNLINKAT]),
    ("path_rename", &[OPENAT2, CLOSE, RENAMEAT]),
    ("path_symlink", &[OPENAT2, CLOSE, SYMLINKAT]),
    ("path_unlink_file", &[OPENAT2, CLOSE, UNLINKAT]),
    ("poll_oneoff", &[PPOLL, RESTART_SYSCALL, CLOCK_GETTIME, IOCTL_FIONREAD, FSTAT]),
    ("proc_exit", &[]),
    ("proc_raise", &[RT_SIGACTION, GETPID, KILL]),
    ("sched_yield", &[SCHED_YIELD]),
    ("random_get", &[GETRANDOM]),
    ("sock_accept", &[FSTAT, GETSOCKOPT, ACCEPT4, FCNTL_DUPFD, CLOSE]),
    ("sock_recv", &[FSTAT, GETSOCKOPT, RECVFROM, RECVMSG, MMAP, MUNMAP]),
    ("sock_send", &[FSTAT, GETSOCKOPT, SENDTO, SENDMSG, MMAP, MUNMAP]),
    ("sock_shutdown", &[FSTAT, GETSOCKOPT, SHUTDOWN]),
    ("sock_status", &[FSTAT, GETSOCKOPT, GETPEERNAME, PPOLL]),
    ("sock_addr_local", &[FSTAT, GETSOCKOPT, GETSOCKNAME]),
    ("sock_addr_peer", &[FSTAT, GETSOCKOPT, GETPEERNAME]),
    ("sock_open", &[SOCKET_UNIX, SOCKET_INET, SOCKET_INET6, FCNTL_DUPFD, CLOSE]),
    ("sock_pair", &[SOCKETPAIR, FCNTL_DUPFD, CLOSE]),
    ("sock_set_opt_flag", &[FSTAT, GETSOCKOPT, SETSOCKOPT]),
    ("sock_get_opt_flag", &[FSTAT, GETSOCKOPT]),
    ("sock_set_opt_time", &[FSTAT, GETSOCKOPT, SETSOCKOPT]),
    ("sock_get_opt_time", &[FSTAT, GETSOCKOPT]),
    ("sock_set_opt_size", &[FSTAT, GETSOCKOPT, SETSOCKOPT]),
    ("sock_get_opt_size", &[FSTAT, GETSOCKOPT]),
    ("sock_join_multicast_v4", &[FSTAT, GETSOCKOPT, SETSOCKOPT]),
    ("sock_leave_multicast_v4", &[FSTAT, GETSOCKOPT, SETSOCKOPT]),
    ("sock_join_multicast_v6", &[FSTAT, GETSOCKOPT, SETSOCKOPT]),
    ("sock_leave_multicast_v6", &[FSTAT, GETSOCKOPT, SETSOCKOPT]),
    ("sock_bind", &[FSTAT, GETSOCKOPT, SETSOCKOPT, OPENAT2, CLOSE, BIND]),
    ("sock_listen", &[FSTAT, GETSOCKOPT, GETSOCKNAME, LISTEN]),
    ("sock_accept_v2", &[FSTAT, GETSOCKOPT, ACCEPT4, FCNTL_DUPFD, CLOSE]),
    ("sock_connect", &[FSTAT, GETSOCKOPT, OPENAT2, CLOSE, CONNECT]),
    ("sock_recv_from", &[FSTAT, GETSOCKOPT, RECVMSG, MMAP, MUNMAP]),
    ("sock_send_to", &[FSTAT, GETSOCKOPT, OPENAT2, CLOSE, SENDTO, SENDMSG, MMAP, MUNMAP]),
    ("sock_send_file", &[FSTAT, GETSOCKOPT, SENDFILE, SENDTO]),
    ("sock_getlocaladdr", &[FSTAT, GETSOCKOPT, GETSOCKNAME]),
    ("sock_getpeeraddr", &[FSTAT, GETSOCKOPT, GETPEERNAME]),
    ("sock_getsockopt", &[FSTAT, GETSOCKOPT]),
    ("sock_setsockopt", &[FSTAT, GETSOCKOPT, SETSOCKOPT]),
    ("sock_getaddrinfo", RESOLVING),
    ("resolve", RESOLVING),
    ("fd_dup", &[FCNTL_DUPFD, CLOSE]),
    ("fd_dup2", &[FCNTL_DUPFD, CLOSE]),
    ("fd_event", &[EVENTFD2, FCNTL_DUPFD, CLOSE]),
    ("fd_pipe", &[PIPE2, FCNTL_DUPFD, CLOSE]),
    ("tty_get", &[IOCTL_TCGETS2, IOCTL_TCGETS, IOCTL_TIOCGWINSZ]),
    (
        "tty_set",
        &[
            IOCTL_TCGETS2,
            IOCTL_TCGETS,
            IOCTL_TCSETS2,
            IOCTL_TCSETS,
            IOCTL_TIOCGWINSZ,
            IOCTL_TIOCSWINSZ,
            IOCTL_TIOCGPGRP,
            GETPGRP,
            FCNTL_DUPFD,
            RT_SIGACTION,
            RT_SIGRETURN,
            GETPID,
            KILL,
        ],
    ),
    ("getcwd", &[]),
    ("chdir", &[OPENAT2, CLOSE, READLINKAT]),
    ("callback_signal", &[]),
    ("thread_sleep", &[CLOCK_NANOSLEEP, RESTART_SYSCALL, CLOCK_GETTIME]),
    ("thread_id", &[]),
    ("thread_parallelism", &[SCHED_GETAFFINITY]),
    ("thread_signal", &[RT_SIGACTION, GETPID, KILL]),
    ("futex_wait", &[FUTEX, RESTART_SYSCALL]),
    ("futex_wake", &[FUTEX]),
    ("futex_wake_all", &[FUTEX]),
    ("thread_exit", &[]),
    ("path_open2", &[OPENAT2, CLOSE, FCNTL_DUPFD]),
    ("fd_fdflags_get", &[]),
    ("fd_fdflags_set", &[]),
    ("proc_exit2", &[]),
    ("proc_id", &[GETPID]),
    ("proc_parent", &[GETPID, GETPPID]),
    ("proc_signal", &[RT_SIGACTION, GETPID, KILL]),
    ("proc_signals_get", &[]),
    ("proc_signals_sizes_get", &[]),
    ("epoll_create", &[EPOLL_CREATE1, FCNTL_DUPFD, CLOSE]),
    ("epoll_ctl", &[EPOLL_CTL]),
    ("epoll_wait", &[EPOLL_PWAIT, RESTART_SYSCALL, CLOCK_GETTIME]),
    ("wexe.memory_grow", &[MMAP, MADVISE]),
    ("wexe.memory_copy", &[]),
    ("wexe.memory_fill", &[]),
    ("wexe.memory_init", &[]),
    ("wexe.table_grow", &[MMAP]),
    ("wexe.table_copy", &[]),
    ("wexe.table_fill", &[]),
    ("wexe.table_init", &[]),
    ("wexe.table_init_func", &[]),
    ("wexe.atomic_wait32", &[FUTEX, RESTART_SYSCALL]),
    ("wexe.atomic_wait64", &[FUTEX, RESTART_SYSCALL]),
    ("wexe.atomic_notify", &[FUTEX]),
    ("wexe.exception_new", &[MMAP, MADVISE]),
    ("wexe.throw", &[]),
    ("wexe.count_target", &[]),
    (embed::READ_ONLY, &[]),
    (embed::OVERLAY, &[CLOCK_GETTIME]),
];

/// How the names begin of functions that work on directories that a program was given. Without any they make no system
/// call, so they need none.
pub const OF_DIRECTORIES: &[&str] = &["path_", "fd_prestat_", "fd_readdir", "chdir"];

/// The name in [`FUNCTIONS`] of what a symbol stands for, traced or not.
fn name(symbol: &str) -> Option<&str> {
    match symbol.strip_prefix(TRACED).unwrap_or(symbol).split_once('.')? {
        ("wexe", _) => Some(symbol),
        (_, name) => Some(name),
    }
}

/// Whether the function `symbol` works on directories that the program was given.
pub fn is_of_directories(symbol: &str) -> bool {
    name(symbol).is_some_and(|name| OF_DIRECTORIES.iter().any(|beginning| name.starts_with(beginning)))
}

/// The system calls of the function `symbol`. One that does nothing but refuse has no row, and needs none.
pub fn of(symbol: &str) -> &'static [SystemCall] {
    let row = FUNCTIONS.iter().find(|(function, _)| Some(*function) == name(symbol));
    row.map_or(&[], |(_, calls)| calls)
}
