//! The two engines. Each takes [`Job`]s, runs them in transactions and answers when they are
//! durable.

pub(crate) mod postgres;
pub(crate) mod sqlite;

use crate::figures::{Ended, Waiting};
use crate::seal::Keyring;
use crate::sql::{Arg, Sql};
use crate::stamps::Stamps;
use crate::tx::Tx;
use crate::{Figures, Result, StoreError, call};
use prometheus_client::metrics::counter::Counter;
use slotbridge_domain::clock::Clock;
use slotbridge_domain::ids::PracticeId;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use tokio::sync::{Notify, oneshot};
use tracing::Span;

/// What every transaction is given.
pub(crate) struct Shared {
    pub(crate) clock: Arc<dyn Clock>,
    /// What this node is called among those of the store, as long as it runs.
    pub(crate) node: i64,
    pub(crate) keyring: Keyring,
    pub(crate) figures: Figures,
    pub(crate) stamps: Arc<Stamps>,
    pub(crate) watch: OnceLock<Watch>,
    /// Whoever waits for what transactions leave to be done at once.
    pub(crate) woken: Notify,
    /// Whether the last attempt to write failed for the store's own reasons.
    pub(crate) writes_fail: AtomicBool,
}

impl Shared {
    pub(crate) fn writes_fail(&self) -> bool {
        self.writes_fail.load(Ordering::Relaxed)
    }

    /// What a transaction has written, or perhaps has, is no longer what it was. `by` is its number, if
    /// it has one and is known to have been committed.
    pub(crate) fn changed(&self, job: &dyn Job, by: Option<i64>) {
        if job.changes_stamps() {
            if job.changes_list() {
                self.stamps.change_list();
            }
            self.stamps.change(job.practice(), job.configures(), by);
        }
    }

    /// Keeps in mind whether the store can be written.
    pub(crate) fn note_write(&self, outcome: &Result<()>) {
        let fails = matches!(
            outcome,
            Err(StoreError::Unavailable(_) | StoreError::Away(_) | StoreError::OutcomeUnknown(_))
        );
        self.writes_fail.store(fails, Ordering::Relaxed);
    }
}

/// Is shown every statement before it is run.
pub(crate) type Watch = Box<dyn Fn(&'static Sql, &[Arg<'_>]) + Send + Sync>;

/// What a transaction does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// It only reads.
    Reads,
    /// It only reads, and may do that on a standby.
    ReadsStale,
    /// It writes.
    Writes,
    /// It writes nothing that any node remembers.
    KeepsBooks,
    /// It writes at the opening of the store, and takes as long as it does.
    Opens,
}

