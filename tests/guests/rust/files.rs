//! Files and directories through Rust's std: create, append, read back, seek, metadata, list, rename, remove, and errors.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};

fn list(path: &str) -> io::Result<()> {
    let mut names = Vec::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let slash = if entry.file_type()?.is_dir() { "/" } else { "" };
        names.push(format!("{}{slash}", entry.file_name().to_string_lossy()));
    }
    names.sort();
    println!("{path}: {}", names.join(" "));
    Ok(())
}

fn main() -> io::Result<()> {
    fs::create_dir_all("/work/deep/er")?;
    let mut file = File::create("/work/a.txt")?;
    for i in 1..=3 {
        writeln!(file, "line {i}")?;
    }
    drop(file);
    OpenOptions::new().append(true).open("/work/a.txt")?.write_all(b"appended\n")?;
    for line in BufReader::new(File::open("/work/a.txt")?).lines() {
        println!("{}", line?);
    }
    println!("{} bytes", fs::metadata("/work/a.txt")?.len());

    let mut file = OpenOptions::new().read(true).write(true).open("/work/a.txt")?;
    file.seek(SeekFrom::End(-9))?;
    let mut rest = String::new();
    file.read_to_string(&mut rest)?;
    print!("{rest}");
    file.set_len(7)?;
    println!("{:?}", fs::read_to_string("/work/a.txt")?);

    fs::copy("/work/a.txt", "/work/b.txt")?;
    fs::rename("/work/a.txt", "/work/deep/er/c.txt")?;
    list("/work")?;
    list("/work/deep/er")?;
    println!("missing: {:?}", File::open("/work/none").unwrap_err().kind());
    println!("above: {}", if File::open("/work/../../../etc/passwd").is_ok() { "opened" } else { "refused" });
    println!("exists: {}", OpenOptions::new().write(true).create_new(true).open("/work/b.txt").is_err());
    fs::remove_dir_all("/work")?;
    println!("gone: {}", fs::metadata("/work").is_err());
    Ok(())
}
