//! The command line: every verb and option, and the help text, which is their doc comments.
//!
//! The test program parses the options of its cases with this file too, so that a case says what a user would type.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::{Args as Group, Parser, Subcommand, ValueEnum};
use wexe_abi::capabilities::Capability;
use wexe_abi::profile;
use wexe_compiler as compiler;

use crate::embed::Embeds;
use crate::grants::Grants;

/// Compiles WebAssembly programs to native Linux executables.
///
/// wexe turns a WebAssembly program that uses WASI (what clang, rustc, Go, TinyGo, Zig and AssemblyScript make for
/// their wasi targets) into one static executable for x86-64 Linux. The executable contains everything it needs: it
/// loads no library and no interpreter, and starts as quickly as a C program. The program stays in its sandbox: it can
/// touch only its own memory, and only those files that were granted when it was built.
#[derive(Parser, Debug)]
#[command(version, max_term_width = 100, after_long_help = EXAMPLES, disable_help_subcommand = true)]
pub struct Args {
    #[command(subcommand)]
    pub verb: Verb,
}

#[derive(Subcommand, Debug)]
pub enum Verb {
    Build(Build),
    Run(Run),
    Inspect(Inspect),
}

/// Compiles a program to an executable.
///
/// The executable's exit status is that of the program; if the program traps, it prints the reason and a backtrace
/// and exits with status 134.
#[derive(Parser, Debug)]
#[command(after_long_help = BUILD_EXAMPLES)]
pub struct Build {
    /// The program: a WebAssembly module, binary (.wasm) or text (.wat); `-` is standard input.
    #[arg(value_name = "IN")]
    pub input: PathBuf,

    /// Where to write the result; `-` is standard output.
    ///
    /// By default it is written into the current directory, under the name of IN without its extension
    /// (with .o, .clif or .s for these kinds of output). The file appears only when it is complete.
    #[arg(short, long, value_name = "OUT")]
    pub output: Option<PathBuf>,

    /// What to make.
    #[arg(long, value_enum, default_value = "exe")]
    pub emit: Emit,

    #[command(flatten)]
    pub options: Options,
}

/// Compiles a program and runs it.
///
/// The executable is kept in memory and replaces this process: input, output and exit status are those of the program.
#[derive(Parser, Debug)]
#[command(after_long_help = RUN_EXAMPLES)]
pub struct Run {
    /// The program: a WebAssembly module, binary (.wasm) or text (.wat); `-` is standard input.
    #[arg(value_name = "IN")]
    pub input: PathBuf,

    /// Arguments of the program.
    #[arg(last = true, value_name = "ARGS")]
    pub args: Vec<std::ffi::OsString>,

    #[command(flatten)]
    pub options: Options,
}

/// Shows what an executable made by wexe may do.
///
/// It prints what made it, the SHA-256 of its module (in binary form), what the program imports, what it was granted
/// and whether that can be changed. It believes what wexe wrote into the file, so it tells nothing of a file that
/// somebody else has changed.
#[derive(Parser, Debug)]
pub struct Inspect {
    /// The executable.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Prints it as JSON.
    #[arg(long)]
    pub json: bool,
}

/// What `build` and `run` take.
#[derive(Group, Debug)]
pub struct Options {
    #[command(flatten)]
    pub grants: Grants,

    #[command(flatten)]
    pub embeds: Embeds,

    /// Calls this exported function instead of `_start`.
    ///
    /// `_initialize` is called before it if there is one. Arguments of the function are taken from the command line of
    /// the executable, and its results are printed, one on a line.
    #[arg(long, value_name = "NAME")]
    pub invoke: Option<String>,

    /// How much to optimise: 0 compiles quickly, 2 makes quick code.
    #[arg(short = 'O', value_enum, value_name = "LEVEL", default_value = "2", help_heading = CODE)]
    pub level: Level,

    /// Which processors the executable is for.
    ///
    /// On a processor that lacks what it needs, an executable says so and exits.
    #[arg(long, value_enum, value_name = "CPU", default_value = "x86-64-v3", help_heading = CODE)]
    pub cpu: Cpu,

    /// Makes an executable that counts what it does, for --profile-use.
    ///
    /// It counts how often each branch is taken, function called and so on, in FILE, which is wexe.profile by default
    /// and looked up where the executable is started. However the program ends, even if it is killed, what it counted
    /// is there; several runs add up. It takes half as long again as another, or more.
    #[arg(long, value_name = Capability::Profile.syntax(), num_args = 0..=1, require_equals = true,
        default_missing_value = "wexe.profile", conflicts_with = "profile_use", help_heading = CODE)]
    pub profile_generate: Option<String>,

    /// Makes code that suits what the program did when it counted it in FILE (see --profile-generate).
    ///
    /// What happens often is inlined and falls through; what does not happen is out of the way. The profile must be of
    /// the same module; other options may differ.
    #[arg(long, value_name = "FILE", help_heading = CODE)]
    pub profile_use: Option<PathBuf>,

    /// Leaves out the symbol table, which debuggers and profilers read. Backtraces keep their function names.
    #[arg(long, help_heading = CODE)]
    pub strip: bool,

    /// Links with this program (GNU ld, lld or mold) instead of the linker inside wexe.
    #[arg(long, value_name = "PATH", help_heading = CODE)]
    pub linker: Option<PathBuf>,

    /// Number of threads to compile with; by default one for each processor. The result does not depend on it.
    #[arg(short = 'j', long, value_name = "THREADS", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,

    /// Compiles everything anew.
    ///
    /// By default functions that did not change since a program was last compiled are not compiled again. Their code
    /// is kept in $XDG_CACHE_HOME/wexe or ~/.cache/wexe, at most 256 MiB, which may be removed at any time. The result
    /// does not depend on it.
    #[arg(long)]
    pub no_cache: bool,

    /// Prints how long each stage of the compilation took.
    #[arg(long)]
    pub time: bool,
}