/// A caller's transaction, its types erased so that the engine can queue it.
pub(crate) trait Job: Send {
    /// The practice that it is for.
    fn practice(&self) -> Option<PracticeId>;
    /// Whether it only reads.
    fn reads_only(&self) -> bool;
    /// Whether it may be run on a standby.
    fn may_be_stale(&self) -> bool;
    /// Whether it writes what a node may remember.
    fn changes_stamps(&self) -> bool;
    /// Whether it has written what practices are listed by.
    fn changes_list(&self) -> bool;
    /// Whether it has changed how a practice is configured, as far as is known.
    fn configures(&self) -> bool;
    /// Whether limits for the calls of a server are not for it.
    fn takes_long(&self) -> bool;
    /// Runs the use case. `false`: undo it.
    fn run(&mut self, tx: &mut Tx<'_>) -> bool;
    /// What it has written leaves something to be done at once.
    fn wakes(&mut self);
    /// Answers the caller, after the commit or with the reason why there is none.
    fn finish(self: Box<Self>, outcome: Result<()>);
}

/// A use case with its caller.
pub(crate) struct Call<F, T, E> {
    practice: Option<PracticeId>,
    access: Access,
    use_case: F,
    result: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
    shared: Arc<Shared>,
    /// The place in the queue, until it is this caller's turn.
    waiting: Option<Waiting>,
    /// What is to be counted once it is durable.
    counted: Vec<Counter>,
    /// Whether somebody is to be woken then.
    wakes: bool,
    /// Whether practices are listed otherwise then.
    lists: bool,
    /// Whether one is configured otherwise then: perhaps, until it has run.
    configures: bool,
    /// The call that it is for, and the span that it belongs to.
    id: Option<call::Id>,
    parent: Span,
    /// The span of what it waits for: its turn, and later the commit.
    wait: Span,
}

impl<F, T, E> Call<F, T, E> {
    pub(crate) fn new(
        practice: Option<PracticeId>,
        access: Access,
        use_case: F,
        shared: &Arc<Shared>,
    ) -> (Self, oneshot::Receiver<Result<T, E>>) {
        let (reply, answer) = oneshot::channel();
        (
            Self {
                practice,
                access,
                use_case,
                result: None,
                reply,
                shared: Arc::clone(shared),
                waiting: Some(shared.figures.enqueue()),
                counted: Vec::new(),
                wakes: false,
                lists: false,
                configures: true,
                id: call::current(),
                parent: Span::current(),
                wait: tracing::debug_span!("store.queue"),
            },
            answer,
        )
    }
}

impl<F, T, E> Job for Call<F, T, E>
where
    F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send,
    T: Send,
    E: From<StoreError> + Send,
{
    fn practice(&self) -> Option<PracticeId> {
        self.practice
    }

    fn reads_only(&self) -> bool {
        matches!(self.access, Access::Reads | Access::ReadsStale)
    }

    fn may_be_stale(&self) -> bool {
        self.access == Access::ReadsStale
    }

    fn changes_stamps(&self) -> bool {
        matches!(self.access, Access::Writes | Access::Opens)
    }

    fn changes_list(&self) -> bool {
        self.lists
    }

    fn configures(&self) -> bool {
        self.configures
    }

    fn takes_long(&self) -> bool {
        self.access == Access::Opens
    }

    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        self.wait = Span::none();
        if let Some(waiting) = self.waiting.take() {
            self.shared.figures.dequeue(waiting);
        }
        let name = std::any::type_name::<F>();
        let span =
            tracing::debug_span!(parent: &self.parent, "store.run", code.function.name = name);
        let result = call::within(self.id.clone(), || {
            span.in_scope(|| run_guarded(&mut self.use_case, tx))
        });
        let keep = result.is_ok();
        self.result = Some(result);
        // Run again, it counts anew.
        self.counted = std::mem::take(&mut tx.counted);
        self.wakes = tx.wakes;
        self.lists = tx.lists;
        self.configures = tx.configures;
        self.wait = tracing::debug_span!(parent: &self.parent, "store.commit");
        keep
    }

    fn wakes(&mut self) {
        self.wakes = true;
    }

    fn finish(self: Box<Self>, outcome: Result<()>) {
        let this = *self;
        // What it holds is gone before its caller goes on, who may want to be the last to hold it.
        drop(this.use_case);
        let figures = &this.shared.figures;
        match (&outcome, &this.result) {
            (Ok(()), Some(Ok(_))) => {
                for counter in &this.counted {
                    counter.inc();
                }
                figures.ended(Ended::Well);
                if this.wakes {
                    this.shared.woken.notify_one();
                }
            }
            (Ok(()), Some(Err(_))) => figures.ended(Ended::Undone),
            _ => figures.ended(Ended::Failed),
        }
        let result = match (outcome, this.result) {
            (Err(error), _) => Err(error.into()),
            (Ok(()), Some(result)) => result,
            (Ok(()), None) => Err(StoreError::Panicked.into()),
        };
        // A caller that went away no longer wants its answer; what was done stays done.
        let _ = this.reply.send(result);
    }
}

/// Waits for a thread of the store's to end, unless it is this one: a use case whose caller went
/// away may hold the last of the store.
fn join(thread: JoinHandle<()>) {
    if thread.thread().id() != std::thread::current().id() {
        let _ = thread.join();
    }
}

/// Runs a use case so that a panic undoes only itself.
pub(crate) fn run_guarded<T, E: From<StoreError>>(
    use_case: &mut impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    tx: &mut Tx<'_>,
) -> Result<T, E> {
    catch_unwind(AssertUnwindSafe(|| use_case(tx)))
        .unwrap_or_else(|_| Err(StoreError::Panicked.into()))
}
