//! Options that say what a program may use, and their values.
//!
//! The compiler gets them as the text that they were given as (see `wexe_abi::capabilities`); here it is only checked.

use clap::Args as Group;
use wexe_abi::capabilities::Capability;
use wexe_abi::grants;
use wexe_compiler::Capabilities;

const HEADING: &str = "What the program may use";

#[derive(Group, Debug)]
pub struct Grants {
    /// Grants the directory HOST to the program, which sees it as GUEST.
    ///
    /// The program can open, create and remove what is in HOST and beneath, and nothing else. Without GUEST it sees
    /// it under its own name. A relative HOST is looked up where the executable is started. With `:ro` at the end, it
    /// is granted for reading only. Can be given several times.
    #[arg(long = "dir", value_name = Capability::Dir.syntax(), value_parser = parse(Capability::Dir),
        help_heading = HEADING)]
    pub dirs: Vec<String>,

    /// Gives the program an environment variable.
    ///
    /// The program sees these variables and no others. Without a value, it has the one that it has when the executable
    /// is run, if it is set then. `*` stands for all that are set then, without those that begin with WEXE_. Can be
    /// given several times; of several values for one variable, the last counts.
    #[arg(long, value_name = Capability::Env.syntax(), value_parser = parse(Capability::Env), help_heading = HEADING)]
    pub env: Vec<String>,

    /// What the program sees as its own name (argv[0]).
    ///
    /// By default it sees the name under which it is started.
    #[arg(long, value_name = Capability::Arg0.syntax(), help_heading = HEADING)]
    pub arg0: Option<String>,

    /// Opens a TCP socket on which the program can accept connections.
    ///
    /// ADDR is an IPv4 address, or an IPv6 address in brackets: 127.0.0.1:8080, [::]:80. The socket listens before the
    /// program starts. With `fd`, the program gets the listening sockets that the process is started with, as systemd
    /// passes them (LISTEN_FDS, LISTEN_PID). Descriptors of the program are numbered: 3 and up for directories, in the
    /// order of their options, then sockets, in the order of theirs. Can be given several times.
    #[arg(long, value_name = Capability::Listen.syntax(), value_parser = parse(Capability::Listen),
        help_heading = HEADING)]
    pub listen: Vec<String>,

    /// Lets the program use something of the network by itself.
    ///
    /// RULE is one of: connect=HOST:PORT (TCP connections to it), listen=ADDR:PORT (TCP sockets that listen there),
    /// udp=HOST:PORT (datagrams to it, sockets bound to it, and answers to who sends to them), unix=PATH (the socket at
    /// this path), dns (the addresses of all names), all. HOST is a name, an address, a range of addresses (10.0.0.0/8)
    /// or `*`; IPv6 stands in brackets. PORT is a number, a range (8000-8999) or `*`. A rule with a name allows to ask
    /// for its addresses, and holds for those that are answered. Can be given several times.
    #[arg(long, value_name = Capability::Net.syntax(), value_parser = parse(Capability::Net), help_heading = HEADING)]
    pub net: Vec<String>,

    /// Where standard input comes from.
    ///
    /// `null` is empty, `inherit` what the executable is started with, which is the default. A file is opened when the
    /// executable starts, by the path as it is there.
    #[arg(long, value_name = Capability::Stdin.syntax(), value_parser = parse(Capability::Stdin),
        help_heading = HEADING)]
    pub stdin: Option<String>,

    /// Where standard output goes.
    ///
    /// `null` drops it; a file is created, or emptied if it exists, when the executable starts.
    #[arg(long, value_name = Capability::Stdout.syntax(), value_parser = parse(Capability::Stdout),
        help_heading = HEADING)]
    pub stdout: Option<String>,

    /// Where standard error goes, with messages of the runtime such as traps.
    ///
    /// As for --stdout.
    #[arg(long, value_name = Capability::Stderr.syntax(), value_parser = parse(Capability::Stderr),
        help_heading = HEADING)]
    pub stderr: Option<String>,

    /// How large the linear memories of the program can become, all together.
    ///
    /// SIZE is a number of bytes, or of KiB, MiB or GiB: 64MiB. Growing beyond fails, as it does where memory is
    /// exhausted; a program that begins with more does not start.
    #[arg(long, value_name = Capability::MaxMemory.syntax(), value_parser = parse(Capability::MaxMemory),
        help_heading = HEADING)]
    pub max_memory: Option<String>,

    /// How long the program can run.
    ///
    /// DURATION is a number of milliseconds, seconds, minutes or hours: 500ms, 30s, 5m, 2h. When that time has passed
    /// since the start, whatever the program does, it ends with a message and exit status 124.
    #[arg(long, value_name = Capability::Timeout.syntax(), value_parser = parse(Capability::Timeout),
        help_heading = HEADING)]
    pub timeout: Option<String>,

    /// Shows every call of a WASI function on standard error, as it happens.
    ///
    /// A line has the function, its parameters and what it returned; if it was refused something, the option that would
    /// grant it. With `=0`, calls are shown only if whoever runs the executable asks for it with WEXE_TRACE=1.
    #[arg(long, value_name = Capability::Trace.syntax(), value_parser = parse(Capability::Trace), num_args = 0..=1,
        require_equals = true, default_missing_value = "1", help_heading = HEADING)]
    pub trace: Option<String>,

    /// Whoever runs the executable cannot change any of this.
    ///
    /// Otherwise they can, by environment variables: see the end of this help.
    #[arg(long, help_heading = HEADING)]
    pub locked: bool,
}

impl Grants {
    /// What the compiler is told.
    pub fn capabilities(&self) -> Capabilities {
        let values: [(Capability, &[String]); 11] = [
            (Capability::Dir, &self.dirs),
            (Capability::Env, &self.env),
            (Capability::Arg0, self.arg0.as_slice()),
            (Capability::Listen, &self.listen),
            (Capability::Net, &self.net),
            (Capability::Stdin, self.stdin.as_slice()),
            (Capability::Stdout, self.stdout.as_slice()),
            (Capability::Stderr, self.stderr.as_slice()),
            (Capability::MaxMemory, self.max_memory.as_slice()),
            (Capability::Timeout, self.timeout.as_slice()),
            (Capability::Trace, self.trace.as_slice()),
        ];
        let given = values.iter().flat_map(|(capability, texts)| texts.iter().map(|text| (*capability, text.clone())));
        Capabilities { given: given.collect(), locked: self.locked }
    }
}

/// The parser of an option's value, which stays text.
fn parse(capability: Capability) -> impl Fn(&str) -> Result<String, String> + Clone {
    move |text| match grants::is_valid(capability, text.as_bytes()) {
        true => Ok(text.to_string()),
        false => Err(format!("expected {}", capability.syntax())),
    }
}
