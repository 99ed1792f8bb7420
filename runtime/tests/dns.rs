//! Answers of name servers that nobody should believe, and damaged ones.

#[path = "../src/dns.rs"]
#[allow(dead_code)]
mod dns;

use dns::{Answer, Kind, Query};
use std::net::IpAddr;

const ID: u16 = 0x1234;

fn query() -> Query {
    Query::new(ID, b"a.example", Kind::A).expect("a name")
}

/// An answer to it with these flags and records.
fn answer(flags: u16, count: u16, records: &[u8]) -> Vec<u8> {
    let query = query();
    let mut message = Vec::new();
    for word in [ID, 0x8000 | flags, 1, count, 0, 0] {
        message.extend(word.to_be_bytes());
    }
    message.extend(&query.bytes()[12..]);
    message.extend(records);
    message
}

fn record(owner: &[u8], kind: u16, data: &[u8]) -> Vec<u8> {
    let mut record = owner.to_vec();
    for word in [kind, 1, 0, 60, data.len() as u16] {
        record.extend(word.to_be_bytes());
    }
    record.extend(data);
    record
}

fn read(message: &[u8]) -> (Option<Answer>, Vec<IpAddr>) {
    let mut found = Vec::new();
    let answer = query().answer(message, &mut |address| found.push(address));
    (answer, found)
}

/// Where the question's name is in a message.
const QUESTION: &[u8] = &[0xc0, 12];

#[test]
fn names_are_checked() {
    for name in [&b""[..], b".", b"a..b", b".a", &[b'a'; 64], &b"a.".repeat(128), &b"abc.".repeat(64)] {
        assert!(Query::new(ID, name, Kind::A).is_none(), "{name:?}");
    }
    for name in [&b"a"[..], b"a.", &[b'a'; 63], &b"a.".repeat(127)] {
        assert!(Query::new(ID, name, Kind::A).is_some(), "{name:?}");
    }
}

#[test]
fn addresses_are_found() {
    let good = answer(0, 1, &record(QUESTION, 1, &[10, 0, 0, 1]));
    assert_eq!(read(&good), (Some(Answer::Complete), vec![IpAddr::from([10, 0, 0, 1])]));
    let spelled = answer(0, 1, &record(b"\x01A\x07eXample\0", 1, &[10, 0, 0, 1]));
    assert_eq!(read(&spelled).1.len(), 1);
    assert_eq!(read(&answer(0, 0, &[])), (Some(Answer::Complete), vec![]));
    assert_eq!(read(&answer(0x200, 0, &[])).0, Some(Answer::Truncated));
    assert_eq!(read(&answer(3, 0, &[])).0, Some(Answer::NoSuchName));
    assert_eq!(read(&answer(2, 0, &[])).0, Some(Answer::Failed));
}

#[test]
fn other_peoples_answers_are_none() {
    let good = answer(0, 1, &record(QUESTION, 1, &[6, 6, 6, 6]));
    let changes: &[fn(&mut Vec<u8>)] = &[
        |message| message[0] ^= 1,
        |message| message[1] ^= 0x80,
        |message| message[2] &= 0x7f,
        |message| message[2] |= 0x08,
        |message| message[5] = 0,
        |message| message[5] = 2,
        |message| message[13] = b'b',
        |message| message[24] ^= 1,
        |message| message[26] ^= 1,
    ];
    for (index, change) in changes.iter().enumerate() {
        let mut message = good.clone();
        change(&mut message);
        assert_eq!(read(&message), (None, vec![]), "change {index}");
    }
    let other = answer(0, 1, &record(b"\x01b\x07example\0", 1, &[6, 6, 6, 6]));
    assert_eq!(read(&other), (Some(Answer::Complete), vec![]));
}

#[test]
fn aliases_end() {
    let one_step = [record(QUESTION, 5, b"\x01b\0"), record(b"\x01b\0", 1, &[10, 0, 0, 2])].concat();
    assert_eq!(read(&answer(0, 2, &one_step)).1, [IpAddr::from([10, 0, 0, 2])]);
    assert_eq!(read(&answer(0, 1, &record(QUESTION, 5, QUESTION))), (Some(Answer::Failed), vec![]));
    let circle = [record(QUESTION, 5, b"\x01b\0"), record(b"\x01b\0", 5, QUESTION)].concat();
    assert_eq!(read(&answer(0, 2, &circle)), (Some(Answer::Failed), vec![]));
}

#[test]
fn compression_only_goes_back() {
    let records = answer(0, 0, &[]).len() as u8;
    for owner in [[0xc0, records], [0xc0, records + 1], [0xff, 0xff], [0x40, 0], [0x80, 0]] {
        let message = answer(0, 1, &record(&owner, 1, &[6, 6, 6, 6]));
        assert_eq!(read(&message), (Some(Answer::Failed), vec![]), "{owner:?}");
    }
}

/// Every message that is one byte from a good one, and every beginning of it, is read to some end.
#[test]
fn damage_is_survived() {
    let records = [
        record(QUESTION, 5, b"\x01b\xc0\x0e"),
        record(b"\x01b\xc0\x0e", 1, &[10, 0, 0, 2]),
        record(QUESTION, 28, &[0; 16]),
    ];
    let good = answer(0, 3, &records.concat());
    for at in 0..good.len() {
        read(&good[..at]);
        for value in 0..=255 {
            let mut message = good.clone();
            message[at] = value;
            read(&message);
        }
    }
    // Pointers, each to the one before, as many as a message can hold.
    let mut chain = vec![0; 12];
    for at in (12..16000).step_by(2) {
        chain.extend((0xc000 | (at - 2) as u16).to_be_bytes());
    }
    assert_eq!(read(&answer(0, 0xffff, &chain)).0, Some(Answer::Failed));
}
