//! Programs with sockets as their users run them: those in `guests/wasix/programs`, and one in Rust, in conversation
//! with clients and servers that are written here. Those of other people are in `clients.rs`.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream, UdpSocket};
use std::os::unix::fs::symlink;
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::LazyLock;
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit, setrlimit};

use crate::case;
use crate::cli::shell;
use crate::known_failures::{Listed, skippable, trial};
use crate::process::{TempDir, spawn};
use crate::sandbox::until_state;

/// Clients of a server at the same time.
const CLIENTS: usize = 1000;
/// Connections that are opened and closed, one after the other; the variable asks for more.
const CONNECTIONS: u32 = 10_000;
const CONNECTIONS_VARIABLE: &str = "WEXE_TEST_CONNECTIONS";
/// Nothing here takes so long: what does will never come.
const PATIENCE: Duration = Duration::from_secs(50);

pub fn trials() -> Vec<Listed> {
    let mut trials = vec![
        trial("servers/http", || said(http(HTTP))),
        trial("servers/http-embedded", || said(http(HTTP_EMBEDDED))),
        trial("servers/http-overlay", || said(http(HTTP_OVERLAY))),
        trial("servers/http-refused", || said(http_refused())),
        trial("servers/http-slow", || said(http_slow())),
        trial("servers/http-exhausted", || said(http_exhausted())),
        skippable("servers/http-clients", || with_descriptors(http_clients)),
        trial("servers/udp", || said(udp())),
        trial("servers/local-server", || said(local_server())),
        trial("servers/local-client", || said(local_client())),
        trial("servers/client", || said(client())),
        trial("servers/both-ends-connections", || said(both_ends())),
    ];
    for server in [ECHO_EPOLL, ECHO_POLL] {
        trials.push(trial(format!("servers/{}-exhausted", server.name()), move || said(exhausted(server))));
    }
    for server in [ECHO_EPOLL, ECHO_POLL, ECHO_RUST] {
        trials.push(skippable(format!("servers/{}-clients", server.name()), move || {
            with_descriptors(|| echo_clients(server))
        }));
        trials.push(trial(format!("servers/{}-connections", server.name()), move || said(connections(server))));
    }
    trials
}

type Result<T> = io::Result<T>;

fn said(outcome: Result<()>) -> std::result::Result<(), String> {
    outcome.map_err(|error| error.to_string())
}

fn error(message: impl Into<String>) -> io::Error {
    io::Error::other(message.into())
}

fn expect<T: PartialEq + std::fmt::Debug>(what: &str, got: T, wanted: T) -> Result<()> {
    if got == wanted { Ok(()) } else { Err(error(format!("{what}: {got:?}, not {wanted:?}"))) }
}

/// A program below `guests`, how it is built, and the arguments of the command that runs it.
#[derive(Clone, Copy)]
pub struct Server {
    guest: &'static str,
    options: &'static str,
    arguments: &'static [&'static str],
}

pub const ECHO_EPOLL: Server =
    Server { guest: "wasix/programs/echo_epoll", options: "--net listen=127.0.0.1:0", arguments: &["127.0.0.1:0"] };
pub const ECHO_POLL: Server = Server { guest: "wasix/programs/echo_poll", ..ECHO_EPOLL };
const ECHO_RUST: Server = Server { guest: "rust/rust_echo", ..ECHO_EPOLL };
pub const HTTP: Server =
    Server { guest: "wasix/programs/http", options: "--dir www::/ --net listen=127.0.0.1:0", ..ECHO_EPOLL };
/// The same with its files in the executable.
const HTTP_EMBEDDED: Server = Server { options: "--embed www::/ --net listen=127.0.0.1:0", ..HTTP };
const HTTP_OVERLAY: Server = Server { options: "--embed www::/ --embed-overlay --net listen=127.0.0.1:0", ..HTTP };
pub const UDP_ECHO: Server =
    Server { guest: "wasix/programs/udp_echo", options: "--net udp=127.0.0.1:0", ..ECHO_EPOLL };
pub const LOCAL: Server =
    Server { guest: "wasix/programs/local", options: "--net unix=socket", arguments: &["serve", "socket"] };

