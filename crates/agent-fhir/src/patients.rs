//! Patients: read as the hub's matching needs them, and added for those who are none yet.

use crate::changes::{mark_of, since};
use crate::fhir::{
    Identifier, MEDICARE, PATIENT_OF_BOOKING, Reference, Resource, as_resource, is_id,
};
use crate::names::HumanName;
use crate::server::{Answer, unexpected};
use crate::{Fhir, new_patient};
use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::Value;
use slotbridge_agent::adapter::{NewPatient, Patients, PmsPatient, Trouble};
use slotbridge_client::wire::bookings::{Gender, Patient as Person};
use slotbridge_client::wire::profile::Field;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Patient {
    id: String,
    active: Option<bool>,
    #[serde(default)]
    identifier: Vec<Identifier>,
    #[serde(default)]
    name: Vec<HumanName>,
    #[serde(default)]
    telecom: Vec<Telecom>,
    gender: Option<String>,
    birth_date: Option<String>,
    #[serde(default)]
    address: Vec<Address>,
    #[serde(default)]
    link: Vec<Link>,
}

impl Resource for Patient {
    const TYPE: &'static str = "Patient";
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Telecom {
    system: Option<String>,
    value: Option<String>,
    r#use: Option<String>,
    rank: Option<u32>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Address {
    r#use: Option<String>,
    line: Vec<Option<String>>,
    city: Option<String>,
    state: Option<String>,
    postal_code: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Link {
    r#type: String,
    other: Reference,
}

impl Fhir {
    pub(crate) async fn changed_patients(&self, mark: Option<&str>) -> Result<Patients, Trouble> {
        let since = since(mark);
        let query = since.as_deref().map(|since| ("_lastUpdated", since));
        let mut pages = self.server.search(Patient::TYPE, query.as_slice());
        let mut changed = Vec::new();
        while let Some(page) = pages.next().await? {
            let patients = page.iter().filter_map(as_resource::<Patient>);
            let patients = patients.filter(|patient| is_id(&patient.id));
            changed.extend(patients.map(Patient::into_pms));
        }
        let kept = mark.filter(|_| since.is_some() && changed.is_empty());
        let mark = match kept {
            Some(mark) => mark.to_owned(),
            None => mark_of(&pages)?.to_string(),
        };
        Ok(Patients { mark, changed })
    }

    pub(crate) async fn add_patient(&self, new: &NewPatient) -> Result<String, Trouble> {
        let resource = new_patient::resource(new);
        let unless = format!("identifier={PATIENT_OF_BOOKING}|{}", new.booking_id);
        let answer = self
            .server
            .create(Patient::TYPE, &resource, &unless)
            .await?;
        let Answer { status, body, .. } = answer;
        let created = body
            .get("id")
            .and_then(Value::as_str)
            .filter(|id| is_id(id));
        match (status, created) {
            (StatusCode::CREATED, Some(id)) => Ok(id.to_owned()),
            // It was there before, or the server says nothing of it, or has more than one.
            (status, _) if status.is_success() || status == StatusCode::PRECONDITION_FAILED => {
                self.patient_of_booking(new.booking_id).await
            }
            (StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY, _) => {
                Err(Trouble::Refused(format!(
                    "the practice's system does not take the patient ({})",
                    status.as_u16()
                )))
            }
            (status, _) => Err(unexpected(status, Patient::TYPE)),
        }
    }

    /// The patient whom a booking added, or with whom staff merged that one since.
    async fn patient_of_booking(&self, booking: i64) -> Result<String, Trouble> {
        let identifier = format!("{PATIENT_OF_BOOKING}|{booking}");
        let query = [("identifier", &*identifier)];
        let mut all: Vec<Patient> = self.server.all_of(&query).await?;
        let booking = booking.to_string();
        all.retain(|patient| patient.is_of(&booking));
        all.sort_by(|a, b| (a.is_gone(), &a.id).cmp(&(b.is_gone(), &b.id)));
        let first = all.first().ok_or_else(|| {
            let why = "the FHIR server does not find the patient that it has just added";
            Trouble::Later(why.to_owned())
        })?;
        Ok(first.replaced_by().unwrap_or(&first.id).to_owned())
    }
}

impl Patient {
    fn is_of(&self, booking: &str) -> bool {
        let mut identifiers = self.identifier.iter();
        identifiers.any(|one| {
            one.system.as_deref() == Some(PATIENT_OF_BOOKING)
                && one.value.as_deref() == Some(booking)
        })
    }

    /// The patient with whom this one was merged.
    fn replaced_by(&self) -> Option<&str> {
        let mut links = self.link.iter();
        let link = links.find(|link| link.r#type == "replaced-by")?;
        link.other.id_of(Self::TYPE)
    }

    fn is_gone(&self) -> bool {
        self.active == Some(false) || self.link.iter().any(|link| link.r#type == "replaced-by")
    }

    fn into_pms(self) -> PmsPatient {
        let person = (!self.is_gone()).then(|| self.person());
        PmsPatient {
            id: self.id,
            person,
        }
    }

    fn person(&self) -> Person {
        let name = HumanName::preferred(&self.name).map(HumanName::named);
        let name = name.unwrap_or_default();
        let (number, irn, expiry) = self.card();
        let home = self.home();
        let part =
            |part: fn(&Address) -> Option<String>| home.and_then(part).filter(|text| is_told(text));
        Person {
            firstname: name.first.unwrap_or_default(),
            lastname: name.last.unwrap_or_default(),
            // Of a date without a day nothing is compared.
            dob: self.birth_date.clone().unwrap_or_default(),
            phone: self.contact(&["phone", "sms"]),
            email: self.contact(&["email"]),
            address: part(|address| {
                let lines: Vec<&str> = address.line.iter().flatten().map(String::as_str).collect();
                Some(lines.join(", "))
            }),
            suburb: part(|address| address.city.clone()),
            state: part(|address| address.state.clone()),
            postcode: part(|address| address.postal_code.clone()),
            gender: match self.gender.as_deref() {
                Some("female") => Field::Value(Gender::Female),
                Some("male") => Field::Value(Gender::Male),
                Some("other") => Field::Value(Gender::Other),
                _ => Field::Absent,
            },
            medicare_number: field(number),
            medicare_irn: field(irn),
            medicare_expiry: field(expiry),
        }
    }

    /// A phone number or a mail address in use: a mobile's before others.
    fn contact(&self, systems: &[&str]) -> Option<String> {
        let of_system = |one: &&Telecom| {
            let system = one.system.as_deref().unwrap_or_default();
            systems.contains(&system) && one.r#use.as_deref() != Some("old")
        };
        let rank = |one: &&Telecom| {
            let is_mobile = one.r#use.as_deref() == Some("mobile");
            (!is_mobile, one.rank.unwrap_or(u32::MAX))
        };
        let contacts = self.telecom.iter().filter(of_system);
        let contacts = contacts.filter(|one| one.value.as_deref().is_some_and(is_told));
        contacts.min_by_key(rank)?.value.clone()
    }

    /// Where the patient lives.
    fn home(&self) -> Option<&Address> {
        let rank = |address: &&Address| match address.r#use.as_deref() {
            Some("home") => 0,
            None => 1,
            Some("old") => 3,
            Some(_) => 2,
        };
        let home = self.address.iter().min_by_key(rank);
        home.filter(|address| address.r#use.as_deref() != Some("old"))
    }

    /// The number of the Medicare card, the patient's line on it, and its expiry as MM/YYYY.
    fn card(&self) -> (Option<String>, Option<String>, Option<String>) {
        let is_card = |one: &&Identifier| one.system.as_deref() == Some(MEDICARE);
        let mut cards = self.identifier.iter().filter(is_card);
        let none = (None, None, None);
        let Some(card) = cards.next() else {
            return none;
        };
        let digits = card.value.iter().flat_map(|value| value.chars());
        let digits: String = digits.filter(char::is_ascii_digit).collect();
        let Some((number, line)) = digits.split_at_checked(10) else {
            return none;
        };
        let irn = match line.len() {
            0 => None,
            1 => Some(line.to_owned()),
            _ => return none,
        };
        let end = card
            .period
            .as_ref()
            .and_then(|period| period.end.as_deref());
        (Some(number.to_owned()), irn, end.and_then(month))
    }
}

fn is_told(text: &str) -> bool {
    !text.trim().is_empty()
}

fn field(value: Option<String>) -> Field<String> {
    value.map_or(Field::Absent, Field::Value)
}

/// MM/YYYY of a date that has a month.
fn month(date: &str) -> Option<String> {
    let mut parts = date.split('-');
    let (year, month) = (parts.next()?, parts.next()?);
    let is_number =
        |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_date = is_number(year, 4) && is_number(month, 2);
    is_date.then(|| format!("{month}/{year}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn card(value: &str) -> [String; 3] {
        let patient = json!({"resourceType": "Patient", "id": "1", "identifier": [
            {"system": MEDICARE, "value": value, "period": {"end": "2028-05-31"}},
        ]});
        let patient: Patient = as_resource(&patient).unwrap();
        let (number, irn, expiry) = patient.card();
        [number, irn, expiry].map(Option::unwrap_or_default)
    }

    #[test]
    fn a_medicare_number_may_have_the_patients_line_at_its_end() {
        assert_eq!(card("24287781321"), ["2428778132", "1", "05/2028"]);
        assert_eq!(card("2428 77813 2"), ["2428778132", "", "05/2028"]);
        for wrong in ["", "242877813", "242877813211", "none"] {
            assert_eq!(card(wrong), ["", "", ""], "{wrong}");
        }
    }

    #[test]
    fn the_mobile_and_the_home_are_taken_and_nothing_old() {
        let patient = json!({"resourceType": "Patient", "id": "1",
            "telecom": [
                {"system": "phone", "value": "02 1", "rank": 1},
                {"system": "phone", "value": "0412", "use": "mobile"},
                {"system": "email", "value": "a@b.example", "use": "old"},
            ],
            "address": [
                {"use": "work", "city": "Sydney"},
                {"use": "home", "line": ["Flat 2", null, "7 High St"], "city": "Perth"},
            ],
        });
        let person = as_resource::<Patient>(&patient).unwrap().person();
        assert_eq!(person.phone.as_deref(), Some("0412"));
        assert_eq!(person.email, None);
        assert_eq!(person.address.as_deref(), Some("Flat 2, 7 High St"));
        assert_eq!(person.suburb.as_deref(), Some("Perth"));
    }
}
