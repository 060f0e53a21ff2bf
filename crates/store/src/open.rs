//! Opening a store: the folder or the database, its lock, its schema, its master key.

use crate::engine::Shared;
use crate::engine::postgres::{self, Database, Postgres};
use crate::engine::sqlite::{self, Sqlite};
use crate::seal::{self, Keyring, MasterKey, hex};
use crate::stamps::Stamps;
use crate::{Engine, Figures, Result, Store, StoreError, make_folder, migrate, rotate, settings};
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
    /// The one before it: what it wrapped is wrapped anew.
    pub previous_master_key: Option<MasterKey>,
    /// How many PostgreSQL connections to keep.
    pub postgres_workers: usize,
    /// The standby on which searches may read, as a URL or `key=value` text.
    pub postgres_replica: Option<String>,
}

/// The name of the SQLite file in a data folder.
pub(crate) const FILE: &str = "slotbridge.sqlite";
/// The setting whose value only the store's master key opens.
pub(crate) const MASTER_KEY_CHECK: &str = "master_key_check";
/// The setting that says which master key that is.
pub(crate) const MASTER_KEY_FINGERPRINT: &str = "master_key_fingerprint";
/// The setting that says of which master key the sealing keys are that seal all that is sealed.
const SEALED_UNDER: &str = "sealed_under";
const LOCK: &str = "lock";

pub(crate) fn unavailable(what: &str, error: &std::io::Error) -> StoreError {
    StoreError::Refused(format!("{what}: {error}"))
}

