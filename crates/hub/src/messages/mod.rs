//! Sending what [`notify`] has written.
//!
//! A message is claimed with a lease in a transaction, handed over outside of any, and settled in
//! another. A crash in between leaves it to whoever finds the lease ended: it is sent at least
//! once. One that cannot be sent is tried again for a day, or as long as it makes sense. By a way
//! that this hub does not have, and for test practices, nothing is sent: the message is kept, for
//! operators to read.

use crate::outgoing::NotSent;
use crate::{Hub, Result, notify};
use jiff::{SignedDuration, Timestamp};
use slotbridge_domain::ids::PracticeId;
use slotbridge_domain::message::{State, next_attempt};
use slotbridge_store::messages::{self, Due, Stored};
use slotbridge_store::{Tx, practices};
use std::time::Duration;
use tokio::sync::MutexGuard;

/// How many are sent at once.
const BATCH: i64 = 16;
/// How long one attempt may take.
const ATTEMPT: Duration = Duration::from_secs(30);
/// How long a message is whoever's who tries it: longer than an attempt.
const LEASE: SignedDuration = SignedDuration::from_secs(120);

/// The right to send messages.
pub struct Messenger<'h> {
    hub: &'h Hub,
    _turn: MutexGuard<'h, ()>,
}

impl Hub {
    /// Waits for the right to send messages; in one process only one has it.
    pub async fn messenger(&self) -> Messenger<'_> {
        Messenger {
            hub: self,
            _turn: self.0.messenger.lock().await,
        }
    }
}

/// What a message came to.
enum Came {
    Sent,
    Kept,
    NotSent(NotSent),
}

impl Messenger<'_> {
    /// Tries all that is to be tried now. Answers when the next is, if anything waits.
    ///
    /// # Errors
    /// The store's; what was not settled is tried again.
    pub async fn run(&self) -> Result<Option<Timestamp>> {
        loop {
            let now = self.hub.now();
            let due = self
                .hub
                .read_global(move |tx| Ok(messages::next(tx, now, BATCH)?))
                .await?;
            if due.is_empty() {
                return self.next().await;
            }
            let mut running = tokio::task::JoinSet::new();
            for due in due {
                let hub = self.hub.clone();
                running.spawn(async move { one(&hub, due).await });
            }
            let mut outcome = Ok(());
            while let Some(done) = running.join_next().await {
                if let Ok(Err(error)) = done {
                    outcome = Err(error);
                }
            }
            outcome?;
        }
    }

    /// When the next message is to be tried.
    ///
    /// # Errors
    /// The store's.
    pub async fn next(&self) -> Result<Option<Timestamp>> {
        self.hub.read_global(|tx| Ok(messages::earliest(tx)?)).await
    }
}

/// Claims a message, sends it and settles it.
async fn one(hub: &Hub, due: Due) -> Result<()> {
    let practice = due.practice_id;
    let claimed = hub.write(practice, move |tx| claim(tx, &due)).await?;
    let Some((stored, message, test)) = claimed else {
        return Ok(());
    };
    let way = &hub.outgoing().messages;
    let came = if test || !way.sends(message.channel) {
        Came::Kept
    } else {
        let sent = tokio::time::timeout(ATTEMPT, way.send(message)).await;
        match sent {
            Ok(Ok(())) => Came::Sent,
            Ok(Err(not_sent)) => Came::NotSent(not_sent),
            Err(_) => Came::NotSent(NotSent {
                again: true,
                why: "it was not taken in time".to_owned(),
            }),
        }
    };
    if let Came::NotSent(NotSent { again, why }) = &came {
        let (kind, attempts) = (&stored.key.kind, stored.attempts);
        tracing::warn!(practice_id = %practice, kind, attempts, again, why, "a message was not sent");
    }
    settle(hub, practice, stored, came).await
}

type Claimed = (Stored, crate::outgoing::Message, bool);

/// Takes a message, if nobody else has, and opens it. One that is too late or whose patient is
/// erased ends here.
fn claim(tx: &mut Tx<'_>, due: &Due) -> Result<Option<Claimed>> {
    let until = tx.now().saturating_add(LEASE).unwrap_or(Timestamp::MAX);
    let Some(stored) = messages::claim(tx, due, until)? else {
        return Ok(None);
    };
    let Some(message) = notify::open(tx, &stored)? else {
        messages::delete(tx, &stored.key)?;
        return Ok(None);
    };
    let test = practices::get(tx, due.practice_id)?.is_none_or(|practice| practice.test);
    Ok(Some((stored, message, test)))
}

async fn settle(hub: &Hub, practice: PracticeId, stored: Stored, came: Came) -> Result<()> {
    hub.write(practice, move |tx| {
        let (state, why) = match &came {
            Came::Sent => (State::Sent, None),
            Came::Kept => (State::Kept, None),
            Came::NotSent(NotSent { again, why }) => {
                let next = next_attempt(stored.attempts, tx.now(), stored.expires_at);
                if let Some(next) = next.filter(|_| *again) {
                    let attempt = stored.attempts;
                    return Ok(messages::postpone(tx, &stored.key, attempt, next, why)?);
                }
                (State::Failed, Some(why.as_str()))
            }
        };
        Ok(messages::settle(tx, &stored.key, state, why)?)
    })
    .await
}
