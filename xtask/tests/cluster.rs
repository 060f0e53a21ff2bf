//! The private PostgreSQL server, for real. Runs with the tests on PostgreSQL.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Prints a line once the server answers, then stays until its standard input closes.
const STAY: &str = "echo \"$PGPORT\"; cat > /dev/null";

fn xtask(script: &str) -> Command {
    let mut xtask = Command::new(env!("CARGO_BIN_EXE_xtask"));
    xtask.args(["postgres", "--", "sh", "-c", script]);
    xtask
}

/// What the script prints beside a server; it must end well.
fn printed(script: &str) -> String {
    let output = xtask(script).output().unwrap();
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(
        output.status.success(),
        "{script}: {}\n{out}\n{err}",
        output.status
    );
    out.trim().to_owned()
}

/// A task that holds its server until it is killed.
struct Staying {
    task: Child,
    port: u16,
}

impl Staying {
    fn start() -> Self {
        let mut task = xtask(STAY)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        BufReader::new(task.stdout.take().unwrap())
            .read_line(&mut said)
            .unwrap();
        Self {
            task,
            port: said.trim().parse().unwrap(),
        }
    }

    fn listens(&self) -> bool {
        TcpStream::connect(("127.0.0.1", self.port)).is_ok()
    }

    /// The process that owns the cluster: the task's child that is no shell.
    fn guard(&self) -> u32 {
        let task = self.task.id();
        let children = std::fs::read_to_string(format!("/proc/{task}/task/{task}/children"));
        let children = children.unwrap();
        let is_guard = |pid: &&str| {
            let line = std::fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            line.contains("postgres-guard")
        };
        children
            .split_whitespace()
            .find(is_guard)
            .unwrap()
            .parse()
            .unwrap()
    }
}

fn folder_of(guard: u32) -> PathBuf {
    std::env::temp_dir().join(format!("slotbridge-pg-{guard}"))
}

#[expect(
    clippy::disallowed_methods,
    reason = "another process's end can only be polled"
)]
fn wait_until(what: &str, condition: impl Fn() -> bool) {
    for _ in 0..600 {
        if condition() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("waited 30 s in vain until {what}");
}

#[test]
fn tests_connect_by_the_url_as_a_role_that_row_level_security_holds_back() {
    let asked = "psql \"$SLOTBRIDGE_TEST_DATABASE_URL\" -XAtc \"SELECT current_user, rolsuper, \
                 rolbypassrls, rolcreatedb, current_setting('server_encoding'), \
                 current_setting('lc_collate'), current_setting('fsync'), inet_server_addr() \
                 FROM pg_roles WHERE rolname = current_user\"";
    assert_eq!(printed(asked), "slotbridge_test|f|f|t|UTF8|C|off|127.0.0.1");
}

#[test]
fn tests_make_databases_of_their_own() {
    let script = "createdb mine && psql -XAtqd mine -c 'CREATE TABLE t (a int)' -c 'TABLE t' \
                  && dropdb mine && echo \"$SLOTBRIDGE_TEST_ENGINE\"";
    assert_eq!(printed(script), "postgres");
}

#[test]
fn the_exit_code_is_the_commands() {
    assert_eq!(xtask("exit 7").status().unwrap().code(), Some(7));
}

#[test]
fn nothing_is_left_after_the_end() {
    let mut staying = Staying::start();
    let folder = folder_of(staying.guard());
    assert!(staying.listens());
    assert!(folder.exists());

    drop(staying.task.stdin.take());
    assert!(staying.task.wait().unwrap().success());

    assert!(!folder.exists());
    assert!(!staying.listens());
}

#[test]
fn nothing_is_left_when_the_task_is_killed() {
    let mut staying = Staying::start();
    let folder = folder_of(staying.guard());
    assert!(staying.listens());
    assert!(folder.exists());

    staying.task.kill().unwrap();
    staying.task.wait().unwrap();

    wait_until("the folder is gone", || !folder.exists());
    assert!(!staying.listens());
}

#[test]
fn a_killed_guard_takes_the_server_with_it_and_the_next_one_clears_its_folder() {
    let mut staying = Staying::start();
    let guard = staying.guard();
    let folder = folder_of(guard);

    let killed = Command::new("kill")
        .args(["-KILL", &guard.to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    wait_until("the server is gone", || !staying.listens());
    staying.task.kill().unwrap();
    staying.task.wait().unwrap();

    wait_until("the folder is gone", || {
        printed("true");
        !folder.exists()
    });
}
