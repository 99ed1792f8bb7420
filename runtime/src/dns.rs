//! Messages of the domain name system: a question as bytes, and an answer's bytes → addresses.
//!
//! What answers may be anybody, so nothing is believed: an answer must have the question's number and the question
//! itself; lengths are those of the message; a compressed name may only point backwards, and every pointer further than
//! the one before, so none goes round in a circle; a chain of aliases is followed a few steps.
//!
//! Source: RFC 1035, sections 3.2 and 4.1.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Longest name, in the form that it has in messages.
const MAX_NAME: usize = 255;
/// Longest chain of aliases that is followed.
const MAX_ALIASES: usize = 8;
/// Most pieces that a compressed name may be put together from.
const MAX_POINTERS: usize = 32;

const HEADER: usize = 12;
/// This is an answer.
const RESPONSE: u16 = 1 << 15;
/// It did not fit.
const TRUNCATED: u16 = 1 << 9;
/// Ask other servers too.
const RECURSION_DESIRED: u16 = 1 << 8;
const OPCODE: u16 = 0xf << 11;
const RCODE: u16 = 0xf;
const NO_SUCH_NAME: u16 = 3;
const CNAME: u16 = 5;
const INTERNET: u16 = 1;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    A = 1,
    Aaaa = 28,
}

/// A question, as it is sent.
pub struct Query {
    bytes: [u8; HEADER + MAX_NAME + 4],
    len: usize,
    kind: Kind,
}

/// What became of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The addresses were handed out; perhaps there are none.
    Complete,
    /// To be asked again by TCP.
    Truncated,
    NoSuchName,
    /// The server cannot say.
    Failed,
}

impl Query {
    /// The question with number `id` for the addresses of `name`; `None` if that is too long or has empty labels.
    pub fn new(id: u16, name: &[u8], kind: Kind) -> Option<Query> {
        let mut query = Query { bytes: [0; HEADER + MAX_NAME + 4], len: 0, kind };
        for word in [id, RECURSION_DESIRED, 1, 0, 0, 0] {
            query.push(&word.to_be_bytes())?;
        }
        for label in name.strip_suffix(b".").unwrap_or(name).split(|&byte| byte == b'.') {
            let len = u8::try_from(label.len()).ok().filter(|len| (1..=63).contains(len))?;
            query.push(&[len])?;
            query.push(label)?;
        }
        query.push(&[0])?;
        if query.len > HEADER + MAX_NAME {
            return None;
        }
        for word in [kind as u16, INTERNET] {
            query.push(&word.to_be_bytes())?;
        }
        Some(query)
    }

    fn push(&mut self, bytes: &[u8]) -> Option<()> {
        self.bytes.get_mut(self.len..self.len + bytes.len())?.copy_from_slice(bytes);
        self.len += bytes.len();
        Some(())
    }

    pub fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// Hands out the addresses in `message`; `None` if it is no answer to this question.
    pub fn answer(&self, message: &[u8], found: &mut impl FnMut(IpAddr)) -> Option<Answer> {
        let flags = word(message, 2)?;
        if word(message, 0)? != word(&self.bytes, 0)?
            || flags & (RESPONSE | OPCODE) != RESPONSE
            || word(message, 4)? != 1
        {
            return None;
        }
        let (asked, end) = name(self.bytes(), HEADER)?;
        let (repeated, questions_end) = name(message, HEADER)?;
        if asked.bytes() != repeated.bytes() || self.bytes().get(end..) != message.get(questions_end..questions_end + 4)
        {
            return None;
        }
        match flags & RCODE {
            0 => {}
            NO_SUCH_NAME => return Some(Answer::NoSuchName),
            _ => return Some(Answer::Failed),
        }
        if flags & TRUNCATED != 0 {
            return Some(Answer::Truncated);
        }
        self.addresses(message, questions_end + 4, asked, found).or(Some(Answer::Failed))
    }

    /// Follows aliases from `wanted`; `None` if the message is malformed.
    fn addresses(&self, message: &[u8], first: usize, wanted: Name, found: &mut impl FnMut(IpAddr)) -> Option<Answer> {
        let mut wanted = wanted;
        for _ in 0..MAX_ALIASES {
            let (mut at, mut alias, mut any) = (first, None, false);
            for _ in 0..word(message, 6)? {
                let record = Record::read(message, at)?;
                at = record.end;
                if record.class != INTERNET || record.owner.bytes() != wanted.bytes() {
                    continue;
                }
                if record.kind == self.kind as u16 {
                    found(address(record.data)?);
                    any = true;
                } else if record.kind == CNAME {
                    alias = Some(name(message, record.data_at)?.0);
                }
            }
            match alias {
                Some(alias) if !any => wanted = alias,
                _ => return Some(Answer::Complete),
            }
        }
        None
    }
}

/// One record of an answer.
struct Record<'a> {
    owner: Name,
    kind: u16,
    class: u16,
    data: &'a [u8],
    data_at: usize,
    end: usize,
}

impl<'a> Record<'a> {
    fn read(message: &'a [u8], at: usize) -> Option<Record<'a>> {
        let (owner, at) = name(message, at)?;
        let data_at = at + 10;
        let end = data_at + usize::from(word(message, at + 8)?);
        let data = message.get(data_at..end)?;
        Some(Record { owner, kind: word(message, at)?, class: word(message, at + 2)?, data, data_at, end })
    }
}

fn address(data: &[u8]) -> Option<IpAddr> {
    match data.len() {
        4 => Some(Ipv4Addr::from(*data.first_chunk::<4>()?).into()),
        16 => Some(Ipv6Addr::from(*data.first_chunk::<16>()?).into()),
        _ => None,
    }
}

fn word(message: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(*message.get(at..)?.first_chunk()?))
}

/// A name, in small letters: labels, each behind its length.
#[derive(Clone, Copy)]
struct Name {
    bytes: [u8; MAX_NAME],
    len: usize,
}

impl Name {
    fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

/// The name at `at`, and where what follows it begins.
fn name(message: &[u8], mut at: usize) -> Option<(Name, usize)> {
    let mut name = Name { bytes: [0; MAX_NAME], len: 0 };
    let (mut end, mut limit, mut pointers) = (None, at, 0);
    loop {
        let len = usize::from(*message.get(at)?);
        match len {
            0 => return Some((name, end.unwrap_or(at + 1))),
            1..=63 => {
                let label = message.get(at..at + 1 + len)?;
                // With the zero at its end it may have `MAX_NAME` bytes.
                let room = name.bytes.get_mut(name.len..MAX_NAME - 1)?.get_mut(..label.len())?;
                room.copy_from_slice(label);
                room.make_ascii_lowercase();
                name.len += label.len();
                at += label.len();
            }
            0xc0..=0xff => {
                let target = usize::from(word(message, at)? & 0x3fff);
                pointers += 1;
                if target >= limit || pointers > MAX_POINTERS {
                    return None;
                }
                end = end.or(Some(at + 2));
                (at, limit) = (target, target);
            }
            _ => return None,
        }
    }
}
