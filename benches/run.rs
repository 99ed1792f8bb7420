//! Runs every guest with wexe and every other engine found on the machine, and compares.
//!
//! All engines' programs are made ahead of time first. Then the runs go round: each round runs every guest with every
//! engine in turn, so that what disturbs the machine disturbs all of them. Outputs must agree. The time of a run is the
//! processor time of its process (user and system), start-up included; the table shows medians.
//!
//!     cargo bench --bench run [-- [--rounds 5] [--engines wexe,wasmtime] [--wexe PATH] [--json FILE]
//!     [--plot FILE.svg] [GUEST...]]

mod engines;
mod guests;
/// Shared by all benchmarks; no one of them uses all of it.
#[allow(dead_code)]
mod measure;
mod plot;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use engines::Engine;
use guests::Guest;
use measure::{Invocation, geomean, median, spread};

/// What others are compared with, if it is there.
const REFERENCE: &str = "wasmtime";

struct Args {
    rounds: usize,
    engines: Option<Vec<String>>,
    wexe: PathBuf,
    json: Option<PathBuf>,
    plot: Option<PathBuf>,
    names: Vec<String>,
}

/// One guest with one engine.
#[derive(Default)]
struct Cell {
    invocation: Option<Invocation>,
    /// Why there are no numbers.
    failure: Option<String>,
    /// Seconds of processor time, for each run.
    cpu: Vec<f64>,
    wall: Vec<f64>,
    compile_cpu: f64,
    compile_wall: f64,
    compile_peak: u64,
    size: u64,
    peak: u64,
}

struct Row {
    guest: Guest,
    /// Standard output and exit status of the first engine.
    expected: Option<(Vec<u8>, i32)>,
    cells: Vec<Cell>,
}

fn main() {
    let args = parse_args();
    let (mut engines, absent) = engines::find(args.wexe.clone());
    if let Some(names) = &args.engines {
        engines.retain(|engine| names.iter().any(|name| name == engine.name));
    } else if !absent.is_empty() {
        eprintln!("not found, and skipped: {}", absent.join(", "));
    }
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("run");
    let mut rows = Vec::new();
    for guest in guests::all() {
        if args.names.is_empty() || args.names.iter().any(|name| guest.name.contains(name)) {
            eprintln!("compiling {}", guest.name);
            let cells = engines.iter().map(|engine| prepare(engine, &guest, &directory)).collect();
            rows.push(Row { guest, expected: None, cells });
        }
    }
    for round in 1..=args.rounds {
        for row in &mut rows {
            eprintln!("round {round} of {}: {}", args.rounds, row.guest.name);
            run_row(&engines, row);
        }
    }
    print!("{}", table(&engines, &rows));
    let write = |path: &Path, text: String| {
        fs::write(path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    };
    if let Some(path) = &args.json {
        write(path, json(&engines, &rows));
    }
    if let Some(path) = &args.plot {
        write(path, picture(&engines, &rows));
    }
    if rows.iter().any(|row| row.cells.iter().any(|cell| cell.failure.is_some())) {
        std::process::exit(1);
    }
}

fn parse_args() -> Args {
    let wexe = PathBuf::from(env!("CARGO_BIN_EXE_wexe"));
    let mut args = Args { rounds: 5, engines: None, wexe, json: None, plot: None, names: Vec::new() };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().unwrap_or_else(|| panic!("{word} needs a value"));
        match word.as_str() {
            "--rounds" => args.rounds = value().parse().expect("--rounds takes a number"),
            "--engines" => args.engines = Some(value().split(',').map(str::to_string).collect()),
            "--wexe" => args.wexe = PathBuf::from(value()),
            "--plot" => args.plot = Some(PathBuf::from(value())),
            "--json" => args.json = Some(PathBuf::from(value())),
            "--bench" => {} // cargo says so
            option if option.starts_with('-') => panic!("unknown option {option}"),
            name => args.names.push(name.to_string()),
        }
    }
    args
}

fn prepare(engine: &Engine, guest: &Guest, directory: &Path) -> Cell {
    let mut cell = Cell::default();
    if let Err(failure) = compile(engine, guest, &directory.join(engine.name), &mut cell) {
        eprintln!("{} with {}: {failure}", guest.name, engine.name);
        cell.failure = Some(failure);
        cell.invocation = None;
    }
    cell
}

fn compile(engine: &Engine, guest: &Guest, directory: &Path, cell: &mut Cell) -> Result<(), String> {
    fs::create_dir_all(directory).map_err(|error| error.to_string())?;
    let output = directory.join(&guest.name);
    cell.invocation = engine.run(guest, &output)?;
    if let Some(invocation) = engine.compile(guest, &output) {
        let run = invocation.must_run()?;
        (cell.compile_cpu, cell.compile_wall) = (run.cpu, run.wall);
        cell.compile_peak = invocation.peak_memory()?;
        cell.size = fs::metadata(&output).map_err(|error| error.to_string())?.len();
    }
    if let Some(invocation) = &cell.invocation {
        cell.peak = invocation.peak_memory()?;
    }
    Ok(())
}

