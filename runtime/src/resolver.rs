//! Names → addresses: the machine's table of hosts, then the name servers that it is configured with.
//!
//! A question goes out from a socket of its own, so its port is as hard to guess as its number, and the kernel drops
//! what does not come from the server that was asked. Everything has an end: each server is asked twice and waited for
//! a few seconds, answers are parsed within their bounds (`dns`), and files are read up to a limit.

use crate::dns::{Answer, Kind, Query};
use crate::errno::{Result, retry};
use crate::memory::Scratch;
use crate::socket::{self, Address};
use crate::{network, sandbox, transfer};
use core::ffi::CStr;
use core::net::{IpAddr, Ipv4Addr, SocketAddr};
use core::sync::atomic::{AtomicI32, Ordering};
use rustix::fd::{AsFd, AsRawFd, BorrowedFd, IntoRawFd, OwnedFd};
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType};
use rustix::time::{ClockId, Timespec};
use wexe_abi::network::same_name;
use wexe_abi::types::Errno;

/// Most addresses of a name.
pub const MOST: usize = 32;
/// What of a configuration file is read.
const MAX_FILE: usize = 1 << 20;
/// Longest answer: what its length in two bytes can say.
const MAX_ANSWER: usize = 1 << 16;
const MAX_SERVERS: usize = 3;
const ATTEMPTS: usize = 2;
/// How long a server may take.
const PATIENCE: i64 = 3;

/// A file of the machine's configuration, and the descriptor that it had when the program started. The path is in here,
/// since texts that end with a NUL stay in executables that have no use for them.
struct Configuration([u8; MAX_PATH], AtomicI32);

const MAX_PATH: usize = 24;

static HOSTS: Configuration = Configuration::new(b"/etc/hosts");
static SERVERS: Configuration = Configuration::new(b"/etc/resolv.conf");

/// Opens the configuration before the process confines itself to the program's directories. It is called for programs
/// that can ask for names.
#[unsafe(export_name = "wexe.open_configuration")]
extern "C" fn open_configuration() {
    for configuration in [&HOSTS, &SERVERS] {
        if let Ok(file) = configuration.open() {
            configuration.1.store(file.into_raw_fd(), Ordering::Relaxed);
        }
    }
}

impl Configuration {
    const fn new(path: &[u8]) -> Configuration {
        let mut padded = [0; MAX_PATH];
        let (start, _) = padded.split_at_mut(path.len());
        start.copy_from_slice(path);
        Configuration(padded, AtomicI32::new(-1))
    }

    fn open(&self) -> rustix::io::Result<OwnedFd> {
        sandbox::open_configuration(CStr::from_bytes_until_nul(&self.0).unwrap_or_default())
    }

    /// Reads the file as it is now, or as it was at start if there is no way to it any more: how much of it.
    fn read(&self, text: &mut [u8]) -> rustix::io::Result<usize> {
        if let Ok(file) = self.open() {
            return read_all(file.as_fd(), text);
        }
        match self.1.load(Ordering::Relaxed) {
            -1 => Ok(0),
            // SAFETY: it was opened at start, and nothing closes it.
            kept => read_all(unsafe { BorrowedFd::borrow_raw(kept) }, text),
        }
    }
}

fn read_all(file: BorrowedFd, text: &mut [u8]) -> rustix::io::Result<usize> {
    let mut len = 0;
    while let Some(rest) = text.get_mut(len..).filter(|rest| !rest.is_empty()) {
        match retry(|| rustix::io::pread(file, &mut *rest, len as u64))? {
            0 => break,
            read => len += read,
        }
    }
    Ok(len)
}

/// Addresses of a name, in the order in which they were found.
pub struct Addresses {
    found: [Option<IpAddr>; MOST],
    count: usize,
}

impl Addresses {
    /// No more than there is room for.
    pub fn of<const N: usize>(found: [IpAddr; N]) -> Addresses {
        let mut addresses = Addresses { found: [None; MOST], count: 0 };
        found.into_iter().for_each(|address| addresses.add(address));
        addresses
    }

