//! The addresses of a name.

use crate::errno::Result;
use crate::memory;
use crate::resolver;
use core::mem::MaybeUninit;
use core::net::IpAddr;
use wexe_abi::types::{Errno, Pointer, Size};
use wexe_abi::wasix_32v1::{AddrIp, addr};

/// Longest name that is looked at: no name is longer, and an address is shorter.
const MAX_HOST: usize = 256;

/// Stores the addresses of a host, at most `naddresses`: how many. The port has no part in it.
///
/// Errors: `fault`; `acces` if the program was not given the name (`--net dns`, or a rule with this name); `inval` for
/// what cannot be a name; `noent` if there is no such name or no address of it; `again` if no name server answered.
///
/// Source: `resolve` in `api_wasix.h`.
pub fn resolve(host: Pointer, host_len: Size, _port: Size, addresses: Pointer, naddresses: Size) -> Result<Size> {
    let host = memory::bytes(host, host_len)?;
    let found_at = memory::array::<AddrIp>(addresses, naddresses)?;
    if host.len() > MAX_HOST {
        return Err(Errno::Inval.into());
    }
    let mut name = [MaybeUninit::uninit(); MAX_HOST];
    let found = resolver::resolve(host.copy_to_uninit(&mut name))?;
    let mut count = 0;
    for address in found.iter().take(naddresses as usize) {
        found_at.set(count, record(address));
        count += 1;
    }
    Ok(count as Size)
}

fn record(address: IpAddr) -> AddrIp {
    let (tag, octets) = match address {
        IpAddr::V4(address) => {
            let [a, b, c, d] = address.octets();
            (addr::INET4, [a, b, c, d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
        }
        IpAddr::V6(address) => (addr::INET6, address.octets()),
    };
    AddrIp { tag, padding: 0, octets }
}
