//! The forms that patients fill in before a visit. Their fields are ours, and the same everywhere.

use super::AttachmentKind;
use crate::patient::text;

/// The longest answer of one line, in characters.
const LONGEST_LINE: usize = 200;
/// The longest answer of several lines, in characters.
const LONGEST_LINES: usize = 2_000;

/// A form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// What a practice asks of somebody who comes for the first time.
    NewPatient,
    /// What it asks before each visit.
    PreScreening,
}

/// A question of a form.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// The question, for people.
    pub label: &'static str,
    /// What an answer is.
    pub kind: FieldKind,
    /// Whether there must be one.
    pub required: bool,
}

/// What an answer is.
#[derive(Clone, Copy, Debug)]
pub enum FieldKind {
    /// A line of text.
    Line,
    /// Several lines.
    Lines,
    /// One of these.
    Choice(&'static [&'static str]),
}

/// A field with what was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The field's name.
    pub field: String,
    /// The answer.
    pub answer: String,
}

/// What is wrong with the answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormFault {
    /// The field's name, as it was sent.
    pub field: String,
    /// The number of the answer, from 0; `None` if it is missing.
    pub answer: Option<usize>,
    /// What is wrong, for the patient to read.
    pub message: String,
}

const YES_NO: FieldKind = FieldKind::Choice(&["Yes", "No"]);

const fn field(name: &'static str, label: &'static str, kind: FieldKind, required: bool) -> Field {
    Field {
        name,
        label,
        kind,
        required,
    }
}

const NEW_PATIENT: &[Field] = &[
    field("preferredName", "Preferred name", FieldKind::Line, false),
    field("homeAddress", "Home address", FieldKind::Line, false),
    field(
        "emergencyContactName",
        "Emergency contact",
        FieldKind::Line,
        true,
    ),
    field(
        "emergencyContactPhone",
        "Phone of the emergency contact",
        FieldKind::Line,
        true,
    ),
    field(
        "emergencyContactRelationship",
        "Relationship to you",
        FieldKind::Line,
        false,
    ),
    field(
        "indigenousStatus",
        "Are you of Aboriginal or Torres Strait Islander origin?",
        FieldKind::Choice(&[
            "No",
            "Aboriginal",
            "Torres Strait Islander",
            "Aboriginal and Torres Strait Islander",
            "Prefer not to say",
        ]),
        false,
    ),
    field(
        "interpreterLanguage",
        "If you need an interpreter: for which language?",
        FieldKind::Line,
        false,
    ),
    field(
        "concessionCard",
        "Pension, health care or veteran card number",
        FieldKind::Line,
        false,
    ),
    field(
        "privateHealthFund",
        "Private health fund and membership number",
        FieldKind::Line,
        false,
    ),
    field(
        "conditions",
        "Medical conditions and operations",
        FieldKind::Lines,
        false,
    ),
    field("medications", "Medications", FieldKind::Lines, false),
    field("allergies", "Allergies", FieldKind::Lines, true),
    field(
        "smoking",
        "Do you smoke?",
        FieldKind::Choice(&["Never", "Formerly", "Yes"]),
        false,
    ),
    field(
        "previousPractice",
        "Previous doctor or practice",
        FieldKind::Line,
        false,
    ),
    field(
        "remindersConsent",
        "May the practice send you health reminders?",
        YES_NO,
        false,
    ),
];

const PRE_SCREENING: &[Field] = &[
    field(
        "symptoms",
        "Which symptoms do you have? Write \"none\" if you have none",
        FieldKind::Lines,
        true,
    ),
    field("symptomsSince", "Since when?", FieldKind::Line, false),
    field(
        "fever",
        "Have you had a fever in the last 48 hours?",
        YES_NO,
        true,
    ),
    field(
        "cough",
        "Do you have a cough, sore throat or runny nose?",
        YES_NO,
        true,
    ),
    field(
        "contact",
        "Have you been close to somebody with an infectious disease in the last 14 days?",
        YES_NO,
        true,
    ),
    field(
        "overseas",
        "Have you been overseas in the last 21 days?",
        YES_NO,
        false,
    ),
    field(
        "pregnant",
        "Are you pregnant?",
        FieldKind::Choice(&["Yes", "No", "Not sure", "Does not apply"]),
        false,
    ),
    field(
        "changedMedications",
        "Changes of your medications or allergies since the last visit",
        FieldKind::Lines,
        false,
    ),
    field(
        "anythingElse",
        "Anything else that the practice should know",
        FieldKind::Lines,
        false,
    ),
];

