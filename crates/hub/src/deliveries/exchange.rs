//! What a lane does in the store: writing down what came of attempts, and taking what is due.

use super::attempt::Landed;
use super::book::{Ahead, Book, Look};
use super::sight::Claimed;
use crate::health::{self, Answered};
use crate::{Hub, Result};
use jiff::{SignedDuration, Timestamp};
use slotbridge_domain::delivery::next_attempt;
use slotbridge_domain::ids::{ConsumerId, PracticeId};
use slotbridge_store::callback_errors::{self, CallbackError};
use slotbridge_store::lanes::{self, Taken};
use slotbridge_store::{Tx, numbers};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::task::JoinSet;

/// When it is news that an integration was heard of, after the last time.
const NEWS: SignedDuration = SignedDuration::from_secs(1);

/// What an exchange gives.
pub(super) struct Exchanged {
    /// The book, as it is now.
    pub(super) book: Book,
    /// What is to be attempted; `None` if the lane is somebody else's.
    pub(super) claimed: Option<Vec<Claimed>>,
    /// Whether there may be more to take.
    pub(super) more: bool,
    /// Whether nobody is to be called back for now.
    pub(super) pauses: bool,
    /// What was seen of what comes next.
    pub(super) ahead: Option<Ahead>,
}

/// How much an exchange is to take.
pub(super) struct Appetite {
    /// How many at most, but for those that have been looked at.
    pub(super) room: usize,
    /// What has been looked at.
    pub(super) ahead: Option<Ahead>,
    /// How many are to be looked at for the next time.
    pub(super) next: usize,
}

/// Writes down what has landed, and takes what is due: one transaction for all that went well, and one
/// for each practice of which something did not, as that counts its errors. What the next exchange is
/// to take is looked at meanwhile.
pub(super) async fn exchange(
    hub: Hub,
    mut book: Book,
    landed: Vec<Landed>,
    appetite: Appetite,
) -> Result<Exchanged> {
    let mut delivered = Vec::new();
    let mut answered = Contacts::new();
    let mut failed = BTreeMap::<PracticeId, Vec<Landed>>::new();
    let mut down = Vec::with_capacity(landed.len());
    for one in landed {
        let which = one.claimed.taken.which;
        down.push(which);
        if one.outcome.is_ok() {
            let (practice, consumer) = (which.practice_id, one.claimed.subscription.consumer_id);
            let heard = hub.contacts().last(practice, consumer);
            if heard.is_none_or(|heard| one.at.duration_since(heard) >= NEWS) {
                let last = answered.entry((practice, consumer)).or_default();
                *last = one.at.max(*last);
            }
            delivered.push(one.claimed.taken);
        } else {
            failed.entry(which.practice_id).or_default().push(one);
        }
    }
    // First: the book forgets the times of their first attempts, which their payloads hold then.
    let mut recording = JoinSet::new();
    for (practice, failed) in failed {
        let hub = hub.clone();
        recording.spawn(async move { hub.write(practice, move |tx| record(tx, &failed)).await });
    }
    let recorded = recording
        .join_all()
        .await
        .into_iter()
        .collect::<Result<()>>();
    let pauses = hub.maintenance().await.is_some();
    let Appetite { room, ahead, next } = appetite;
    let room = if pauses { 0 } else { room };
    let (seen, ahead) = match room {
        0 => (None, ahead),
        _ => {
            let recall = |ahead: Ahead| {
                let ago = ahead.ago();
                book.recall(ahead, ago)
            };
            (ahead.and_then(recall), None)
        }
    };
    let room = if seen.is_some() { 0 } else { room };
    let (mut book, looked, heard) = match room == 0 && answered.is_empty() {
        true => (book, Look::default(), Vec::new()),
        false => look(&hub, book, room, answered).await?,
    };
    let look = seen.unwrap_or(looked);
    // Only now: till it is written down, what was delivered is due.
    for which in &down {
        book.settled(*which);
    }
    let place = look.sight.last.filter(|_| next > 0);
    let (lane, reader) = (book.lane().to_owned(), hub.clone());
    let looks_ahead = async {
        let Some(place) = place else { return ahead };
        let look = move |tx: &mut Tx<'_>| Ahead::look(tx, &lane, place, next);
        // What fails is looked at again when its turn has come.
        reader.read_global(look).await.ok()
    };
    let (exchanged, ahead) = tokio::join!(write_down(&hub, book, look, delivered), looks_ahead);
    for (practice, consumer, at, heard) in heard {
        hub.called_back(practice, consumer, at, heard).await;
    }
    recorded?;
    Ok(Exchanged {
        pauses,
        ahead,
        ..exchanged?
    })
}