fn run_row(engines: &[Engine], row: &mut Row) {
    for (engine, cell) in engines.iter().zip(&mut row.cells) {
        let Some(invocation) = &cell.invocation else { continue };
        let failure = match invocation.run() {
            Ok(run) => {
                let expected = row.expected.get_or_insert_with(|| (run.stdout.clone(), run.status));
                cell.cpu.push(run.cpu);
                cell.wall.push(run.wall);
                (*expected != (run.stdout, run.status)).then(|| format!("its output differs (status {})", run.status))
            }
            Err(error) => Some(error),
        };
        if let Some(failure) = failure {
            eprintln!("{} with {}: {failure}", row.guest.name, engine.name);
            cell.failure = Some(failure);
            cell.invocation = None;
            cell.cpu.clear();
        }
    }
}

/// A line for each guest, and the geomeans over those that both engines of a ratio ran.
fn table(engines: &[Engine], rows: &[Row]) -> String {
    let reference = reference(engines);
    let mut text = format!("{:18}", "seconds (± spread)");
    for engine in engines {
        write!(text, " {:>14}", engine.name).expect("writing to a string");
    }
    writeln!(text, "   relative to {}", engines[reference].name).expect("writing to a string");
    let others: Vec<usize> = (0..engines.len()).filter(|&at| at != reference).collect();
    for row in rows {
        write!(text, "{:18}", row.guest.name).expect("writing to a string");
        for cell in &row.cells {
            let seconds = median(&cell.cpu);
            let shown = match &cell.failure {
                Some(_) => "failed".to_string(),
                None if seconds.is_nan() => "-".to_string(),
                None => format!("{seconds:.3} ±{:>2.0} %", spread(&cell.cpu) * 100.0),
            };
            write!(text, " {shown:>14}").expect("writing to a string");
        }
        for &at in &others {
            write!(text, "  {} {:.2}", engines[at].name, ratio(row, at, reference)).expect("writing to a string");
        }
        text.push('\n');
    }
    for at in 0..engines.len() {
        for other in (0..engines.len()).filter(|&other| other != at && (other == reference || at == 0)) {
            let ratios: Vec<f64> =
                rows.iter().map(|row| ratio(row, at, other)).filter(|ratio| ratio.is_finite()).collect();
            let (name, than, count) = (engines[at].name, engines[other].name, ratios.len());
            writeln!(text, "geomean {name} / {than}: {:.3} over {count} guests", geomean(ratios))
                .expect("writing to a string");
        }
    }
    for (at, engine) in engines.iter().enumerate() {
        let cells = || rows.iter().map(|row| &row.cells[at]).filter(|cell| cell.size > 0);
        let total: f64 = cells().map(|cell| cell.compile_cpu).sum();
        let middle = |of: fn(&Cell) -> u64| median(&cells().map(|cell| of(cell) as f64 / 1024.0).collect::<Vec<_>>());
        let (size, peak, compile_peak) =
            (middle(|cell| cell.size), middle(|cell| cell.peak), middle(|cell| cell.compile_peak));
        writeln!(
            text,
            "{:12} compiles all in {total:.2} s (median peak {:.0} MiB); \
             medians: file {size:.0} KiB, peak of a run {peak:.0} KiB",
            engine.name,
            compile_peak / 1024.0
        )
        .expect("writing to a string");
    }
    text
}

/// The column that others are compared with.
fn reference(engines: &[Engine]) -> usize {
    engines.iter().position(|engine| engine.name == REFERENCE).unwrap_or(0)
}

fn picture(engines: &[Engine], rows: &[Row]) -> String {
    let reference = reference(engines);
    let others: Vec<usize> = (0..engines.len()).filter(|&at| at != reference).collect();
    let names: Vec<&str> = others.iter().map(|&at| engines[at].name).collect();
    let ratios = |row: &Row| others.iter().map(|&at| ratio(row, at, reference)).collect();
    let rows: Vec<_> = rows.iter().map(|row| plot::Row { name: row.guest.name.clone(), ratios: ratios(row) }).collect();
    plot::svg(&names, engines[reference].name, &rows)
}

fn ratio(row: &Row, engine: usize, reference: usize) -> f64 {
    median(&row.cells[engine].cpu) / median(&row.cells[reference].cpu)
}

fn json(engines: &[Engine], rows: &[Row]) -> String {
    let list = |samples: &[f64]| samples.iter().map(|x| format!("{x:.4}")).collect::<Vec<_>>().join(", ");
    let mut lines = Vec::new();
    for row in rows {
        for (engine, cell) in engines.iter().zip(&row.cells) {
            if cell.cpu.is_empty() && cell.failure.is_none() {
                continue;
            }
            let failure = cell.failure.as_ref().map_or("null".to_string(), |failure| format!("{failure:?}"));
            lines.push(format!(
                "  {{\"guest\": {:?}, \"engine\": {:?}, \"cpu\": [{}], \"wall\": [{}], \"compile_cpu\": {:.4}, \
                 \"compile_wall\": {:.4}, \"compile_peak\": {}, \"size\": {}, \"peak\": {}, \"failure\": {failure}}}",
                row.guest.name,
                engine.name,
                list(&cell.cpu),
                list(&cell.wall),
                cell.compile_cpu,
                cell.compile_wall,
                cell.compile_peak,
                cell.size,
                cell.peak,
            ));
        }
    }
    format!("[\n{}\n]\n", lines.join(",\n"))
}