/// A server that runs, until this is dropped.
pub struct Running {
    pub directory: TempDir,
    program: Child,
    /// The first line that it wrote: its port, if it has one.
    pub greeting: String,
    /// Open, so that it can write more.
    _output: BufReader<ChildStdout>,
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

impl Server {
    /// Of the executable.
    fn name(self) -> &'static str {
        self.guest.rsplit('/').next().unwrap_or(self.guest)
    }

    /// Builds it in a fresh directory, which has some files.
    pub fn build(self) -> Result<TempDir> {
        let directory = TempDir::new();
        let www = directory.path().join("www");
        fs::create_dir_all(www.join("sub"))?;
        fs::write(directory.path().join("secret"), "nobody may read this")?;
        fs::write(www.join("file"), "the quick\n")?;
        fs::write(www.join("index.html"), "the index\n")?;
        fs::write(www.join("with space"), "")?;
        fs::write(www.join("sub/large"), &*LARGE)?;
        symlink("../secret", www.join("link"))?;
        let outcome =
            shell(&format!("wexe build {} {}", guest(self.guest), self.options), &directory).map_err(error)?;
        expect(&format!("{:?}", case::lines(&outcome, &directory)), outcome.status.as_str(), "0")?;
        Ok(directory)
    }

    pub fn start(self) -> Result<Running> {
        let directory = self.build()?;
        let mut command = Command::new(directory.path().join(self.name()));
        command.args(self.arguments).current_dir(directory.path()).env_clear();
        let mut program = spawn(command.stdin(Stdio::null()).stdout(Stdio::piped()))?;
        let output = BufReader::new(program.stdout.take().ok_or(error("no standard output"))?);
        let mut running = Running { directory, greeting: String::new(), program, _output: output };
        running._output.read_line(&mut running.greeting)?;
        running.greeting.truncate(running.greeting.trim_end().len());
        Ok(running)
    }
}

/// As the shell that builds it names it.
fn guest(path: &str) -> String {
    format!("$CASES/../guests/{path}.wasm")
}

/// More than sockets have room for.
pub static LARGE: LazyLock<Vec<u8>> = LazyLock::new(|| (0..4_000_000u32).flat_map(u32::to_le_bytes).collect());

impl Running {
    fn port(&self) -> Result<u16> {
        self.greeting.parse().map_err(|_| error(format!("no port: {:?}", self.greeting)))
    }

    fn connect(&self) -> Result<TcpStream> {
        patient(TcpStream::connect((Ipv4Addr::LOCALHOST, self.port()?))?)
    }

    /// The descriptors of the host that it has open.
    fn descriptor_numbers(&self) -> Result<Vec<u64>> {
        let entries = fs::read_dir(format!("/proc/{}/fd", self.program.id()))?;
        Ok(entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect())
    }

    fn descriptors(&self) -> Result<usize> {
        Ok(self.descriptor_numbers()?.len())
    }

    /// Lets it have so many more than now: what is limited is their numbers.
    fn limit_descriptors(&self, more: usize) -> Result<()> {
        let used = self.descriptor_numbers()?;
        let limit = (0..).filter(|number| !used.contains(number)).nth(more);
        prlimit(Some(Pid::from_child(&self.program)), Resource::Nofile, Rlimit { current: limit, maximum: limit })?;
        Ok(())
    }

    /// Waits until it has so many.
    fn until_descriptors(&self, wanted: usize) -> Result<()> {
        let mut seen = self.descriptors()?;
        for _ in 0..PATIENCE.as_millis() / 5 {
            if seen == wanted {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(5));
            seen = self.descriptors()?;
        }
        expect("descriptors", seen, wanted)
    }
}

/// A socket that does not wait for ever.
fn patient(stream: TcpStream) -> Result<TcpStream> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Runs what needs a descriptor for each client here and one in the server, which inherits the limit.
fn with_descriptors(run: impl FnOnce() -> Result<()>) -> std::result::Result<Option<String>, String> {
    let needed = Some(4 * CLIENTS as u64);
    let limit = getrlimit(Resource::Nofile);
    if limit.maximum.is_some() && limit.maximum < needed {
        return Ok(Some(format!("no more than {:?} descriptors can be open here", limit.maximum)));
    }
    if limit.current.is_some() && limit.current < needed {
        setrlimit(Resource::Nofile, Rlimit { current: needed, ..limit }).map_err(|error| error.to_string())?;
    }
    said(run()).map(|()| None)
}

