//! What an executable may do, as bytes stored in it: written by the compiler, read by the runtime and `wexe inspect`.
//!
//! ```text
//! record   letter text\0      letter: a row of the table below; text: the value, as on the command line
//! ```
//!
//! A value stays the text that it was given as, because whoever runs the executable gives the same text in a `WEXE_`
//! variable. So there is one syntax for both, and one parser ([`crate::grants`]): the tool calls it to refuse what is
//! wrong, the runtime to learn what is meant.

/// How often an option can be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    /// The last one counts.
    One,
    /// All of them count. In a variable, they are separated by [`SEPARATOR`].
    Many,
}

/// What an option is about, in the order that `wexe inspect` shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    Capabilities,
    Limits,
    Diagnostics,
}

/// What the names of all variables for whoever runs an executable begin with. The program never sees one of them.
pub const PREFIX: &[u8] = b"WEXE_";
/// What stands between the values in the variable of an option that can be given several times.
pub const SEPARATOR: u8 = b';';
/// A variable that begins with this adds to what was given at build; otherwise it takes its place.
pub const ADD: u8 = b'+';

macro_rules! capabilities {
    ($($(#[$doc:meta])* $variant:ident $letter:literal $option:literal $variable:literal $syntax:literal $number:ident
        $group:ident;)*) => {
        /// An option of the tool that says what a program may do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Capability { $($(#[$doc])* $variant),* }

        impl Capability {
            pub const ALL: &'static [Capability] = &[$(Capability::$variant),*];

            /// The option's name, without the dashes.
            pub const fn option(self) -> &'static str {
                match self { $(Capability::$variant => $option),* }
            }

            /// The name of its variable behind [`PREFIX`].
            pub const fn variable(self) -> &'static str {
                match self { $(Capability::$variant => $variable),* }
            }

            /// What its value looks like, for help and errors.
            pub const fn syntax(self) -> &'static str {
                match self { $(Capability::$variant => $syntax),* }
            }

            /// What its records begin with.
            pub const fn letter(self) -> u8 {
                match self { $(Capability::$variant => $letter),* }
            }

            pub const fn number(self) -> Number {
                match self { $(Capability::$variant => Number::$number),* }
            }

            pub const fn group(self) -> Group {
                match self { $(Capability::$variant => Group::$group),* }
            }
        }

        /// For the runtime, in one piece and without addresses: a line `NAME=SYNTAX` for each variable, in the order of
        /// [`Capability::ALL`].
        pub const VARIABLES: &str = concat!($($variable, "=", $syntax, "\n"),*);
    };
}

capabilities! {
    /// A directory and the name that the program sees.
    Dir b'D' "dir" "DIR" "HOST[::GUEST][:ro]" Many Capabilities;
    /// Environment variables.
    Env b'E' "env" "ENV" "NAME[=VALUE]|*" Many Capabilities;
    /// `argv[0]`, instead of the name that the executable was started by.
    Arg0 b'A' "arg0" "ARG0" "NAME" One Capabilities;
    /// A TCP socket that listens, or those that the process was started with.
    Listen b'L' "listen" "LISTEN" "ADDR:PORT|fd" Many Capabilities;
    /// What of the network it may use by itself.
    Net b'N' "net" "NET" "RULE[,RULE]..." Many Capabilities;
    /// Where standard input comes from.
    Stdin b'0' "stdin" "STDIN" "null|inherit|PATH" One Capabilities;
    /// Where standard output goes.
    Stdout b'1' "stdout" "STDOUT" "null|inherit|PATH" One Capabilities;
    /// Where standard error goes.
    Stderr b'2' "stderr" "STDERR" "null|inherit|PATH" One Capabilities;
    /// Most bytes that all linear memories have together.
    MaxMemory b'M' "max-memory" "MAX_MEMORY" "SIZE" One Limits;
    /// How long the program may run.
    Timeout b'T' "timeout" "TIMEOUT" "DURATION" One Limits;
    /// Whether calls of host functions are shown.
    Trace b't' "trace" "TRACE" "0|1" One Diagnostics;
    /// Where it counts what it does.
    Profile b'P' "profile-generate" "PROFILE" "FILE" One Diagnostics;
}

/// Letter of the record, without a text, of an executable to which variables do not matter.
pub const LOCKED: u8 = b'!';

/// Appends a record to `bytes`.
#[cfg(feature = "alloc")]
pub fn encode(letter: u8, text: &core::ffi::CStr, bytes: &mut alloc::vec::Vec<u8>) {
    bytes.push(letter);
    bytes.extend(text.to_bytes_with_nul());
}

/// The records that `bytes` hold, in the order they were given: letter and text.
pub fn decode(bytes: &[u8]) -> Decode<'_> {
    Decode { bytes }
}

/// Iterator over records. Ends at the first byte that [`encode`] cannot have written.
#[derive(Clone, Debug)]
pub struct Decode<'a> {
    bytes: &'a [u8],
}

impl<'a> Iterator for Decode<'a> {
    type Item = (u8, &'a [u8]);

    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&letter, rest) = self.bytes.split_first()?;
        let end = rest.iter().position(|&byte| byte == 0)?;
        let (text, rest) = rest.split_at_checked(end)?;
        self.bytes = rest.get(1..)?;
        Some((letter, text))
    }
}
