//! A path on the command line → the bytes of a WebAssembly binary.
//!
//! Text is told from binary by its contents, not by the file's name, so `.wat` works wherever `.wasm` does, and from a
//! pipe. The first bytes are looked at before the rest is read: an endless device is refused at once.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// What the WebAssembly JavaScript interface sets as the largest module, for binaries and text alike.
const MAX_INPUT: u64 = 1 << 30;

/// The module at `path` (`-`: standard input), in binary form.
pub fn read(path: &Path) -> Result<Vec<u8>, String> {
    let name = name(path);
    let bytes = if path == Path::new("-") { read_module(io::stdin().lock()) } else { read_file(path) };
    let bytes = bytes.map_err(|error| format!("cannot read {name}: {error}"))?;
    if bytes.starts_with(b"\0asm") {
        return Ok(bytes);
    }
    if !looks_like_text(&bytes) {
        return Err(format!("{name}: not WebAssembly: {}", what_else(&bytes)));
    }
    let text = str::from_utf8(&bytes).map_err(|error| format!("{name}: not UTF-8: {error}"))?;
    wat::Parser::new().parse_str(Some(Path::new(&name)), text).map_err(|error| brief(&error.to_string()))
}

/// A syntax error shows the line it is in; if that is very long, only the message and the position.
fn brief(error: &str) -> String {
    let shown = if error.lines().any(|line| line.len() > 200) { 2 } else { usize::MAX };
    let lines: Vec<&str> = error.lines().take(shown).map(str::trim_end).collect();
    lines.join("\n")
}

/// The input as errors call it.
pub fn name(path: &Path) -> String {
    if path == Path::new("-") { "standard input".to_string() } else { path.display().to_string() }
}

fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    if file.metadata()?.len() > MAX_INPUT {
        return Err(over_limit());
    }
    read_module(file)
}

fn over_limit() -> io::Error {
    io::Error::other(format!("larger than the limit of {MAX_INPUT} bytes"))
}

/// Reads all of it if it can be WebAssembly, else only its beginning; never more than one byte over the limit.
fn read_module(mut source: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.by_ref().take(4096).read_to_end(&mut bytes)?;
    if bytes.starts_with(b"\0asm") || looks_like_text(&bytes) {
        source.take(MAX_INPUT + 1 - bytes.len() as u64).read_to_end(&mut bytes)?;
    }
    if bytes.len() as u64 > MAX_INPUT {
        return Err(over_limit());
    }
    Ok(bytes)
}

/// Whether these can be the first bytes of WebAssembly text: blanks, a parenthesis or a comment.
fn looks_like_text(bytes: &[u8]) -> bool {
    matches!(bytes.trim_ascii_start().first(), Some(b'(' | b';'))
}

/// What the file is instead, if its beginning tells.
fn what_else(bytes: &[u8]) -> &'static str {
    match bytes {
        [] => "it is empty",
        [0x7f, b'E', b'L', b'F', ..] => "this is already a native ELF file",
        [0x1f, 0x8b, ..] => "this is a gzip archive; unpack it first",
        [0x28, 0xb5, 0x2f, 0xfd, ..] => "this is zstd-compressed; unpack it first",
        [b'P', b'K', 3, 4, ..] => "this is a zip archive; unpack it first",
        _ => "it does not begin with \\0asm, nor as WebAssembly text",
    }
}
