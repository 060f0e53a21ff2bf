//! What the tests have in common.

use rusqlite::OpenFlags;
use slotbridge_domain::booking::Life;
use slotbridge_domain::clock::Clock;
use slotbridge_domain::ids::{AppointmentTypeId, BookingId, PracticeId, PractitionerId};
use slotbridge_store::bookings::{self, Booking, Indexes};
use slotbridge_store::practices::{self, Practice};
use slotbridge_store::requests::{self, Request, Target};
use slotbridge_store::{Location, Result, Store, StoreError, Tx, Window, audit};
use slotbridge_testkit::{TestClock, TestDatabase, TestEngine, TestRandom};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::task::{Context, Poll, Waker};
use tokio::runtime::Runtime;

/// Everything there is.
pub(crate) const ALL: Window = Window {
    limit: i64::MAX,
    offset: 0,
};

/// What takes away from a store what came after schema 12, from which on nodes work beside each other.
pub(crate) const TO_SCHEMA_12: [&str; 6] = [
    "ALTER TABLE messages DROP COLUMN node",
    "ALTER TABLE due DROP COLUMN node",
    "ALTER TABLE practice_counters DROP COLUMN configured_xid",
    "ALTER TABLE practice_counters DROP COLUMN told_xid",
    "ALTER TABLE schema_migrations DROP COLUMN works_with",
    "DELETE FROM schema_migrations WHERE version >= 13",
];

/// A store on a database of its own.
pub(crate) struct Fixture {
    // Dropped in this order: the store before its database.
    pub(crate) store: Arc<Store>,
    pub(crate) runtime: Runtime,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) random: Arc<TestRandom>,
    pub(crate) database: TestDatabase,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        Self::on(TestDatabase::ready())
    }

    pub(crate) fn on(database: TestDatabase) -> Self {
        let (clock, random) = (TestClock::new(), TestRandom::new(1));
        Self {
            store: Arc::new(database.open(clock.clone(), random.clone())),
            runtime: runtime(),
            clock,
            random,
            database,
        }
    }

    /// `None`, and why, if the engine of this run is another one.
    pub(crate) fn only_on(engine: TestEngine) -> Option<Self> {
        if TestEngine::of_this_run() == engine {
            return Some(Self::new());
        }
        println!("holds on {engine:?} only: nothing to show here");
        None
    }

    pub(crate) fn is_sqlite(&self) -> bool {
        self.database.engine() == TestEngine::Sqlite
    }

    /// A new practice.
    pub(crate) fn practice(&self) -> PracticeId {
        let made = self.store.begin_global().write(new_practice);
        self.runtime.block_on(made).unwrap()
    }

    pub(crate) fn write<T: Send + 'static>(
        &self,
        practice: PracticeId,
        use_case: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.runtime
            .block_on(self.store.begin(practice).write(use_case))
    }

    pub(crate) fn read<T: Send + 'static>(
        &self,
        practice: PracticeId,
        use_case: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.runtime
            .block_on(self.store.begin(practice).read(use_case))
    }

    pub(crate) fn read_global<T: Send + 'static>(
        &self,
        use_case: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.runtime
            .block_on(self.store.begin_global().read(use_case))
    }

    /// The outstanding requests of a practice.
    pub(crate) fn requests(&self, practice: PracticeId) -> Vec<Request> {
        self.read(practice, |tx| requests::list_all(tx, ALL))
            .unwrap()
            .entries
    }

    /// Puts a use case into the queue and does not wait for its answer.
    pub(crate) fn queue<T: Send + 'static>(
        &self,
        practice: PracticeId,
        use_case: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Queued<T> {
        queue(&self.store, practice, use_case)
    }

    /// Holds up everybody who writes for the practice until the gate opens: on SQLite the writer,
    /// on PostgreSQL the practice's counter row.
    pub(crate) fn hold(&self, practice: PracticeId) -> (Gate, Queued<()>) {
        let (gate, mut pass) = gate();
        let held = self.queue(practice, move |_| {
            pass();
            Ok(())
        });
        gate.reached();
        (gate, held)
    }

    /// Opens the same database once more, as another node or after a restart.
    pub(crate) fn open_again(&self) -> Result<Store> {
        self.open_with(|_| ())
    }

    pub(crate) fn open_with(
        &self,
        change: impl FnOnce(&mut slotbridge_store::OpenOptions),
    ) -> Result<Store> {
        let mut options = self
            .database
            .options(self.clock.clone(), self.random.clone());
        change(&mut options);
        slotbridge_testkit::database::open(options)
    }

    /// Stops the store and opens its database again.
    /// Closes the store; gives what it can be opened with again.
    pub(crate) fn close(self) -> (Arc<TestClock>, Arc<TestRandom>, TestDatabase) {
        drop(Arc::into_inner(self.store).unwrap());
        (self.clock, self.random, self.database)
    }

    pub(crate) fn restart(self) -> Self {
        let Self {
            store,
            runtime,
            clock,
            random,
            database,
        } = self;
        drop(Arc::into_inner(store).unwrap());
        Self {
            store: Arc::new(database.open(clock.clone(), random.clone())),
            runtime,
            clock,
            random,
            database,
        }
    }
}