const CODE: &str = "Code";

#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Emit {
    /// An executable.
    Exe,
    /// The object file before linking.
    Obj,
    /// Cranelift's intermediate representation, as text.
    Clif,
    /// The machine code, disassembled.
    Asm,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
pub enum Level {
    #[value(name = "0")]
    O0,
    #[value(name = "2")]
    O2,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
pub enum Cpu {
    /// Every x86-64 processor.
    #[value(name = "x86-64-v1")]
    V1,
    /// With SSE4.2 and POPCNT (2009 and later).
    #[value(name = "x86-64-v2")]
    V2,
    /// With AVX2, FMA, BMI and LZCNT (2013 and later).
    #[value(name = "x86-64-v3")]
    V3,
    /// With AVX-512.
    #[value(name = "x86-64-v4")]
    V4,
    /// All that this machine has.
    Native,
}

impl Options {
    /// What the compiler is told. Reads the directories to embed.
    pub fn compiler_options(&self, emit: Emit) -> Result<compiler::Options, String> {
        let mut capabilities = self.grants.capabilities();
        capabilities.given.extend(self.profile_generate.iter().map(|file| (Capability::Profile, file.clone())));
        Ok(compiler::Options {
            features: compiler::Features::default(),
            emit: match emit {
                Emit::Exe => compiler::Emit::Exe,
                Emit::Obj => compiler::Emit::Obj,
                Emit::Clif => compiler::Emit::Clif,
                Emit::Asm => compiler::Emit::Asm,
            },
            opt_level: match self.level {
                Level::O0 => compiler::OptLevel::O0,
                Level::O2 => compiler::OptLevel::O2,
            },
            cpu: match self.cpu {
                Cpu::V1 => compiler::Cpu::V1,
                Cpu::V2 => compiler::Cpu::V2,
                Cpu::V3 => compiler::Cpu::V3,
                Cpu::V4 => compiler::Cpu::V4,
                Cpu::Native => compiler::Cpu::Native,
            },
            capabilities,
            embedded: self.embeds.read()?,
            profile: self.profile_use.as_deref().map(read_profile).transpose()?,
            invoke: self.invoke.clone(),
            linker: self.linker.clone(),
            strip: self.strip,
            cache: None,
            threads: self.threads.map_or(0, usize::from),
        })
    }
}

/// All of a profile; of what is none, as much as shows that: an endless device is refused at once.
fn read_profile(path: &Path) -> Result<Vec<u8>, String> {
    let read = |mut file: File| {
        let mut bytes = Vec::new();
        file.by_ref().take(profile::HEADER_SIZE).read_to_end(&mut bytes)?;
        if bytes.starts_with(profile::MAGIC) {
            file.take(profile::MAX_BYTES).read_to_end(&mut bytes)?;
        }
        Ok(bytes)
    };
    File::open(path).and_then(read).map_err(|error: io::Error| format!("cannot read {}: {error}", path.display()))
}

const EXAMPLES: &str = "\
Examples:
  wexe build app.wasm                    make the executable ./app
  wexe run app.wasm -- one two           compile app.wasm and run it with two arguments
  wexe inspect app                       show what ./app may do
  wexe build --help                      all options";

const BUILD_EXAMPLES: &str = "\
Examples:
  wexe build app.wasm                    make ./app
  wexe build app.wasm -o bin/tool        make bin/tool
  wexe build app.wasm --dir .            it may use the files of the directory where it is started
  wexe build app.wasm --dir data::/ --env LANG=C
                                         it sees the directory ./data as its root, and one variable
  wexe build app.wasm --listen '[::]:80' --locked
                                         it serves on port 80, and nobody can change that
  wexe build app.wasm --embed lib::/lib  it sees what is in ./lib now as /lib, wherever it runs
  wexe build lib.wasm --invoke fib       it calls fib with its arguments and prints the result
  wexe build app.wasm --profile-generate && ./app && wexe build app.wasm --profile-use wexe.profile
                                         make code that suits what the program did
  wexe build app.wasm --cpu native       use all that the processor of this machine has
  wexe build app.wat --emit clif -o -    print the intermediate representation

Exit status:
  0  the file was written
  1  an error in the input, or while writing
  2  a wrong command line

Environment of the executable:
  Whoever runs it can set WEXE_DIR, WEXE_ENV, WEXE_ARG0, WEXE_LISTEN, WEXE_STDIN, WEXE_STDOUT,
  WEXE_STDERR, WEXE_MAX_MEMORY, WEXE_TIMEOUT and, if it was built with these options, WEXE_TRACE and
  WEXE_PROFILE (the FILE of --profile-generate), unless it was built with --locked. Each holds what
  the option of that name would, in place of what was given at build; an empty one takes it away.
  Several values are separated by `;`, and after a `+` in front they add to what was given.
  The program never sees these variables.

Exit status of the executable:
  that of the program; 134 if it traps, 124 if --timeout ended it, 1 if something that it was
  granted cannot be had";

const RUN_EXAMPLES: &str = "\
Examples:
  wexe run app.wasm                      compile and run
  wexe run app.wasm -- --help            give the program an argument
  wexe run app.wasm --dir . < in.txt     it may use the current directory, and reads in.txt";
