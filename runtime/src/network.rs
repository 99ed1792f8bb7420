//! What of the network the program was given (`--net`, see `wexe_abi::network`): every socket call that names an
//! address asks here first, and nothing is allowed that no rule allows.
//!
//! Names in rules hold for addresses, and which these are is only known when the program has asked. So what the
//! resolver answers for such a name is kept here, and a connection to one of these addresses is allowed. An answer
//! cannot point the program at the machine itself or at neighbours that only have link-local addresses (`resolver`
//! leaves them out, unless the machine's own table of hosts says so). In the same way, a datagram may go to whoever
//! sent one.

use crate::capabilities::{refuse_value, values};
use crate::errno::{Error, Result};
use crate::sandbox;
use crate::socket::{canonical, loopback6};
use core::cell::UnsafeCell;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use wexe_abi::capabilities::Capability;
use wexe_abi::network::{Host, Place, Rule, contains, rules, same_name};
use wexe_abi::types::Errno;

/// What a socket is about to do with an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    Connect,
    Listen,
    /// Send datagrams to it.
    Send,
    /// Take datagrams that come to it.
    Receive,
}

/// What kind of socket is to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Stream,
    Datagram,
    Unix,
}

/// All that the program was given, however many options say it.
fn given() -> impl Iterator<Item = Rule<'static>> {
    let given = values(Capability::Net);
    given.flat_map(|text| rules(text).map(move |rule| rule.unwrap_or_else(|| refuse_value(Capability::Net, text))))
}

fn allow(allowed: bool) -> Result<()> {
    if allowed { Ok(()) } else { Err(Errno::Acces.into()) }
}

/// Fails unless there is anything that a socket of this kind may do.
pub fn check_kind(kind: Kind) -> Result<()> {
    allow(given().any(|rule| match rule {
        Rule::All => true,
        Rule::Dns => false,
        Rule::Connect(_) | Rule::Listen(_) => kind == Kind::Stream,
        Rule::Udp(_) => kind == Kind::Datagram,
        Rule::Unix(_) => kind == Kind::Unix,
    }))
}

/// Fails unless a socket may do this.
pub fn check(what: Use, address: SocketAddr) -> Result<()> {
    let (ip, port) = (target(what, address), address.port());
    // A socket that sends gets such an address by itself.
    let unbound = what == Use::Receive && port == 0 && ip.is_unspecified();
    allow(given().any(|rule| match (rule, what) {
        (Rule::All, _) => true,
        (Rule::Connect(place), Use::Connect) | (Rule::Listen(place), Use::Listen) => has(&place, ip, port),
        (Rule::Udp(_), Use::Send) if was_heard(ip, port) => true,
        (Rule::Udp(place), Use::Send | Use::Receive) => unbound || has(&place, ip, port),
        _ => false,
    }))
}

/// Fails unless a socket may take part in this group.
pub fn check_group(group: IpAddr) -> Result<()> {
    allow(given().any(|rule| match rule {
        Rule::All => true,
        Rule::Udp(place) => has_host(&place, group.to_canonical()),
        _ => false,
    }))
}

/// The address that is meant: Linux takes "any" as "this machine" where it stands for a peer.
fn target(what: Use, address: SocketAddr) -> IpAddr {
    let ip = canonical(address);
    match (what, ip) {
        (Use::Connect | Use::Send, IpAddr::V4(Ipv4Addr::UNSPECIFIED)) => Ipv4Addr::LOCALHOST.into(),
        (Use::Connect | Use::Send, IpAddr::V6(Ipv6Addr::UNSPECIFIED)) => loopback6().into(),
        _ => ip,
    }
}

fn has(place: &Place<'static>, ip: IpAddr, port: u16) -> bool {
    place.has_port(port) && has_host(place, ip)
}

fn has_host(place: &Place<'static>, ip: IpAddr) -> bool {
    match place.host {
        Host::Any => true,
        Host::Range(range, bits) => contains(range, bits, ip),
        Host::Name(name) => answers(|answers| answers.kept.iter().flatten().any(|kept| *kept == (name, ip))),
    }
}

/// Fails unless the program may ask for the addresses of `name`.
pub fn check_name(name: &[u8]) -> Result<()> {
    allow(given().any(|rule| match rule {
        Rule::All | Rule::Dns => true,
        Rule::Connect(place) | Rule::Udp(place) => matches!(place.host, Host::Name(given) if same_name(given, name)),
        Rule::Listen(_) | Rule::Unix(_) => false,
    }))
}

/// Most answers that are kept; the oldest make way.
const KEPT: usize = 64;

/// Most senders that can be answered, a power of two. Each has one place, which another may take.
const HEARD: usize = 1024;

struct Answers {
    kept: [Option<(&'static [u8], IpAddr)>; KEPT],
    next: usize,
    heard: [Option<(IpAddr, u16)>; HEARD],
}

struct Cell(UnsafeCell<Answers>);

// SAFETY: a program has one thread.
unsafe impl Sync for Cell {}

static ANSWERS: Cell = Cell(UnsafeCell::new(Answers { kept: [None; KEPT], next: 0, heard: [None; HEARD] }));

fn answers<T>(work: impl FnOnce(&mut Answers) -> T) -> T {
    // SAFETY: a program has one thread, and no `work` in this file comes back here.
    work(unsafe { &mut *ANSWERS.0.get() })
}

/// Notes who sent a datagram: whoever may receive them may answer.
pub fn heard(address: SocketAddr) {
    let (ip, port) = (canonical(address), address.port());
    answers(|answers| {
        if let Some(slot) = answers.heard.get_mut(place_of(ip, port)) {
            *slot = Some((ip, port));
        }
    });
}

fn was_heard(ip: IpAddr, port: u16) -> bool {
    answers(|answers| answers.heard.get(place_of(ip, port)).copied().flatten() == Some((ip, port)))
}

fn place_of(ip: IpAddr, port: u16) -> usize {
    let bits = match ip {
        IpAddr::V4(ip) => u128::from(ip.to_bits()),
        IpAddr::V6(ip) => ip.to_bits(),
    };
    let mixed = (bits as u64 ^ (bits >> 64) as u64 ^ u64::from(port) << 32).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 32) as usize % HEARD
}

/// Keeps an address that was answered for a name in rules.
pub fn keep(name: &[u8], ip: IpAddr) {
    for rule in given() {
        let (Rule::Connect(place) | Rule::Udp(place)) = rule else { continue };
        let Host::Name(given) = place.host else { continue };
        if same_name(given, name) && !has_host(&place, ip) {
            answers(|answers| {
                if let Some(slot) = answers.kept.get_mut(answers.next) {
                    *slot = Some((given, ip));
                }
                answers.next = (answers.next + 1) % KEPT;
            });
        }
    }
}

/// The path of a socket that the program may use, as it was given. It names it by the same text; nothing else of what
/// it says reaches the kernel.
pub fn check_path(path: &[u8]) -> Result<sandbox::SocketPath> {
    let allowed = given().any(|rule| match rule {
        Rule::All => true,
        Rule::Unix(given) => given == path,
        _ => false,
    });
    allow(allowed)?;
    sandbox::SocketPath::new(path).ok_or(Error(Errno::Nametoolong))
}
