//! The binary as a process that is killed and started again on the same store.

use serde_json::Value;
use slotbridge_store::Location;
use slotbridge_testkit::ledger::Answer;
use slotbridge_testkit::ledger::load::Face;
use slotbridge_testkit::{TestDatabase, database::MASTER_KEY};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// Where the binary keeps what it has.
pub(crate) struct Place {
    pub(crate) database: TestDatabase,
    /// What is set besides.
    pub(crate) settings: &'static [(&'static str, &'static str)],
    folder: TempDir,
}

impl Place {
    pub(crate) fn new(database: TestDatabase) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            database,
            settings: &[],
            folder,
        }
    }

    /// The data folder.
    pub(crate) fn folder(&self) -> &Path {
        self.database.folder().unwrap_or(self.folder.path())
    }

    /// Makes `command`, which runs the binary in the end, serve here.
    fn prepare(&self, command: &mut Command) {
        command.env_clear();
        command.envs(std::env::vars_os().filter(|(name, _)| name == "TMPDIR" || name == "PATH"));
        command
            .env("SLOTBRIDGE_LISTEN", "127.0.0.1:0")
            .env("SLOTBRIDGE_DATA_DIR", self.folder())
            .env("SLOTBRIDGE_SANDBOX", "true")
            .env("SLOTBRIDGE_BOOKING_REQUESTS_PER_MINUTE", "1000000")
            .env("SLOTBRIDGE_LOG", "warn")
            .envs(self.settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        if let Location::Postgres(url) = self.database.location() {
            let key: String = MASTER_KEY
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            command
                .env("SLOTBRIDGE_DATABASE_URL", url)
                .env("SLOTBRIDGE_MASTER_KEY", key)
                .env("SLOTBRIDGE_POSTGRES_CONNECTIONS", "4");
        }
    }

    /// Starts it and does not wait.
    pub(crate) fn spawn(&self) -> Hub {
        let mut command = Command::new(env!("CARGO_BIN_EXE_slotbridge"));
        self.spawn_as(command.arg("serve"))
    }

    /// The same by another command.
    pub(crate) fn spawn_as(&self, command: &mut Command) -> Hub {
        self.prepare(command);
        let child = command.spawn().unwrap();
        Hub {
            child,
            url: String::new(),
        }
    }

    /// Starts it and waits until it serves.
    pub(crate) async fn start(&self) -> Hub {
        self.spawn().ready().await
    }

    /// The operator's token that the first start made.
    pub(crate) fn token(&self) -> String {
        let text = std::fs::read_to_string(self.folder().join("operator-token")).unwrap();
        text.trim().to_owned()
    }
}

/// A running binary; killed when dropped.
pub(crate) struct Hub {
    child: Child,
    pub(crate) url: String,
}

impl Hub {
    /// Waits until it serves.
    pub(crate) async fn ready(mut self) -> Self {
        let out = self.child.stdout.take().unwrap();
        let listening = tokio::task::spawn_blocking(|| {
            let mut lines = BufReader::new(out).lines().map_while(Result::ok);
            let url = lines.find_map(|line| {
                let rest = line.trim_start().strip_prefix("Listening on")?;
                Some(rest.trim().to_owned())
            });
            // The rest is read to its end, so that the hub is never held up by it.
            std::thread::spawn(move || lines.count());
            url
        });
        self.url = listening.await.unwrap().unwrap_or_default();
        assert!(!self.url.is_empty(), "it does not start");
        self
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// `kill -9`.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop.
    pub(crate) fn ask_to_stop(&self) {
        let pid = self.pid().to_string();
        let sent = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(sent.unwrap().success());
    }

    /// Asks it to stop, and waits until it has.
    pub(crate) fn stop(self) {
        self.ask_to_stop();
        self.stopped();
    }

    /// Waits until it has stopped, in good order.
    pub(crate) fn stopped(mut self) {
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        // It may have ended long ago.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The way to a hub over HTTP.
#[derive(Clone)]
pub(crate) struct Http {
    client: reqwest::Client,
    pub(crate) url: String,
}

impl Http {
    pub(crate) fn new(url: &str) -> Self {
        let client = reqwest::Client::builder()
            .timeout(Duration::from_secs(30))
            .no_proxy()
            .build()
            .unwrap();
        Self {
            client,
            url: url.to_owned(),
        }
    }

    /// The answer with its header `Retry-After`.
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: Vec<(String, String)>,
        body: &Value,
    ) -> Option<(u16, Option<String>, Value)> {
        let method = method.parse().unwrap();
        let mut request = self.client.request(method, format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(name, value);
        }
        if !body.is_null() {
            request = request.json(body);
        }
        let answer = request.send().await.ok()?;
        let status = answer.status().as_u16();
        let retry = answer.headers().get("retry-after").cloned();
        let bytes = answer.bytes().await.ok()?;
        let retry = retry.and_then(|value| value.to_str().ok().map(str::to_owned));
        Some((
            status,
            retry,
            serde_json::from_slice(&bytes).unwrap_or_default(),
        ))
    }
}

impl Face for Http {
    async fn call(
        &self,
        method: &'static str,
        path: String,
        headers: Vec<(String, String)>,
        body: Value,
    ) -> Answer {
        let (status, _, body) = self.send(method, &path, headers, &body).await?;
        Some((status, body))
    }
}
