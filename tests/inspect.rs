//! Executables cut off and with bytes changed: reading what they say of themselves gives that or an error, and never
//! panics.

use std::io::Cursor;
use std::ops::Range;
use std::panic::catch_unwind;

use object::{Object, ObjectSection};
use wexe_abi::capabilities::Capability;
use wexe_compiler::{Capabilities, Options};

use crate::damage::Random;
use crate::known_failures::{Listed, trial};

pub fn trials() -> Vec<Listed> {
    vec![trial("inspect/damage", damage)]
}

const MODULE: &str =
    r#"(module (import "wasi_snapshot_preview1" "proc_exit" (func (param i32))) (func (export "_start")))"#;
/// How often the file is damaged in each way.
const VARIANTS: u64 = 500;

fn damage() -> Result<(), String> {
    let module = wat::parse_str(MODULE).map_err(|error| error.to_string())?;
    let given = vec![(Capability::Dir, "data::/".to_string()), (Capability::Timeout, "5s".to_string())];
    let options = Options { capabilities: Capabilities { given, locked: true }, strip: true, ..Options::default() };
    let executable = wexe_compiler::compile(&module, &options, &()).map_err(|error| error.to_string())?;
    let whole = wexe_compiler::read_note(Cursor::new(&executable)).map_err(|error| error.to_string())?;
    if whole.capabilities != options.capabilities.given || !whole.locked {
        return Err(format!("it was given something else: {whole:?}"));
    }

    let [note, headers] = places(&executable)?;
    for seed in 0..VARIANTS {
        let mut random = Random(seed * 2 + 1);
        let cut = &executable[..random.below(executable.len())];
        must_not_panic(cut, &format!("cut off at {}", cut.len()))?;
        if cut.len() < note.end && wexe_compiler::read_note(Cursor::new(cut)).is_ok() {
            return Err(format!("something is said by what was cut off at {}", cut.len()));
        }
        // The header of the file, those of the sections, and the note itself.
        for place in [0..64, headers.clone(), note.clone()] {
            let mut changed = executable.clone();
            for _ in 0..1 + random.below(3) {
                changed[place.start + random.below(place.len())] = random.below(256) as u8;
            }
            must_not_panic(&changed, &format!("with changes in {place:?}, seed {seed}"))?;
        }
    }
    Ok(())
}

/// Where the note and the headers of the sections begin and end.
fn places(executable: &[u8]) -> Result<[Range<usize>; 2], String> {
    let file = object::File::parse(executable).map_err(|error| error.to_string())?;
    let note = file.section_by_name(".note.wexe").and_then(|section| section.file_range()).ok_or("no note")?;
    let headers = u64::from_le_bytes(executable[40..48].try_into().expect("eight bytes")) as usize;
    let count = usize::from(executable[60]);
    Ok([note.0 as usize..(note.0 + note.1) as usize, headers..headers + count * 64])
}

fn must_not_panic(file: &[u8], variant: &str) -> Result<(), String> {
    let read = || drop(wexe_compiler::read_note(Cursor::new(file)));
    catch_unwind(read).map_err(|_| format!("reading panicked on the file {variant}"))
}
