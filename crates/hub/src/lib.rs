//! The use cases. Each authorises, loads, lets the domain decide, writes, and writes what follows,
//! in one transaction. None knows HTTP, JSON of a face, or SQL.
//!
//! The folders are the faces' groups, the files their operations: `pms/confirm_insert.rs` is what
//! `POST /bookings/{bookingId}/confirmInsert` does. A use case is a plain function over
//! `&mut Tx`; [`Hub::write`] and [`Hub::read`] run it.

pub mod admin;
mod ahead;
pub mod attachments;
pub mod auth;
pub mod booking;
pub mod client_snapshots;
pub mod clock;
pub mod contacts;
pub mod content;
mod context;
mod deliveries;
pub mod documents;
mod erase;
mod error;
pub mod faults;
mod fresh;
pub mod health;
mod life;
pub mod maintenance;
mod manage_links;
pub mod messages;
mod notices;
mod notify;
mod once;
pub mod outgoing;
pub mod overview;
mod passed;
pub mod person;
pub mod picture;
mod planned;
pub mod pms;
mod raise;
pub mod record;
mod remembered;
pub mod reminders;
mod retention;
pub mod rows;
pub mod staff;
mod stands;
pub mod timers;
mod waitlist;
pub mod zone;

pub use context::{Actor, Context};
pub use error::{Error, Fault, Result};
pub use once::{IdempotencyKey, Once};
pub use retention::Keep;
pub use slotbridge_store::{Stamp, Stopwatch, call, make_folder};

use ahead::Searched;
use auth::Consented;
use booking::events::Waiting;
use booking::practices::PracticePage;
use contacts::Contacts;
use deliveries::Deliveries;
use jiff::Timestamp;
use jiff::civil::Date;
use maintenance::Announcement;
use outgoing::Outgoing;
use picture::{Terms, Times};
use pms::availability::unchanged::Unchanged;
use remembered::{ByWeight, Remembered};
use slotbridge_domain::clock::Random;
use slotbridge_domain::holidays::Holidays;
use slotbridge_domain::ids::PracticeId;
use slotbridge_domain::keys::KeyKind;
use slotbridge_domain::request::RequestType;
use slotbridge_store::{Store, Tx, settings};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// How much memory what is shown of practices may take, and what can be booked there.
const PAGES_BYTES: usize = 16 << 20;
const TERMS_BYTES: usize = 16 << 20;
const TIMES_BYTES: usize = 48 << 20;

/// What an operator can set of the rules.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How long a hold keeps its time, in seconds.
    pub hold_seconds: i64,
    /// How long a time that came free is kept for whom it is offered to, in seconds.
    pub offer_seconds: i64,
    /// The public holidays of the states (CONF-3).
    pub holidays: &'static Holidays,
    /// How long a PMS is asked to attach a patient's document, in days (ATT-2).
    pub attach_days: i64,
    /// Where patients reach the hub, for links in messages.
    pub public_url: Option<String>,
    /// After how long without use a session of the pages ends, in minutes.
    pub session_idle_minutes: i64,
    /// How long one lasts at most, in hours.
    pub session_hours: i64,
    /// How long things are kept.
    pub keep: Keep,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            hold_seconds: 300,
            offer_seconds: 900,
            holidays: Holidays::australia(),
            attach_days: 30,
            public_url: None,
            session_idle_minutes: 30,
            session_hours: 12,
            keep: Keep::default(),
        }
    }
}

/// The hub: a store with its rules. Cheap to clone.
#[derive(Clone)]
pub struct Hub(Arc<Inner>);

struct Inner {
    store: Store,
    random: Arc<dyn Random>,
    outgoing: Outgoing,
    settings: Settings,
    contacts: Arc<Contacts>,
    deliveries: Deliveries,
    /// Whether callers are sent away.
    announcement: Announcement,
    /// Who waits for a booking to change.
    waiting: Arc<Waiting>,
    /// Live consents, by what proves them.
    consented: Remembered<[u8; 32], Consented>,
    /// What is outstanding.
    outstanding: Remembered<PracticeId, Arc<[RequestType]>>,
    /// What is shown of practices, and what can be booked there.
    practice_pages: Remembered<PracticeId, Arc<PracticePage>, ByWeight>,
    terms: Remembered<PracticeId, Arc<Terms>, ByWeight>,
    times: Remembered<(PracticeId, (Date, Date)), Arc<Times>, ByWeight>,
    searched: Searched,
    /// The answers to batches of snapshots that said nothing new.
    unchanged: Unchanged,
    /// Whoever runs due work holds this, so that the sandbox's clock can run it in order.
    timers: tokio::sync::Mutex<()>,
    /// Whether due work has been found done since the start.
    has_caught_up: AtomicBool,
    /// Whoever sends messages holds this.
    messenger: tokio::sync::Mutex<()>,
    passwords: staff::passwords::Passwords,
    overview: fresh::Fresh<overview::Overview>,
    /// Since when due work was last found done.
    caught_up: parking_lot::Mutex<Stopwatch>,
}