/// A thousand clients that are answered in another order than they came, of which some leave in the middle.
fn echo_clients(server: Server) -> Result<()> {
    let server = server.start()?;
    let before = server.descriptors()?;
    let mut clients = (0..CLIENTS).map(|_| server.connect()).collect::<Result<Vec<_>>>()?;
    server.until_descriptors(before + CLIENTS)?;
    let mut buffer = [0; 5000];
    for round in 0..3 {
        let message = |client: usize| format!("{round}:{client};").repeat(1 + client * 7 % 500);
        for (number, client) in clients.iter_mut().enumerate() {
            client.write_all(message(number).as_bytes())?;
        }
        for (number, client) in clients.iter_mut().enumerate().rev() {
            let wanted = message(number);
            let got = &mut buffer[..wanted.len()];
            client.read_exact(got)?;
            expect("echo", &*got, wanted.as_bytes())?;
        }
    }
    // One sends more than there is room for before it receives anything; meanwhile others send what nobody will read.
    let large = clients.remove(CLIENTS / 2);
    let sending = thread::spawn({
        let large = large.try_clone()?;
        move || (&large).write_all(&LARGE).and_then(|()| large.shutdown(Shutdown::Write))
    });
    for client in clients.iter_mut().step_by(10) {
        client.write_all(b"never read")?;
    }
    expect("the large echo", read_all(&large)? == *LARGE, true)?;
    sending.join().map_err(|_| error("sending panicked"))??;
    drop((large, clients));
    server.until_descriptors(before)
}

fn read_all(mut from: impl Read) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// More clients than the server can have descriptors: the others wait until it has some, and so does the server.
fn exhausted(server: Server) -> Result<()> {
    const MOST: usize = 10;
    let server = server.start()?;
    server.limit_descriptors(MOST)?;
    let before = server.descriptors()?;
    let mut clients = (0..4 * MOST).map(|_| server.connect()).collect::<Result<Vec<_>>>()?;
    for client in &mut clients {
        client.write_all(b"hello")?;
    }
    while !clients.is_empty() {
        server.until_descriptors(before + MOST)?;
        until_state(Pid::from_child(&server.program), 'S').map_err(error)?;
        for mut client in clients.drain(..MOST) {
            let mut answer = [0; 5];
            client.read_exact(&mut answer)?;
            expect("echo", &answer, b"hello")?;
        }
    }
    server.until_descriptors(before)
}

/// While no descriptor is left for a file, the server says so.
fn http_exhausted() -> Result<()> {
    let server = HTTP.start()?;
    server.limit_descriptors(2)?;
    let before = server.descriptors()?;
    let (mut client, other) = (Http::new(&server)?, Http::new(&server)?);
    server.until_descriptors(before + 2)?;
    expect("without one", client.get("/file")?.0, answer("503 Service Unavailable", 0))?;
    drop(other);
    server.until_descriptors(before + 1)?;
    expect("with one", client.get("/file")?.0, answer("200 OK", 10))
}

fn connection_count() -> Result<u32> {
    let count = std::env::var(CONNECTIONS_VARIABLE).map_or(Some(CONNECTIONS), |text| text.parse().ok());
    count.ok_or(error(format!("{CONNECTIONS_VARIABLE} is no number")))
}

/// A program that is both ends of its connections, and may have few descriptors open.
fn both_ends() -> Result<()> {
    let (directory, guest) = (TempDir::new(), guest("wasix/programs/connections"));
    let build = format!("wexe build {guest} --net listen=127.0.0.1:0,connect=127.0.0.1:*");
    let built = shell(&build, &directory).map_err(error)?;
    expect(&format!("{:?}", case::lines(&built, &directory)), built.status.as_str(), "0")?;
    let mut command = Command::new("/bin/sh");
    command.args(["-c", "ulimit -n 16; exec ./connections $0", &connection_count()?.to_string()]);
    let status = command.current_dir(directory.path()).env_clear().status()?;
    expect("status", status.code(), Some(0))
}

