//! Who may call (AUTH-0 to AUTH-5). Each caller is proven by a type that only this module makes.

pub(crate) mod sessions;

pub use sessions::{Manages, OperatorSession, Staff, StaffSession};

use crate::{Error, Hub, Result};
use aws_lc_rs::digest;
use jiff::tz::TimeZone;
use slotbridge_domain::feature::Feature;
use slotbridge_domain::ids::{BookingId, ConsumerId, PracticeId};
use slotbridge_domain::keys::KeyKind;
use slotbridge_store::practices::{self, Practice};
use slotbridge_store::{Tx, bookings, consumers, features, operator_tokens, requests};
use std::sync::Arc;

/// What is kept of a key.
#[must_use]
pub fn hash(key: impl AsRef<[u8]>) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, key.as_ref()).as_ref());
    hash
}

/// An integration with the live consent of a practice. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Consented(Arc<Proven>);

#[derive(Debug)]
struct Proven {
    practice: Practice,
    zone: TimeZone,
    consumer_id: ConsumerId,
    wire_profile: String,
    wanting: bool,
    features: Vec<Feature>,
}

impl Consented {
    /// The practice that consented.
    #[must_use]
    pub fn practice(&self) -> &Practice {
        &self.0.practice
    }

    /// Its id.
    #[must_use]
    pub fn practice_id(&self) -> PracticeId {
        self.0.practice.practice_id
    }

    /// Its zone.
    #[must_use]
    pub fn zone(&self) -> &TimeZone {
        &self.0.zone
    }

    /// The consumer that calls.
    #[must_use]
    pub fn consumer_id(&self) -> ConsumerId {
        self.0.consumer_id
    }

    /// Whether it was found unhealthy, or late with a feature: the call may change that
    /// ([`Hub::called_again`]).
    #[must_use]
    pub fn is_wanting(&self) -> bool {
        self.0.wanting
    }

    /// The features that the consumer has enabled at the practice (CONF-4).
    pub(crate) fn features(&self) -> &[Feature] {
        &self.0.features
    }

    /// How the consumer wants its answers written (WIRE-9).
    #[must_use]
    pub fn wire_profile(&self) -> &str {
        &self.0.wire_profile
    }
}

/// The three headers of the PMS API, as they came.
#[derive(Clone, Copy, Debug, Default)]
pub struct PmsCredentials<'a> {
    /// `api-key`.
    pub api_key: Option<&'a str>,
    /// `practice-id`.
    pub practice_id: Option<&'a str>,
    /// `practice-key`.
    pub practice_key: Option<&'a str>,
}

/// The three, all given.
#[derive(Clone, Copy)]
struct Keys<'a> {
    api_key: &'a str,
    practice_id: &'a str,
    practice_key: &'a str,
}

impl Keys<'_> {
    fn practice(&self) -> Option<PracticeId> {
        let id = self.practice_id.trim().parse().ok()?;
        PracticeId::new(id)
    }

    /// One hash over all three, each with its length: no other three have it.
    fn hash(&self) -> [u8; 32] {
        let mut context = digest::Context::new(&digest::SHA256);
        for part in [self.api_key, self.practice_id, self.practice_key] {
            context.update(&part.len().to_be_bytes());
            context.update(part.as_bytes());
        }
        let mut hash = [0; 32];
        hash.copy_from_slice(context.finish().as_ref());
        hash
    }
}

/// An operator.
#[derive(Clone, Debug)]
pub struct Operator {
    token_id: i64,
}

impl Operator {
    /// The number of the token.
    #[must_use]
    pub const fn token_id(&self) -> i64 {
        self.token_id
    }
}

/// The patient of a booking.
#[derive(Clone, Copy, Debug)]
pub struct Patient {
    booking_id: BookingId,
}

impl Patient {
    /// The booking.
    #[must_use]
    pub const fn booking_id(&self) -> BookingId {
        self.booking_id
    }
}

fn given<'a>(value: Option<&'a str>, header: &str) -> Result<&'a str> {
    value
        .filter(|value| !value.is_empty())
        .ok_or_else(|| Error::Unauthorized(format!("the header {header} is missing")))
}

/// One answer for whatever is wrong with a practice's consent, so that it tells an outsider
/// nothing (AUTH-1).
fn no_consent() -> Error {
    Error::Forbidden(
        "there is no live consent of this practice for this consumer with this practice-key: ask \
         the practice for its consent, or check practice-id and practice-key"
            .into(),
    )
}

