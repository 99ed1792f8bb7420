//! `--listen`: sockets that the program may accept connections on, opened before it starts. They get the descriptors
//! behind the directories, in the order in which they were given.

use crate::capabilities::{refuse_value, values};
use crate::{fd_table, start, stderr};
use core::net::SocketAddr;
use rustix::fd::{BorrowedFd, OwnedFd};
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketFlags, SocketType, sockopt};
use wexe_abi::capabilities::Capability;
use wexe_abi::grants::{self, Listen};

/// How many connections may wait to be accepted; Linux takes less if the system is set so.
const BACKLOG: i32 = 4096;
/// The first descriptor that systemd hands over.
const FIRST_INHERITED: i32 = 3;

/// Opens what the program was given. It is called for programs that can accept connections.
#[unsafe(export_name = "wexe.open_listeners")]
extern "C" fn open() {
    for text in values(Capability::Listen) {
        match grants::listen(text) {
            Some(Listen::Address(address)) => match bind(&address) {
                Ok(socket) => insert(socket, text),
                Err(errno) => fail(text, errno),
            },
            Some(Listen::Inherited) => inherit(),
            None => refuse_value(Capability::Listen, text),
        }
    }
}

fn bind(address: &SocketAddr) -> rustix::io::Result<OwnedFd> {
    let family = if address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let socket = rustix::net::socket_with(family, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
    // A server that is started again must not wait for the last connections of the one before.
    sockopt::set_socket_reuseaddr(&socket, true)?;
    rustix::net::bind(&socket, address)?;
    rustix::net::listen(&socket, BACKLOG)?;
    Ok(socket)
}

/// Takes over the sockets that the process was started with, if they are meant for it: `LISTEN_PID` is this process and
/// `LISTEN_FDS` how many there are.
fn inherit() {
    let number = |name| core::str::from_utf8(start::environment(name).next()?).ok()?.parse::<i32>().ok();
    let process = rustix::process::getpid().as_raw_nonzero().get();
    let (Some(count), true) = (number(b"LISTEN_FDS="), number(b"LISTEN_PID=") == Some(process)) else {
        stderr::fail(&[b"--listen fd: the process was started without sockets (see LISTEN_FDS and LISTEN_PID)"], 1)
    };
    for descriptor in FIRST_INHERITED..FIRST_INHERITED.saturating_add(count) {
        // SAFETY: `LISTEN_FDS` says that it was handed over. If it is not open, that shows at once.
        let inherited = unsafe { BorrowedFd::borrow_raw(descriptor) };
        if sockopt::socket_acceptconn(inherited) != Ok(true) {
            let mut buffer = [0; 20];
            let number = stderr::digits(descriptor as u64, 10, &mut buffer);
            stderr::fail(&[b"--listen fd: descriptor ", number, b" is not a socket that listens"], 1)
        }
        match rustix::io::fcntl_dupfd_cloexec(inherited, FIRST_INHERITED) {
            Ok(socket) => insert(socket, b"fd"),
            Err(errno) => fail(b"fd", errno),
        }
    }
}

fn insert(socket: OwnedFd, text: &[u8]) {
    if fd_table::insert_listener(socket).is_err() {
        fail(text, Errno::MFILE);
    }
}

fn fail(text: &[u8], errno: Errno) -> ! {
    let why: &[u8] = match errno {
        Errno::ADDRINUSE => b"the address is in use",
        Errno::ADDRNOTAVAIL => b"this machine does not have the address",
        Errno::ACCESS => b"permission denied",
        Errno::MFILE | Errno::NFILE => b"too many open files",
        _ => b"the machine has no such network",
    };
    stderr::fail(&[b"--listen ", text, b": ", why], 1)
}