/// Connections that are opened and closed one after the other, in the ways in which that happens: there are never more
/// descriptors than there are connections.
fn connections(server: Server) -> Result<()> {
    let count = connection_count()?;
    let server = server.start()?;
    let before = server.descriptors()?;
    let mut most = 0;
    for number in 0..count {
        let mut connection = server.connect()?;
        match number % 4 {
            0 => {}
            1 => connection.write_all(b"never read")?,
            _ => {
                let mut answer = [0; 5];
                connection.write_all(b"hello")?;
                connection.read_exact(&mut answer)?;
                expect("echo", &answer, b"hello")?;
            }
        }
        if number % 100 == 0 {
            most = most.max(server.descriptors()?);
        }
    }
    server.until_descriptors(before)?;
    // Some may have been closed here and not there yet.
    expect(&format!("at most {} descriptors more than {before}", most - before), most <= before + 64, true)
}

/// A connection to the file server, and what was asked for by HEAD, whose answer has no body.
struct Http(BufReader<TcpStream>);

/// What of an answer matters.
#[derive(Debug, PartialEq)]
struct Answer {
    status: String,
    length: usize,
    closes: bool,
}

impl Http {
    fn new(server: &Running) -> Result<Http> {
        Ok(Http(BufReader::new(server.connect()?)))
    }

    fn send(&mut self, text: &str) -> Result<()> {
        self.0.get_mut().write_all(text.as_bytes())
    }

    fn head(&mut self) -> Result<Answer> {
        let mut answer = Answer { status: String::new(), length: 0, closes: false };
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line)?;
            let line = line.strip_suffix("\r\n").ok_or(error(format!("no line of a head: {line:?}")))?;
            match line.split_once(": ") {
                _ if line.is_empty() => return Ok(answer),
                Some(("Content-Length", value)) => answer.length = value.parse().map_err(|_| error(line))?,
                Some(("Connection", "close")) => answer.closes = true,
                _ if answer.status.is_empty() => answer.status = line.replace("HTTP/1.1 ", ""),
                _ => return Err(error(format!("unexpected: {line}"))),
            }
        }
    }

    fn body(&mut self, len: usize) -> Result<Vec<u8>> {
        let mut body = vec![0; len];
        self.0.read_exact(&mut body)?;
        Ok(body)
    }

    /// The answer to GET, and its body as text.
    fn get(&mut self, path: &str) -> Result<(Answer, String)> {
        self.send(&format!("GET {path} HTTP/1.1\r\nHost: here\r\n\r\n"))?;
        let answer = self.head()?;
        let body = String::from_utf8(self.body(answer.length)?).map_err(|_| error("not UTF-8"))?;
        Ok((answer, body))
    }
}

fn answer(status: &str, length: usize) -> Answer {
    Answer { status: status.to_string(), length, closes: false }
}

/// Files and what is none, by one connection that is kept alive.
fn http(server: Server) -> Result<()> {
    let server = server.start()?;
    let mut client = Http::new(&server)?;
    for (path, body) in
        [("/file", "the quick\n"), ("/", "the index\n"), ("/with%20space", ""), ("/%66ile?x=y", "the quick\n")]
    {
        expect(path, client.get(path)?, (answer("200 OK", body.len()), body.to_string()))?;
    }
    // Nothing leads out of the directory; what is no file is not there.
    let outside = [
        "/../secret",
        "/sub/../../secret",
        "/%2e%2e/secret",
        "/..%2Fsecret",
        "/link",
        "//etc/passwd",
        "/%2fetc/passwd",
    ];
    let nothing = ["/nothing", "/sub", "/sub/", "/file/", "/file/x"];
    for path in outside.iter().chain(&nothing) {
        expect(path, client.get(path)?, (answer("404 Not Found", 0), String::new()))?;
    }
    // HEAD says the same and sends nothing, so the next answer comes at once. Fields are found in any case.
    client.send("HEAD /sub/large HTTP/1.1\r\nhOsT:x\r\n\r\n")?;
    expect("HEAD", client.head()?, answer("200 OK", LARGE.len()))?;
    // Many at once, of which the first comes in pieces.
    for piece in ["G", "ET /file HT", "TP/1.1\r\nHost: x\r", "\n\r"] {
        client.send(piece)?;
        thread::sleep(Duration::from_millis(2));
    }
    client.send(&format!("\n{}", "GET /file HTTP/1.1\r\nHost: x\r\n\r\n".repeat(100)))?;
    for _ in 0..101 {
        expect("many at once", client.head()?, answer("200 OK", 10))?;
        expect("many at once", client.body(10)?.as_slice(), b"the quick\n")?;
    }
    // The last one ends the connection.
    client.send("GET /sub/large HTTP/1.1\r\nHost: x\r\nConnection: Close\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n")?;
    expect("the last", client.head()?, Answer { closes: true, ..answer("200 OK", LARGE.len()) })?;
    expect("the large file", read_all(&mut client.0)? == *LARGE, true)
}

