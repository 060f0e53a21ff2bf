//! The patient's details as entered, checked: every fault is named by its field.

use crate::Fault;
use crate::person::Person;
use jiff::civil::Date;
use slotbridge_domain::patient;

/// The longest free text of a patient, in characters.
pub const LONGEST_TEXT: usize = 2000;
/// The longest line of an address, in characters.
pub const LONGEST_LINE: usize = 200;

/// What a patient enters.
#[derive(Clone, Debug, Default)]
pub struct PatientForm {
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
    /// Gender.
    pub gender: Option<String>,
    /// Medicare card number.
    pub medicare_number: Option<String>,
    /// Place on the card.
    pub medicare_irn: Option<String>,
    /// The card's expiry, `MM/YYYY`.
    pub medicare_expiry: Option<String>,
    /// Why they come.
    pub reason: Option<String>,
}

struct Checks(Vec<Fault>);

impl Checks {
    fn take<T>(&mut self, field: &str, result: Result<T, &'static str>) -> Option<T> {
        result
            .map_err(|message| self.0.push(Fault::new(field, message)))
            .ok()
    }

    /// An optional field; blank is absent.
    fn optional<T>(
        &mut self,
        field: &str,
        text: Option<&String>,
        check: impl FnOnce(&str) -> Result<T, &'static str>,
    ) -> Option<T> {
        let text = text
            .map(|text| text.trim())
            .filter(|text| !text.is_empty())?;
        self.take(field, check(text))
    }
}

impl PatientForm {
    /// Checks every field.
    ///
    /// # Errors
    /// All faults, with the fields' paths in `POST /bookings`.
    pub fn check(&self, today: Date) -> Result<Person, Vec<Fault>> {
        let mut checks = Checks(Vec::new());
        let line = |text: &str| patient::text(text, LONGEST_LINE);
        let firstname = checks.take("patient.firstname", patient::name(&self.firstname));
        let lastname = checks.take("patient.lastname", patient::name(&self.lastname));
        let dob = checks.take("patient.dob", patient::dob(&self.dob, today));
        let phone = checks.take("patient.phone", patient::phone(&self.phone));
        let email = checks.take("patient.email", patient::email(&self.email));
        let address = checks.optional("patient.address", self.address.as_ref(), line);
        let suburb = checks.optional("patient.suburb", self.suburb.as_ref(), line);
        let state = checks.optional("patient.state", self.state.as_ref(), patient::state);
        let postcode = checks.optional(
            "patient.postcode",
            self.postcode.as_ref(),
            patient::postcode,
        );
        let gender = checks.optional("patient.gender", self.gender.as_ref(), |text| {
            text.parse::<patient::Gender>()
        });
        let medicare_number = checks.optional(
            "patient.medicareNumber",
            self.medicare_number.as_ref(),
            patient::medicare_number,
        );
        let medicare_irn = checks.optional(
            "patient.medicareIrn",
            self.medicare_irn.as_ref(),
            patient::medicare_irn,
        );
        let medicare_expiry = checks.optional(
            "patient.medicareExpiry",
            self.medicare_expiry.as_ref(),
            patient::medicare_expiry,
        );
        let reason = checks.optional("reason", self.reason.as_ref(), |text| {
            patient::text(text, LONGEST_TEXT)
        });
        let all = (firstname, lastname, dob, phone, email);
        let (Some(firstname), Some(lastname), Some(dob), Some(phone), Some(email)) = all else {
            return Err(checks.0);
        };
        if !checks.0.is_empty() {
            return Err(checks.0);
        }
        Ok(Person {
            firstname,
            lastname,
            dob: dob.to_string(),
            phone,
            email,
            address,
            suburb,
            state: state.map(str::to_owned),
            postcode,
            gender: gender.map(|gender| gender.as_str().to_owned()),
            medicare_number,
            medicare_irn,
            medicare_expiry,
            reason,
        })
    }
}
