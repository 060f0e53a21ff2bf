//! One database on two engines: transactions, migrations, every SQL statement once.
//!
//! A use case is a plain function over [`Tx`]; [`Store::begin`] runs it for a practice:
//!
//! ```text
//! store.begin(practice).write(move |tx| bookings::insert(tx, &booking)).await?;
//! ```
//!
//! It never learns which engine it runs on. To add a statement, write it in the module of its
//! table inside `statements!`; the tests prepare it on both engines.

mod asked;
pub mod call;
mod configuration;
mod distribution;
mod each;
mod engine;
mod error;
mod figures;
mod folder;
mod migrate;
mod open;
mod rotate;
pub mod seal;
pub mod sql;
mod stamps;
mod stopwatch;
pub mod transfer;
mod tx;
mod upgrade;

pub mod alerts;
pub mod appointment_types;
pub mod attachments;
pub mod audit;
pub mod bookings;
pub mod callback_errors;
pub mod client_snapshots;
pub mod consents;
pub mod consumers;
pub mod contacts;
pub mod deliveries;
pub mod documents;
pub mod due;
pub mod features;
pub mod health;
pub mod holds;
pub mod idempotency_keys;
pub mod lanes;
pub mod liveness_contracts;
pub mod manage_links;
pub mod memberships;
pub mod messages;
pub mod numbers;
pub mod offers;
pub mod operator_tokens;
pub mod pms_appointment_types;
pub mod pms_resources;
pub mod practice_holidays;
pub mod practice_search;
pub mod practices;
pub mod practitioners;
pub mod reminders;
pub mod requests;
pub mod resource_days;
pub mod retention;
pub mod sessions;
pub mod settings;
pub mod sign_in_attempts;
pub mod slot_blocks;
pub mod staff;
pub mod staff_links;
pub mod subscriptions;
pub mod taken;
pub mod waitlist;

pub use asked::Asked;
pub use configuration::goes_on_in;
pub use distribution::distribution;
pub use each::AT_ONCE;
pub use error::{Result, StoreError};
pub use figures::{Figures, ReplicaRead};
pub use folder::make_folder;
pub use migrate::{SCHEMA_VERSION, Upgrade, schema_digest};
pub use open::{Location, OpenOptions, check_free};
pub use stamps::{BothStamps, STALENESS, Stamp};
pub use stopwatch::Stopwatch;
pub use tx::Tx;
pub use upgrade::{look_at_upgrade, upgrade};

use engine::{Access, Call, Shared, postgres::Postgres, sqlite::Sqlite};
use slotbridge_domain::clock::Clock;
use slotbridge_domain::ids::PracticeId;
use std::sync::Arc;

/// A page of a list, and how many entries the whole list has.
#[derive(Clone, Debug)]
pub struct Listed<T> {
    /// The page's entries.
    pub entries: Vec<T>,
    /// The number of entries on all pages.
    pub total: i64,
}

/// Which part of a list is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// How many entries at most.
    pub limit: i64,
    /// How many entries come before.
    pub offset: i64,
}

/// How large the files of an embedded store are, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct FileSizes {
    /// The database.
    pub database: u64,
    /// The log of what is not in it yet.
    pub wal: u64,
}

enum Engine {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

/// An open store. Dropping it finishes what is queued.
pub struct Store {
    engine: Engine,
    shared: Arc<Shared>,
    _lock: Option<std::fs::File>,
}

/// A transaction about to begin.
pub struct Begin<'s> {
    store: &'s Store,
    practice: Option<PracticeId>,
}

