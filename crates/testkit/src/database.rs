//! A database of a test's own, on the engine that the run has chosen.
#![expect(clippy::panic, reason = "a test without its database ends here")]

use crate::{MemoryObjects, TestClock, TestRandom};
use jiff::Timestamp;
use slotbridge_domain::clock::{Clock, Random};
use slotbridge_store::seal::MasterKey;
use slotbridge_store::transfer;
use slotbridge_store::{Location, OpenOptions, Store, StoreError};
use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

/// Names the engine: `sqlite` (default) or `postgres`.
const ENGINE: &str = "SLOTBRIDGE_TEST_ENGINE";
/// Names the private PostgreSQL server; its role may create databases.
const SERVER: &str = "SLOTBRIDGE_TEST_DATABASE_URL";

const NO_SERVER: &str = "\
SLOTBRIDGE_TEST_ENGINE is postgres, but SLOTBRIDGE_TEST_DATABASE_URL names no server. Run

    cargo xtask test --engine postgres

which starts a private one for the tests.";

/// The bytes of the master key of every test database.
pub const MASTER_KEY: [u8; 32] = [0x5b; 32];

/// How many PostgreSQL connections a store keeps in a test.
const WORKERS: usize = 4;

/// The database under the tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestEngine {
    /// The embedded one.
    Sqlite,
    /// A server.
    Postgres,
}

impl TestEngine {
    /// The engine of this run: the one place that chooses it.
    ///
    /// # Panics
    /// The environment names an engine that does not exist.
    #[must_use]
    pub fn of_this_run() -> Self {
        match std::env::var(ENGINE).as_deref() {
            Err(_) | Ok("" | "sqlite") => Self::Sqlite,
            Ok("postgres") => Self::Postgres,
            Ok(other) => panic!("{ENGINE} is sqlite or postgres, not {other:?}"),
        }
    }
}

/// An empty database of a test's own, gone when dropped. Drop its stores first.
pub struct TestDatabase {
    place: Place,
    objects: Arc<MemoryObjects>,
    replica: Option<String>,
}

enum Place {
    Folder(TempDir),
    Postgres { server: String, name: String },
}

impl TestDatabase {
    /// An empty database on the engine of this run.
    ///
    /// # Panics
    /// There is no such engine, or it cannot make one.
    #[must_use]
    pub fn new() -> Self {
        Self::on(TestEngine::of_this_run())
    }

    /// An empty database on one engine, whatever the run has chosen.
    ///
    /// # Panics
    /// The engine cannot make one.
    #[must_use]
    pub fn on(engine: TestEngine) -> Self {
        let place = match engine {
            TestEngine::Sqlite => Place::Folder(
                tempfile::tempdir().unwrap_or_else(|error| panic!("no temporary folder: {error}")),
            ),
            TestEngine::Postgres => return Self::on_server(&server()),
        };
        Self::of(place)
    }

    /// An empty database on a PostgreSQL server, by its URL; its role may create databases.
    ///
    /// # Panics
    /// The server cannot make one.
    #[must_use]
    pub fn on_server(server: &str) -> Self {
        Self::made_from("template1", server.to_owned())
    }

    /// A database of the run's engine in which a store has been opened before, so that nobody
    /// waits for its schema: on PostgreSQL the copy of one that is made once.
    ///
    /// # Panics
    /// There is no such engine, or it cannot make one.
    #[must_use]
    pub fn ready() -> Self {
        match TestEngine::of_this_run() {
            TestEngine::Sqlite => Self::on(TestEngine::Sqlite),
            TestEngine::Postgres => Self::made_from(&template(), server()),
        }
    }

    fn made_from(template: &str, server: String) -> Self {
        let name = format!("slotbridge_{:016x}", RandomState::new().hash_one(0));
        run(
            &server,
            &format!("CREATE DATABASE {name} TEMPLATE {template}"),
        )
        .unwrap_or_else(|error| panic!("cannot make a database: {error}"));
        Self::of(Place::Postgres { server, name })
    }

    fn of(place: Place) -> Self {
        Self {
            place,
            objects: Arc::default(),
            replica: None,
        }
    }

    /// The same, whose stores read searches on that standby.
    #[must_use]
    pub fn with_replica(mut self, url: String) -> Self {
        self.replica = Some(url);
        self
    }

