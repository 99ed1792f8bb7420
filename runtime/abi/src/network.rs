//! What of the network a program may use: the text of `--net` → rules, and what is among them.
//!
//! ```text
//! RULE[,RULE]...
//! connect=HOST:PORT    TCP connections to it
//! listen=ADDR:PORT     TCP sockets that listen there
//! udp=HOST:PORT        datagrams to it, and sockets for datagrams that are bound to it
//! unix=PATH            the socket at this path: to connect to it, or to make it
//! dns                  the addresses of all names
//! all                  everything
//!
//! HOST   name, address, range of addresses (10.0.0.0/8) or *; IPv6 in brackets: [2001:db8::/32]
//! PORT   number, range of numbers (8000-8999) or *
//! ```
//!
//! A rule with a name also allows to ask for the addresses of this name, and holds for those that were answered. One
//! for datagrams also allows to answer whoever sent one.

use core::net::IpAddr;

/// One thing that is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule<'a> {
    All,
    Dns,
    Connect(Place<'a>),
    Listen(Place<'a>),
    Udp(Place<'a>),
    Unix(&'a [u8]),
}

/// Hosts, and ports there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    pub host: Host<'a>,
    pub first_port: u16,
    pub last_port: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host<'a> {
    Any,
    /// Addresses that have these bits in common with this one.
    Range(IpAddr, u8),
    Name(&'a [u8]),
}

/// The rules of a text, each `None` if it is none.
pub fn rules(text: &[u8]) -> impl Iterator<Item = Option<Rule<'_>>> {
    text.split(|&byte| byte == b',').map(rule)
}

/// Whether all of a text is rules.
pub fn is_valid(text: &[u8]) -> bool {
    rules(text).all(|rule| rule.is_some())
}

fn rule(text: &[u8]) -> Option<Rule<'_>> {
    match text {
        b"all" => return Some(Rule::All),
        b"dns" => return Some(Rule::Dns),
        _ => {}
    }
    let at = text.iter().position(|&byte| byte == b'=')?;
    let (kind, value) = (text.get(..at)?, text.get(at + 1..)?);
    match kind {
        b"connect" => place(value).map(Rule::Connect),
        b"udp" => place(value).map(Rule::Udp),
        // A name could be that of any machine; what listens is this one.
        b"listen" => place(value).filter(|place| !matches!(place.host, Host::Name(_))).map(Rule::Listen),
        b"unix" => (!value.is_empty()).then_some(Rule::Unix(value)),
        _ => None,
    }
}

fn place(text: &[u8]) -> Option<Place<'_>> {
    let colon = text.iter().rposition(|&byte| byte == b':')?;
    let (first_port, last_port) = ports(text.get(colon + 1..)?)?;
    Some(Place { host: host(text.get(..colon)?)?, first_port, last_port })
}

fn ports(text: &[u8]) -> Option<(u16, u16)> {
    if text == b"*" {
        return Some((0, u16::MAX));
    }
    let text = core::str::from_utf8(text).ok()?;
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let ports = (number(first)?, number(last)?);
    (ports.0 <= ports.1).then_some(ports)
}

/// Digits alone: Rust's parser takes a sign too.
fn number(text: &str) -> Option<u16> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

fn host(text: &[u8]) -> Option<Host<'_>> {
    if text == b"*" {
        return Some(Host::Any);
    }
    if let Some(inside) = text.strip_prefix(b"[") {
        return range(inside.strip_suffix(b"]")?).filter(|host| matches!(host, Host::Range(IpAddr::V6(_), _)));
    }
    match range(text) {
        Some(Host::Range(IpAddr::V6(_), _)) => None,
        Some(range) => Some(range),
        None => is_name(text).then_some(Host::Name(text)),
    }
}

fn range(text: &[u8]) -> Option<Host<'static>> {
    let text = core::str::from_utf8(text).ok()?;
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address, Some(number(bits)?)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().ok()?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let bits = bits.unwrap_or(most);
    (bits <= most).then_some(Host::Range(address, bits as u8))
}

/// Whether this is a name of the domain name system, or one that looks like it: labels of letters, digits, hyphens and
/// underscores. What looks like an address is none: its last label would be a number.
pub fn is_name(text: &[u8]) -> bool {
    let text = text.strip_suffix(b".").unwrap_or(text);
    let is_label = |label: &[u8]| {
        let characters = label.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        (1..=63).contains(&label.len()) && characters
    };
    let last = text.rsplit(|&byte| byte == b'.').next().unwrap_or_default();
    text.len() <= 253
        && text.split(|&byte| byte == b'.').all(is_label)
        && last.first().is_some_and(|byte| !byte.is_ascii_digit())
}

