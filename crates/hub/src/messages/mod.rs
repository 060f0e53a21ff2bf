//! Sending what [`notify`] has written.
//!
//! A message is claimed with a lease in a transaction, handed over outside of any, and settled in
//! another. A crash in between leaves it to whoever finds the lease ended: it is sent at least
//! once. One that cannot be sent is tried again for a day, or as long as it makes sense. By a way
//! that this hub does not have, and for test practices, nothing is sent: the message is kept, for
//! operators to read.

use crate::outgoing::{Channel, Message, NotSent};
use crate::{Hub, Result, notify};
use jiff::{SignedDuration, Timestamp};
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
    let way = &hub.outgoing().messages;
    let ways = [Channel::Mail, Channel::Sms].map(|channel| way.sends(channel));
    let public_url = hub.settings().public_url.clone();
    let claimed = hub
        .write(practice, move |tx| {
            claim(tx, &due, ways, public_url.as_deref())
        })
        .await?;
    let Some((stored, message)) = claimed else {
        return Ok(());
    };
    let sent = match tokio::time::timeout(ATTEMPT, way.send(message)).await {
        Ok(sent) => sent,
        Err(_) => Err(NotSent {
            again: true,
            why: "it was not taken in time".to_owned(),
        }),
    };
    if let Err(NotSent { again, why }) = &sent {
        let (kind, attempts) = (&stored.key.kind, stored.attempts);
        tracing::warn!(practice_id = %practice, kind, attempts, again, why, "a message was not sent");
    }
    hub.write(practice, move |tx| settle(tx, &stored, &sent))
        .await
}

/// Takes a message to be sent, if nobody else has, and opens it. One that is too late, whose patient
/// is erased, or that nothing sends, ends here.
fn claim(
    tx: &mut Tx<'_>,
    due: &Due,
    ways: [bool; 2],
    public_url: Option<&str>,
) -> Result<Option<(Stored, Message)>> {
    let until = tx.now().saturating_add(LEASE).unwrap_or(Timestamp::MAX);
    let Some(stored) = messages::claim(tx, due, until)? else {
        return Ok(None);
    };
    let Some(message) = notify::open_to_send(tx, &stored, public_url)? else {
        messages::delete(tx, &stored.key)?;
        return Ok(None);
    };
    let [mail, sms] = ways;
    let sends = match message.channel {
        Channel::Mail => mail,
        Channel::Sms => sms,
    };
    if !sends || practices::get(tx, due.practice_id)?.is_none_or(|practice| practice.test) {
        messages::settle(tx, &stored.key, State::Kept, None)?;
        return Ok(None);
    }
    if stored.expires_at <= tx.now() {
        messages::settle(
            tx,
            &stored.key,
            State::Failed,
            Some("it is too late to send it"),
        )?;
        return Ok(None);
    }
    Ok(Some((stored, message)))
}

/// Writes down what came of an attempt.
fn settle(tx: &mut Tx<'_>, stored: &Stored, sent: &Result<(), NotSent>) -> Result<()> {
    let (state, why) = match sent {
        Ok(()) => (State::Sent, None),
        Err(NotSent { again, why }) => {
            let next = next_attempt(stored.attempts, tx.now(), stored.expires_at);
            if let Some(next) = next.filter(|_| *again) {
                let attempt = stored.attempts;
                return Ok(messages::postpone(tx, &stored.key, attempt, next, why)?);
            }
            (State::Failed, Some(why.as_str()))
        }
    };
    Ok(messages::settle(tx, &stored.key, state, why)?)
}
