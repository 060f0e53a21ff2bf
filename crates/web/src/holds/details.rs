//! The form with a patient's details: what is asked, what was entered, what is wrong with it.

use crate::field::{Field, Line};
use crate::form::Form;
use jiff::civil::Date;
use slotbridge_hub::Fault;
use slotbridge_hub::booking::patient_form::PatientForm;

/// What is asked as a line of text.
const LINES: [Line; 7] = [
    ("firstname", "First name", "", "given-name", "text", ""),
    ("lastname", "Last name", "", "family-name", "text", ""),
    ("phone", "Mobile or phone", "", "tel", "tel", "medium"),
    (
        "email",
        "Email",
        "Where we send the confirmation.",
        "email",
        "email",
        "",
    ),
    (
        "medicareNumber",
        "Card number",
        "The ten digits on the front.",
        "off",
        "numeric",
        "medium",
    ),
    (
        "medicareIrn",
        "Number beside your name",
        "",
        "off",
        "numeric",
        "short",
    ),
    (
        "medicareExpiry",
        "Valid to",
        "Such as 03/2028.",
        "off",
        "text",
        "short",
    ),
];

/// The parts of a date of birth: name, label, `autocomplete`.
const PARTS: [(&str, &str, &str); 3] = [
    ("dobDay", "Day", "bday-day"),
    ("dobMonth", "Month", "bday-month"),
    ("dobYear", "Year", "bday-year"),
];

/// A field of that name.
fn line(name: &'static str, value: &str) -> Field {
    let known = LINES.into_iter().find(|line| line.0 == name);
    let part = PARTS.into_iter().find(|part| part.0 == name);
    let part = part.map(|(name, label, fills)| (name, label, "", fills, "numeric", ""));
    Field::new(
        known.or(part).unwrap_or((name, "", "", "off", "text", "")),
        value,
    )
}

/// The details.
pub(super) struct Details {
    pub(super) name: [Field; 2],
    pub(super) dob: [Field; 3],
    pub(super) dob_error: String,
    pub(super) contact: [Field; 2],
    pub(super) new: String,
    pub(super) new_error: String,
    pub(super) reason: String,
    pub(super) reason_error: String,
    pub(super) medicare: [Field; 3],
    /// All that is wrong: where to, and what.
    pub(super) errors: Vec<(String, String)>,
}

impl Details {
    pub(super) fn empty() -> Self {
        Self::read(|_| "")
    }

    pub(super) fn of(form: &Form) -> Self {
        Self::read(|name| form.text(name))
    }

    fn read<'f>(text: impl Fn(&str) -> &'f str) -> Self {
        let field = |name: &'static str| line(name, text(name));
        Self {
            name: ["firstname", "lastname"].map(field),
            dob: ["dobDay", "dobMonth", "dobYear"].map(field),
            dob_error: String::new(),
            contact: ["phone", "email"].map(field),
            new: text("new").to_owned(),
            new_error: String::new(),
            reason: text("reason").to_owned(),
            reason_error: String::new(),
            medicare: ["medicareNumber", "medicareIrn", "medicareExpiry"].map(field),
            errors: Vec::new(),
        }
    }

    /// What was answered to whether they are new; `None` if nothing.
    pub(super) fn is_new_patient(&self) -> Option<bool> {
        match self.new.as_str() {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        }
    }

    /// The Medicare part stands open if something was entered there.
    pub(super) fn medicare_open(&self) -> bool {
        self.medicare.iter().any(|field| !field.value.is_empty())
    }

    fn dob(&self) -> String {
        let [day, month, year] = &self.dob;
        let (day, month, year) = (day.value.trim(), month.value.trim(), year.value.trim());
        if [day, month, year].concat().is_empty() {
            return String::new();
        }
        format!("{year}-{month:0>2}-{day:0>2}")
    }

    /// What the hub checks.
    pub(super) fn patient(&self) -> PatientForm {
        let [firstname, lastname] = &self.name;
        let [phone, email] = &self.contact;
        let [number, irn, expiry] = &self.medicare;
        let text = |field: &Field| field.value.clone();
        PatientForm {
            firstname: text(firstname),
            lastname: text(lastname),
            dob: self.dob(),
            phone: text(phone),
            email: text(email),
            medicare_number: Some(text(number)),
            medicare_irn: Some(text(irn)),
            medicare_expiry: Some(text(expiry)),
            reason: Some(self.reason.clone()),
            ..PatientForm::default()
        }
    }

    /// What is wrong while the question whether they are new is not answered.
    pub(super) fn faults(&self, today: Date) -> Vec<Fault> {
        let mut faults = self.patient().check(today).err().unwrap_or_default();
        faults.push(Fault::new(
            "new",
            "Choose whether you have been to this practice before.",
        ));
        faults
    }

    /// The same with what is wrong beside each field.
    pub(super) fn with(mut self, faults: &[Fault]) -> Self {
        for fault in faults {
            let name = fault.field.trim_start_matches("patient.");
            let text = match name {
                "dob" => "Enter your date of birth as day, month and year, such as 27 3 1985.",
                _ => &fault.message,
            };
            let is_date = fault.message.starts_with("A date of birth");
            let text = if is_date { &fault.message } else { text };
            let to = if name == "dob" { "dobDay" } else { name };
            let label = LINES.iter().find(|line| line.0 == name).map(|line| line.1);
            let listed = label.map_or(text.to_owned(), |label| format!("{label}: {text}"));
            self.errors.push((to.to_owned(), listed));
            let place = match name {
                "dob" => Some(&mut self.dob_error),
                "new" => Some(&mut self.new_error),
                "reason" => Some(&mut self.reason_error),
                _ => {
                    let lines = self.name.iter_mut().chain(&mut self.contact);
                    let mut lines = lines.chain(&mut self.medicare);
                    lines
                        .find(|field| field.name == name)
                        .map(|field| &mut field.error)
                }
            };
            if let Some(place) = place {
                text.clone_into(place);
            }
        }
        self
    }
}
