//! Stopping reminders: each holds a token that stops those of its patient at its practice.
//!
//! The token is not kept. It is the practice, a part of the patient's blind index, and a proof that
//! the practice's key made it: whoever lacks the key can neither make one nor learn a patient from
//! it.

use crate::{Error, Hub, Result};
use slotbridge_domain::ids::PracticeId;
use slotbridge_domain::keys::KeyKind;
use slotbridge_store::seal::PracticeKey;
use slotbridge_store::{practices, reminders};

/// How much of a patient's index, and of the proof, a token holds.
const HALF: usize = 10;

type Half = [u8; HALF];

fn half(index: &[u8]) -> Half {
    let mut half = [0; HALF];
    for (to, from) in half.iter_mut().zip(index) {
        *to = *from;
    }
    half
}

/// By what a patient is known here.
pub(super) fn patient_index(key: &PracticeKey, pms_patient_id: &str) -> Half {
    half(&key.blind_index("reminders of", pms_patient_id))
}

fn proof(key: &PracticeKey, patient: &Half) -> Half {
    let digits: String = patient.iter().map(|byte| format!("{byte:02x}")).collect();
    half(&key.blind_index("reminders stop", &digits))
}

/// The token of a patient: the same each time.
pub(super) fn token(key: &PracticeKey, practice: PracticeId, patient: Half) -> String {
    let mut bits = [0; 2 * HALF];
    let proof = proof(key, &patient);
    for (to, from) in bits.iter_mut().zip(patient.into_iter().chain(proof)) {
        *to = from;
    }
    format!("{practice}.{}", KeyKind::Unsubscribe.write(bits))
}

/// The page on which a token is given back.
pub(super) fn link(public_url: &str, token: &str) -> String {
    let base = public_url.trim_end_matches('/');
    format!("{base}/unsubscribe?token={token}")
}

/// Stops the reminders of the patient whose token it is. Again: nothing changes.
///
/// # Errors
/// It is no such token.
pub async fn stop(hub: &Hub, token: &str) -> Result<()> {
    let unknown = || Error::NotFound("reminder token");
    let (practice, key) = token.split_once('.').ok_or_else(unknown)?;
    let practice = practice.parse().ok().and_then(PracticeId::new);
    let practice = practice.ok_or_else(unknown)?;
    let bits = KeyKind::Unsubscribe.read(key).ok_or_else(unknown)?;
    let (patient, given) = bits.split_at(HALF);
    let (patient, given) = (half(patient), half(given));
    let known = hub
        .read(practice, move |tx| {
            if practices::is_erased(tx)? {
                return Ok(false);
            }
            let expected = proof(&*tx.practice_key()?, &patient);
            let differ = expected
                .iter()
                .zip(given)
                .fold(0, |all, (a, b)| all | (a ^ b));
            Ok(differ == 0)
        })
        .await?;
    if !known {
        return Err(unknown());
    }
    hub.write(practice, move |tx| Ok(reminders::stop(tx, &patient)?))
        .await
}
