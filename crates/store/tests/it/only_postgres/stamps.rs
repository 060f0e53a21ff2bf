//! What another node writes ends what this one remembers, as far as it is about that.

use super::raise;
use crate::support::{Fixture, RawPostgres};
use slotbridge_domain::feature::Feature;
use slotbridge_domain::ids::PracticeId;
use slotbridge_store::{Result, Stamp, Stopwatch, Store, Tx, health};
use slotbridge_testkit::TestEngine;
use std::cell::Cell;
use std::time::Duration;

/// What takes a second at most.
const SOON: Duration = Duration::from_secs(20);

/// What a node of the version before leaves of its writing.
const BEFORE: &str = "UPDATE practice_counters
    SET last_xid = CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT)";

struct Nodes {
    // Dropped in this order: the stores before their database.
    other: Store,
    this: Fixture,
    practice: PracticeId,
    raised: Cell<i64>,
}

impl Nodes {
    fn new() -> Option<Self> {
        let this = Fixture::only_on(TestEngine::Postgres)?;
        let practice = this.practice();
        let other = this.open_again().unwrap();
        Some(Self {
            other,
            this,
            practice,
            raised: Cell::new(0),
        })
    }

    /// What this node remembers all by, and what is configured.
    fn stamps(&self) -> [Stamp; 2] {
        let (store, since) = (&self.this.store, Stopwatch::start());
        loop {
            let all = store.stamp(self.practice);
            if let Some(stamps) = all.zip(store.configuration_stamp(self.practice)) {
                return stamps.into();
            }
            assert!(since.elapsed() < SOON, "this node cannot ask");
        }
    }

    fn write_on(&self, store: &Store, part: impl Fn(&mut Tx<'_>) -> Result<()> + Send + 'static) {
        let written = store.begin(self.practice).write(part);
        self.this.runtime.block_on(written).unwrap();
    }

    /// A node writes what goes on there.
    fn raise_on(&self, store: &Store) {
        let n = self.raised.replace(self.raised.get() + 1);
        self.write_on(store, move |tx| raise(tx, n));
    }

    /// Does something, and waits until this node has read all that anybody wrote before: what it reads
    /// in the answer to one question, it does not see all at once.
    fn and_hears(&self, what: impl Fn()) {
        what();
        for _ in 0..2 {
            let [before, _] = self.stamps();
            self.raise_on(&self.other);
            let since = Stopwatch::start();
            while self.stamps()[0] == before {
                assert!(since.elapsed() < SOON, "this node hears nothing of it");
            }
        }
    }
}

#[test]
fn what_another_node_configures_ends_what_is_configured_and_no_more_does() {
    let Some(nodes) = Nodes::new() else {
        return;
    };
    nodes.and_hears(|| {});
    let raw = RawPostgres::open(&nodes.this.database);
    raw.execute("SET slotbridge.practice_id = '0'");
    let ends = |what: &dyn Fn()| {
        let [_, before] = nodes.stamps();
        nodes.and_hears(what);
        nodes.stamps()[1] != before
    };
    let configure = |store: &Store| {
        nodes.write_on(store, |tx| {
            health::set_late(tx, Feature::AttachDocuments, true)
        });
    };
    let [other, this] = [&nodes.other, &*nodes.this.store];
    assert!(!ends(&|| nodes.raise_on(other)));
    assert!(!ends(&|| nodes.raise_on(this)));
    assert!(ends(&|| configure(this)));
    assert!(ends(&|| configure(other)));
    assert!(!ends(&|| nodes.raise_on(other)), "it is told once");
    let overtaken = || {
        configure(other);
        nodes.raise_on(this);
    };
    assert!(ends(&overtaken), "this node wrote next");
    // A node of the version before may have configured, and nobody else writes.
    let ([_, before], since) = (nodes.stamps(), Stopwatch::start());
    raw.execute(BEFORE);
    while nodes.stamps()[1] == before {
        assert!(
            since.elapsed() < SOON,
            "what it has written is not heard of"
        );
    }
    let overtaken = || {
        raw.execute(BEFORE);
        nodes.raise_on(this);
    };
    assert!(ends(&overtaken), "also if this node wrote next");
    assert!(!ends(&|| nodes.raise_on(other)), "nor is that told again");
}
