//! What the store counts and measures. Each store has its own figures: nothing is global, so that
//! tests in one process do not see each other's.

use crate::Stopwatch;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use slotbridge_domain::outcome::Outcome;
use std::sync::OnceLock;

/// A label with its value.
type Label = [(&'static str, &'static str); 1];

/// From a tenth of a millisecond, about the quickest durable write there is, to ten seconds.
const SECONDS: [f64; 14] = [
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0,
];
/// How many callers share a commit.
const CALLERS: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

/// The figures of one store.
pub struct Figures {
    by_outcome: Family<Label, Counter>,
    bookings: Vec<Counter>,
    by_end: Family<Label, Counter>,
    ends: [Counter; 3],
    waiting: Gauge,
    queue_wait: Histogram,
    commit: Histogram,
    commit_callers: Histogram,
    retries: Counter,
    connects: Counter,
    connections: Gauge,
    busy: Gauge,
    available: Gauge,
    /// Of a store that has a replica.
    replica: OnceLock<ReplicaFigures>,
}

/// What became of a read that may be done on a replica: served there, or why by the primary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplicaRead {
    /// The replica has done it.
    Served,
    /// What it looks at was written just now, or nobody knows whether it was.
    Recent,
    /// The replica did not have what it must see yet.
    Behind,
    /// Each connection to the replica is at work.
    Busy,
    /// There is no connection to it.
    Away,
    /// The replica has begun and could not do it, or not in time.
    Failed,
}

impl ReplicaRead {
    const ALL: [(Self, &'static str); 6] = [
        (Self::Served, "served"),
        (Self::Recent, "recent"),
        (Self::Behind, "behind"),
        (Self::Busy, "busy"),
        (Self::Away, "away"),
        (Self::Failed, "failed"),
    ];
}

struct ReplicaFigures {
    by_outcome: Family<Label, Counter>,
    reads: [Counter; 6],
    connected: Gauge,
}

impl Default for ReplicaFigures {
    fn default() -> Self {
        let by_outcome = Family::<Label, Counter>::default();
        let reads =
            ReplicaRead::ALL.map(|(_, name)| by_outcome.get_or_create_owned(&[("outcome", name)]));
        Self {
            by_outcome,
            reads,
            connected: Gauge::default(),
        }
    }
}

impl Default for Figures {
    fn default() -> Self {
        let by_outcome = Family::<Label, Counter>::default();
        let bookings = Outcome::ALL.iter();
        let bookings = bookings
            .map(|outcome| by_outcome.get_or_create_owned(&[("outcome", outcome.as_str())]))
            .collect();
        let by_end = Family::<Label, Counter>::default();
        let ends = ["durable", "undone", "failed"]
            .map(|name| by_end.get_or_create_owned(&[("outcome", name)]));
        let available = Gauge::default();
        available.set(1);
        Self {
            by_outcome,
            bookings,
            by_end,
            ends,
            waiting: Gauge::default(),
            queue_wait: Histogram::new(SECONDS),
            commit: Histogram::new(SECONDS),
            commit_callers: Histogram::new(CALLERS),
            retries: Counter::default(),
            connects: Counter::default(),
            connections: Gauge::default(),
            busy: Gauge::default(),
            available,
            replica: OnceLock::new(),
        }
    }
}

/// How a transaction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// It is durable, or has read what it wanted.
    Well,
    /// The use case found a reason not to.
    Undone,
    /// The store could not.
    Failed,
}

/// One caller in the queue.
pub(crate) struct Waiting {
    gauge: Gauge,
    since: Stopwatch,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.gauge.dec();
    }
}

/// One connection at work.
pub(crate) struct Busy(Gauge);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Figures {
    /// The counter of an outcome of bookings.
    pub(crate) fn booking(&self, outcome: Outcome) -> Option<&Counter> {
        self.bookings.get(outcome as usize)
    }

    /// Counts an outcome of bookings that no transaction has written.
    pub fn count(&self, outcome: Outcome) {
        if let Some(counter) = self.booking(outcome) {
            counter.inc();
        }
    }

    /// How often an outcome of bookings has been counted.
    #[must_use]
    pub fn counted(&self, outcome: Outcome) -> u64 {
        self.booking(outcome).map_or(0, Counter::get)
    }