/// What is no request, or one that the server does not serve, ends the connection.
fn http_refused() -> Result<()> {
    let server = HTTP.start()?;
    let long = format!("GET /{} HTTP/1.1\r\n", "x".repeat(3000));
    for (request, status) in [
        ("GET /file HTTP/1.1\r\n\r\n", "400 Bad Request"),
        ("GET /file HTTP/2.0\r\nHost: x\r\n\r\n", "400 Bad Request"),
        ("GET file HTTP/1.1\r\nHost: x\r\n\r\n", "400 Bad Request"),
        ("GET /%0 HTTP/1.1\r\nHost: x\r\n\r\n", "400 Bad Request"),
        ("GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n", "400 Bad Request"),
        ("GET /file\r\n\r\n", "400 Bad Request"),
        ("\r\n\r\n", "400 Bad Request"),
        ("POST /file HTTP/1.1\r\nHost: x\r\n\r\n", "501 Not Implemented"),
        ("POST /file HTTP/1.1\r\nHost: x\r\nContent-Length: 30\r\n\r\nGET /", "413 Content Too Large"),
        ("GET /file HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", "413 Content Too Large"),
        (long.as_str(), "431 Request Header Fields Too Large"),
    ] {
        let mut client = Http::new(&server)?;
        client.send(request)?;
        expect(request, client.head()?, Answer { closes: true, ..answer(status, 0) })?;
        expect(request, read_all(&mut client.0)?.is_empty(), true)?;
    }
    // As before there was HTTP/1.1.
    let mut old = Http::new(&server)?;
    old.send("GET /file HTTP/1.0\r\n\r\n")?;
    expect("HTTP/1.0", old.head()?, Answer { closes: true, ..answer("200 OK", 10) })?;
    expect("HTTP/1.0", read_all(&mut old.0)?.as_slice(), b"the quick\n")
}

/// Clients that do not receive hinder nobody, and get everything as soon as they do; some never do.
fn http_slow() -> Result<()> {
    let server = HTTP.start()?;
    let before = server.descriptors()?;
    let mut slow = (0..20).map(|_| Http::new(&server)).collect::<Result<Vec<_>>>()?;
    for client in &mut slow {
        client.send("GET /sub/large HTTP/1.1\r\nHost: x\r\n\r\n")?;
    }
    let mut quick = Http::new(&server)?;
    for _ in 0..100 {
        expect("beside them", quick.get("/file")?.1.as_str(), "the quick\n")?;
    }
    slow.truncate(3);
    for client in &mut slow {
        let len = client.head()?.length;
        expect("the large file", client.body(len)? == *LARGE, true)?;
        expect("after it", client.get("/file")?.1.as_str(), "the quick\n")?;
    }
    // A file that becomes shorter while it is sent ends the connection.
    let file = server.directory.path().join("www/sub/large");
    slow[0].send("GET /sub/large HTTP/1.1\r\nHost: x\r\n\r\n")?;
    slow[0].head()?;
    fs::OpenOptions::new().write(true).open(file)?.set_len(1 << 16)?;
    expect("a shortened file", read_all(&mut slow[0].0)?.len() < LARGE.len(), true)?;
    drop((slow, quick));
    server.until_descriptors(before)
}

