//! A TCP server against the raw imports of WASIX that sends back what it receives, and waits by `poll_oneoff`.
//!
//!     rust_echo 127.0.0.1:PORT     --net listen=127.0.0.1:PORT

use std::collections::BTreeMap;
use std::net::SocketAddrV4;

type Fd = u32;
type Errno = u16;

const AGAIN: Errno = 6;

/// What the imports take and fill in.
mod raw {
    #[repr(C)]
    pub struct Vector {
        pub data: *const u8,
        pub len: usize,
    }

    /// An IPv4 address and what no kind of address is longer than.
    #[repr(C)]
    #[derive(Clone, Copy)]
    pub struct Address {
        pub tag: u8,
        pub padding: u8,
        pub port: u16,
        pub octets: [u8; 4],
        pub rest: [u8; 102],
    }

    #[repr(C)]
    pub struct Subscription {
        pub userdata: u64,
        pub tag: u8,
        pub padding: [u8; 7],
        pub fd: u32,
        pub rest: [u64; 3],
    }

    #[repr(C)]
    #[derive(Clone, Copy, Default)]
    pub struct Event {
        pub userdata: u64,
        pub error: u16,
        pub kind: u8,
        pub len: u64,
        pub flags: u16,
    }

    #[link(wasm_import_module = "wasix_32v1")]
    extern "C" {
        pub fn sock_open(family: i32, kind: i32, protocol: i32, fd: *mut u32) -> i32;
        pub fn sock_bind(fd: u32, address: *const Address) -> i32;
        pub fn sock_listen(fd: u32, backlog: u32) -> i32;
        pub fn sock_addr_local(fd: u32, address: *mut Address) -> i32;
        pub fn sock_accept_v2(fd: u32, flags: i32, accepted: *mut u32, peer: *mut Address) -> i32;
    }

    #[link(wasm_import_module = "wasi_snapshot_preview1")]
    extern "C" {
        pub fn sock_recv(fd: u32, data: *const Vector, count: u32, flags: i32, len: *mut u32, out: *mut u16) -> i32;
        pub fn sock_send(fd: u32, data: *const Vector, count: u32, flags: i32, len: *mut u32) -> i32;
        pub fn fd_close(fd: u32) -> i32;
        pub fn poll_oneoff(waits: *const Subscription, events: *mut Event, count: u32, happened: *mut u32) -> i32;
    }
}

fn checked(errno: i32) -> Result<(), Errno> {
    if errno == 0 { Ok(()) } else { Err(errno as Errno) }
}

/// A socket, closed when dropped.
struct Socket(Fd);

impl Drop for Socket {
    fn drop(&mut self) {
        unsafe { raw::fd_close(self.0) };
    }
}

const NO_ADDRESS: raw::Address = raw::Address { tag: 0, padding: 0, port: 0, octets: [0; 4], rest: [0; 102] };

impl Socket {
    /// One that does not block, and to which others can connect.
    fn listen(at: SocketAddrV4) -> Result<Socket, Errno> {
        let mut fd = 0;
        let address = raw::Address { tag: 1, port: at.port(), octets: at.ip().octets(), ..NO_ADDRESS };
        let socket = checked(unsafe { raw::sock_open(1, 1 | 0x4000, 0, &mut fd) }).map(|()| Socket(fd))?;
        checked(unsafe { raw::sock_bind(fd, &address) })?;
        checked(unsafe { raw::sock_listen(fd, 1024) })?;
        Ok(socket)
    }

    fn port(&self) -> Result<u16, Errno> {
        let mut address = NO_ADDRESS;
        checked(unsafe { raw::sock_addr_local(self.0, &mut address) }).map(|()| address.port)
    }

    fn accept(&self) -> Result<Socket, Errno> {
        let (mut fd, mut peer) = (0, NO_ADDRESS);
        checked(unsafe { raw::sock_accept_v2(self.0, 4, &mut fd, &mut peer) }).map(|()| Socket(fd))
    }

    fn receive(&self, buffer: &mut [u8]) -> Result<usize, Errno> {
        let (mut len, mut flags) = (0, 0);
        let vector = raw::Vector { data: buffer.as_mut_ptr(), len: buffer.len() };
        checked(unsafe { raw::sock_recv(self.0, &vector, 1, 0, &mut len, &mut flags) }).map(|()| len as usize)
    }

    fn send(&self, bytes: &[u8]) -> Result<usize, Errno> {
        let mut len = 0;
        let vector = raw::Vector { data: bytes.as_ptr(), len: bytes.len() };
        checked(unsafe { raw::sock_send(self.0, &vector, 1, 0, &mut len) }).map(|()| len as usize)
    }
}

const READABLE: u8 = 1;
const WRITABLE: u8 = 2;

struct Connection {
    socket: Socket,
    /// What is still to be sent.
    rest: Vec<u8>,
}

impl Connection {
    /// Sends and receives until it would have to wait: for what. Nothing is left to do at the end, or after an error.
    fn serve(&mut self, buffer: &mut [u8]) -> Option<u8> {
        loop {
            while !self.rest.is_empty() {
                match self.socket.send(&self.rest) {
                    Ok(sent) => drop(self.rest.drain(..sent)),
                    Err(error) => return (error == AGAIN).then(|| WRITABLE),
                }
            }
            match self.socket.receive(buffer) {
                Ok(0) => return None,
                Ok(received) => self.rest.extend_from_slice(&buffer[..received]),
                Err(error) => return (error == AGAIN).then(|| READABLE),
            }
        }
    }
}

/// The descriptors of which something has happened that is waited for.
fn wait(waits: &BTreeMap<Fd, u8>) -> Result<Vec<Fd>, Errno> {
    let subscriptions: Vec<_> = waits
        .iter()
        .map(|(&fd, &tag)| raw::Subscription { userdata: fd.into(), tag, padding: [0; 7], fd, rest: [0; 3] })
        .collect();
    let (mut events, mut count) = (vec![raw::Event::default(); subscriptions.len()], 0);
    let (from, to) = (subscriptions.as_ptr(), events.as_mut_ptr());
    checked(unsafe { raw::poll_oneoff(from, to, subscriptions.len() as u32, &mut count) })?;
    Ok(events[..count as usize].iter().map(|event| event.userdata as Fd).collect())
}

fn run(at: SocketAddrV4) -> Result<(), Errno> {
    let listener = Socket::listen(at)?;
    println!("{}", listener.port()?);
    let (mut connections, mut buffer) = (BTreeMap::new(), [0; 4096]);
    let mut waits = BTreeMap::from([(listener.0, READABLE)]);
    loop {
        for fd in wait(&waits)? {
            if fd == listener.0 {
                while let Ok(socket) = listener.accept() {
                    waits.insert(socket.0, READABLE);
                    connections.insert(socket.0, Connection { socket, rest: Vec::new() });
                }
            } else if let Some(next) = connections.get_mut(&fd).and_then(|it: &mut Connection| it.serve(&mut buffer)) {
                waits.insert(fd, next);
            } else {
                waits.remove(&fd);
                connections.remove(&fd);
            }
        }
    }
}

fn main() {
    let at = std::env::args().nth(1).and_then(|text| text.parse().ok()).expect("an address and a port");
    if let Err(errno) = run(at) {
        eprintln!("error {errno}");
        std::process::exit(1);
    }
}
