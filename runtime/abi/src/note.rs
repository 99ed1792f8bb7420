//! What `wexe inspect` reads: an ELF note in every executable, which is not loaded when it runs.
//!
//! ```text
//! section .note.wexe (SHT_NOTE, no flags)
//!
//! namesz  u32  5
//! descsz  u32  length of desc
//! type    u32  TYPE
//! name         "wexe\0", then zeros up to a multiple of 4
//! desc         records (see `capabilities`): facts, the letters below, and then the capabilities of the executable
//! ```
//!
//! It says what the compiler wrote. Who changes an executable can change the note too: it is a label, not a seal.

/// Name of the section.
pub const SECTION: &str = ".note.wexe";
/// Its alignment.
pub const ALIGNMENT: u64 = 4;
/// Name of the note, with which all tools tell whose it is.
pub const NAME: &[u8] = b"wexe\0";
/// Type of the note: the version of this layout.
pub const TYPE: u32 = 1;

/// What a record says that is not a capability.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Fact {
    /// The version of wexe.
    Wexe = b'w',
    /// The version of Cranelift.
    Cranelift = b'c',
    /// The processor that the code is for, as `--cpu` names it.
    Cpu = b'p',
    /// SHA-256 of the module in its binary form, in hexadecimal digits.
    Sha256 = b'h',
    /// A module that is imported from. The functions follow.
    Module = b'm',
    /// A function that is imported.
    Import = b'i',
    /// A system call that its filter lets through, perhaps with a condition.
    SystemCall = b's',
    /// It confines itself by Landlock to the directories that it was granted. The text is empty.
    Landlock = b'l',
    /// The path under which the program sees an embedded directory.
    Embedded = b'e',
    /// Bytes of memory for changes to embedded directories.
    Overlay = b'o',
}

impl Fact {
    pub const ALL: &'static [Fact] = &[
        Fact::Wexe,
        Fact::Cranelift,
        Fact::Cpu,
        Fact::Sha256,
        Fact::Module,
        Fact::Import,
        Fact::SystemCall,
        Fact::Landlock,
        Fact::Embedded,
        Fact::Overlay,
    ];
}
