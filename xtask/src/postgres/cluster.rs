//! One cluster: a folder, a port and a server process.

use std::fs::File;
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::{DirBuilderExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::TEST_ROLE;
use super::binaries::Binaries;
use crate::command::{cannot_run, is_root, output, poll, succeeds};

/// The account that Debian's package makes. PostgreSQL refuses to run as root.
const SERVER_ACCOUNT: &str = "postgres";

/// The superuser inside the cluster.
const SUPERUSER: &str = "postgres";

/// Folders are called this and the process id of their guard.
const FOLDER_PREFIX: &str = "slotbridge-pg-";

const START_LIMIT: Duration = Duration::from_secs(60);
const STOP_LIMIT: Duration = Duration::from_secs(10);

/// Another program may take the port between our look and the server's start.
const PORT_TRIES: u32 = 5;

const SETTINGS: &str = "
listen_addresses = '127.0.0.1'
max_connections = 300
shared_buffers = 128MB
wal_level = minimal
max_wal_senders = 0
logging_collector = off
log_statement = none
log_min_duration_statement = -1
log_timezone = 'UTC'
timezone = 'UTC'
";

/// What a test writes is thrown away at its end, so nothing waits for the disk.
const UNSAFE: &str = "
fsync = off
synchronous_commit = off
full_page_writes = off
";

/// One may be the standby of another. A commit is acknowledged when its standby, where it has one to
/// wait for, has it and shows it. A killed process leaves what it wrote to the system, so nothing waits for
/// the disk here either.
const REPLICATED: &str = "
wal_level = replica
max_wal_senders = 4
wal_keep_size = 256MB
fsync = off
synchronous_commit = remote_apply
full_page_writes = off
";

/// What a cluster is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Tests, each with a database in it.
    Tests,
    /// Benchmarks: its commits are durable.
    Bench,
    /// A test that kills it, or makes it the standby of another.
    Ordeal,
}

impl Purpose {
    const fn settings(self) -> &'static str {
        match self {
            Self::Tests => UNSAFE,
            Self::Bench => "",
            Self::Ordeal => REPLICATED,
        }
    }
}

/// A cluster that answers; dropping it stops the server and deletes the folder.
pub(super) struct Cluster {
    files: Files,
    server: Option<Child>,
    port: u16,
}

impl Cluster {
    /// Makes a cluster, starts its server and makes the role that tests connect as.
    pub(super) fn start(binaries: Binaries, purpose: Purpose) -> Result<Self, String> {
        let files = Files::lay_out(binaries)?;
        let mut cluster = Self {
            files,
            server: None,
            port: 0,
        };
        cluster.files.initialise(purpose)?;
        for _ in 0..PORT_TRIES {
            if cluster.answers_on(free_port()?)? {
                cluster.make_role()?;
                return Ok(cluster);
            }
        }
        Err(format!(
            "PostgreSQL ended right at its start:\n{}",
            cluster.files.end_of_log()
        ))
    }

    /// Where it listens on 127.0.0.1.
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// `kill -9` of the server and of all processes that serve for it.
    pub(super) fn kill(&mut self) -> Result<(), String> {
        let Some(mut server) = self.server.take() else {
            return Ok(());
        };
        let pid = server.id();
        let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"));
        let children = children.unwrap_or_default();
        // The server first, which would otherwise see to the death of the others.
        let mut kill = Command::new("kill");
        kill.arg("-KILL").arg(pid.to_string());
        succeeds(kill.args(children.split_whitespace()));
        let ended = server.wait();
        ended.map_err(|error| format!("the server cannot be killed: {error}"))?;
        let gone = || children.split_whitespace().all(is_gone).then_some(());
        poll(STOP_LIMIT, gone).ok_or_else(|| "some of the server's processes live on".to_owned())
    }

    /// Starts the server again where it was.
    pub(super) fn start_again(&mut self) -> Result<(), String> {
        for _ in 0..PORT_TRIES {
            if self.answers_on(self.port)? {
                return Ok(());
            }
        }
        Err(format!(
            "PostgreSQL does not start again:\n{}",
            self.files.end_of_log()
        ))
    }

    /// Throws away what it has, and starts as the standby of the server on that port.
    pub(super) fn follow(&mut self, port: u16) -> Result<(), String> {
        self.kill()?;
        let data = self.files.data();
        std::fs::remove_dir_all(&data)
            .map_err(|error| format!("cannot delete {}: {error}", data.display()))?;
        self.files.copy_from(port)?;
        self.start_again()
    }

