//! Directories inside executables: that they do what directories of the host do, that executables are the same whatever
//! order a directory is in, and that they need nothing from the machine they run on.
//!
//! Cases of WASI functions are tried with embedded directories by `run.rs`, what only these do is in `cases/embed`.

use crate::case;
use crate::cli::shell;
use crate::known_failures::{Listed, skippable, trial};
use crate::process::TempDir;

/// Seeds of random operations, and how many operations each begins.
const SEEDS: std::ops::Range<u32> = 1..13;
const OPERATIONS: u32 = 2000;

/// Something of everything, with links that lead astray.
const TREE: &str = "mkdir -p tree/dir/a/b tree/a && echo hello > tree/file && : > tree/a/a &&
    for number in $(seq 2000); do echo line $number; done > tree/dir/b &&
    ln -s dir tree/link && ln -s .. tree/dir/up && ln -s file tree/c && ln -s ../c tree/dir/c && ln -s nowhere tree/up";

pub fn trials() -> Vec<Listed> {
    vec![
        trial("embedded/operations", operations),
        trial("embedded/deterministic", deterministic),
        trial("embedded/not-executable", not_executable),
        skippable("embedded/empty-chroot", empty_chroot),
    ]
}

fn must_succeed(command: &str, directory: &TempDir) -> Result<Vec<u8>, String> {
    let outcome = shell(command, directory)?;
    if outcome.status == "0" { Ok(outcome.stdout) } else { Err(format!("{:?}", case::lines(&outcome, directory))) }
}

/// Random operations have the same outcome in a directory of the host and in an embedded one.
fn operations() -> Result<(), String> {
    let directory = TempDir::new();
    let module = "$CASES/../guests/c/operations.wasm";
    must_succeed(TREE, &directory)?;
    must_succeed(&format!("wexe build {module} --dir work::/ -o host"), &directory)?;
    must_succeed(&format!("wexe build {module} --embed tree::/ --embed-overlay -o embedded"), &directory)?;
    for seed in SEEDS {
        let run = format!("rm -rf work && cp -a tree work && ./host {seed} {OPERATIONS}");
        let host = must_succeed(&run, &directory)?;
        let embedded = must_succeed(&format!("./embedded {seed} {OPERATIONS}"), &directory)?;
        let lines = |output: &[u8]| String::from_utf8_lossy(output).lines().map(str::to_string).collect::<Vec<_>>();
        let (host, embedded) = (lines(&host), lines(&embedded));
        if host != embedded || host.len() != OPERATIONS as usize {
            return Err(format!("seed {seed}: {}", case::difference(&host, &embedded)));
        }
    }
    Ok(())
}

/// Names, contents and times decide, and nothing else; `SOURCE_DATE_EPOCH` limits the times.
fn deterministic() -> Result<(), String> {
    let command = "cp $CASES/executable/hello.wat .
        build() { wexe build hello.wat --embed $1::/ --embed second -o $1.out; }
        mkdir second one two && echo x > second/x
        for name in a b c d e f; do echo $name > one/$name; done
        for name in f c a e d b; do echo $name > two/$name; done
        find one two -exec touch -d 2020-02-02 {} +
        build one && build two && cmp one.out two.out || exit 1
        touch two/a && build two && cmp -s one.out two.out && exit 2
        export SOURCE_DATE_EPOCH=1500000000
        build one && build two && cmp one.out two.out || exit 3
        echo other > two/a && build two && cmp -s one.out two.out && exit 4
        exit 0";
    must_succeed(command, &TempDir::new()).map(|_| ())
}

/// What is embedded was written by somebody: it is in no segment that can be executed.
fn not_executable() -> Result<(), String> {
    use object::read::elf::{FileHeader, ProgramHeader};
    use object::{LittleEndian, elf};
    let directory = TempDir::new();
    let command = "cp $CASES/executable/hello.wat . && mkdir tree && echo 'this is embedded' > tree/file &&
        wexe build hello.wat --embed tree -o program";
    must_succeed(command, &directory)?;
    let bytes = std::fs::read(directory.path().join("program")).map_err(|error| error.to_string())?;
    let header = elf::FileHeader64::<LittleEndian>::parse(&*bytes).map_err(|error| error.to_string())?;
    let segments = header.program_headers(LittleEndian, &*bytes).map_err(|error| error.to_string())?;
    let text = b"this is embedded\n";
    let holds = |segment: &&elf::ProgramHeader64<LittleEndian>| {
        let data = segment.data(LittleEndian, &*bytes).unwrap_or_default();
        data.windows(text.len()).any(|window| window == text)
    };
    let loaded = segments.iter().filter(|segment| segment.p_type(LittleEndian) == elf::PT_LOAD);
    let flags: Vec<_> = loaded.filter(holds).map(|segment| segment.p_flags(LittleEndian)).collect();
    if flags == [elf::PF_R] { Ok(()) } else { Err(format!("flags of the segments that hold it: {flags:?}")) }
}

/// A program that lists and reads its directory where there is no other.
fn empty_chroot() -> Result<Option<String>, String> {
    let directory = TempDir::new();
    for way in ["chroot", "unshare -r chroot"] {
        if shell(&format!("{way} / /bin/true"), &directory)?.status != "0" {
            continue;
        }
        let command = format!(
            "wexe build $CASES/../../examples/words.wasm --embed $CASES/executable::/texts -o words &&
             mkdir root && cp words root && {way} root /words /texts/hello.wat"
        );
        let output = String::from_utf8_lossy(&must_succeed(&command, &directory)?).into_owned();
        let expected = must_succeed(
            "wexe run $CASES/../../examples/words.wasm --dir $CASES/executable::/texts \
            -- /texts/hello.wat",
            &directory,
        )?;
        if output.as_bytes() != expected || output.is_empty() {
            return Err(format!("words says: {output}"));
        }
        return Ok(None);
    }
    Ok(Some("neither chroot nor user namespaces are permitted".to_string()))
}
