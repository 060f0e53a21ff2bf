//! Running the binary: to its end, or as a server until it is asked to stop.

mod practice;

pub(crate) use practice::{Practice, tomorrow};

use serde_json::Value;
use slotbridge_store::Location;
use slotbridge_testkit::{TestDatabase, database::MASTER_KEY};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;
use std::time::Duration;
use tempfile::TempDir;

/// The longest that anything here is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// The binary, with nothing of this run's environment but what it needs.
pub(crate) fn slotbridge(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_slotbridge"));
    command.env_clear().args(arguments).stdin(Stdio::null());
    command.envs(std::env::vars_os().filter(|(name, _)| name == "TMPDIR" || name == "PATH"));
    command
}

/// How a run of the binary ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    /// What it printed, if it succeeded.
    pub(crate) fn good(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.stdout
    }

    /// What it complained of, if it failed with this exit code.
    pub(crate) fn bad(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{self:?}");
        self.stderr
    }

    /// What it printed as JSON.
    pub(crate) fn json(self) -> Value {
        serde_json::from_str(&self.good()).unwrap()
    }
}

/// Runs it to its end.
pub(crate) fn run(command: &mut Command) -> Ended {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ended {
        code: output.status.code(),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

/// A running process whose output is read as it comes. Killed when dropped.
pub(crate) struct Process {
    pid: u32,
    lines: Receiver<String>,
    ended: Receiver<ExitStatus>,
    stderr: Option<JoinHandle<String>>,
    seen: Vec<String>,
    done: bool,
}

impl Process {
    /// Starts it.
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let pid = child.id();
        let (out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let (say, lines) = channel();
        std::thread::spawn(move || {
            BufReader::new(out)
                .lines()
                .map_while(Result::ok)
                .try_for_each(|line| say.send(line))
        });
        let stderr = std::thread::spawn(move || {
            let mut text = String::new();
            let _ = err.read_to_string(&mut text);
            text
        });
        Self {
            pid,
            lines,
            ended: ending(child),
            stderr: Some(stderr),
            seen: Vec::new(),
            done: false,
        }
    }

    /// Waits for a line that begins like this, and gives the rest of it.
    pub(crate) fn wait_for(&mut self, beginning: &str) -> String {
        loop {
            let Ok(line) = self.lines.recv_timeout(PATIENCE) else {
                let stderr = self.finish().1;
                panic!(
                    "no line begins with {beginning:?}: {:?}\n{stderr}",
                    self.seen
                );
            };
            self.seen.push(line.clone());
            if let Some(rest) = line.trim_start().strip_prefix(beginning) {
                return rest.trim().to_owned();
            }
        }
    }

    /// Its id.
    pub(crate) const fn id(&self) -> u32 {
        self.pid
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("sh")
            .args(["-c", &format!("kill -{name} {}", self.pid)])
            .status();
        assert!(sent.unwrap().success());
    }

    /// Waits for its end: the exit code, and all that it wrote to stderr.
    pub(crate) fn wait(mut self) -> (Option<i32>, String) {
        let Ok(status) = self.ended.recv_timeout(PATIENCE) else {
            let stderr = self.finish().1;
            panic!("it does not end\n{stderr}");
        };
        self.done = true;
        (status.code(), self.stderr.take().unwrap().join().unwrap())
    }

    /// Whether it ends within a time.
    pub(crate) fn ends_within(&mut self, time: Duration) -> bool {
        self.done = self.done || self.ended.recv_timeout(time).is_ok();
        self.done
    }

    /// Kills it and gives what it wrote to stderr.
    fn finish(&mut self) -> ((), String) {
        if !self.done {
            self.signal("KILL");
            let _ = self.ended.recv_timeout(PATIENCE);
            self.done = true;
        }
        (
            (),
            self.stderr
                .take()
                .map(|text| text.join().unwrap())
                .unwrap_or_default(),
        )
    }
}

fn ending(mut child: Child) -> Receiver<ExitStatus> {
    let (tell, ended) = channel();
    std::thread::spawn(move || tell.send(child.wait().unwrap()));
    ended
}

impl Drop for Process {
    fn drop(&mut self) {
        self.finish();
    }
}

/// Where servers of a test keep what they have: a database on the engine of this run, and a folder.
pub(crate) struct Place {
    database: TestDatabase,
    folder: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self {
            database: TestDatabase::new(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// The folder: of the store, or on PostgreSQL of the operator's token alone.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Whether the store is embedded.
    pub(crate) fn is_embedded(&self) -> bool {
        self.database.folder().is_some()
    }

    /// The master key, as hexadecimal digits: given to a hub on PostgreSQL, made by an embedded one.
    pub(crate) fn master_key(&self) -> String {
        if self.is_embedded() {
            let text = std::fs::read_to_string(self.folder().join("master-key")).unwrap();
            return text.trim().to_owned();
        }
        MASTER_KEY
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// `slotbridge serve` here, on any free port.
    pub(crate) fn serve(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(&["serve"]);
        command.args(arguments);
        command.env("SLOTBRIDGE_LISTEN", "127.0.0.1:0");
        command
    }

    /// `slotbridge` with the store of this place.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = slotbridge(arguments);
        command.env("SLOTBRIDGE_DATA_DIR", self.folder());
        if let Location::Postgres(url) = self.database.location() {
            let key = self.master_key();
            command
                .env("SLOTBRIDGE_DATABASE_URL", url)
                .env("SLOTBRIDGE_MASTER_KEY", key);
            command.env("SLOTBRIDGE_POSTGRES_CONNECTIONS", "2");
        }
        command
    }

    /// Where the store is.
    pub(crate) fn location(&self) -> Location {
        match self.database.location() {
            Location::Folder(_) => Location::Folder(self.folder().to_owned()),
            postgres @ Location::Postgres(_) => postgres,
        }
    }

    /// Starts a server here.
    pub(crate) fn start(&self, arguments: &[&str]) -> Server {
        self.start_with(arguments, &[])
    }

    /// The same, with more in its environment.
    pub(crate) fn start_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Server {
        let mut command = self.serve(arguments);
        Server::of(Process::start(command.envs(variables.iter().copied())))
    }

    /// The same, under a limit of the system's, as prlimit(1) takes it.
    pub(crate) fn start_within(&self, limit: &str) -> Server {
        let command = self.serve(&[]);
        let variables = command.get_envs();
        let mut limited = Command::new("prlimit");
        limited
            .env_clear()
            .envs(variables.filter_map(|(name, value)| Some((name, value?))))
            .arg(limit)
            .arg(command.get_program())
            .args(command.get_args())
            .stdin(Stdio::null());
        Server::of(Process::start(&mut limited))
    }

    /// The operator's token that the first start made.
    pub(crate) fn token(&self) -> String {
        let text = std::fs::read_to_string(self.folder().join("operator-token")).unwrap();
        text.trim().to_owned()
    }

    /// `slotbridge admin` with the token of this place.
    pub(crate) fn admin(&self, server: &Server, arguments: &[&str]) -> Ended {
        let folder = self.folder().to_str().unwrap();
        let mut all = vec!["admin", "--url", &server.url, "--data-dir", folder];
        all.extend(arguments);
        run(&mut slotbridge(&all))
    }
}

/// A running server.
pub(crate) struct Server {
    pub(crate) process: Process,
    pub(crate) url: String,
}

impl Server {
    fn of(mut process: Process) -> Self {
        let url = process.wait_for("Listening on");
        Self { process, url }
    }

    /// A connection to it.
    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.url.strip_prefix("http://").unwrap()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// A figure of the kernel's about the process, in bytes.
    pub(crate) fn memory(&self, name: &str) -> usize {
        let path = format!("/proc/{}/status", self.process.id());
        let text = std::fs::read_to_string(path).unwrap();
        let line = text.lines().find(|line| line.starts_with(name)).unwrap();
        let kilobytes = line.split_whitespace().nth(1).unwrap();
        kilobytes.parse::<usize>().unwrap() * 1024
    }

    /// Makes a call with headers and a body as they are; the status, and the whole answer.
    pub(crate) fn send(&self, call: &str, headers: &[(&str, &str)], body: &[u8]) -> (u16, String) {
        let mut stream = self.connect();
        let mut head = format!("{call} HTTP/1.1\r\nhost: hub\r\nconnection: close\r\n");
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        head += &format!("content-length: {}\r\n\r\n", body.len());
        stream.write_all(&[head.as_bytes(), body].concat()).unwrap();
        let mut answer = Vec::new();
        // Refused before all was read, it may be cut off.
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer.split(' ').nth(1).and_then(|text| text.parse().ok());
        (status.unwrap_or(0), answer)
    }

    /// Makes a call and gives the status and the body.
    pub(crate) fn call(&self, method: &str, path: &str, token: &str, body: &str) -> (u16, Value) {
        let mut stream = self.connect();
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: hub\r\nauthorization: Bearer {token}\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\
             connection: close\r\n\r\n{body}"
        )
        .unwrap();
        answer(&mut stream)
    }

    /// Asks it to stop, and waits until it has: it must be in order.
    pub(crate) fn stop(self) -> String {
        self.process.signal("TERM");
        let (code, stderr) = self.process.wait();
        assert_eq!(code, Some(0), "{stderr}");
        stderr
    }
}

/// Reads an answer to its end.
pub(crate) fn answer(stream: &mut TcpStream) -> (u16, Value) {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text
        .split_once("\r\n\r\n")
        .unwrap_or_else(|| panic!("no answer: {text:?}"));
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap_or(Value::Null))
}
