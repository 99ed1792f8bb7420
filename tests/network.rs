//! Programs with sockets in a network of their own: nothing but the loopback interface, a name server that sends what
//! attackers would, and a kernel that gives up connecting early. Needs the rights to make such a network.

use std::fs;

use crate::case;
use crate::cli::shell;
use crate::known_failures::{Listed, skippable};
use crate::process::TempDir;

pub fn trials() -> Vec<Listed> {
    vec![skippable("network/names", names)]
}

/// What runs inside, as root of it: the name server, then the program that asks it.
const SCRIPT: &str = "\
ip link set lo up
echo 1 > /proc/sys/net/ipv4/tcp_syn_retries
mount --bind hosts /etc/hosts
mount --bind resolv.conf /etc/resolv.conf
./nameserver > ready &
server=$!
until [ -s ready ]; do sleep 0.02; done
./names
status=$?
kill $server
exit $status
";

fn names() -> Result<Option<String>, String> {
    let directory = TempDir::new();
    let needed = "unshare -n -m sh -c 'ip link set lo up && mount --bind /etc/hosts /etc/hosts'";
    if shell(needed, &directory)?.status != "0" {
        return Ok(Some("a network of its own cannot be made here".to_string()));
    }
    let hosts = "# comment\n127.0.0.9 other tabled.EXAMPLE # and\n::9\ttabled.example\nno address\n";
    let files = [("hosts", hosts), ("resolv.conf", "nameserver 127.0.0.1\n"), ("run.sh", SCRIPT)];
    for (name, text) in files {
        fs::write(directory.path().join(name), text).map_err(|error| error.to_string())?;
    }
    let guests = "$CASES/../guests/wasix";
    let rules = "dns,connect=rebind.example:7000,connect=good.example:7000,connect=192.0.2.1:*,connect=127.0.0.7:*";
    let outcome = shell(
        &format!(
            "wexe build {guests}/nameserver.wasm --net udp=127.0.0.1:53,listen=127.0.0.1:53 &&
             wexe build {guests}/names.wasm --net '{rules},listen=127.0.0.7:0' && unshare -n -m sh run.sh"
        ),
        &directory,
    )?;
    if outcome.status == "0" { Ok(None) } else { Err(format!("{:?}", case::lines(&outcome, &directory))) }
}
