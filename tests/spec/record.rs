//! Standard output of an executable → one record for each command it performed: see `wexe_abi::script`.

use std::fmt;

use wexe_abi::script::{EXCEPTION, NOT_PERFORMED, RETURNED, TRAPPED};
use wexe_abi::trap::Trap;

/// What came of a command.
#[derive(PartialEq, Eq)]
pub enum Record {
    Returned(Vec<[u8; 16]>),
    /// The instance does not exist.
    NotPerformed,
    Trapped(Trap),
    Exception,
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Record::Returned(values) => {
                f.write_str("Returned")?;
                f.debug_list().entries(values.iter().map(|value| Hex(u128::from_le_bytes(*value)))).finish()
            }
            Record::NotPerformed => f.write_str("NotPerformed"),
            Record::Trapped(trap) => write!(f, "Trapped({trap:?})"),
            Record::Exception => f.write_str("Exception"),
        }
    }
}

struct Hex(u128);

impl fmt::Debug for Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

/// All complete records. A program that crashed has written fewer than it has commands.
pub fn parse(mut output: &[u8]) -> Result<Vec<Record>, String> {
    let mut records = Vec::new();
    while let Some((header, rest)) = output.split_first_chunk::<8>() {
        let [status, count] = [&header[..4], &header[4..]].map(|word| u32::from_le_bytes(word.try_into().expect("4")));
        let Some((values, rest)) = rest.split_at_checked(16 * count as usize) else { break };
        records.push(record(status, values)?);
        output = rest;
    }
    Ok(records)
}

fn record(status: u32, values: &[u8]) -> Result<Record, String> {
    match status {
        RETURNED => Ok(Record::Returned(values.as_chunks().0.to_vec())),
        NOT_PERFORMED => Ok(Record::NotPerformed),
        EXCEPTION => Ok(Record::Exception),
        _ => {
            let code = status.checked_sub(TRAPPED).and_then(|code| u8::try_from(code).ok());
            let trap = code.and_then(Trap::from_code);
            trap.map(Record::Trapped).ok_or_else(|| format!("a record has status {status}"))
        }
    }
}