pub(crate) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_all()
        .build()
        .unwrap()
}

/// Puts a use case into a store's queue.
pub(crate) fn queue<T: Send + 'static>(
    store: &Arc<Store>,
    practice: PracticeId,
    use_case: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
) -> Queued<T> {
    let store = Arc::clone(store);
    let mut queued = Queued {
        call: Box::pin(async move { store.begin(practice).write(use_case).await }),
        answer: None,
    };
    // The first poll puts it into the queue, which has room.
    queued.is_answered();
    queued
}

/// A use case that was put into the queue.
pub(crate) struct Queued<T> {
    call: Pin<Box<dyn Future<Output = Result<T>> + Send>>,
    answer: Option<Result<T>>,
}

impl<T> Queued<T> {
    /// Whether the answer is there, without waiting for it.
    pub(crate) fn is_answered(&mut self) -> bool {
        if self.answer.is_none()
            && let Poll::Ready(answer) = self
                .call
                .as_mut()
                .poll(&mut Context::from_waker(Waker::noop()))
        {
            self.answer = Some(answer);
        }
        self.answer.is_some()
    }

    pub(crate) fn wait(self, fixture: &Fixture) -> Result<T> {
        self.answer
            .unwrap_or_else(|| fixture.runtime.block_on(self.call))
    }
}

/// A place in a use case that a test opens. Dropping it opens it too.
pub(crate) struct Gate {
    reached: Receiver<()>,
    _open: Sender<()>,
}

impl Gate {
    /// Waits until the use case is there.
    pub(crate) fn reached(&self) {
        self.reached.recv().unwrap();
    }

    /// Lets it go on.
    pub(crate) fn open(self) {}
}

/// A gate, and how a use case passes it.
pub(crate) fn gate() -> (Gate, impl FnMut() + Send + 'static) {
    let ((arrive, reached), (open, opened)) = (channel(), channel());
    let pass = move || {
        let _ = arrive.send(());
        let _ = opened.recv();
    };
    (
        Gate {
            reached,
            _open: open,
        },
        pass,
    )
}

fn new_practice(tx: &mut Tx<'_>) -> Result<PracticeId> {
    let practice_id = practices::next_id(tx)?;
    let practice = Practice {
        practice_id,
        name: format!("Practice {practice_id}"),
        timezone: "Australia/Sydney".into(),
        state: None,
        address: None,
        suburb: None,
        postcode: None,
        phone: None,
        email: None,
        specialties: vec!["gp".into()],
        products: vec![],
        test: false,
        auto_publish: true,
        hide_when_unhealthy: true,
        hide_when_feature_late: false,
        ask_after_appointments: false,
        minimum_notice_minutes: 0,
        default_length_minutes: 15,
        reminder_hours: 24,
        created_at: tx.now(),
        deactivated_at: None,
    };
    let key = tx.keyring().new_practice_key(practice_id)?;
    practices::insert(tx, &practice, &key)?;
    Ok(practice_id)
}

/// The target of a request on the practice's `n`th booking.
pub(crate) fn target(practice: PracticeId, n: i64) -> Target {
    Target::Booking(BookingId::of(practice, n))
}