/// A thousand connections that are kept alive.
fn http_clients() -> Result<()> {
    let server = HTTP.start()?;
    let before = server.descriptors()?;
    let mut clients = (0..CLIENTS).map(|_| Http::new(&server)).collect::<Result<Vec<_>>>()?;
    server.until_descriptors(before + CLIENTS)?;
    for _ in 0..3 {
        for client in &mut clients {
            client.send("GET /file HTTP/1.1\r\nHost: x\r\n\r\nGET /nothing HTTP/1.1\r\nHost: x\r\n\r\n")?;
        }
        for client in clients.iter_mut().rev() {
            expect("file", client.head()?, answer("200 OK", 10))?;
            expect("file", client.body(10)?.as_slice(), b"the quick\n")?;
            expect("no file", client.head()?, answer("404 Not Found", 0))?;
        }
    }
    drop(clients);
    server.until_descriptors(before)
}

/// Datagrams of every size, from two sockets in turn.
fn udp() -> Result<()> {
    let server = UDP_ECHO.start()?;
    let clients = [UdpSocket::bind("127.0.0.1:0")?, UdpSocket::bind("127.0.0.1:0")?];
    let mut answer = vec![0; 1 << 16];
    for (number, len) in [1, 0, 1000, 65_507, 2, 0].into_iter().enumerate() {
        let client = &clients[number % 2];
        client.set_read_timeout(Some(PATIENCE))?;
        client.send_to(&LARGE[number..number + len], (Ipv4Addr::LOCALHOST, server.port()?))?;
        let (got, from) = client.recv_from(&mut answer)?;
        expect("from", from.port(), server.port()?)?;
        expect("datagram", answer[..got] == LARGE[number..number + len], true)?;
    }
    Ok(())
}

fn local_server() -> Result<()> {
    let server = LOCAL.start()?;
    expect("greeting", server.greeting.as_str(), "ready")?;
    for text in ["hello", "", "x"] {
        let mut client = UnixStream::connect(server.directory.path().join("socket"))?;
        client.set_read_timeout(Some(PATIENCE))?;
        client.write_all(text.as_bytes())?;
        client.shutdown(Shutdown::Write)?;
        let turned: Vec<u8> = text.bytes().rev().collect();
        expect("answer", read_all(client)?, turned)?;
    }
    // A client of its own kind.
    let asked = shell("printf 'both ends' | ./local ask socket", &server.directory).map_err(error)?;
    expect("answer", (asked.status.as_str(), asked.stdout.as_slice()), ("0", &b"sdne htob"[..]))
}

/// What the command writes that asks a server here, which answers in capitals.
fn ask(directory: &TempDir, command: &str, accept: impl FnOnce() -> Result<Vec<u8>> + Send + 'static) -> Result<()> {
    let server = thread::spawn(accept);
    let outcome = shell(command, directory).map_err(error)?;
    // Its socket would wait for ever if nobody had come.
    expect(command, (outcome.status.as_str(), outcome.stdout.as_slice()), ("0", &b"HELLO"[..]))?;
    expect("received", server.join().map_err(|_| error("the server panicked"))??.as_slice(), b"hello")
}

/// Receives everything, and answers in capitals.
fn capitals(mut connection: impl Read + Write) -> Result<Vec<u8>> {
    let received = read_all(&mut connection)?;
    connection.write_all(&received.to_ascii_uppercase())?;
    Ok(received)
}

fn local_client() -> Result<()> {
    let directory = LOCAL.build()?;
    let listener = UnixListener::bind(directory.path().join("socket"))?;
    ask(&directory, "printf hello | ./local ask socket", move || capitals(listener.accept()?.0))
}

/// By a name that has several addresses, or one.
fn client() -> Result<()> {
    let directory = TempDir::new();
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    let build = format!("wexe build {} --net connect=localhost:{port}", guest("wasix/programs/connect"));
    ask(&directory, &format!("{build} && printf hello | ./connect localhost {port}"), move || {
        capitals(listener.accept()?.0)
    })
}