type Contacts = BTreeMap<(PracticeId, ConsumerId), Timestamp>;
type Heard = (PracticeId, ConsumerId, Timestamp, Answered);

/// Looks for up to `room` that are due, and what it means that some integrations have answered.
async fn look(
    hub: &Hub,
    book: Book,
    room: usize,
    answered: Contacts,
) -> Result<(Book, Look, Vec<Heard>)> {
    hub.read_global(move |tx| {
        let mut book = book.clone();
        let mut heard = Vec::with_capacity(answered.len());
        for ((practice, consumer), at) in &answered {
            let answered = tx.within(*practice, |tx| health::answered(tx, *consumer))?;
            heard.push((*practice, *consumer, *at, answered));
        }
        let look = match room {
            0 => Look::default(),
            _ => book.look(tx, room)?,
        };
        Ok((book, look, heard))
    })
    .await
}

async fn write_down(hub: &Hub, book: Book, look: Look, delivered: Vec<Taken>) -> Result<Exchanged> {
    let Look { sight, more } = look;
    if delivered.is_empty() && sight.is_empty() && !book.is_leased() {
        let claimed = Some(Vec::new());
        return Ok(Exchanged {
            book,
            claimed,
            more,
            pauses: false,
            ahead: None,
        });
    }
    let look = Arc::new(Look { sight, more });
    let shown = Arc::clone(&look);
    let (book, taken) = hub
        .keep_books(move |tx| {
            let mut book = book.clone();
            let taken = book.keep(tx, &shown)?;
            lanes::delivered(tx, &delivered)?;
            for (which, state) in &shown.sight.closing {
                lanes::close(tx, *which, *state)?;
            }
            Ok((book, taken))
        })
        .await?;
    let sight = Arc::into_inner(look)
        .map(|look| look.sight)
        .unwrap_or_default();
    Ok(Exchanged {
        book,
        more: more && taken.is_some(),
        claimed: taken.map(|taken| sight.claimed(taken)),
        pauses: false,
        ahead: None,
    })
}

/// Writes down attempts that have failed.
fn record(tx: &mut Tx<'_>, failed: &[Landed]) -> Result<()> {
    for Landed {
        claimed,
        at,
        outcome,
    } in failed
    {
        let Err(failure) = outcome else { continue };
        let (which, attempt) = (claimed.taken.which, claimed.failed + 1);
        match next_attempt(attempt, *at) {
            Some(next) => lanes::retry(tx, which, claimed.failed, next, &claimed.payload)?,
            None => lanes::give_up(tx, which, claimed.failed)?,
        }
        let subscription = &claimed.subscription;
        let error = CallbackError {
            error_id: numbers::callback_error(tx)?,
            consumer_id: subscription.consumer_id,
            subscription_id: which.key.subscription_id,
            at: *at,
            topic: subscription.topic,
            client_id: subscription.client_id.clone(),
            callback_url: subscription.callback_url.clone(),
            payload: claimed.payload.clone(),
            attempt,
            error_type: failure.error_type.as_str().to_owned(),
            error_message: failure.message.clone(),
        };
        callback_errors::insert(tx, &error)?;
    }
    Ok(())
}
