//! A person in a row: the columns of `slotbridge match`.

use crate::table::Row;
use slotbridge_client::wire::bookings::{Gender, Patient};
use slotbridge_client::wire::profile::Field;
/// The columns, in the order of [`texts`].
pub(crate) use slotbridge_matching::COLUMNS;

/// The person of a row.
pub(crate) fn read(row: Row<'_>) -> Patient {
    let field = |column| row.optional(column).map_or(Field::Absent, Field::Value);
    let gender = match row.text("gender").to_ascii_lowercase().as_str() {
        "f" | "female" => Field::Value(Gender::Female),
        "m" | "male" => Field::Value(Gender::Male),
        "" => Field::Absent,
        _ => Field::Value(Gender::Other),
    };
    Patient {
        firstname: row.text("firstname").to_owned(),
        lastname: row.text("lastname").to_owned(),
        dob: row.text("dob").to_owned(),
        phone: row.optional("phone"),
        email: row.optional("email"),
        address: row.optional("address"),
        suburb: row.optional("suburb"),
        state: row.optional("state"),
        postcode: row.optional("postcode"),
        gender,
        medicare_number: field("medicareNumber"),
        medicare_irn: field("medicareIrn"),
        medicare_expiry: field("medicareExpiry"),
    }
}

/// A person's cells.
pub(crate) fn texts(person: &Patient) -> [&str; 13] {
    fn card(field: &Field<String>) -> &str {
        field.value().map_or("", String::as_str)
    }
    let gender = match person.gender.value() {
        Some(Gender::Female) => "Female",
        Some(Gender::Male) => "Male",
        Some(Gender::Other) => "Other",
        None => "",
    };
    [
        &person.firstname,
        &person.lastname,
        &person.dob,
        person.phone.as_deref().unwrap_or_default(),
        person.email.as_deref().unwrap_or_default(),
        person.address.as_deref().unwrap_or_default(),
        person.suburb.as_deref().unwrap_or_default(),
        person.state.as_deref().unwrap_or_default(),
        person.postcode.as_deref().unwrap_or_default(),
        gender,
        card(&person.medicare_number),
        card(&person.medicare_irn),
        card(&person.medicare_expiry),
    ]
}