impl Form {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::NewPatient, Self::PreScreening];

    /// Its name, which is also that of the product in which a practice uses it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.kind().as_str()
    }

    /// The form of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.as_str() == name)
    }

    /// What it becomes.
    #[must_use]
    pub const fn kind(self) -> AttachmentKind {
        match self {
            Self::NewPatient => AttachmentKind::NewPatientForm,
            Self::PreScreening => AttachmentKind::PreScreeningForm,
        }
    }

    /// Its fields, in their order.
    #[must_use]
    pub const fn fields(self) -> &'static [Field] {
        match self {
            Self::NewPatient => NEW_PATIENT,
            Self::PreScreening => PRE_SCREENING,
        }
    }

    /// Whether a practice with these products wants it for such a booking.
    #[must_use]
    pub fn is_wanted(self, products: &[String], is_new_patient: bool) -> bool {
        let has = products.iter().any(|product| product == self.as_str());
        has && (is_new_patient || self == Self::PreScreening)
    }

    /// Checks answers and puts them into the order of the form: each field with its answer. Fields
    /// without one are left out; of two answers to a field the last counts.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub fn check(
        self,
        answers: &[Answer],
    ) -> Result<Vec<(&'static Field, String)>, Vec<FormFault>> {
        let mut faults = Vec::new();
        let mut given: Vec<(&'static Field, String)> = Vec::new();
        for (at, answer) in answers.iter().enumerate() {
            let known = self.fields().iter().find(|f| f.name == answer.field);
            let checked = known
                .ok_or_else(|| format!("there is no field {:?} in this form", shown(&answer.field)))
                .and_then(|field| Ok((field, field.check(&answer.answer)?)));
            match checked {
                Ok((field, text)) => {
                    given.retain(|(other, _)| other.name != field.name);
                    given.extend((!text.is_empty()).then_some((field, text)));
                }
                Err(message) => faults.push(FormFault {
                    field: answer.field.clone(),
                    answer: Some(at),
                    message,
                }),
            }
        }
        let is_given = |field: &Field| given.iter().any(|(other, _)| other.name == field.name);
        for field in self.fields() {
            if field.required && !is_given(field) {
                faults.push(FormFault {
                    field: field.name.to_owned(),
                    answer: None,
                    message: format!("this form wants an answer to {}", field.name),
                });
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let place = |field: &Field| self.fields().iter().position(|f| f.name == field.name);
        given.sort_by_key(|(field, _)| place(field));
        Ok(given)
    }
}

/// A name in an error, not too long.
fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}

impl Field {
    fn check(&self, answer: &str) -> Result<String, String> {
        let most = match self.kind {
            FieldKind::Line | FieldKind::Choice(_) => LONGEST_LINE,
            FieldKind::Lines => LONGEST_LINES,
        };
        let answer = text(answer, most)?.trim().to_owned();
        match self.kind {
            FieldKind::Line if answer.contains('\n') => Err("this field takes one line".to_owned()),
            FieldKind::Choice(choices)
                if !answer.is_empty() && !choices.contains(&answer.as_str()) =>
            {
                Err(format!("this field takes one of {}", choices.join(", ")))
            }
            _ => Ok(answer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(pairs: &[(&str, &str)]) -> Vec<Answer> {
        let answer = |(field, answer): &(&str, &str)| Answer {
            field: (*field).to_owned(),
            answer: (*answer).to_owned(),
        };
        pairs.iter().map(answer).collect()
    }

    #[test]
    fn answers_are_checked_and_put_in_order_att_1() {
        let given = answers(&[
            ("contact", "No"),
            ("cough", "Yes"),
            ("symptoms", " A cough\r\nthat stays "),
            ("fever", "Yes"),
            ("fever", "No"),
            ("pregnant", ""),
        ]);
        let checked = Form::PreScreening.check(&given).unwrap();
        let texts: Vec<_> = checked.iter().map(|(f, text)| (f.name, &**text)).collect();
        assert_eq!(
            texts,
            [
                ("symptoms", "A cough\nthat stays"),
                ("fever", "No"),
                ("cough", "Yes"),
                ("contact", "No")
            ]
        );
    }

    #[test]
    fn every_fault_of_a_form_is_named_wire_4() {
        let given = answers(&[
            ("fever", "Perhaps"),
            ("nothing", "x"),
            ("symptomsSince", "a\nb"),
        ]);
        let faults = Form::PreScreening.check(&given).unwrap_err();
        let said: Vec<_> = faults.iter().map(|f| (f.answer, &*f.message)).collect();
        assert_eq!(
            said,
            [
                (Some(0), "this field takes one of Yes, No"),
                (Some(1), "there is no field \"nothing\" in this form"),
                (Some(2), "this field takes one line"),
                (None, "this form wants an answer to symptoms"),
                (None, "this form wants an answer to fever"),
                (None, "this form wants an answer to cough"),
                (None, "this form wants an answer to contact"),
            ]
        );
    }

    #[test]
    fn a_form_is_wanted_by_its_product_and_a_new_patient_s_of_new_ones_att_1() {
        let products = ["newPatientForm".to_owned(), "reminders".to_owned()];
        assert!(Form::NewPatient.is_wanted(&products, true));
        assert!(!Form::NewPatient.is_wanted(&products, false));
        assert!(!Form::PreScreening.is_wanted(&products, true));
        let both = ["preScreeningForm".to_owned()];
        assert!(Form::PreScreening.is_wanted(&both, false));
    }
}