impl Store {
    /// Begins a transaction of one practice.
    #[must_use]
    pub const fn begin(&self, practice: PracticeId) -> Begin<'_> {
        Begin {
            store: self,
            practice: Some(practice),
        }
    }

    /// Begins a transaction on what belongs to no practice: consumers, operators, settings, the
    /// list of practices, and the due work of all.
    #[must_use]
    pub const fn begin_global(&self) -> Begin<'_> {
        Begin {
            store: self,
            practice: None,
        }
    }

    /// The state that a practice is in: what was read in it holds as long as it is the same. To be
    /// taken before the reading. `None`: whatever is read may be old the next moment.
    #[must_use]
    pub fn stamp(&self, practice: PracticeId) -> Option<Stamp> {
        self.shared.stamps.of(practice)
    }

    /// Like [`Store::stamp`], for what is read only from how the practice is configured: no table in
    /// which something [goes on](goes_on_in).
    #[must_use]
    pub fn configuration_stamp(&self, practice: PracticeId) -> Option<Stamp> {
        self.shared.stamps.of_configuration(practice)
    }

    /// Both of them, for what is read from the one and used with the other.
    #[must_use]
    pub fn both_stamps(&self, practice: PracticeId) -> Option<BothStamps> {
        self.shared.stamps.both(practice)
    }

    /// Like [`Store::stamp`], for what belongs to no practice.
    #[must_use]
    pub fn stamp_of_all(&self) -> Option<Stamp> {
        self.shared.stamps.of_all()
    }

    /// Like [`Store::stamp`], where it is certain that whoever has it sees all that was answered:
    /// `None` where another node may have written and this one not know it yet.
    #[must_use]
    pub fn exact_stamp(&self, practice: PracticeId) -> Option<Stamp> {
        self.shared.stamps.exact(practice)
    }

    /// Whether no other process can have the store open beside this one.
    #[must_use]
    pub fn is_ours_alone(&self) -> bool {
        self.shared.stamps.are_ours_alone()
    }

    /// Whether what may be old is read elsewhere than on the primary, as far as is known.
    #[must_use]
    pub fn has_replica(&self) -> bool {
        self.shared.stamps.log().is_some()
    }

    /// Waits until other nodes have written for practices, and for which since this was last waited for:
    /// not for all, if those are many. One waits at a time; on the embedded store for ever.
    pub async fn news(&self) -> Vec<PracticeId> {
        self.shared.stamps.news().await
    }

    /// Waits until a transaction of this process is durable that leaves deliveries to be made at once,
    /// since this was last waited for. One waits at a time.
    pub async fn woken(&self) {
        self.shared.woken.notified().await;
    }

    /// Wakes whoever waits in [`Store::woken`].
    pub fn wake(&self) {
        self.shared.woken.notify_one();
    }

    /// The clock that transactions take their `now` from.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.shared.clock
    }

    /// What it counts and measures.
    #[must_use]
    pub fn figures(&self) -> &Figures {
        &self.shared.figures
    }

    /// The engine's name.
    #[must_use]
    pub const fn engine_name(&self) -> &'static str {
        match &self.engine {
            Engine::Sqlite(_) => "sqlite",
            Engine::Postgres(_) => "postgresql",
        }
    }

    /// How large the files of an embedded store are.
    #[must_use]
    pub fn sizes(&self) -> Option<FileSizes> {
        match &self.engine {
            Engine::Sqlite(engine) => engine.sizes(),
            Engine::Postgres(_) => None,
        }
    }

    /// Whether the last attempt to write failed because the store could not be written (disk full,
    /// I/O error, connection lost).
    #[must_use]
    pub fn writes_fail(&self) -> bool {
        self.shared.writes_fail()
    }

    /// Whether the database of PostgreSQL takes no connections, so that callers are told at once.
    #[must_use]
    pub fn is_away(&self) -> bool {
        match &self.engine {
            Engine::Sqlite(_) => false,
            Engine::Postgres(engine) => engine.is_away(),
        }
    }

    /// Shows every statement, with its arguments, to `watch` before it is run: for tests and
    /// benchmarks. The first to ask is the one that is served.
    pub fn watch(
        &self,
        watch: impl Fn(&'static sql::Sql, &[sql::Arg<'_>]) + Send + Sync + 'static,
    ) {
        let _ = self.shared.watch.set(Box::new(watch));
    }

    /// The keys that seal.
    #[must_use]
    pub fn keyring(&self) -> &seal::Keyring {
        &self.shared.keyring
    }
}