impl Hub {
    /// Finds out which integration calls for which practice.
    ///
    /// # Errors
    /// 401 and 403 as AUTH-1 has them.
    pub async fn authenticate_pms(&self, credentials: PmsCredentials<'_>) -> Result<Consented> {
        let keys = Keys {
            api_key: given(credentials.api_key, "api-key")?,
            practice_id: given(credentials.practice_id, "practice-id")?,
            practice_key: given(credentials.practice_key, "practice-key")?,
        };
        match keys.practice() {
            Some(practice) => {
                let known = &self.0.consented;
                let look = self.look_up(keys);
                known.get(self.store(), practice, keys.hash(), look).await
            }
            None => self.look_up(keys).await,
        }
    }

    /// Looks for the consent in the store.
    async fn look_up(&self, keys: Keys<'_>) -> Result<Consented> {
        let Keys {
            api_key,
            practice_key,
            ..
        } = keys;
        KeyKind::Consumer
            .check(api_key)
            .map_err(|fault| Error::Unauthorized(format!("api-key is not a key: {fault}")))?;
        let (api_hash, key_hash) = (hash(api_key), hash(practice_key));
        let consented = match keys.practice() {
            Some(practice) => {
                let stamp = self.0.outstanding.stamp(self.store(), practice);
                let look = move |tx: &mut Tx<'_>| {
                    // Most calls are polls, which want that next: it travels along.
                    let outstanding = requests::ask_outstanding_types(tx)?;
                    let consented = consented(tx, practice, &api_hash, &key_hash)?;
                    Ok((consented, outstanding.all(tx)?))
                };
                self.read(practice, look).await.map(|(consented, types)| {
                    self.0.outstanding.put(stamp, practice, types.into());
                    consented
                })
            }
            None => self
                .read_global(move |tx| known(consumers::find_by_key(tx, &api_hash)?))
                .await
                .and_then(|_| Err(no_consent())),
        };
        match consented {
            // Wrong in itself, whatever practices there are: saying so tells nothing of them.
            Err(Error::Forbidden(_)) if KeyKind::Practice.check(practice_key).is_err() => {
                Err(Error::Forbidden(
                    "practice-key is not a whole practice key: it is incomplete or mistyped".into(),
                ))
            }
            other => other,
        }
    }

    /// Finds out which operator calls.
    ///
    /// # Errors
    /// 401 if no live token is given.
    pub async fn authenticate_operator(&self, token: Option<&str>) -> Result<Operator> {
        let token = token.ok_or_else(|| {
            Error::Unauthorized("give an operator token: Authorization: Bearer <token>".into())
        })?;
        let token = hash(token);
        self.read_global(move |tx| {
            let found = operator_tokens::find(tx, &token)?;
            found
                .filter(|token| token.revoked_at.is_none())
                .map(|token| Operator {
                    token_id: token.token_id,
                })
                .ok_or_else(|| Error::Unauthorized("the operator token is not valid".into()))
        })
        .await
    }

    /// Finds out whether the patient of a booking calls. A token that does not open the booking is
    /// 404, so that nobody learns which bookings there are.
    ///
    /// # Errors
    /// 401 without a token, 404 with another's.
    pub async fn authenticate_patient(
        &self,
        booking_id: BookingId,
        token: Option<&str>,
    ) -> Result<Patient> {
        let token = token.ok_or_else(|| {
            Error::Unauthorized("give the booking's token: Authorization: Bearer <token>".into())
        })?;
        let token = hash(token);
        self.read(booking_id.practice(), move |tx| {
            bookings::get(tx, booking_id)?
                .filter(|booking| booking.manage_hash == token)
                .map(|_| Patient { booking_id })
                .ok_or(Error::NotFound("booking"))
        })
        .await
    }
}

fn known<T>(by_key: Option<T>) -> Result<T> {
    by_key.ok_or_else(|| Error::Unauthorized("the api-key is not valid (any more)".into()))
}

fn consented(
    tx: &mut Tx<'_>,
    practice_id: PracticeId,
    api_hash: &[u8; 32],
    key_hash: &[u8; 32],
) -> Result<Consented> {
    // All is asked for before anything is read: one flight to PostgreSQL.
    let caller = consumers::ask_caller(tx, api_hash)?;
    let practice = practices::ask(tx, practice_id)?;
    let features = features::ask_of_key(tx, api_hash)?;
    tx.ask_no_more();
    let caller = known(caller.first(tx)?)?;
    let practice = practice
        .first(tx)?
        .filter(|_| caller.practice_key_hash.as_deref() == Some(key_hash))
        .filter(|practice| practice.deactivated_at.is_none())
        .filter(|practice| practice.test || !caller.test)
        .ok_or_else(no_consent)?;
    Ok(Consented(Arc::new(Proven {
        zone: crate::zone::of(&practice)?,
        practice,
        consumer_id: caller.consumer_id,
        wire_profile: caller.wire_profile,
        wanting: caller.wanting,
        features: features.all(tx)?,
    })))
}
