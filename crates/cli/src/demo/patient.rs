//! A patient: a caller of the booking API.

use super::setup::{expect, id, text};
use crate::failure::Failure;
use crate::http::{Answer, Api, Call};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};

/// A time that can be booked.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Slot {
    pub(super) practitioner_id: i64,
    pub(super) appointment_type_id: i64,
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
}

/// Who books.
#[derive(Clone, Copy)]
pub(super) struct Person {
    pub(super) firstname: &'static str,
    pub(super) lastname: &'static str,
    /// `YYYY-MM-DD`
    pub(super) dob: &'static str,
    pub(super) phone: &'static str,
    pub(super) email: &'static str,
    pub(super) reason: &'static str,
}

/// A patient with a cough.
pub(super) const ANNA: Person = Person {
    firstname: "Anna",
    lastname: "O'Connor",
    dob: "1985-11-23",
    phone: "0412 345 678",
    email: "anna@patients.example",
    reason: "A cough that will not go",
};
/// A patient who is well.
pub(super) const BEN: Person = Person {
    firstname: "Ben",
    lastname: "Nguyen",
    dob: "1990-02-03",
    phone: "0413 345 678",
    email: "ben@patients.example",
    reason: "Check-up",
};
/// A patient who does not say why.
pub(super) const CARA: Person = Person {
    firstname: "Cara",
    lastname: "Müller",
    dob: "2001-07-30",
    phone: "0414 345 678",
    email: "cara@patients.example",
    reason: "",
};

/// A booking that was made.
pub(super) struct Made {
    pub(super) booking_id: i64,
    pub(super) manage_token: String,
    pub(super) decided_by: Timestamp,
    /// The whole answer.
    pub(super) answer: Value,
}

/// A booking as its patient sees it.
pub(super) struct Seen {
    pub(super) status: String,
    pub(super) alternatives: Vec<Slot>,
}

/// The booking API, as one practice's patients use it.
pub(super) struct Patient {
    api: Api,
    practice_id: i64,
}

fn parse<T: serde::de::DeserializeOwned>(value: Option<&Value>) -> Result<T, Failure> {
    T::deserialize(value.unwrap_or(&Value::Null)).map_err(|error| {
        Failure::new(format!(
            "the booking API's answer is not as declared: {error}"
        ))
    })
}

impl Patient {
    /// A patient who knows where the hub is.
    pub(super) fn new(url: &str, practice_id: i64) -> Result<Self, Failure> {
        let api = Api::new(&format!("{url}/booking-api/v1"), None)?;
        Ok(Self { api, practice_id })
    }

    async fn get(&self, call: Call) -> Result<Answer, Failure> {
        expect(self.api.call(call).await?, 200)
    }

    /// Looks for practices by name.
    pub(super) async fn search(&self, name: &str) -> Result<Value, Failure> {
        let found = self
            .get(Call::get("practices").with("q", Some(name)))
            .await?;
        Ok(found.body)
    }

    /// Looks at the practice.
    pub(super) async fn practice(&self) -> Result<Value, Failure> {
        let found = self
            .get(Call::get(format!("practices/{}", self.practice_id)))
            .await?;
        Ok(found.body)
    }

    /// The times of some days.
    pub(super) async fn slots(&self, from: Date, to: Date) -> Result<Vec<Slot>, Failure> {
        let call = Call::get(format!("practices/{}/slots", self.practice_id))
            .with("from", Some(from))
            .with("to", Some(to));
        parse(self.get(call).await?.body.get("slots"))
    }

    fn wanted(&self, slot: &Slot) -> Value {
        json!({
            "practiceId": self.practice_id,
            "practitionerId": slot.practitioner_id,
            "appointmentTypeId": slot.appointment_type_id,
            "start": slot.start.to_string(),
        })
    }

    /// Holds a time while the form is filled in.
    pub(super) async fn hold(&self, slot: &Slot) -> Result<String, Failure> {
        let held = self
            .api
            .call(Call::post("holds", self.wanted(slot)))
            .await?;
        text(&expect(held, 201)?, "holdId")
    }

    /// The body with which a person books a time.
    pub(super) fn form(&self, slot: &Slot, person: &Person, hold: Option<&str>) -> Value {
        let mut form = self.wanted(slot);
        if let Value::Object(form) = &mut form {
            form.extend(hold.map(|hold| ("holdId".to_owned(), hold.into())));
            let patient = json!({
                "firstname": person.firstname,
                "lastname": person.lastname,
                "dob": person.dob,
                "phone": person.phone,
                "email": person.email,
            });
            form.insert("patient".to_owned(), patient);
            form.insert("reason".to_owned(), person.reason.into());
            form.insert("isNewPatient".to_owned(), true.into());
        }
        form
    }

    /// Tries to book a time.
    pub(super) async fn try_to_book(&self, form: Value) -> Result<Answer, Failure> {
        self.api.call(Call::post("bookings", form)).await
    }

    /// Books a time.
    pub(super) async fn book(
        &self,
        slot: &Slot,
        person: &Person,
        hold: Option<&str>,
    ) -> Result<Made, Failure> {
        let answer = self.try_to_book(self.form(slot, person, hold)).await?;
        let made = expect(answer, 201)?;
        Ok(Made {
            booking_id: id(&made, "bookingId")?,
            manage_token: text(&made, "manageToken")?,
            decided_by: parse(made.body.get("decidedBy"))?,
            answer: made.body,
        })
    }

    /// Looks at a booking.
    pub(super) async fn look(&self, made: &Made) -> Result<Seen, Failure> {
        let api = self.api.with_token(&made.manage_token)?;
        let call = Call::get(format!("bookings/{}", made.booking_id));
        let answer = expect(api.call(call).await?, 200)?;
        let alternatives = answer.body.get("alternatives");
        Ok(Seen {
            status: text(&answer, "status")?,
            alternatives: alternatives.map_or(Ok(Vec::new()), |slots| parse(Some(slots)))?,
        })
    }

    /// Cancels a booking.
    pub(super) async fn cancel(&self, made: &Made) -> Result<(), Failure> {
        let api = self.api.with_token(&made.manage_token)?;
        let call = Call::post(format!("bookings/{}/cancel", made.booking_id), json!({}));
        let answer = api.call(call).await?;
        expect(answer, 200).map(drop)
    }
}

/// The times in the `alternatives` of an answer.
pub(super) fn alternatives(body: &Value) -> Result<Vec<Slot>, Failure> {
    parse(body.get("alternatives"))
}