    /// The objects of the hubs on it.
    #[must_use]
    pub const fn objects(&self) -> &Arc<MemoryObjects> {
        &self.objects
    }

    /// The engine that it is on.
    #[must_use]
    pub const fn engine(&self) -> TestEngine {
        match self.place {
            Place::Folder(_) => TestEngine::Sqlite,
            Place::Postgres { .. } => TestEngine::Postgres,
        }
    }

    /// Where it is: a data folder or a URL.
    #[must_use]
    pub fn location(&self) -> Location {
        match &self.place {
            Place::Folder(folder) => Location::Folder(folder.path().to_owned()),
            Place::Postgres { server, name } => Location::Postgres(with_database(server, name)),
        }
    }

    /// Its data folder, if it is embedded.
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        match &self.place {
            Place::Folder(folder) => Some(folder.path()),
            Place::Postgres { .. } => None,
        }
    }

    /// Its URL, if it is a server's.
    #[must_use]
    pub fn url(&self) -> Option<String> {
        match &self.place {
            Place::Folder(_) => None,
            Place::Postgres { server, name } => Some(with_database(server, name)),
        }
    }

    /// What a store is opened with here.
    #[must_use]
    pub fn options(&self, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> OpenOptions {
        OpenOptions {
            postgres_replica: self.replica.clone(),
            ..options(self.location(), clock, random)
        }
    }

    /// Opens a store on it, the first time or again. May be called from async code.
    ///
    /// # Panics
    /// It cannot be opened.
    #[must_use]
    pub fn open(&self, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Store {
        open(self.options(clock, random))
            .unwrap_or_else(|error| panic!("cannot open the test database: {error}"))
    }
}

/// What a whole store holds: how many rows each table has, and the digest of them all. Equal for
/// equal stores.
pub type Content = (BTreeMap<String, u64>, String);

impl TestDatabase {
    /// What it holds at the moment, every table of it. May be called from async code.
    ///
    /// # Panics
    /// It cannot be read.
    #[must_use]
    pub fn content(&self) -> Content {
        let read = || {
            transfer::backup(
                &self.location(),
                Timestamp::UNIX_EPOCH,
                std::io::sink(),
                None,
            )
        };
        let summary =
            on_a_thread(read).unwrap_or_else(|error| panic!("cannot read the store: {error}"));
        (summary.tables, summary.content)
    }
}

impl Default for TestDatabase {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Place::Postgres { server, name } = &self.place {
            let dropped = run(server, &format!("DROP DATABASE {name} WITH (FORCE)"));
            if let Err(error) = dropped {
                eprintln!("could not drop the test database {name}: {error}");
            }
        }
    }
}

/// Runs SQL on a database beside the store that is open on it, as an operator's mistake would.
///
/// # Panics
/// The database refuses it.
pub fn meddle(location: &Location, sql: &str) {
    let done = match location {
        Location::Folder(folder) => rusqlite::Connection::open(folder.join("slotbridge.sqlite"))
            .and_then(|connection| connection.execute_batch(sql))
            .map_err(|error| error.to_string()),
        // It is about whichever practice.
        Location::Postgres(url) => run(url, &format!("SET slotbridge.practice_id = '0'; {sql}")),
    };
    done.unwrap_or_else(|error| panic!("cannot run {sql}: {error}"));
}

