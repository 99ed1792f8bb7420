//! The servers of `servers.rs` in conversation with the clients of other people, where these are on the machine.

use crate::case;
use crate::cli::shell;
use crate::known_failures::{Listed, skippable};
use crate::servers::{ECHO_EPOLL, ECHO_POLL, HTTP, LOCAL, Server, UDP_ECHO};

/// A command line, in the directory of the server, whose port is `$port`.
struct Client {
    name: &'static str,
    /// Succeeds if the machine has what the command needs.
    needs: &'static str,
    server: Server,
    command: &'static str,
    output: &'static str,
}

const CURL: &str = "curl --version";
const WRK: &str = "command -v wrk";
const SOCAT: &str = "socat -V";
/// That of OpenBSD: other programs of this name have other options.
const NC: &str = "nc -h 2>&1 | grep -e '-W '";

const CLIENTS: &[Client] = &[
    Client {
        name: "curl-get",
        needs: CURL,
        server: HTTP,
        command: "curl -sSi http://127.0.0.1:$port/file",
        output: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nthe quick\n",
    },
    Client {
        name: "curl-head",
        needs: CURL,
        server: HTTP,
        command: "curl -sSI http://127.0.0.1:$port/sub/large",
        output: "HTTP/1.1 200 OK\r\nContent-Length: 16000000\r\n\r\n",
    },
    Client {
        name: "curl-large",
        needs: CURL,
        server: HTTP,
        command: "curl -sS http://127.0.0.1:$port/sub/large | cmp - www/sub/large && echo same",
        output: "same\n",
    },
    // Three files, one of which is not there, by one connection.
    Client {
        name: "curl-keep-alive",
        needs: CURL,
        server: HTTP,
        command: "curl -sS -w '%{http_code} %{num_connects}\\n' http://127.0.0.1:$port/{file,nothing,index.html}",
        output: "the quick\n200 1\n404 0\nthe index\n200 0\n",
    },
    Client {
        name: "curl-outside",
        needs: CURL,
        server: HTTP,
        command: "curl -sS -w '%{http_code}\\n' --path-as-is http://127.0.0.1:$port/{../secret,link,%2e%2e/secret}",
        output: "404\n404\n404\n",
    },
    Client {
        name: "curl-old",
        needs: CURL,
        server: HTTP,
        command: "curl -sSi --http1.0 http://127.0.0.1:$port/file",
        output: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\nthe quick\n",
    },
    // A thousand connections, all of whose answers are what they must be.
    Client {
        name: "wrk",
        needs: WRK,
        server: HTTP,
        command: "wrk -c 1000 -t 2 -d 2s --timeout 40s http://127.0.0.1:$port/file > out
                  grep -E 'Non-2xx|Socket errors' out; awk '/requests in/ && $1 > 0 { print \"answered\" }' out",
        output: "answered\n",
    },
    Client {
        name: "socat-epoll",
        needs: SOCAT,
        server: ECHO_EPOLL,
        command: "socat -t 40 - TCP:127.0.0.1:$port < www/sub/large | cmp - www/sub/large && echo same",
        output: "same\n",
    },
    Client {
        name: "socat-poll",
        needs: SOCAT,
        server: ECHO_POLL,
        command: "socat -t 40 - TCP:127.0.0.1:$port < www/sub/large | cmp - www/sub/large && echo same",
        output: "same\n",
    },
    Client {
        name: "socat-udp",
        needs: SOCAT,
        server: UDP_ECHO,
        command: "printf hello | socat -t 40 - UDP:127.0.0.1:$port,readbytes=5",
        output: "hello",
    },
    Client {
        name: "socat-local",
        needs: SOCAT,
        server: LOCAL,
        command: "printf hello | socat -t 40 - UNIX-CONNECT:socket",
        output: "olleh",
    },
    Client {
        name: "nc-epoll",
        needs: NC,
        server: ECHO_EPOLL,
        command: "printf hello | nc -N 127.0.0.1 $port",
        output: "hello",
    },
    Client {
        name: "nc-poll",
        needs: NC,
        server: ECHO_POLL,
        command: "printf hello | nc -N 127.0.0.1 $port",
        output: "hello",
    },
    Client {
        name: "nc-http",
        needs: NC,
        server: HTTP,
        command: "printf 'HEAD /file HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n' | nc 127.0.0.1 $port",
        output: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\n",
    },
    Client {
        name: "nc-udp",
        needs: NC,
        server: UDP_ECHO,
        command: "printf hello | nc -u -W 1 127.0.0.1 $port",
        output: "hello",
    },
    Client { name: "nc-local", needs: NC, server: LOCAL, command: "printf hello | nc -N -U socket", output: "olleh" },
];

pub fn trials() -> Vec<Listed> {
    let trial = |client: &'static Client| skippable(format!("clients/{}", client.name), || run(client));
    CLIENTS.iter().map(trial).collect()
}

fn run(client: &Client) -> Result<Option<String>, String> {
    let server = client.server.start().map_err(|error| error.to_string())?;
    if shell(client.needs, &server.directory)?.status != "0" {
        return Ok(Some(format!("this fails here: {}", client.needs)));
    }
    let outcome = shell(&format!("port={}; {}", server.greeting, client.command), &server.directory)?;
    if outcome.stdout == client.output.as_bytes() {
        return Ok(None);
    }
    Err(format!("{:?}", case::lines(&outcome, &server.directory)))
}