    /// Starts the server on this port; `false` if it ended at once, as it does on a taken port.
    fn answers_on(&mut self, port: u16) -> Result<bool, String> {
        let mut serving = self.files.server_command(port)?;
        let server = serving
            .spawn()
            .map_err(|error| cannot_run(&serving, &error))?;
        let server = self.server.insert(server);
        self.port = port;
        // Asked over the socket in the cluster's own folder: whoever answers there is this server.
        let mut ask = self.files.client("pg_isready", port);
        poll(START_LIMIT, || match server.try_wait() {
            Ok(None) => succeeds(&mut ask).then_some(true),
            Ok(Some(_)) | Err(_) => Some(false),
        })
        .ok_or_else(|| {
            let log = self.files.end_of_log();
            format!("PostgreSQL did not answer within {START_LIMIT:?}:\n{log}")
        })
    }

    fn make_role(&self) -> Result<(), String> {
        let mut psql = self.files.client("psql", self.port);
        psql.args([
            "--no-psqlrc",
            "--quiet",
            "--set=ON_ERROR_STOP=1",
            "--dbname=postgres",
        ])
        .arg(format!("--command=CREATE ROLE {TEST_ROLE} LOGIN CREATEDB"));
        output(&mut psql).map(drop)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(mut server) = self.server.take() {
            let running = matches!(server.try_wait(), Ok(None));
            if running {
                let _ = output(&mut self.files.stop_command());
            }
            let ended = || server.try_wait().ok().flatten();
            if poll(STOP_LIMIT, ended).is_none() {
                let _ = server.kill();
                let _ = server.wait();
            }
        }
        // Processes of a killed server may write a last file.
        let folder = &self.files.folder;
        let removed = poll(STOP_LIMIT, || std::fs::remove_dir_all(folder).ok());
        if removed.is_none() {
            eprintln!("xtask: could not delete {}", folder.display());
        }
    }
}

/// The folder of a cluster, and how to run PostgreSQL's programs on it.
struct Files {
    binaries: Binaries,
    folder: PathBuf,
    /// Root hands the server to the account that Debian's package made for it.
    as_account: bool,
}