/// The files in which the private PostgreSQL of `cargo xtask` keeps what a database has and had:
/// its tables, the write-ahead log and the server's log. None if it is another server.
///
/// # Panics
/// The server can't be asked.
#[must_use]
pub fn files_of_postgres(url: &str) -> Vec<PathBuf> {
    const ASK: &str = "SELECT inet_server_port(),
        (SELECT oid::text FROM pg_database WHERE datname = current_database())";
    let asked = with_client(url, async |client| {
        let row = client.query_one(ASK, &[]).await?;
        Ok((row.try_get::<_, i32>(0)?, row.try_get::<_, String>(1)?))
    });
    let (port, oid) = asked.unwrap_or_else(|error| panic!("it does not answer: {error}"));
    let clusters = entries(&std::env::temp_dir()).into_iter();
    let ours = clusters.filter(|folder| {
        let running = std::fs::read_to_string(folder.join("data/postmaster.pid"));
        let running = running.unwrap_or_default();
        running.lines().nth(3) == Some(port.to_string().as_str())
    });
    let parts = ours.flat_map(|folder| {
        let tables = folder.join("data/base").join(&oid);
        [tables, folder.join("data/pg_wal"), folder]
    });
    let files = parts.flat_map(|part| entries(&part));
    files.filter(|path| path.is_file()).collect()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

fn options(location: Location, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> OpenOptions {
    OpenOptions {
        location,
        clock,
        random,
        master_key: MasterKey::new(MASTER_KEY),
        previous_master_key: None,
        postgres_workers: WORKERS,
        postgres_replica: None,
    }
}

fn server() -> String {
    std::env::var(SERVER).unwrap_or_else(|_| panic!("{NO_SERVER}"))
}

/// The name of a database in which a store was opened, made by whichever test process comes first.
/// It goes with the program that made it: another schema has another name.
fn template() -> String {
    let server = server();
    let name = format!(
        "slotbridge_template_{:016x}",
        slotbridge_store::schema_digest()
    );
    let made = with_client(&server, async |client| {
        // Held until the connection ends.
        client
            .batch_execute("SELECT pg_advisory_lock(7106938411)")
            .await?;
        let found = "SELECT 1 FROM pg_database WHERE datname = $1";
        if client.query_opt(found, &[&name]).await?.is_some() {
            return Ok(());
        }
        // Under another name until it is whole.
        let unfinished = format!("{name}_unfinished");
        let begin = [
            format!("DROP DATABASE IF EXISTS {unfinished} WITH (FORCE)"),
            format!("CREATE DATABASE {unfinished}"),
        ];
        for command in begin {
            client.batch_execute(&command).await?;
        }
        let location = Location::Postgres(with_database(&server, &unfinished));
        let options = options(location, TestClock::new(), TestRandom::new(1));
        drop(open(options).unwrap_or_else(|error| panic!("cannot open it: {error}")));
        let rename = format!("ALTER DATABASE {unfinished} RENAME TO {name}");
        client.batch_execute(&rename).await
    });
    made.unwrap_or_else(|error| panic!("cannot make the template of a database: {error}"));
    name
}

/// Opens a store. Opening blocks; this may be called from async code.
///
/// # Errors
/// The store's.
pub fn open(options: OpenOptions) -> Result<Store, StoreError> {
    on_a_thread(|| Store::open(options))
}

/// Runs something that blocks away from any async runtime.
fn on_a_thread<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| scope.spawn(work).join())
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// The URL of another database of the same server.
pub(crate) fn with_database(server: &str, name: &str) -> String {
    let (address, parameters) = server.split_once('?').unwrap_or((server, ""));
    let base = address.rsplit_once('/').map_or(address, |(base, _)| base);
    match parameters {
        "" => format!("{base}/{name}"),
        parameters => format!("{base}/{name}?{parameters}"),
    }
}

/// Runs a command on the server.
fn run(server: &str, command: &str) -> Result<(), String> {
    with_client(server, async |client| client.batch_execute(command).await)
}

/// Connects to the server for some work.
pub(crate) fn with_client<T: Send>(
    server: &str,
    work: impl AsyncFnOnce(&tokio_postgres::Client) -> Result<T, tokio_postgres::Error> + Send,
) -> Result<T, String> {
    on_a_thread(move || {
        let connected = async {
            let connected = tokio_postgres::connect(server, tokio_postgres::NoTls);
            let (client, connection) = connected.await?;
            tokio::spawn(connection);
            work(&client).await
        };
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| error.to_string())?
            .block_on(connected)
            .map_err(|error| format!("{error:?}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_of_its_own_has_the_server_s_address() {
        for (server, url) in [
            ("postgres://u@h:1/postgres", "postgres://u@h:1/own"),
            (
                "postgres://u:p@h/a?sslmode=disable",
                "postgres://u:p@h/own?sslmode=disable",
            ),
            ("postgres://u@h:1,h:2/a?x=y", "postgres://u@h:1,h:2/own?x=y"),
        ] {
            assert_eq!(with_database(server, "own"), url);
        }
    }
}