impl Hub {
    /// A hub on an open store.
    #[must_use]
    pub fn new(
        store: Store,
        random: Arc<dyn Random>,
        outgoing: Outgoing,
        settings: Settings,
    ) -> Self {
        Self(Arc::new(Inner {
            store,
            random,
            outgoing,
            settings,
            contacts: Arc::default(),
            deliveries: Deliveries::default(),
            announcement: Announcement::default(),
            waiting: Arc::default(),
            consented: Remembered::by(Store::configuration_stamp),
            outstanding: Remembered::by(Store::stamp),
            practice_pages: Remembered::within(PAGES_BYTES, 10_000, Store::configuration_stamp),
            terms: Remembered::within(TERMS_BYTES, 1_000, Store::configuration_stamp),
            times: Remembered::within(TIMES_BYTES, 20_000, Store::stamp),
            searched: Searched::default(),
            unchanged: Unchanged::default(),
            timers: tokio::sync::Mutex::default(),
            has_caught_up: AtomicBool::new(false),
            messenger: tokio::sync::Mutex::default(),
            passwords: staff::passwords::Passwords::default(),
            overview: fresh::Fresh::new(),
            caught_up: parking_lot::Mutex::new(Stopwatch::start()),
        }))
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// Whether the store answers, and can be written: if the last attempt to write failed, another
    /// is made.
    ///
    /// # Errors
    /// It does not, or cannot.
    pub async fn check_store(&self) -> Result<()> {
        if self.0.store.writes_fail() {
            return self
                .write_global(|tx| {
                    let now = tx.now().to_string();
                    Ok(settings::set(tx, "write_check", &now)?)
                })
                .await;
        }
        self.read_global(|tx| {
            slotbridge_store::due::earliest(tx)?;
            Ok(())
        })
        .await
    }

    /// How long ago due work was last found done; if never, since the start.
    #[must_use]
    pub fn caught_up(&self) -> std::time::Duration {
        self.0.caught_up.lock().elapsed()
    }

    /// What an operator set.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// The last contacts of the integrations.
    #[must_use]
    pub fn contacts(&self) -> &Contacts {
        &self.0.contacts
    }

    /// The present.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.store.clock().now()
    }

    /// A fresh key of a kind.
    #[must_use]
    pub fn new_key(&self, kind: KeyKind) -> String {
        kind.write(self.0.random.bytes())
    }

    /// How the answer to a creating call is made, and under which key of the caller's it is kept.
    #[must_use]
    pub fn once<T>(
        &self,
        key: Option<IdempotencyKey>,
        render: fn(&T) -> serde_json::Value,
    ) -> Once<T> {
        Once::new(key, Arc::clone(&self.0.random), render)
    }

    /// The ways out.
    #[must_use]
    pub fn outgoing(&self) -> &Outgoing {
        &self.0.outgoing
    }

    /// The source of randomness.
    #[must_use]
    pub fn random(&self) -> &Arc<dyn Random> {
        &self.0.random
    }

    /// Runs a use case of a practice that writes. `Ok` is durable.
    ///
    /// # Errors
    /// The use case's, or the store's.
    pub async fn write<T: Send + 'static>(
        &self,
        practice: PracticeId,
        use_case: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.0.store.begin(practice).write(use_case).await
    }

    /// Runs a use case of a practice that only reads.
    ///
    /// # Errors
    /// The use case's, or the store's.
    pub async fn read<T: Send + 'static>(
        &self,
        practice: PracticeId,
        use_case: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.0.store.begin(practice).read(use_case).await
    }

    /// Runs a use case of a practice that only reads, on a replica if there is one: this node's own
    /// writes are in what it sees, and those of others that are older than
    /// [`slotbridge_store::STALENESS`]. For searches; not for what decides over a write.
    ///
    /// # Errors
    /// The use case's, or the store's.
    pub(crate) async fn read_stale<T: Send + 'static>(
        &self,
        practice: PracticeId,
        use_case: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.0.store.begin(practice).read_stale(use_case).await
    }

    /// Runs a use case that belongs to no practice and writes.
    ///
    /// # Errors
    /// The use case's, or the store's.
    pub async fn write_global<T: Send + 'static>(
        &self,
        use_case: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.0.store.begin_global().write(use_case).await
    }

    /// Runs a use case of no practice or of all that writes nothing that a node remembers.
    ///
    /// # Errors
    /// The use case's, or the store's.
    pub(crate) async fn keep_books<T: Send + 'static>(
        &self,
        use_case: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.0.store.begin_global().keep_books(use_case).await
    }

    /// The same of one practice, for which others may write meanwhile.
    ///
    /// # Errors
    /// The use case's, or the store's.
    pub(crate) async fn keep_books_of<T: Send + 'static>(
        &self,
        practice: PracticeId,
        use_case: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.0.store.begin(practice).keep_books(use_case).await
    }

    /// Runs a use case that belongs to no practice and only reads.
    ///
    /// # Errors
    /// The use case's, or the store's.
    pub async fn read_global<T: Send + 'static>(
        &self,
        use_case: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.0.store.begin_global().read(use_case).await
    }
}