    fn add(&mut self, address: IpAddr) {
        if !self.iter().any(|found| found == address)
            && let Some(slot) = self.found.get_mut(self.count)
        {
            *slot = Some(address);
            self.count += 1;
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = IpAddr> {
        self.found.iter().copied().flatten()
    }
}

/// The addresses of `name`, or of itself if it is one.
///
/// Errors: `acces` if the program may not ask for it; `noent` if there is no such name, or no address of it; `again` if
/// no server answered; `inval` for what cannot be a name.
pub fn resolve(name: &[u8]) -> Result<Addresses> {
    if let Some(address) = core::str::from_utf8(name).ok().and_then(|text| text.parse().ok()) {
        return Ok(Addresses::of([address]));
    }
    if !wexe_abi::network::is_name(name) {
        return Err(Errno::Inval.into());
    }
    network::check_name(name)?;
    let mut addresses = Addresses::of([]);
    look_up(name, &mut addresses)?;
    if addresses.count == 0 { Err(Errno::Noent.into()) } else { Ok(addresses) }
}

fn look_up(name: &[u8], addresses: &mut Addresses) -> Result<()> {
    for_lines(&HOSTS, |mut words| {
        let address = words.next().and_then(parse);
        if let Some(address) = address.filter(|_| words.any(|word| same_name(word, name))) {
            addresses.add(address);
        }
    })?;
    if addresses.count == 0 && (same_name(name, b"localhost") || name.ends_with(b".localhost")) {
        addresses.add(Ipv4Addr::LOCALHOST.into());
        addresses.add(socket::loopback6().into());
    }
    if addresses.count > 0 {
        addresses.iter().for_each(|address| network::keep(name, address));
        return Ok(());
    }
    let (mut servers, mut count) = ([IpAddr::V4(Ipv4Addr::LOCALHOST); MAX_SERVERS], 0);
    for_lines(&SERVERS, |mut words| {
        if words.next() == Some(b"nameserver")
            && let (Some(address), Some(server)) = (words.next().and_then(parse), servers.get_mut(count))
        {
            *server = address;
            count += 1;
        }
    })?;
    let servers = servers.get(..count.max(1)).unwrap_or_default();
    for kind in [Kind::A, Kind::Aaaa] {
        if ask(servers, name, kind, addresses)? == Answer::NoSuchName {
            break;
        }
    }
    addresses.iter().filter(is_remote).for_each(|address| network::keep(name, address));
    Ok(())
}

/// Whether an answer may lead there a program that was given a name. Neither this machine nor what is only reached by
/// link-local addresses, like the services that clouds offer to their machines, is what somebody else's name is for.
fn is_remote(address: &IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let local = v4.is_loopback() || v4.is_link_local() || v4.octets()[0] == 0;
            !local && !v4.is_multicast() && !v4.is_broadcast()
        }
        IpAddr::V6(v6) => {
            !v6.is_loopback() && !v6.is_unspecified() && !v6.is_unicast_link_local() && !v6.is_multicast()
        }
    }
}

fn parse(word: &[u8]) -> Option<IpAddr> {
    core::str::from_utf8(word).ok()?.parse().ok()
}

/// Iterator over the words of a line.
struct Words<'a>(&'a [u8]);

impl<'a> Iterator for Words<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let line = self.0.trim_ascii_start();
        let len = line.iter().position(u8::is_ascii_whitespace).unwrap_or(line.len());
        let (word, rest) = line.split_at_checked(len)?;
        self.0 = rest;
        (!word.is_empty()).then_some(word)
    }
}

/// Hands out the words of each line of a configuration file, without comments. There may be no such file.
fn for_lines(file: &Configuration, mut line: impl FnMut(Words)) -> Result<()> {
    let mut text = Scratch::<u8>::new(MAX_FILE)?;
    let len = file.read(&mut text)?;
    for text in text.get(..len).unwrap_or_default().split(|&byte| byte == b'\n') {
        let text = text.split(|&byte| byte == b'#' || byte == b';').next().unwrap_or_default();
        line(Words(text));
    }
    Ok(())
}

/// Asks each server until one knows.
fn ask(servers: &[IpAddr], name: &[u8], kind: Kind, addresses: &mut Addresses) -> Result<Answer> {
    for _ in 0..ATTEMPTS {
        for server in servers {
            let mut id = [0; 2];
            retry(|| rustix::rand::getrandom(&mut id, rustix::rand::GetRandomFlags::empty()))?;
            let query = Query::new(u16::from_ne_bytes(id), name, kind).ok_or(Errno::Inval)?;
            // A server that cannot be reached is like one that does not answer.
            match ask_one(SocketAddr::new(*server, 53), &query, addresses) {
                Ok(answer @ (Answer::Complete | Answer::NoSuchName)) => return Ok(answer),
                Ok(Answer::Failed | Answer::Truncated) | Err(_) => {}
            }
        }
    }
    Err(Errno::Again.into())
}

