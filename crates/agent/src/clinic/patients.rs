//! Whose patient a booking is.

use super::{Clinic, Stopped};
use crate::adapter::{Adapter, NewPatient, Perhaps, PmsPatient};
use jiff::{SignedDuration, Timestamp};
use slotbridge_client::wire::bookings::{Booking, Gender, Patient};
use slotbridge_matching::{Matcher, Person, Record, Verdict};

/// How many patients are shown to whoever decides.
const MOST_PERHAPS: usize = 3;
/// After so long without a booking the patients are forgotten: an agent of a thousand clinics does not
/// hold all their patients at once.
const KEPT: SignedDuration = SignedDuration::from_mins(10);

/// The PMS's patients, ready to be asked.
pub(super) struct Index {
    matcher: Matcher,
    mark: String,
    used_at: Timestamp,
}

impl Index {
    /// Those that the PMS has now: all of them, or what changed since the last look.
    async fn refreshed(
        index: Option<Self>,
        adapter: &dyn Adapter,
        now: Timestamp,
    ) -> Result<Self, Stopped> {
        let mark = index.as_ref().map(|index| index.mark.as_str());
        let patients = adapter.patients(mark).await?;
        let mut matcher = match index {
            Some(index) => index.matcher,
            None => Matcher::with_capacity(patients.changed.len()),
        };
        for PmsPatient { id, person: is } in patients.changed {
            match is {
                Some(is) => matcher.put(&id, person(&is)),
                None => {
                    matcher.remove(&id);
                }
            }
        }
        Ok(Self {
            matcher,
            mark: patients.mark,
            used_at: now,
        })
    }

    /// The one who it certainly is, or those whom it may be.
    fn who(&self, person: &Person) -> Result<String, Vec<Perhaps>> {
        let decision = self.matcher.decide(person);
        if decision.verdict == Verdict::Same
            && let Some(same) = decision.patient()
        {
            return Ok(same.to_owned());
        }
        let candidates = self.matcher.candidates(person).into_iter();
        let perhaps = candidates
            .filter(|candidate| candidate.score.points > 0)
            .take(MOST_PERHAPS)
            .map(|candidate| Perhaps {
                patient_id: candidate.patient.to_owned(),
                explanation: decision.explanation.clone(),
            });
        Err(perhaps.collect())
    }
}

impl Clinic {
    /// The PMS's id of the patient of a booking: of the one who it certainly is, or of a new one,
    /// with those beside whom it may be. Staff merge two records of one patient; two patients in one
    /// record nobody takes apart again.
    pub(super) async fn patient_of(&self, booking: &Booking) -> Result<String, Stopped> {
        if let Some(known) = booking.pms_patient_id.value() {
            return Ok(known.clone());
        }
        let person = person(&booking.patient);
        let mut index = self.patients.lock().await;
        let before = index.take();
        let now = Index::refreshed(before, self.adapter.as_ref(), (self.now)()).await?;
        let who = index.insert(now).who(&person);
        drop(index);
        match who {
            Ok(same) => Ok(same),
            Err(perhaps) => {
                let new = NewPatient {
                    booking_id: booking.booking_id,
                    person: booking.patient.clone(),
                    perhaps,
                };
                Ok(self.adapter.create_patient(&new).await?)
            }
        }
    }

    /// Forgets the patients after a while without bookings.
    pub(crate) async fn forget_patients(&self) {
        let mut index = self.patients.lock().await;
        let now = (self.now)();
        let is_idle = |index: &Index| now.duration_since(index.used_at) > KEPT;
        if index.as_ref().is_some_and(is_idle) {
            *index = None;
        }
    }
}

/// A person as the matcher reads one.
fn person(patient: &Patient) -> Person {
    let text = |text: &Option<String>| text.as_deref().unwrap_or_default().to_owned();
    let gender = match patient.gender.value() {
        Some(Gender::Female) => "female",
        Some(Gender::Male) => "male",
        _ => "",
    };
    let (phone, email) = (text(&patient.phone), text(&patient.email));
    let (address, suburb) = (text(&patient.address), text(&patient.suburb));
    let (state, postcode) = (text(&patient.state), text(&patient.postcode));
    let card = |field: Option<&String>| field.cloned().unwrap_or_default();
    let number = card(patient.medicare_number.value());
    let irn = card(patient.medicare_irn.value());
    let expiry = card(patient.medicare_expiry.value());
    Person::read(&Record {
        firstname: &patient.firstname,
        lastname: &patient.lastname,
        dob: &patient.dob,
        phone: &phone,
        email: &email,
        address: &address,
        suburb: &suburb,
        state: &state,
        postcode: &postcode,
        gender,
        medicare_number: &number,
        medicare_irn: &irn,
        medicare_expiry: &expiry,
    })
}