/// Takes the folder for this process alone.
pub(crate) fn lock(folder: &Path) -> Result<File> {
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

/// Refuses a folder that a running process has.
///
/// # Errors
/// [`StoreError::Refused`] if it does, or if the folder cannot be looked at.
pub fn check_free(folder: &Path) -> Result<()> {
    lock(folder).map(drop)
}

impl Store {
    /// Opens a store, making or upgrading its schema. Blocks; not for use on an async thread.
    ///
    /// # Errors
    /// [`StoreError::Refused`] with what to do: made by a newer version, folder in use, another
    /// master key, a replica of an embedded store. Else that it cannot be reached.
    pub fn open(options: OpenOptions) -> Result<Self> {
        let previous = options.previous_master_key;
        let random = Arc::clone(&options.random);
        let keyring = Keyring::new(&options.master_key, previous.as_ref(), random)?;
        let shared = Arc::new(Shared {
            clock: options.clock,
            node: match &options.location {
                // The only one.
                Location::Folder(_) => 0,
                Location::Postgres(_) => i64::from_be_bytes(options.random.bytes()),
            },
            keyring,
            figures: Figures::default(),
            stamps: Arc::new(match &options.location {
                Location::Folder(_) => Stamps::alone(),
                Location::Postgres(_) => Stamps::among_others(),
            }),
            watch: OnceLock::new(),
            woken: tokio::sync::Notify::new(),
            writes_fail: AtomicBool::new(false),
        });
        let (engine, lock) = match &options.location {
            Location::Folder(_) if options.postgres_replica.is_some() => {
                return Err(StoreError::Refused(
                    "the embedded store has no read replica: take database_replica_url out".into(),
                ));
            }
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
                let database = Database::to_write(url)?;
                let replica = options.postgres_replica.as_deref().map(Database::standby);
                let replica = replica.transpose()?;
                let mut connection = postgres::connect_without_limit(&database)?;
                migrate::postgres(&mut connection)?;
                let workers = options.postgres_workers.max(1);
                (
                    Engine::Postgres(Postgres::start(
                        &database,
                        replica,
                        workers,
                        &options.random,
                        &shared,
                    )?),
                    None,
                )
            }
        };
        let store = Self {
            engine,
            shared,
            _lock: lock,
        };
        let of = options.master_key.fingerprint();
        let before = previous.as_ref().map(MasterKey::fingerprint);
        store.check_master_key(options.master_key, previous)?;
        store.seal_anew(of, before.as_deref())?;
        Ok(store)
    }

    /// The store's own check value opens only under the master key that it was made with. The
    /// key's fingerprint stands beside it, so that a backup can say which key it needs. Where the
    /// key before is given as well, all that it wrapped is wrapped anew, at every start: another
    /// node may have gone on with it for a while.
    fn check_master_key(&self, master_key: MasterKey, previous: Option<MasterKey>) -> Result<()> {
        let check = move |tx: &mut crate::Tx<'_>| {
            let stored = match settings::get(tx, MASTER_KEY_CHECK)? {
                Some(stored) => stored,
                None => {
                    let ours = hex(&tx.keyring().seal(seal::CHECK_CONTEXT, b"slotbridge")?);
                    settings::get_or_set(tx, MASTER_KEY_CHECK, &ours)?
                }
            };
            let ours = master_key.made(&stored)?;
            let previous_ones = match &previous {
                Some(previous) => previous.made(&stored)?,
                None => false,
            };
            if !ours && !previous_ones {
                return Err(StoreError::Refused(
                    "the master key is not the one that this store was made with: give the right \
                     one in SLOTBRIDGE_MASTER_KEY or the key file; without it the personal data \
                     in the store cannot be read"
                        .into(),
                ));
            }
            let fingerprint = master_key.fingerprint();
            if previous.is_none() {
                return settings::get_or_set(tx, MASTER_KEY_FINGERPRINT, &fingerprint).map(drop);
            }
            let wrapped = rotate::rewrap(tx)?;
            let check = hex(&tx.keyring().seal(seal::CHECK_CONTEXT, b"slotbridge")?);
            settings::set(tx, MASTER_KEY_CHECK, &check)?;
            settings::set(tx, MASTER_KEY_FINGERPRINT, &fingerprint)?;
            tracing::info!(
                wrapped,
                fingerprint,
                "the previous master key is no longer needed, once every node has started with \
                 this one"
            );
            Ok(())
        };
        self.now(check)
    }

    /// Seals anew whatever is not sealed under the sealing keys of this master key, in steps, so that
    /// nobody waits for long. A crash in between is made up for at the next start.
    fn seal_anew(&self, of: String, before: Option<&str>) -> Result<()> {
        let stored = self.now(|tx: &mut crate::Tx<'_>| settings::get(tx, SEALED_UNDER))?;
        match &stored {
            // Another node may have gone on under the key before.
            Some(stored) if *stored == of && before.is_none() => return Ok(()),
            Some(stored) if *stored != of && before != Some(stored.as_str()) => {
                return Err(StoreError::Refused(format!(
                    "the change to this master key did not come to its end: start once more with                      the key before, whose fingerprint is {stored}, in                      SLOTBRIDGE_PREVIOUS_MASTER_KEY"
                )));
            }
            _ => {}
        }
        let (mut after, mut tally) = (0, rotate::Tally::default());
        loop {
            let (last, now) = self.now(move |tx: &mut crate::Tx<'_>| {
                let mut tally = tally;
                rotate::seal_anew(tx, after, &mut tally).map(|last| (last, tally))
            })?;
            tally = now;
            match last {
                Some(last) => after = last,
                None => break,
            }
            tracing::info!(
                written = tally.written,
                "sealing anew under the new master key"
            );
        }
        if tally.unreadable > 0 {
            let unreadable = tally.unreadable;
            tracing::error!(unreadable, "there are sealed values that no key opens");
        }
        self.now(move |tx: &mut crate::Tx<'_>| settings::set(tx, SEALED_UNDER, &of))
    }

    /// Runs a global transaction and waits for it.
    fn now<T: Send + 'static>(
        &self,
        use_case: impl FnMut(&mut crate::Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (call, answer) =
            crate::engine::Call::new(None, crate::engine::Access::Opens, use_case, &self.shared);
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