fn ask_one(server: SocketAddr, query: &Query, addresses: &mut Addresses) -> Result<Answer> {
    let mut message = Scratch::<u8>::new(MAX_ANSWER)?;
    let deadline = Deadline::new();
    let socket = open(server, SocketType::DGRAM, &deadline)?;
    retry(|| rustix::net::send(&socket, query.bytes(), SendFlags::NOSIGNAL))?;
    loop {
        deadline.wait(&socket, libc::POLLIN)?;
        let (len, _) = retry(|| rustix::net::recv(&socket, &mut *message, RecvFlags::DONTWAIT))?;
        let received = message.get(..len).unwrap_or_default();
        // What is no answer is somebody else's try.
        match query.answer(received, &mut |address| addresses.add(address)) {
            None => {}
            Some(Answer::Truncated) => return ask_by_stream(server, query, addresses, &mut message),
            Some(answer) => return Ok(answer),
        }
    }
}

/// The same by TCP, where each message has its length before it.
fn ask_by_stream(server: SocketAddr, query: &Query, addresses: &mut Addresses, message: &mut [u8]) -> Result<Answer> {
    let deadline = Deadline::new();
    let socket = open(server, SocketType::STREAM, &deadline)?;
    let len = query.bytes().len();
    let parts = [&(len as u16).to_be_bytes()[..], query.bytes()];
    for part in parts {
        // So little always fits into the buffer of a new connection.
        if retry(|| rustix::net::send(&socket, part, SendFlags::NOSIGNAL))? != part.len() {
            return Err(Errno::Io.into());
        }
    }
    let mut len = [0; 2];
    receive_all(&socket, &mut len, &deadline)?;
    let message = message.get_mut(..usize::from(u16::from_be_bytes(len))).ok_or(Errno::Io)?;
    receive_all(&socket, message, &deadline)?;
    Ok(query.answer(message, &mut |address| addresses.add(address)).unwrap_or(Answer::Failed))
}

fn receive_all(socket: &OwnedFd, buffer: &mut [u8], deadline: &Deadline) -> Result<()> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        deadline.wait(socket, libc::POLLIN)?;
        match retry(|| rustix::net::recv(socket, &mut *rest, RecvFlags::DONTWAIT))? {
            (0, _) => return Err(Errno::Io.into()),
            (received, _) => filled += received,
        }
    }
    Ok(())
}

/// A socket that is connected to a server.
fn open(server: SocketAddr, kind: SocketType, deadline: &Deadline) -> Result<OwnedFd> {
    let family = if server.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = rustix::net::socket_with(family, kind, flags, None)?;
    match rustix::net::connect(&socket, &Address::inet(server)) {
        Err(rustix::io::Errno::INPROGRESS) => {
            deadline.wait(&socket, libc::POLLOUT)?;
            match socket::option::<i32>(socket.as_fd(), libc::SOL_SOCKET, libc::SO_ERROR)? {
                0 => Ok(socket),
                _ => Err(Errno::Connrefused.into()),
            }
        }
        outcome => Ok(outcome.map(|()| socket)?),
    }
}

/// When a server has taken too long.
struct Deadline(Timespec);

impl Deadline {
    fn new() -> Deadline {
        let now = rustix::time::clock_gettime(ClockId::Monotonic);
        Deadline(Timespec { tv_sec: now.tv_sec.saturating_add(PATIENCE), tv_nsec: now.tv_nsec })
    }

    /// Waits until a socket is ready, or fails with `timedout`.
    fn wait(&self, socket: &OwnedFd, events: i16) -> Result<()> {
        loop {
            let now = rustix::time::clock_gettime(ClockId::Monotonic);
            let left = self.0.checked_sub(now).filter(|left| left.tv_sec >= 0).ok_or(Errno::Timedout)?;
            let mut polled = [libc::pollfd { fd: socket.as_raw_fd(), events, revents: 0 }];
            if transfer::poll(&mut polled, Some(left))? > 0 {
                return Ok(());
            }
        }
    }
}
