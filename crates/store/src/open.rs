//! Opening a store: the folder or the database, its lock, its schema, its master key.

use crate::engine::Shared;
use crate::engine::postgres::{self, PgConnection, Postgres};
use crate::engine::sqlite::{self, Sqlite};
use crate::seal::{Keyring, MasterKey};
use crate::stamps::Stamps;
use crate::{Engine, Result, Store, StoreError, make_folder, migrate, settings};
use slotbridge_domain::clock::{Clock, Random};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};

/// Where a store lives.
#[derive(Clone)]
pub enum Location {
    /// The embedded store: a data folder with an SQLite file.
    Folder(PathBuf),
    /// A PostgreSQL database, as a URL or `key=value` text.
    Postgres(String),
}

/// What opening a store needs.
pub struct OpenOptions {
    /// Where it lives.
    pub location: Location,
    /// The clock of its transactions.
    pub clock: Arc<dyn Clock>,
    /// The randomness of its nonces and keys.
    pub random: Arc<dyn Random>,
    /// The key that wraps all others.
    pub master_key: MasterKey,
    /// How many PostgreSQL connections to keep.
    pub postgres_workers: usize,
}

/// The name of the SQLite file in a data folder.
const FILE: &str = "slotbridge.sqlite";
const LOCK: &str = "lock";

fn unavailable(what: &str, error: &std::io::Error) -> StoreError {
    StoreError::Refused(format!("{what}: {error}"))
}

/// Takes the folder for this process alone.
fn lock(folder: &Path) -> Result<File> {
    let path = folder.join(LOCK);
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|error| unavailable(&path.display().to_string(), &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Refused(format!(
            "another slotbridge is running on the data folder {}: stop it first, or start this \
             one with another --data-dir",
            folder.display()
        ))),
        Err(TryLockError::Error(error)) => Err(unavailable(&path.display().to_string(), &error)),
    }
}

impl Store {
    /// Opens a store, making or upgrading its schema. Blocks; not for use on an async thread.
    ///
    /// # Errors
    /// [`StoreError::Refused`] with what to do: made by a newer version, folder in use, another
    /// master key. Else that it cannot be reached.
    pub fn open(options: OpenOptions) -> Result<Self> {
        let keyring = Keyring::new(&options.master_key, Arc::clone(&options.random))?;
        let shared = Arc::new(Shared {
            clock: options.clock,
            keyring,
            stamps: Arc::new(match &options.location {
                Location::Folder(_) => Stamps::alone(),
                Location::Postgres(_) => Stamps::among_others(),
            }),
            watch: OnceLock::new(),
            writes_fail: AtomicBool::new(false),
        });
        let (engine, lock) = match &options.location {
            Location::Folder(folder) => {
                make_folder(folder)
                    .map_err(|error| unavailable(&folder.display().to_string(), &error))?;
                let lock = lock(folder)?;
                let path = folder.join(FILE);
                let mut connection = sqlite::open_writer(&path)?;
                migrate::sqlite(&mut connection)?;
                (
                    Engine::Sqlite(Sqlite::start(path, connection, Arc::clone(&shared))?),
                    Some(lock),
                )
            }
            Location::Postgres(url) => {
                let config = postgres::config(url)?;
                let mut connection = PgConnection::open(&config, postgres::runtime()?)?;
                migrate::postgres(&mut connection)?;
                let workers = options.postgres_workers.max(1);
                (
                    Engine::Postgres(Postgres::start(&config, workers, &shared)?),
                    None,
                )
            }
        };
        let store = Self {
            engine,
            shared,
            _lock: lock,
        };
        store.check_master_key()?;
        Ok(store)
    }

    /// The store's own check value opens only under the master key that it was made with.
    fn check_master_key(&self) -> Result<()> {
        const NAME: &str = "master_key_check";
        const CONTEXT: &str = "master key check";
        let check = move |tx: &mut crate::Tx<'_>| {
            let stored = match settings::get(tx, NAME)? {
                Some(stored) => stored,
                None => {
                    let ours = hex(&tx.keyring().seal(CONTEXT, b"slotbridge")?);
                    settings::get_or_set(tx, NAME, &ours)?
                }
            };
            let sealed = unhex(&stored).ok_or(StoreError::Corrupt("the master key's check"))?;
            tx.keyring().open(CONTEXT, &sealed).map(drop).map_err(|_| {
                StoreError::Refused(
                    "the master key is not the one that this store was made with: give the right \
                     one in SLOTBRIDGE_MASTER_KEY or the key file; without it the personal data \
                     in the store cannot be read"
                        .into(),
                )
            })
        };
        let (call, answer) = crate::engine::Call::new(None, false, check);
        let runtime = postgres::runtime()?;
        runtime.block_on(async {
            match &self.engine {
                Engine::Sqlite(engine) => engine.submit(Box::new(call)).await?,
                Engine::Postgres(engine) => engine.submit(Box::new(call)).await?,
            }
            answer.await.unwrap_or(Err(StoreError::Panicked))
        })
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok())
        .collect()
}