impl Files {
    fn lay_out(binaries: Binaries) -> Result<Self, String> {
        let folder = std::env::temp_dir().join(format!("{FOLDER_PREFIX}{}", std::process::id()));
        let made = private_folder(&folder);
        made.map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
        let files = Self {
            binaries,
            folder,
            as_account: is_root(),
        };
        if files.as_account
            && let Err(why) = hand_over(&files.folder)
        {
            let _ = std::fs::remove_dir(&files.folder);
            return Err(why);
        }
        Ok(files)
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn log(&self) -> PathBuf {
        self.folder.join("postgres.log")
    }

    fn initialise(&self, purpose: Purpose) -> Result<(), String> {
        let mut initdb = self.as_server_account("initdb", &[]);
        initdb
            .arg("--pgdata")
            .arg(self.data())
            .args(["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"])
            .arg(format!("--username={SUPERUSER}"));
        output(&mut initdb)?;

        let settings = format!("{SETTINGS}{}", purpose.settings());
        self.configure("postgresql.conf", &settings)
    }

    /// Makes it the copy of a running server, which it follows once it is started.
    fn copy_from(&self, port: u16) -> Result<(), String> {
        let mut copy = self.as_server_account("pg_basebackup", &[]);
        copy.arg("--pgdata")
            .arg(self.data())
            .args(["--host=127.0.0.1", "--checkpoint=fast", "--no-sync"])
            .args(["--write-recovery-conf", "--wal-method=stream"])
            .arg(format!("--port={port}"))
            .arg(format!("--username={SUPERUSER}"));
        output(&mut copy)?;
        // Once it is promoted it has no standby to wait for.
        self.configure("postgresql.auto.conf", "synchronous_standby_names = ''\n")
    }

    /// Adds settings and its own socket's place to a file, in which the last word counts.
    fn configure(&self, name: &str, settings: &str) -> Result<(), String> {
        let path = self.data().join(name);
        let socket_folder = self.folder.display();
        File::options()
            .append(true)
            .open(&path)
            .and_then(|mut file| {
                writeln!(
                    file,
                    "{settings}unix_socket_directories = '{socket_folder}'"
                )
            })
            .map_err(|error| format!("cannot write {}: {error}", path.display()))
    }

    /// The server itself, in the foreground, so that it is this process's child.
    fn server_command(&self, port: u16) -> Result<Command, String> {
        let log = File::options().create(true).append(true).open(self.log());
        let log = log.and_then(|log| Ok((log.try_clone()?, log)));
        let (out, err) = log.map_err(|error| format!("cannot write the server's log: {error}"))?;
        // The kernel stops the server if this process is killed and so cannot.
        let mut server = self.as_server_account("postgres", &["--pdeathsig=INT"]);
        server
            .arg("-D")
            .arg(self.data())
            .args(["-p", &port.to_string()])
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(err);
        Ok(server)
    }

    fn stop_command(&self) -> Command {
        let mut stop = self.as_server_account("pg_ctl", &[]);
        stop.arg("stop")
            .arg("--pgdata")
            .arg(self.data())
            .args(["--mode=immediate", "--timeout=10"]);
        stop
    }

    /// A client that speaks to the server over its socket, as superuser.
    fn client(&self, name: &str, port: u16) -> Command {
        let mut client = self.bare(&self.binaries.program(name));
        client
            .arg("--host")
            .arg(&self.folder)
            .arg(format!("--port={port}"))
            .arg(format!("--username={SUPERUSER}"));
        client
    }

    /// A program that must not run as root, with what `setpriv` shall do besides.
    fn as_server_account(&self, name: &str, privileges: &[&str]) -> Command {
        let program = self.binaries.program(name);
        let mut setpriv = self.bare(Path::new("setpriv"));
        setpriv.args(privileges);
        if self.as_account {
            setpriv
                .arg(format!("--reuid={SERVER_ACCOUNT}"))
                .arg(format!("--regid={SERVER_ACCOUNT}"))
                .arg("--init-groups");
        } else if privileges.is_empty() || !succeeds(Command::new("setpriv").arg("--version")) {
            return self.bare(&program);
        }
        setpriv.arg(program);
        setpriv
    }

    /// A program in the cluster's folder, free of settings meant for another cluster (`PGHOST`, …).
    fn bare(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.folder).env("LC_ALL", "C");
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(|name| name.starts_with("PG")) {
                command.env_remove(name);
            }
        }
        command
    }

    fn end_of_log(&self) -> String {
        let log = std::fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let start = lines.len().saturating_sub(20);
        lines.get(start..).unwrap_or_default().join("\n")
    }
}

/// Whether a process has ended, even if nobody has asked how.
fn is_gone(pid: &str) -> bool {
    let state = std::fs::read_to_string(Path::new("/proc").join(pid).join("stat"));
    state.map_or(true, |state| state.contains(") Z "))
}

fn free_port() -> Result<u16, String> {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| format!("no free port on 127.0.0.1: {error}"))
}

fn private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.mode(0o700).create(folder)
}

/// Gives the folder to the server's account.
fn hand_over(folder: &Path) -> Result<(), String> {
    let id = |which: &str| -> Result<u32, String> {
        let id = output(Command::new("id").args([which, SERVER_ACCOUNT]))?;
        id.trim()
            .parse()
            .map_err(|_| format!("`id` answered {id:?}"))
    };
    let (user, group) = (id("-u")?, id("-g")?);
    chown(folder, Some(user), Some(group)).map_err(|error| {
        format!(
            "cannot give {} to {SERVER_ACCOUNT}: {error}",
            folder.display()
        )
    })
}

/// Deletes the folders of guards that were killed. Only Linux says which processes live.
pub(super) fn remove_abandoned() {
    let lives = |pid: &str| Path::new("/proc").join(pid).exists();
    if !lives("self") {
        return;
    }
    for entry in std::fs::read_dir(std::env::temp_dir())
        .into_iter()
        .flatten()
        .flatten()
    {
        let name = entry.file_name();
        let Some(guard) = name
            .to_str()
            .and_then(|name| name.strip_prefix(FOLDER_PREFIX))
        else {
            continue;
        };
        let noted = std::fs::read_to_string(entry.path().join("data/postmaster.pid"));
        let server_lives = noted.is_ok_and(|noted| noted.lines().next().is_some_and(lives));
        if guard.parse::<u32>().is_ok() && !lives(guard) && !server_lives {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}
