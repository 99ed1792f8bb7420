//! `getaddrinfo` as WasmEdge has it: the program hands over a list that it has made, and its elements are filled in.

use super::sock::{DATAGRAM, STREAM};
use crate::errno::Result;
use crate::memory;
use crate::resolver::{self, Addresses};
use crate::socket::{Address, loopback6};
use core::mem::MaybeUninit;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use wexe_abi::types::*;
use wexe_abi::wasix_32v1::addr;
use wexe_abi::wasmedge_sock::{Addrinfo, Sockaddr};

/// Longest name and service that are looked at.
const MAX_TEXT: usize = 256;

/// Flags of what is asked for that change what comes: without a name, any address instead of this machine's; and only
/// addresses in place of names.
const PASSIVE: u16 = 1 << 0;
const NUMERIC_HOST: u16 = 1 << 2;

const ANY_KIND: Size = 0;
const TCP: u8 = 1;
const UDP: u8 = 2;

/// Fills in the elements of the list that the pointer at `list` leads to with the addresses of a name, at most `most`
/// of them: how many. The service is a port.
///
/// Errors: as `resolve` of WASIX; `noent` for a service that has no number here; `afnosupport` for a family and
/// `protonosupport` for a kind that there is not; `fault` if the list has fewer elements than are filled in.
///
/// Source: `WasiSockGetAddrinfo` in WasmEdge.
#[allow(clippy::too_many_arguments)] // They are the function's.
pub fn sock_getaddrinfo(
    node: Pointer,
    node_len: Size,
    service: Pointer,
    service_len: Size,
    hints: Pointer,
    list: Pointer,
    most: Size,
) -> Result<Size> {
    let (mut name, mut port) = ([MaybeUninit::uninit(); MAX_TEXT], [MaybeUninit::uninit(); MAX_TEXT]);
    let (name, port) = (text(&mut name, node, node_len)?, text(&mut port, service, service_len)?);
    let (hints, first) = (memory::read::<Addrinfo>(hints)?, memory::read(list)?);
    let port = number(port)?;
    let (kind, protocol) = match (u32::from(hints.kind), hints.protocol) {
        (STREAM | ANY_KIND, 0 | TCP) => (STREAM, TCP),
        (DATAGRAM, 0 | UDP) | (ANY_KIND, UDP) => (DATAGRAM, UDP),
        _ => return Err(Errno::Protonosupport.into()),
    };
    let wanted = |ip: &IpAddr| match hints.family {
        addr::INET4 => ip.is_ipv4(),
        addr::INET6 => ip.is_ipv6(),
        _ => true,
    };
    if !matches!(hints.family, addr::UNSPEC | addr::INET4 | addr::INET6) {
        return Err(Errno::Afnosupport.into());
    }
    let found = match name {
        b"" if hints.flags & PASSIVE != 0 => {
            Addresses::of([Ipv4Addr::UNSPECIFIED.into(), Ipv6Addr::UNSPECIFIED.into()])
        }
        b"" => Addresses::of([Ipv4Addr::LOCALHOST.into(), loopback6().into()]),
        _ if hints.flags & NUMERIC_HOST != 0 && !is_address(name) => return Err(Errno::Noent.into()),
        _ => resolver::resolve(name)?,
    };
    let mut list = List { next: first, most, count: 0 };
    for ip in found.iter().filter(wanted) {
        list.add(kind as u8, protocol, SocketAddr::new(ip, port))?;
    }
    if list.count == 0 && most > 0 { Err(Errno::Noent.into()) } else { Ok(list.count) }
}

/// What is left of the program's list.
struct List {
    next: Pointer,
    most: Size,
    count: Size,
}

impl List {
    /// Fills in the next element, if there are to be more.
    fn add(&mut self, kind: u8, protocol: u8, address: SocketAddr) -> Result<()> {
        if self.count == self.most {
            return Ok(());
        }
        let element = memory::read::<Addrinfo>(self.next)?;
        let found = memory::read::<Sockaddr>(element.address)?;
        let host = Address::inet(address);
        let (family, data) = (if address.is_ipv4() { addr::INET4 } else { addr::INET6 }, host.bytes().get(2..));
        let data = data.unwrap_or_default();
        // Programs have room for any address there, and say so of less.
        memory::bytes(found.data, data.len() as Size)?.copy_from(data);
        memory::write(element.address, Sockaddr { family, data_len: data.len() as u32, ..found })?;
        let addrlen = host.len();
        memory::write(self.next, Addrinfo { flags: 0, family, kind, protocol, addrlen, name_len: 0, ..element })?;
        self.next = element.next;
        self.count += 1;
        Ok(())
    }
}

/// A text, which may have NULs at its end.
fn text(room: &mut [MaybeUninit<u8>], address: Pointer, len: Size) -> Result<&[u8]> {
    let bytes = memory::bytes(address, len)?;
    if bytes.len() > room.len() {
        return Err(Errno::Inval.into());
    }
    let text: &[u8] = bytes.copy_to_uninit(room);
    let end = text.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
    Ok(text.get(..end).unwrap_or_default())
}

/// The port of a service. The machine's table of them is not a program's, so two have a name here.
fn number(service: &[u8]) -> Result<u16> {
    let number = core::str::from_utf8(service).ok().and_then(|text| text.parse().ok());
    Ok(match service {
        b"" => 0,
        b"http" => 80,
        b"https" => 443,
        _ => number.ok_or(Errno::Noent)?,
    })
}

fn is_address(name: &[u8]) -> bool {
    core::str::from_utf8(name).is_ok_and(|text| text.parse::<IpAddr>().is_ok())
}
