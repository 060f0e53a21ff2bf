//! Sending what [`notify`] has written.
//!
//! A message is claimed with a lease in a transaction, handed over outside of any, and settled in
//! another. A crash in between leaves it to whoever finds the lease ended: it is sent at least
//! once. One that cannot be sent is tried again for a day, or as long as it makes sense. By a way
//! that this hub does not have, and for test practices, nothing is sent: the message is kept, for
//! operators to read.

use crate::outgoing::{Channel, Message, NotSent};
use crate::planned::{self, Looked, Planned};
use crate::{Hub, Result, notify};
use jiff::{SignedDuration, Timestamp};
use slotbridge_domain::ids::PracticeId;
use slotbridge_domain::message::{State, next_attempt};
use slotbridge_store::bookings::{self, Booking};
use slotbridge_store::due::Until;
use slotbridge_store::messages::{self, Due, Stored};
use slotbridge_store::practices::{self, Practice};
use slotbridge_store::{Asked, Tx};
use std::time::Duration;
use tokio::sync::MutexGuard;

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
        self.all().await?;
        self.hub.read_global(|tx| Ok(messages::earliest(tx)?)).await
    }

    /// The same of one node of several: what others have written is left to them for a second. Answers
    /// when to look again: at once if something was tried, or else when its own next is to be, if that is
    /// within a while.
    ///
    /// # Errors
    /// The store's; what was not settled is tried again.
    pub async fn run_own(&self, within: SignedDuration) -> Result<Option<Timestamp>> {
        self.own(within).await
    }

    async fn send_all(&self, due: Vec<Due>) -> Result<()> {
        let (claims, together) = (Claims::of(self.hub), due.clone());
        let claimed = self
            .hub
            .keep_books(move |tx| claims.all(tx, &together))
            .await;
        let (claimed, left) = match claimed {
            Ok(claimed) => claimed,
            Err(error) if error.is_away() => return Err(error),
            // One of them may be to blame.
            Err(_) => (Vec::new(), due),
        };
        let mut running = tokio::task::JoinSet::new();
        for claimed in claimed {
            let hub = self.hub.clone();
            running.spawn(async move { send(&hub, claimed).await });
        }
        for due in left {
            let hub = self.hub.clone();
            running.spawn(async move { one(&hub, due).await });
        }
        planned::finish(running).await
    }
}

impl Planned for Messenger<'_> {
    const AT_ONCE: usize = 16;

    fn hub(&self) -> &Hub {
        self.hub
    }

    async fn some(&self, until: Until) -> Result<Looked> {
        let read = move |tx: &mut Tx<'_>| Ok(messages::next(tx, until, Self::AT_ONCE)?);
        let mut due = self.hub.read_global(read).await?;
        let looked = Looked::at(&mut due, self.hub.now(), |due| due.next_at);
        if looked.done > 0 {
            self.send_all(due).await?;
        }
        Ok(looked)
    }
}

/// Claims a message, sends it and settles it.
async fn one(hub: &Hub, due: Due) -> Result<()> {
    let (claims, practice) = (Claims::of(hub), due.practice_id);
    let claim = move |tx: &mut Tx<'_>| {
        let claimed = claims.ask(tx, &due)?;
        claims.read(tx, vec![(practice, claimed)])
    };
    for claimed in hub.keep_books_of(practice, claim).await? {
        send(hub, claimed).await?;
    }
    Ok(())
}

/// Sends a message and settles it.
async fn send(hub: &Hub, claimed: Claimed) -> Result<()> {
    let Claimed {
        practice,
        stored,
        message,
    } = claimed;
    let way = &hub.outgoing().messages;
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
    hub.keep_books_of(practice, move |tx| settle(tx, &stored, &sent))
        .await
}

/// A message to be sent by whoever has it.
struct Claimed {
    practice: PracticeId,
    stored: Stored,
    message: Message,
}

/// What decides whether a message can be sent.
struct Claims {
    mail: bool,
    sms: bool,
    public_url: Option<String>,
}

impl Claims {
    fn of(hub: &Hub) -> Self {
        let way = &hub.outgoing().messages;
        Self {
            mail: way.sends(Channel::Mail),
            sms: way.sends(Channel::Sms),
            public_url: hub.settings().public_url.clone(),
        }
    }

    /// Takes messages of many practices to be sent, which nobody else has taken. Those that are left:
    /// somebody writes for their practices.
    fn all(&self, tx: &mut Tx<'_>, due: &[Due]) -> Result<(Vec<Claimed>, Vec<Due>)> {
        let mut practices: Vec<PracticeId> = due.iter().map(|due| due.practice_id).collect();
        practices.sort_unstable();
        practices.dedup();
        let turns = tx.take_turns(&practices)?;
        let (due, left): (Vec<&Due>, Vec<&Due>) =
            due.iter().partition(|due| turns.contains(&due.practice_id));
        let mut claimed = Vec::new();
        for due in due {
            let practice = due.practice_id;
            claimed.push((practice, tx.within(practice, |tx| self.ask(tx, due))?));
        }
        let claimed = self.read(tx, claimed)?;
        Ok((claimed, left.into_iter().cloned().collect()))
    }

    fn ask(&self, tx: &mut Tx<'_>, due: &Due) -> Result<Asked<Stored>> {
        let until = tx.now().saturating_add(LEASE).unwrap_or(Timestamp::MAX);
        Ok(messages::claim(tx, due, until)?)
    }

    /// Opens what was claimed. One that is too late, whose patient is erased, or that nothing sends, ends
    /// here.
    fn read(
        &self,
        tx: &mut Tx<'_>,
        claimed: Vec<(PracticeId, Asked<Stored>)>,
    ) -> Result<Vec<Claimed>> {
        let mut asked = Vec::new();
        for (practice, claimed) in claimed {
            let Some(stored) = claimed.first(tx)? else {
                continue;
            };
            let of = stored.booking_id;
            let booking = of.map(|id| tx.within(practice, |tx| bookings::ask(tx, id)));
            asked.push((stored, booking.transpose()?, practices::ask(tx, practice)?));
        }
        let mut all = Vec::new();
        for (stored, booking, practice) in asked {
            let booking = match booking {
                Some(booking) => booking.first(tx)?,
                None => None,
            };
            let Some(practice) = practice.first(tx)? else {
                continue;
            };
            let id = practice.practice_id;
            let message =
                tx.within(id, |tx| self.open(tx, &stored, &practice, booking.as_ref()))?;
            all.extend(message.map(|message| Claimed {
                practice: id,
                stored,
                message,
            }));
        }
        Ok(all)
    }

    fn open(
        &self,
        tx: &mut Tx<'_>,
        stored: &Stored,
        practice: &Practice,
        booking: Option<&Booking>,
    ) -> Result<Option<Message>> {
        let public_url = self.public_url.as_deref();
        let Some(message) = notify::open_to_send(tx, stored, practice, booking, public_url)? else {
            messages::delete(tx, &stored.key)?;
            return Ok(None);
        };
        let sends = match message.channel {
            Channel::Mail => self.mail,
            Channel::Sms => self.sms,
        };
        if !sends || practice.test {
            messages::settle(tx, &stored.key, State::Kept, None)?;
            return Ok(None);
        }
        if stored.expires_at <= tx.now() {
            let why = Some("it is too late to send it");
            messages::settle(tx, &stored.key, State::Failed, why)?;
            return Ok(None);
        }
        Ok(Some(message))
    }
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
