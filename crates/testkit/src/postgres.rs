//! PostgreSQL servers of a test's own, that are killed, start again, and stand by for one another.
//!
//! Each has a guard, a process of `cargo xtask` that ends with the test, however that ends.
#![expect(
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test without its servers ends here"
)]

use crate::TestDatabase;
use crate::database::{with_client, with_database};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

/// Names the program that starts servers.
const PROGRAM: &str = "SLOTBRIDGE_TEST_POSTGRES";

/// One server; it ends when this is dropped.
pub struct PostgresServer {
    guard: Child,
    /// Closing it ends the guard.
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    port: u16,
}

impl PostgresServer {
    /// Starts one. A commit in it is durable as long as the machine lives.
    #[must_use]
    pub fn start() -> Self {
        let program = std::env::var_os(PROGRAM).unwrap_or_else(|| {
            panic!("{PROGRAM} is not set: run `cargo xtask test --engine postgres`")
        });
        let mut guard = Command::new(program)
            .args(["postgres-guard", "ordeal"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // What stops the test must not stop it: it has to clean up.
            .process_group(0)
            .spawn()
            .unwrap_or_else(|error| panic!("no guard of a server: {error}"));
        let answers = guard.stdout.take().map(BufReader::new);
        let mut server = Self {
            orders: guard.stdin.take(),
            answers: answers.unwrap_or_else(|| panic!("a guard without a voice")),
            guard,
            port: 0,
        };
        let port = server.answer();
        server.port = port
            .parse()
            .unwrap_or_else(|_| panic!("the server does not start: {port}"));
        server
    }

    fn answer(&mut self) -> String {
        let mut line = String::new();
        let read = self.answers.read_line(&mut line);
        read.unwrap_or_else(|error| panic!("the guard is gone: {error}"));
        line.trim().to_owned()
    }

    fn order(&mut self, order: &str) {
        if let Some(orders) = &mut self.orders {
            let told = writeln!(orders, "{order}");
            told.unwrap_or_else(|error| panic!("the guard is gone: {error}"));
        }
        let answer = self.answer();
        assert_eq!(answer, "ok", "{order}");
    }

    /// `kill -9` of it and of all processes that serve for it.
    pub fn kill(&mut self) {
        self.order("kill");
    }

    /// Starts it again, with what it has.
    pub fn start_again(&mut self) {
        self.order("start");
    }

    /// Throws away what it has, and makes it the standby of another.
    fn follow(&mut self, primary: &Self) {
        self.order(&format!("follow {}", primary.port));
    }

    /// The URL by which tests connect, as a role that may create databases.
    #[must_use]
    pub fn url(&self) -> String {
        format!(
            "postgres://slotbridge_test@127.0.0.1:{}/postgres",
            self.port
        )
    }

    /// The URL of a database on it that is there under the same name elsewhere.
    #[must_use]
    pub fn url_of(&self, database: &TestDatabase) -> String {
        let url = database.url().unwrap_or_default();
        let (_, path) = url.rsplit_once('/').unwrap_or_default();
        let (name, _) = path.split_once('?').unwrap_or((path, ""));
        with_database(&self.url(), name)
    }

    /// Asks as superuser until the answer is yes.
    fn until(&self, question: &str) {
        let url = format!("postgres://postgres@127.0.0.1:{}/postgres", self.port);
        let asked = with_client(&url, async |client| {
            let mut tick = tokio::time::interval(Duration::from_millis(10));
            loop {
                tick.tick().await;
                let row = client.query_one(question, &[]).await?;
                if row.try_get(0)? {
                    return Ok(());
                }
            }
        });
        asked.unwrap_or_else(|error| panic!("{question}: {error}"));
    }

    /// Does something as superuser.
    fn run(&self, command: &str) {
        let url = format!("postgres://postgres@127.0.0.1:{}/postgres", self.port);
        let done = with_client(&url, async |client| client.batch_execute(command).await);
        done.unwrap_or_else(|error| panic!("{command}: {error}"));
    }

    /// Commits from now on wait for a standby, or for none.
    fn wait_for(&self, standbys: &str) {
        self.run(&format!(
            "ALTER SYSTEM SET synchronous_standby_names = '{standbys}'"
        ));
        self.run("SELECT pg_reload_conf()");
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        drop(self.orders.take());
        let _ = self.guard.wait();
    }
}

/// A primary and its standby, for which each commit waits.
pub struct Pair {
    primary: PostgresServer,
    standby: PostgresServer,
}

impl Pair {
    /// Starts them.
    #[must_use]
    pub fn start() -> Self {
        let mut pair = Self {
            primary: PostgresServer::start(),
            standby: PostgresServer::start(),
        };
        pair.rebuild();
        pair
    }

    /// The URL that finds whichever of the two is the primary.
    #[must_use]
    pub fn url(&self) -> String {
        format!(
            "postgres://slotbridge_test@127.0.0.1:{},127.0.0.1:{}/postgres\
             ?target_session_attrs=read-write",
            self.primary.port, self.standby.port
        )
    }

    /// Kills the primary.
    pub fn kill_primary(&mut self) {
        self.primary.kill();
    }

    /// The standby takes the primary's place, whether that is dead or takes writes as well.
    pub fn promote(&mut self) {
        self.standby.until("SELECT pg_promote()");
        std::mem::swap(&mut self.primary, &mut self.standby);
    }

    /// Makes the other server the standby, whatever it has, and lets commits wait for it.
    pub fn rebuild(&mut self) {
        self.standby.follow(&self.primary);
        self.primary.wait_for("*");
        self.primary
            .until("SELECT EXISTS (SELECT FROM pg_stat_replication WHERE sync_state = 'sync')");
    }

    /// The URL of a database on the primary, and on nobody else.
    #[must_use]
    pub fn primary_url(&self, database: &TestDatabase) -> String {
        self.primary.url_of(database)
    }

    /// The URL of a database on the standby, and on nobody else.
    #[must_use]
    pub fn standby_url(&self, database: &TestDatabase) -> String {
        self.standby.url_of(database)
    }

    /// Another standby of the primary.
    #[must_use]
    pub fn another_standby(&self) -> PostgresServer {
        let mut standby = PostgresServer::start();
        standby.follow(&self.primary);
        standby
    }

    /// Kills the standby.
    pub fn kill_standby(&mut self) {
        self.standby.kill();
    }

    /// No commit waits for the standby any more.
    pub fn let_commits_go(&self) {
        self.primary.wait_for("");
    }

    /// The standby writes what it gets and says no more that it has it: commits that wait for it
    /// wait.
    pub fn hold_commits(&self) {
        self.pause_replay();
    }

    /// The standby gets all and shows nothing of it, until it replays again. Waits until it is so.
    pub fn pause_replay(&self) {
        self.standby.run("SELECT pg_wal_replay_pause()");
        self.standby
            .until("SELECT pg_get_wal_replay_pause_state() = 'paused'");
    }

    /// The standby replays again.
    pub fn resume_replay(&self) {
        self.standby.run("SELECT pg_wal_replay_resume()");
    }

    /// Waits until the standby shows all that the primary has written.
    pub fn until_replayed(&self) {
        self.primary.until(
            "SELECT bool_and(replay_lsn >= pg_current_wal_insert_lsn()) FROM pg_stat_replication",
        );
    }

    /// Waits until a commit is held, and the standby has all that was written.
    pub fn until_a_commit_is_held(&self) {
        self.primary.until(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep')
             AND (SELECT bool_and(flush_lsn >= pg_current_wal_lsn()) FROM pg_stat_replication)",
        );
    }

    /// The standby dies, and no commit waits for it: what is acknowledged from now on is on one
    /// server alone.
    pub fn forsake_standby(&mut self) {
        self.let_commits_go();
        self.kill_standby();
    }

    /// A killed primary comes to life again.
    pub fn revive_primary(&mut self) {
        self.primary.start_again();
    }

    /// The standby comes to life again after the primary's death.
    pub fn revive_standby(&mut self) {
        self.standby.start_again();
    }
}
