//! What can go wrong that is not our bug: one error type that says what, where in the wasm, and what to do.

use std::fmt;

/// The outcome of a compiler stage.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Which kind of problem, for callers that treat them differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The input is not WebAssembly at all, or is cut off.
    Malformed,
    /// The input does not validate.
    Invalid,
    /// An import that cannot be satisfied: unknown, or of another type.
    Unlinkable,
    /// Valid WebAssembly that wexe does not compile.
    Unsupported,
    /// Over an implementation limit.
    Limit,
    /// The linker failed.
    Link,
}

/// An error for the user: one sentence, where it happened, and a hint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    pub kind: ErrorKind,
    pub message: String,
    /// Name of the function (from the name section, else its index) that holds the offset.
    pub function: Option<String>,
    /// Byte offset in the wasm binary.
    pub offset: Option<u64>,
    /// What the user can do about it.
    pub hint: Option<String>,
}

impl Error {
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Error {
        Error { kind, message: message.into(), function: None, offset: None, hint: None }
    }

    pub fn unsupported(what: impl fmt::Display) -> Error {
        Error::new(ErrorKind::Unsupported, format!("not supported yet: {what}"))
    }

    pub fn limit(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Limit, message)
    }

    pub fn unlinkable(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Unlinkable, message)
    }

    pub fn at(mut self, offset: u64) -> Error {
        self.offset.get_or_insert(offset);
        self
    }

    pub fn in_function(mut self, name: impl Into<String>) -> Error {
        self.function.get_or_insert_with(|| name.into());
        self
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Error {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match (&self.function, self.offset) {
            (Some(function), Some(offset)) => write!(f, " (in function {function}, at offset {offset:#x})")?,
            (Some(function), None) => write!(f, " (in function {function})")?,
            (None, Some(offset)) => write!(f, " (at offset {offset:#x})")?,
            (None, None) => {}
        }
        if let Some(hint) = &self.hint {
            write!(f, "\nhint: {hint}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

impl From<wasmparser::BinaryReaderError> for Error {
    fn from(error: wasmparser::BinaryReaderError) -> Error {
        let malformed = error.message().contains("unexpected end") || error.message().contains("magic header");
        let kind = if malformed { ErrorKind::Malformed } else { ErrorKind::Invalid };
        let what = if malformed { "malformed" } else { "invalid" };
        let message = error.message();
        let invalid = Error::new(kind, format!("{what} WebAssembly: {message}")).at(error.offset());
        // How the validator words what belongs to a proposal that is off.
        if message.contains("not enabled") || message.contains("not supported without the") {
            return invalid.hint("wexe does not compile this proposal of WebAssembly yet");
        }
        invalid
    }
}