/// A booking of the practice without its sealed parts.
pub(crate) fn booking(tx: &Tx<'_>, id: BookingId) -> Booking {
    Booking {
        booking_id: id,
        practitioner_id: PractitionerId::of(id.practice(), 1),
        appointment_type_id: AppointmentTypeId::of(id.practice(), 1),
        pms_resource_id: "r1".into(),
        pms_appointment_type_id: "t1".into(),
        comments: "Standard consultation".into(),
        start: tx.now(),
        end: tx.now() + jiff::SignedDuration::from_mins(15),
        is_new_patient: false,
        life: Life::new(tx.now()),
        manage_hash: vec![1; 32],
        data_key: None,
        person: None,
        pms_record: None,
        rescheduled_to: None,
    }
}

/// An entry of the audit trail about a booking, with a sealed note.
pub(crate) fn noted(tx: &Tx<'_>, id: BookingId, note: Vec<u8>) -> audit::Entry {
    audit::Entry {
        audit_id: 0,
        at: tx.now(),
        actor: "patient".into(),
        action: "book".into(),
        booking_id: Some(id),
        detail: "{}".into(),
        note: Some(note),
        call_id: String::new(),
    }
}

pub(crate) fn insert_booking(tx: &mut Tx<'_>, id: BookingId) -> Result<()> {
    let booking = booking(tx, id);
    let indexes = Indexes {
        phone: vec![2; 32],
        name: vec![3; 32],
        email: vec![4; 32],
    };
    bookings::insert(tx, &booking, &indexes)
}

/// The SQLite file, opened beside the store, only to read.
pub(crate) fn raw_sqlite(database: &TestDatabase) -> rusqlite::Connection {
    let path = database.folder().unwrap().join("slotbridge.sqlite");
    rusqlite::Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap()
}

/// A connection beside the store's, to either engine.
pub(crate) enum Raw {
    Sqlite(rusqlite::Connection),
    Postgres(RawPostgres),
}

impl Raw {
    pub(crate) fn open(database: &TestDatabase) -> Self {
        match database.location() {
            Location::Folder(folder) => {
                Self::Sqlite(rusqlite::Connection::open(folder.join("slotbridge.sqlite")).unwrap())
            }
            Location::Postgres(_) => Self::Postgres(RawPostgres::open(database)),
        }
    }

    pub(crate) fn execute(&self, text: &str) {
        match self {
            Self::Sqlite(connection) => connection.execute_batch(text).unwrap(),
            Self::Postgres(connection) => connection.execute(text),
        }
    }
}

/// A connection to PostgreSQL beside the store's. Not for use inside async code.
pub(crate) struct RawPostgres {
    pub(crate) client: tokio_postgres::Client,
    pub(crate) runtime: Runtime,
}

impl RawPostgres {
    pub(crate) fn open(database: &TestDatabase) -> Self {
        let Location::Postgres(url) = database.location() else {
            unreachable!("a PostgreSQL database");
        };
        Self::open_url(&url)
    }

    pub(crate) fn open_url(url: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let client = runtime.block_on(async {
            let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls)
                .await
                .unwrap();
            tokio::spawn(connection);
            client
        });
        Self { client, runtime }
    }

    pub(crate) fn execute(&self, text: &str) {
        self.runtime
            .block_on(self.client.batch_execute(text))
            .unwrap();
    }

    /// The words with which a text is refused.
    pub(crate) fn refused(&self, text: &str) -> String {
        let ran = self.runtime.block_on(self.client.batch_execute(text));
        let error = ran.unwrap_err();
        error
            .as_db_error()
            .map_or_else(String::new, |error| error.message().to_owned())
    }

    pub(crate) fn query(&self, text: &str) -> Vec<tokio_postgres::Row> {
        self.runtime.block_on(self.client.query(text, &[])).unwrap()
    }
}

/// The name of the statement that failed.
pub(crate) fn failed_statement<T>(result: Result<T>) -> &'static str {
    match result {
        Err(StoreError::Statement { statement, .. }) => statement,
        Err(error) => unreachable!("a statement should have failed, not: {error}"),
        Ok(_) => unreachable!("a statement should have failed"),
    }
}

pub(crate) fn now(fixture: &Fixture) -> jiff::Timestamp {
    fixture.clock.now()
}
