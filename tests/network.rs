//! `cases/network`: command lines, as in `cases/cli`, that run programs in a network of their own. A script makes one
//! host or two, name servers and configuration; `begin.sh` has what these scripts share.
//!
//! Needs the rights to make networks, and what a case asks for: `needs: COMMAND`, which succeeds where that is.

use std::fs;
use std::path::Path;

use crate::case;
use crate::cli::{check, shell};
use crate::known_failures::{Listed, skippable};
use crate::process::TempDir;

pub fn trials() -> Vec<Listed> {
    let cases = case::find("network", &["cli"]);
    cases.into_iter().map(|path| skippable(case::name(&path), move || run(&path))).collect()
}

fn run(path: &Path) -> Result<Option<String>, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let network = "unshare -n -m sh -c 'ip link set lo up && mount --bind /etc/hosts /etc/hosts'";
    for needed in [network].into_iter().chain(text.lines().filter_map(|line| line.strip_prefix("needs: "))) {
        if shell(needed, &TempDir::new())?.status != "0" {
            return Ok(Some(format!("this fails here: {needed}")));
        }
    }
    check(path).map(|()| None)
}
