//! A booking's personal data, as it is sealed.

use crate::{Result, manage_links};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use slotbridge_domain::clock::Random;
use slotbridge_domain::ids::BookingId;
use slotbridge_store::bookings::{Booking, Indexes};
use slotbridge_store::seal::{DataKey, PracticeKey};
use slotbridge_store::{StoreError, Tx};
use std::sync::Arc;

const PERSON: &str = "person";
const PMS_RECORD: &str = "pms record";

/// The patient of a booking, as booked, with the reason that they gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// First name.
    pub firstname: String,
    /// Last name.
    pub lastname: String,
    /// Date of birth, `YYYY-MM-DD`.
    pub dob: String,
    /// Phone.
    pub phone: String,
    /// Mail.
    pub email: String,
    /// Street and number.
    pub address: Option<String>,
    /// Suburb or town.
    pub suburb: Option<String>,
    /// State.
    pub state: Option<String>,
    /// Postcode.
    pub postcode: Option<String>,
    /// `Male`, `Female` or `Other`.
    pub gender: Option<String>,
    /// Medicare card number, ten digits.
    pub medicare_number: Option<String>,
    /// The person's place on the card.
    pub medicare_irn: Option<String>,
    /// `MM/YYYY`.
    pub medicare_expiry: Option<String>,
    /// Why they come, in their words; lines joined by `\n`.
    pub reason: Option<String>,
}

impl Person {
    /// The date of birth as a date.
    #[must_use]
    pub fn date_of_birth(&self) -> Option<Date> {
        self.dob.parse().ok()
    }
}

/// What the PMS said when it confirmed a booking.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PmsRecord {
    /// The appointments that it made of the booking.
    pub pms_appointment_ids: Vec<String>,
    /// The patient that it matched or made.
    pub pms_patient_id: Option<String>,
    /// Telehealth link for the patient.
    pub patient_appointment_link: Option<String>,
    /// Telehealth instructions for the patient.
    pub patient_appointment_description: Option<String>,
    /// Telehealth link for the practitioner.
    pub practitioner_appointment_link: Option<String>,
    /// Telehealth instructions for the practitioner.
    pub practitioner_appointment_description: Option<String>,
}

impl PmsRecord {
    /// Whether it names the same appointments and patient.
    #[must_use]
    pub fn same_ids(&self, other: &Self) -> bool {
        self.pms_appointment_ids == other.pms_appointment_ids
            && self.pms_patient_id == other.pms_patient_id
    }
}

/// A person sealed before the writer is entered; only the key remains to be wrapped there.
pub struct SealedPerson {
    key: DataKey,
    person: Vec<u8>,
    phone: String,
    name: String,
    email: String,
}

fn unreadable() -> StoreError {
    StoreError::Corrupt("a person that is not in its form")
}

impl SealedPerson {
    /// Seals a person under a new key of their own.
    ///
    /// # Errors
    /// Only if the cipher fails.
    pub fn new(person: &Person, random: Arc<dyn Random>) -> Result<Self> {
        let key = DataKey::generate(random)?;
        let plain = zeroize::Zeroizing::new(serde_json::to_vec(person).map_err(|_| unreadable())?);
        Ok(Self {
            person: key.seal(PERSON, &plain)?,
            key,
            phone: person.phone.clone(),
            name: name_key(&person.lastname, &person.dob),
            email: person.email.clone(),
        })
    }

    pub(crate) fn wrapped(&self, key: &PracticeKey, booking: BookingId) -> Result<Vec<u8>> {
        Ok(key.wrap(booking, &self.key)?)
    }

    /// The token with which the patient will manage the booking.
    pub(crate) fn manage_token(&self) -> String {
        manage_links::token(&self.key)
    }

    pub(crate) fn person(&self) -> &[u8] {
        &self.person
    }

    pub(crate) fn indexes(&self, key: &PracticeKey) -> Indexes {
        Indexes {
            phone: phone_index(key, &self.phone),
            name: key.blind_index("name", &self.name),
            email: email_index(key, &self.email),
        }
    }
}

fn name_key(lastname: &str, dob: &str) -> String {
    format!("{} {dob}", lastname.trim().to_lowercase())
}

pub(crate) fn phone_index(key: &PracticeKey, phone: &str) -> Vec<u8> {
    key.blind_index("phone", phone)
}

/// Of a mail: letters of either case are the same.
pub(crate) fn email_index(key: &PracticeKey, email: &str) -> Vec<u8> {
    key.blind_index("email", &email.trim().to_lowercase())
}

pub(crate) fn name_index(key: &PracticeKey, lastname: &str, dob: &str) -> Vec<u8> {
    key.blind_index("name", &name_key(lastname, dob))
}

fn open<T: for<'de> Deserialize<'de>>(
    tx: &mut Tx<'_>,
    booking: &Booking,
    context: &str,
    sealed: Option<&Vec<u8>>,
) -> Result<Option<T>> {
    let (Some(sealed), Some(wrapped)) = (sealed, &booking.data_key) else {
        return Ok(None);
    };
    let key = tx.practice_key()?.unwrap(booking.booking_id, wrapped)?;
    let plain = key.open(context, sealed)?;
    Ok(Some(
        serde_json::from_slice(&plain).map_err(|_| unreadable())?,
    ))
}

/// The person of a booking; `None` once erased.
///
/// # Errors
/// The store's.
pub fn person_of(tx: &mut Tx<'_>, booking: &Booking) -> Result<Option<Person>> {
    open(tx, booking, PERSON, booking.person.as_ref())
}

/// What the PMS said of a booking; nothing if it has not, or it was erased.
///
/// # Errors
/// The store's.
pub fn pms_record_of(tx: &mut Tx<'_>, booking: &Booking) -> Result<Option<PmsRecord>> {
    open(tx, booking, PMS_RECORD, booking.pms_record.as_ref())
}

/// Seals what the PMS said. `None` if the booking was erased.
pub(crate) fn seal_pms_record(
    tx: &mut Tx<'_>,
    booking: &Booking,
    record: &PmsRecord,
) -> Result<Option<Vec<u8>>> {
    let Some(wrapped) = &booking.data_key else {
        return Ok(None);
    };
    let key = tx.practice_key()?.unwrap(booking.booking_id, wrapped)?;
    let plain = zeroize::Zeroizing::new(serde_json::to_vec(record).map_err(|_| unreadable())?);
    Ok(Some(key.seal(PMS_RECORD, &plain)?))
}
