//! The patient of a booking.

use crate::{
    names::names,
    profile::Field,
    read::{Faults, FromJson, Node, deserialize_by_reading},
    time,
};
use jiff::civil::Date;
use serde::Serialize;
use std::fmt;
use utoipa::ToSchema;

names! {
    /// A patient's gender.
    pub enum Gender {
        /// Male.
        Male = "Male",
        /// Female.
        Female = "Female",
        /// Neither, or not told apart.
        Other = "Other",
    }
}

/// Who comes. `Debug` shows nothing of it, so that it stays out of logs.
#[derive(Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Patient {
    /// Given names.
    pub firstname: String,
    /// Family name.
    pub lastname: String,
    /// Day of birth: DD-MM-YYYY, or YYYY-MM-DD for a consumer with the wire profile `generated`
    /// (WIRE-9).
    #[schema(pattern = "^([0-9]{2}-[0-9]{2}-[0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
    pub dob: String,
    /// Phone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String)]
    pub phone: Option<String>,
    /// Mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String)]
    pub email: Option<String>,
    /// Street and number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String)]
    pub address: Option<String>,
    /// Suburb or town.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String)]
    pub suburb: Option<String>,
    /// State, e.g. `NSW`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String)]
    pub state: Option<String>,
    /// Postcode.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String)]
    pub postcode: Option<String>,
    /// Gender.
    #[serde(skip_serializing_if = "Field::is_absent")]
    #[schema(value_type = Option<Gender>)]
    pub gender: Field<Gender>,
    /// Number of the Medicare card.
    #[serde(rename = "medicareNumber", skip_serializing_if = "Field::is_absent")]
    #[schema(value_type = Option<String>)]
    pub medicare_number: Field<String>,
    /// The patient's line on the Medicare card.
    #[serde(rename = "medicareIrn", skip_serializing_if = "Field::is_absent")]
    #[schema(value_type = Option<String>)]
    pub medicare_irn: Field<String>,
    /// Until when the Medicare card is good, MM/YYYY.
    #[serde(rename = "medicareExpiry", skip_serializing_if = "Field::is_absent")]
    #[schema(value_type = Option<String>, pattern = "^(0[1-9]|1[0-2])/[0-9]{4}$")]
    pub medicare_expiry: Field<String>,
}

impl Patient {
    /// The day of birth, whichever form it has (WIRE-9).
    #[must_use]
    pub fn date_of_birth(&self) -> Option<Date> {
        time::parse_dob(&self.dob)
    }
}

impl fmt::Debug for Patient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Patient").finish_non_exhaustive()
    }
}

impl FromJson for Patient {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let firstname = object.required("firstname");
        let lastname = object.required("lastname");
        let dob = object.required("dob");
        let phone = object.optional("phone");
        let email = object.optional("email");
        let address = object.optional("address");
        let suburb = object.optional("suburb");
        let state = object.optional("state");
        let postcode = object.optional("postcode");
        let gender = object.field("gender");
        let medicare_number = object.field("medicareNumber");
        let medicare_irn = object.field("medicareIrn");
        let medicare_expiry = object.field("medicareExpiry");
        Some(Self {
            firstname: firstname?,
            lastname: lastname?,
            dob: dob?,
            phone,
            email,
            address,
            suburb,
            state,
            postcode,
            gender,
            medicare_number,
            medicare_irn,
            medicare_expiry,
        })
    }
}

deserialize_by_reading!(Patient);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::read;

    #[test]
    fn debug_shows_no_personal_data() {
        let patient = Patient {
            lastname: "Lee".to_owned(),
            ..Patient::default()
        };
        assert_eq!(format!("{patient:?}"), "Patient { .. }");
    }

    #[test]
    fn the_day_of_birth_is_found_in_both_profiles_wire_9() {
        for dob in ["23-02-2022", "2022-02-23"] {
            let patient = Patient {
                dob: dob.to_owned(),
                ..Patient::default()
            };
            assert_eq!(
                patient.date_of_birth(),
                Some(jiff::civil::date(2022, 2, 23))
            );
        }
    }

    #[test]
    fn the_medicare_fields_are_in_camel_case_wire_2() {
        let body = r#"{"firstname":"A","lastname":"L","dob":"01-01-2000","gender":"Other","medicareNumber":"2428778132","medicareIrn":"1","medicareExpiry":"05/2028"}"#;
        let patient: Patient = read(body.as_bytes()).unwrap();
        assert_eq!(serde_json::to_string(&patient).unwrap(), body);
    }
}