/// Whether two names are one: case does not matter, nor does a dot at the end.
pub fn same_name(one: &[u8], other: &[u8]) -> bool {
    let bare = |name: &'_ [u8]| name.strip_suffix(b".").map_or(name.len(), <[u8]>::len);
    one.get(..bare(one)).unwrap_or_default().eq_ignore_ascii_case(other.get(..bare(other)).unwrap_or_default())
}

impl Place<'_> {
    pub fn has_port(&self, port: u16) -> bool {
        (self.first_port..=self.last_port).contains(&port)
    }
}

/// Whether an address has the first `bits` bits of `range`. IPv4 addresses are never in ranges of IPv6.
pub fn contains(range: IpAddr, bits: u8, address: IpAddr) -> bool {
    let differing = match (range.to_canonical(), address) {
        (IpAddr::V4(range), IpAddr::V4(address)) => u128::from(range.to_bits() ^ address.to_bits()) << 96,
        (IpAddr::V6(range), IpAddr::V6(address)) => range.to_bits() ^ address.to_bits(),
        _ => return false,
    };
    // A range of mapped addresses counts its bits in IPv6.
    let mapped = range.is_ipv6() && address.is_ipv4();
    let bits = if mapped { u32::from(bits).saturating_sub(96) } else { u32::from(bits) };
    differing.checked_shr(128 - bits).unwrap_or(0) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Option<Rule<'_>> {
        rule(text.as_bytes())
    }

    #[test]
    fn rules_are_what_they_say() {
        assert_eq!(one("all"), Some(Rule::All));
        assert_eq!(one("dns"), Some(Rule::Dns));
        let place = |host, first_port, last_port| Place { host, first_port, last_port };
        let v4 = |text: &str, bits| Host::Range(text.parse().unwrap(), bits);
        assert_eq!(one("connect=10.0.0.0/8:80"), Some(Rule::Connect(place(v4("10.0.0.0", 8), 80, 80))));
        assert_eq!(one("listen=*:8000-8999"), Some(Rule::Listen(place(Host::Any, 8000, 8999))));
        assert_eq!(one("udp=[::1]:*"), Some(Rule::Udp(place(v4("::1", 128), 0, 65535))));
        assert_eq!(one("connect=a.example:443"), Some(Rule::Connect(place(Host::Name(b"a.example"), 443, 443))));
        assert_eq!(one("unix=/run/x"), Some(Rule::Unix(b"/run/x")));
    }

    #[test]
    fn other_texts_are_none() {
        let texts = [
            "",
            "al",
            "dns=",
            "connect",
            "connect=",
            "connect=a",
            "connect=a:",
            "connect=:80",
            "connect=a:+80",
            "connect=a:65536",
            "connect=a:9-8",
            "connect=::1:80",
            "connect=[::1:80",
            "connect=[10.0.0.1]:80",
            "connect=10.0.0.0/33:80",
            "connect=[::/129]:80",
            "connect=1.2.3:80",
            "connect=127.1:80",
            "connect=2130706433:80",
            "connect=a/8:80",
            "connect=a..b:80",
            "listen=a:80",
            "unix=",
            "udp=a b:1",
        ];
        for text in texts {
            assert_eq!(one(text), None, "{text}");
        }
        assert!(is_valid(b"dns,all") && !is_valid(b"dns,") && !is_valid(b"dns,x"));
    }

    #[test]
    fn ranges_end_where_they_end() {
        let holds = |range: &str, address: &str| match host(range.as_bytes()) {
            Some(Host::Range(range, bits)) => contains(range, bits, address.parse::<IpAddr>().unwrap().to_canonical()),
            other => panic!("{other:?}"),
        };
        assert!(holds("10.0.0.0/8", "10.255.255.255") && !holds("10.0.0.0/8", "11.0.0.0"));
        assert!(holds("0.0.0.0/0", "255.255.255.255") && !holds("0.0.0.0/0", "::1"));
        assert!(holds("127.0.0.1", "::ffff:127.0.0.1") && !holds("127.0.0.1", "127.0.0.2"));
        assert!(holds("[::/0]", "2001:db8::1") && !holds("[::/0]", "10.0.0.1"));
        assert!(holds("[2001:db8::/32]", "2001:db8:ffff::") && !holds("[2001:db8::/32]", "2001:db9::"));
        assert!(holds("[::ffff:10.0.0.0/104]", "10.1.2.3") && !holds("[::ffff:10.0.0.0/104]", "11.1.2.3"));
    }
}