impl Begin<'_> {
    /// Runs a use case that writes. When this answers `Ok`, it is durable.
    ///
    /// # Errors
    /// What the use case found, or that the store could not do it; either way nothing is stored
    /// (but see [`StoreError::OutcomeUnknown`]).
    pub async fn write<T, E, F>(self, use_case: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.submit(use_case, Access::Writes).await
    }

    /// Runs a use case that writes nothing that any node remembers, as [`Begin::write`] does: no
    /// [`Stamp`] changes, and nobody else's global writing is waited for.
    ///
    /// # Errors
    /// As those of [`Begin::write`].
    pub async fn keep_books<T, E, F>(self, use_case: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.submit(use_case, Access::KeepsBooks).await
    }

    /// Runs a use case that only reads, on one consistent picture.
    ///
    /// # Errors
    /// What the use case found, or that the store could not do it.
    pub async fn read<T, E, F>(self, use_case: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.read_as(use_case, Access::Reads).await
    }

    /// The same on a standby, where there is one that can be read: this node's own writes are in
    /// the picture, and those of others that are older than [`STALENESS`]. It may be remembered
    /// with a [`Stamp`] as any other. Not for what decides over a write.
    ///
    /// Begun for no practice it may look at nothing but [`practices`]: which writes of this node
    /// have to be in the picture is known of these alone.
    ///
    /// # Errors
    /// As those of [`Begin::read`].
    pub async fn read_stale<T, E, F>(self, use_case: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.read_as(use_case, Access::ReadsStale).await
    }

    async fn read_as<T, E, F>(self, mut use_case: F, access: Access) -> Result<T, E>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        match &self.store.engine {
            // Short and in memory for the most part: quicker done than handed to a thread.
            Engine::Sqlite(engine) => tracing::debug_span!("store.read")
                .in_scope(|| engine.read(self.practice, &mut use_case)),
            Engine::Postgres(_) => self.submit(use_case, access).await,
        }
    }

    async fn submit<T, E, F>(self, use_case: F, access: Access) -> Result<T, E>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (call, answer) = Call::new(self.practice, access, use_case, &self.store.shared);
        match &self.store.engine {
            Engine::Sqlite(engine) => engine.submit(Box::new(call)).await?,
            Engine::Postgres(engine) => engine.submit(Box::new(call)).await?,
        }
        answer
            .await
            .unwrap_or_else(|_| Err(StoreError::Panicked.into()))
    }
}

/// Every statement of the store, for the test that prepares them all.
#[must_use]
pub fn statements() -> Vec<&'static sql::Sql> {
    [
        alerts::ALL,
        appointment_types::ALL,
        attachments::ALL,
        audit::ALL,
        bookings::ALL,
        callback_errors::ALL,
        client_snapshots::ALL,
        consents::ALL,
        consumers::ALL,
        contacts::ALL,
        deliveries::ALL,
        documents::ALL,
        due::ALL,
        features::ALL,
        health::ALL,
        holds::ALL,
        idempotency_keys::ALL,
        lanes::ALL,
        liveness_contracts::ALL,
        manage_links::ALL,
        memberships::ALL,
        messages::ALL,
        numbers::ALL,
        offers::ALL,
        operator_tokens::ALL,
        pms_appointment_types::ALL,
        pms_resources::ALL,
        practice_holidays::ALL,
        practice_search::ALL,
        practices::ALL,
        practitioners::ALL,
        reminders::ALL,
        requests::ALL,
        resource_days::ALL,
        retention::ALL,
        rotate::ALL,
        sessions::ALL,
        settings::ALL,
        sign_in_attempts::ALL,
        slot_blocks::ALL,
        staff::ALL,
        staff_links::ALL,
        subscriptions::ALL,
        taken::ALL,
        waitlist::ALL,
    ]
    .concat()
}
