//! `wexe inspect`: an executable in, what it says of itself out, for people or as JSON.
//!
//! What comes from the file is written so that it cannot pass for anything else: its control characters are escaped.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Write as _};

use wexe_abi::capabilities::{Capability, Group, Number};
use wexe_abi::note::Fact;
use wexe_compiler::Note;

use crate::args::Inspect;

pub fn inspect(args: &Inspect) -> Result<(), String> {
    let name = args.file.display();
    let file = File::open(&args.file).map_err(|error| format!("cannot read {name}: {error}"))?;
    let note = wexe_compiler::read_note(file).map_err(|error| format!("{name}: {error}"))?;
    let text = if args.json { json(&note) } else { text(&note) };
    io::stdout().write_all(text.as_bytes()).map_err(|error| format!("cannot write to standard output: {error}"))
}

/// The one text of a fact; empty if the note lacks it.
fn fact(note: &Note, wanted: Fact) -> &str {
    facts(note, wanted).first().copied().unwrap_or_default()
}

/// All texts of a fact.
fn facts(note: &Note, wanted: Fact) -> Vec<&str> {
    note.facts.iter().filter(|(fact, _)| *fact == wanted).map(|(_, text)| text.as_str()).collect()
}

/// Imports by module, in the order of the module.
fn imports(note: &Note) -> Vec<(&str, Vec<&str>)> {
    let mut modules: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut current = None;
    for (fact, text) in &note.facts {
        match fact {
            Fact::Module => {
                let known = modules.iter().position(|(name, _)| name == text);
                current = known.or_else(|| {
                    modules.push((text, Vec::new()));
                    Some(modules.len() - 1)
                });
            }
            Fact::Import => {
                if let Some((_, names)) = current.and_then(|index| modules.get_mut(index)) {
                    names.push(text);
                }
            }
            _ => {}
        }
    }
    modules
}

/// Values of an option that count.
fn values(note: &Note, wanted: Capability) -> Vec<&str> {
    let values = note.capabilities.iter().filter(|(capability, _)| *capability == wanted);
    let mut values: Vec<&str> = values.map(|(_, text)| text.as_str()).collect();
    if wanted.number() == Number::One {
        values.drain(..values.len().saturating_sub(1));
    }
    values
}

fn text(note: &Note) -> String {
    let show = |text: &str| text.escape_debug().to_string();
    let mut lines = format!(
        "made by wexe {} with Cranelift {} for {}\nmodule: sha256 {}\n",
        show(fact(note, Fact::Wexe)),
        show(fact(note, Fact::Cranelift)),
        show(fact(note, Fact::Cpu)),
        show(fact(note, Fact::Sha256)),
    );
    let mut list = |title: &str, items: Vec<String>| {
        lines += &format!("{title}:{}\n", if items.is_empty() { " none" } else { "" });
        for item in items {
            lines += &format!("  {item}\n");
        }
    };
    let imported = imports(note);
    let names = imported.iter().flat_map(|(module, names)| names.iter().map(move |name| (module, name)));
    list("imports", names.map(|(module, name)| format!("{}.{}", show(module), show(name))).collect());
    for (title, group) in GROUPS {
        let options = Capability::ALL.iter().filter(|capability| capability.group() == *group);
        let values = options.flat_map(|option| values(note, *option).into_iter().map(move |value| (option, value)));
        list(title, values.map(|(option, value)| given(*option, &show(value))).collect());
    }
    list("embedded directories", facts(note, Fact::Embedded).into_iter().map(show).collect());
    list("system calls", facts(note, Fact::SystemCall).into_iter().map(show).collect());
    let landlock = match facts(note, Fact::Landlock).is_empty() {
        true => "no, it opens no files",
        false => "yes, files only in its directories",
    };
    let locked = match note.locked {
        true => "yes",
        false => "no, WEXE_ variables can change its capabilities and limits",
    };
    if let Some(limit) = facts(note, Fact::Overlay).first() {
        lines += &format!("changes to embedded directories: in {} bytes of memory\n", show(limit));
    }
    lines + &format!("landlock: {landlock}\nlocked: {locked}\n")
}

/// An option as it is given.
fn given(option: Capability, value: &str) -> String {
    match (option, value) {
        (Capability::Trace, "1") => format!("--{}", option.option()),
        (Capability::Trace, _) => format!("--{}={value}", option.option()),
        _ => format!("--{} {value}", option.option()),
    }
}

const GROUPS: &[(&str, Group)] =
    &[("capabilities", Group::Capabilities), ("limits", Group::Limits), ("diagnostics", Group::Diagnostics)];

fn json(note: &Note) -> String {
    let list = |texts: &[&str]| format!("[{}]", texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", "));
    let object = |members: Vec<String>| match members.is_empty() {
        true => "{}".to_string(),
        false => format!("{{\n    {}\n  }}", members.join(",\n    ")),
    };
    let member = |name: &str, value: &str| format!("{}: {value}", quoted(name));
    let mut members: Vec<String> = [("wexe", Fact::Wexe), ("cranelift", Fact::Cranelift), ("cpu", Fact::Cpu)]
        .iter()
        .map(|(name, wanted)| member(name, &quoted(fact(note, *wanted))))
        .collect();
    members.push(member("sha256", &quoted(fact(note, Fact::Sha256))));
    let imported = imports(note);
    let modules = imported.iter().map(|(module, names)| member(module, &list(names)));
    members.push(member("imports", &object(modules.collect())));
    for (title, group) in GROUPS {
        let options = Capability::ALL.iter().filter(|capability| capability.group() == *group);
        let options = options.map(|option| {
            let values = values(note, *option);
            let value = match (option.number(), values.first()) {
                (Number::Many, _) => list(&values),
                (Number::One, Some(value)) => quoted(value),
                (Number::One, None) => "null".to_string(),
            };
            member(option.option(), &value)
        });
        members.push(member(title, &object(options.collect())));
    }
    members.push(member("embedded", &list(&facts(note, Fact::Embedded))));
    let overlay = fact(note, Fact::Overlay).parse::<u64>();
    members.push(member("embed-overlay", &overlay.map_or("null".to_string(), |limit| limit.to_string())));
    let truth = |truth: bool| if truth { "true" } else { "false" };
    members.push(member("system_calls", &list(&facts(note, Fact::SystemCall))));
    members.push(member("landlock", truth(!facts(note, Fact::Landlock).is_empty())));
    members.push(member("locked", truth(note.locked)));
    format!("{{\n  {}\n}}\n", members.join(",\n  "))
}

/// A JSON string.
fn quoted(text: &str) -> String {
    let mut string = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => string.extend(['\\', character]),
            // The rest of Unicode may stand as it is, but a terminal obeys these.
            '\0'..=' ' | '\x7f'..='\u{9f}' if character != ' ' => {
                let _ = write!(string, "\\u{:04x}", character as u32);
            }
            _ => string.push(character),
        }
    }
    string + "\""
}
