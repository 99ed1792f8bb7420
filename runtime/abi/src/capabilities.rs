//! What an executable may do, as bytes stored in it: written by the compiler, read by the runtime.
//!
//! ```text
//! capability   'D' flags host\0 guest\0     a directory and the name the program sees; flag bit 0: read-only
//!              'E' name=value\0             an environment variable
//!              'A' name\0                   argv[0]
//! ```
//!
//! Strings end with a NUL because none of them can hold one, and a path then goes to the kernel as it stands.

use core::ffi::CStr;

/// One thing that the program is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capability<'a> {
    /// The directory `host`, seen by the program as `guest`.
    Dir { host: &'a CStr, guest: &'a CStr, read_only: bool },
    /// An environment variable, `name=value`.
    Env(&'a CStr),
    /// `argv[0]`, instead of the name that the executable was started by.
    Arg0(&'a CStr),
}

const DIR: u8 = b'D';
const ENV: u8 = b'E';
const ARG0: u8 = b'A';
const READ_ONLY: u8 = 1;

/// Appends one capability to `bytes`.
#[cfg(feature = "alloc")]
pub fn encode(capability: &Capability<'_>, bytes: &mut alloc::vec::Vec<u8>) {
    match capability {
        Capability::Dir { host, guest, read_only } => {
            bytes.extend([DIR, if *read_only { READ_ONLY } else { 0 }]);
            bytes.extend(host.to_bytes_with_nul());
            bytes.extend(guest.to_bytes_with_nul());
        }
        Capability::Env(variable) => {
            bytes.push(ENV);
            bytes.extend(variable.to_bytes_with_nul());
        }
        Capability::Arg0(name) => {
            bytes.push(ARG0);
            bytes.extend(name.to_bytes_with_nul());
        }
    }
}

/// The capabilities that `bytes` hold, in the order they were given.
pub fn decode(bytes: &[u8]) -> Decode<'_> {
    Decode { bytes }
}

/// Iterator over encoded capabilities. Ends at the first byte that [`encode`] cannot have written.
#[derive(Clone, Debug)]
pub struct Decode<'a> {
    bytes: &'a [u8],
}

impl<'a> Decode<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (&byte, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(byte)
    }

    fn string(&mut self) -> Option<&'a CStr> {
        let string = CStr::from_bytes_until_nul(self.bytes).ok()?;
        self.bytes = self.bytes.get(string.to_bytes_with_nul().len()..)?;
        Some(string)
    }
}

impl<'a> Iterator for Decode<'a> {
    type Item = Capability<'a>;

    fn next(&mut self) -> Option<Capability<'a>> {
        match self.byte()? {
            DIR => {
                let flags = self.byte()?;
                let host = self.string()?;
                let guest = self.string()?;
                Some(Capability::Dir { host, guest, read_only: flags & READ_ONLY != 0 })
            }
            ENV => self.string().map(Capability::Env),
            ARG0 => self.string().map(Capability::Arg0),
            _ => None,
        }
    }
}
