//! WasmEdge's addresses (see `wexe_abi::wasmedge_sock`) from and to the kernel's.

use crate::errno::Result;
use crate::memory::{self, Bytes};
use crate::socket::{Address, Name};
use crate::wasix_32v1::sock::{GuestAddress, GuestPath};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use wexe_abi::types::{Errno, Pointer, Size};
use wexe_abi::wasix_32v1::addr;

/// Sizes of buffers: for an address of IPv4, for one of IPv6, and for one that says what it is.
const SHORT: Size = 4;
const MIDDLE: Size = 16;
const LONG: Size = 128;
/// Where the address is in a long buffer, behind the family.
const BEHIND_FAMILY: Size = 2;

/// The buffer at an address.
fn buffer(address: Pointer) -> Result<(Pointer, Size)> {
    let [pointer, len] = memory::read::<[u32; 2]>(address)?;
    memory::bytes(pointer, len)?;
    if matches!(len, SHORT | MIDDLE | LONG) { Ok((pointer, len)) } else { Err(Errno::Inval.into()) }
}

/// Reads an address.
pub fn from_guest(address: Pointer, port: Size) -> Result<GuestAddress> {
    let (pointer, len) = buffer(address)?;
    let port = u16::try_from(port).map_err(|_| Errno::Inval)?;
    let (family, at) = match len {
        SHORT => (u16::from(addr::INET4), pointer),
        MIDDLE => (u16::from(addr::INET6), pointer),
        // All of the buffer is in memory.
        _ => (memory::read(pointer)?, pointer + BEHIND_FAMILY),
    };
    let inet = |ip: IpAddr| Ok(GuestAddress::Inet((ip, port).into()));
    match u8::try_from(family) {
        Ok(addr::UNSPEC) => Ok(GuestAddress::Unspecified),
        Ok(addr::INET4) => inet(Ipv4Addr::from(memory::read::<[u8; 4]>(at)?).into()),
        Ok(addr::INET6) => inet(Ipv6Addr::from(memory::read::<[u8; 16]>(at)?).into()),
        Ok(addr::UNIX) => Ok(GuestAddress::Unix(GuestPath::at(at)?)),
        _ => Err(Errno::Afnosupport.into()),
    }
}

/// Where an address is to be stored, all of it in memory.
pub struct Room {
    pointer: Pointer,
    len: Size,
}

impl Room {
    /// The buffer at an address; `inval` if it does not have a size that addresses have.
    pub fn at(address: Pointer) -> Result<Room> {
        let (pointer, len) = buffer(address)?;
        Ok(Room { pointer, len })
    }

    /// The same; `inval` if it does not say what an address is, or, for `short` ones, if it does.
    pub fn of_form(address: Pointer, short: bool) -> Result<Room> {
        let room = Room::at(address)?;
        if (room.len == LONG) == short { Err(Errno::Inval.into()) } else { Ok(room) }
    }

    /// Stores an address, as much of it as there is room for: its port. What it is is only said in a long buffer.
    pub fn store(&self, address: &Address) -> Result<u16> {
        let (family, data, port) = parts(address);
        if self.len == LONG {
            memory::write(self.pointer, u16::from(family))?;
            memory::write(self.pointer + BEHIND_FAMILY, data)?;
        } else {
            memory::bytes(self.pointer, self.len)?.copy_from(&data);
        }
        Ok(port)
    }
}

/// Stores an address: 4 or 6, for what it is, and its port.
pub fn store_inet(address: Pointer, name: &Address) -> Result<(Size, Size)> {
    let room = Room::of_form(address, true)?;
    let kind = match parts(name).0 {
        addr::INET4 => 4,
        addr::INET6 if room.len == MIDDLE => 6,
        addr::INET6 => return Err(Errno::Inval.into()),
        _ => return Err(Errno::Afnosupport.into()),
    };
    Ok((kind, room.store(name)?.into()))
}

/// The buffer at an address, of any size.
pub fn any_buffer(address: Pointer) -> Result<Bytes> {
    let [pointer, len] = memory::read::<[u32; 2]>(address)?;
    Ok(memory::bytes(pointer, len)?)
}

/// An address's family, itself with zeros behind, and its port.
fn parts(address: &Address) -> (u8, [u8; (LONG - BEHIND_FAMILY) as usize], u16) {
    let mut data = [0; (LONG - BEHIND_FAMILY) as usize];
    let mut put = |bytes: &[u8]| data.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    let (family, port) = match address.name() {
        Name::Unspecified => (addr::UNSPEC, 0),
        Name::Unix(path) => {
            put(path);
            (addr::UNIX, 0)
        }
        Name::Inet(address) => match address.ip() {
            IpAddr::V4(ip) => {
                put(&ip.octets());
                (addr::INET4, address.port())
            }
            IpAddr::V6(ip) => {
                put(&ip.octets());
                (addr::INET6, address.port())
            }
        },
    };
    (family, data, port)
}