    pub(crate) fn enqueue(&self) -> Waiting {
        self.waiting.inc();
        Waiting {
            gauge: self.waiting.clone(),
            since: Stopwatch::start(),
        }
    }

    /// It is this caller's turn.
    pub(crate) fn dequeue(&self, waiting: Waiting) {
        self.queue_wait.observe(waiting.since.seconds());
        drop(waiting);
    }

    /// So many callers shared a commit that was tried since then.
    pub(crate) fn committed(&self, since: Stopwatch, callers: usize) {
        self.commit.observe(since.seconds());
        self.commit_callers
            .observe(f64::from(u32::try_from(callers).unwrap_or(u32::MAX)));
    }

    pub(crate) fn ended(&self, how: Ended) {
        let [durable, undone, failed] = &self.ends;
        let counter = match how {
            Ended::Well => durable,
            Ended::Undone => undone,
            Ended::Failed => failed,
        };
        counter.inc();
    }

    /// A transaction is run again.
    pub(crate) fn retried(&self) {
        self.retries.inc();
    }

    /// A connection to PostgreSQL is made.
    pub(crate) fn connected(&self) {
        self.connects.inc();
    }

    /// How many connections to PostgreSQL are kept at most.
    pub(crate) fn keeps(&self, connections: usize) {
        self.connections
            .set(i64::try_from(connections).unwrap_or(i64::MAX));
    }

    /// Whether the database takes connections: 1 or 0.
    pub(crate) fn available(&self) -> Gauge {
        self.available.clone()
    }

    /// How many connections to a replica there are; from the first time on it is shown.
    pub(crate) fn replica_connections(&self) -> &Gauge {
        &self.replica.get_or_init(ReplicaFigures::default).connected
    }

    /// A read that may be done on a replica is over, or goes to the primary.
    pub(crate) fn replica_read(&self, outcome: ReplicaRead) {
        if let Some(counter) = self.reads_of_replica(outcome) {
            counter.inc();
        }
    }

    fn reads_of_replica(&self, outcome: ReplicaRead) -> Option<&Counter> {
        self.replica.get()?.reads.get(outcome as usize)
    }

    /// How many reads have ended so; 0 where there is no replica.
    #[must_use]
    pub fn replica_reads(&self, outcome: ReplicaRead) -> u64 {
        self.reads_of_replica(outcome).map_or(0, Counter::get)
    }

    pub(crate) fn busy(&self) -> Busy {
        self.busy.inc();
        Busy(self.busy.clone())
    }

    /// Puts them into a registry, under their names.
    pub fn register(&self, registry: &mut Registry) {
        registry.register(
            "slotbridge_bookings",
            "What has become of bookings, counted when it is durable",
            self.by_outcome.clone(),
        );
        let store = registry.sub_registry_with_prefix("slotbridge_store");
        store.register(
            "transactions",
            "Transactions by how they ended: durable, undone by the use case, failed by the store",
            self.by_end.clone(),
        );
        store.register("waiting", "Callers in the queue", self.waiting.clone());
        store.register_with_unit(
            "queue_wait",
            "How long callers waited for their turn",
            Unit::Seconds,
            self.queue_wait.clone(),
        );
        store.register_with_unit(
            "commit_duration",
            "How long commits of what was written took",
            Unit::Seconds,
            self.commit.clone(),
        );
        store.register(
            "commit_callers",
            "How many callers shared a commit",
            self.commit_callers.clone(),
        );
        store.register(
            "retries",
            "Transactions that were run again: conflicts, deadlocks, lost connections",
            self.retries.clone(),
        );
        store.register(
            "connects",
            "Connections made to PostgreSQL",
            self.connects.clone(),
        );
        store.register(
            "connections",
            "Connections to PostgreSQL that are kept at most",
            self.connections.clone(),
        );
        store.register(
            "connections_busy",
            "Connections to PostgreSQL at work",
            self.busy.clone(),
        );
        store.register(
            "available",
            "0: PostgreSQL takes no connections, and callers are told so at once",
            self.available.clone(),
        );
        if let Some(replica) = self.replica.get() {
            store.register(
                "replica_reads",
                "Reads for searches, by what became of them: served by the read replica, or why by \
                 the primary",
                replica.by_outcome.clone(),
            );
            store.register(
                "replica_connections",
                "Connections to the read replica",
                replica.connected.clone(),
            );
        }
    }
}
