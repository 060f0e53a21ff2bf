//! What is known of a person, read from the texts of a record.

use crate::address::Address;
use crate::birth::Birth;
use crate::card::Card;
use crate::contact;
use crate::names::Name;

/// A record as it stands in a file or a booking, each field as it was written; missing ones are
/// empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each field is the column of its name")]
pub struct Record<'a> {
    pub firstname: &'a str,
    pub lastname: &'a str,
    pub dob: &'a str,
    pub phone: &'a str,
    pub email: &'a str,
    pub address: &'a str,
    pub suburb: &'a str,
    pub state: &'a str,
    pub postcode: &'a str,
    pub gender: &'a str,
    pub medicare_number: &'a str,
    pub medicare_irn: &'a str,
    pub medicare_expiry: &'a str,
}

/// The columns of a file of records behind the one that holds the id, in the order of
/// [`Record::from_columns`].
pub const COLUMNS: [&str; 13] = [
    "firstname",
    "lastname",
    "dob",
    "phone",
    "email",
    "address",
    "suburb",
    "state",
    "postcode",
    "gender",
    "medicareNumber",
    "medicareIrn",
    "medicareExpiry",
];

impl<'a> Record<'a> {
    /// The record whose fields stand in the order of [`COLUMNS`].
    #[must_use]
    pub const fn from_columns(columns: [&'a str; COLUMNS.len()]) -> Self {
        let [
            firstname,
            lastname,
            dob,
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
        ] = columns;
        Self {
            firstname,
            lastname,
            dob,
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
        }
    }
}

/// What is wrong with one column of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The column, as in [`COLUMNS`].
    pub column: &'static str,
    /// What is wrong, for a person to read.
    pub problem: &'static str,
    /// Whether the record is of no use; otherwise it is matched without this column.
    pub spoils: bool,
}

/// A gender, where it is one of the two that records tell reliably.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sex {
    Female,
    Male,
}

/// A person in the form in which people are compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    pub(crate) given: Name,
    pub(crate) family: Name,
    pub(crate) birth: Option<Birth>,
    pub(crate) phone: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) address: Address,
    pub(crate) sex: Option<Sex>,
    pub(crate) card: Option<Card>,
}

impl Person {
    /// Reads a record as leniently as it can be understood.
    #[must_use]
    pub fn read(record: &Record<'_>) -> Self {
        Self {
            given: Name::read_given(record.firstname),
            family: Name::read(record.lastname),
            birth: Birth::read(record.dob),
            phone: contact::phone(record.phone),
            email: contact::email(record.email),
            address: Address::read(record.address, record.suburb, record.state, record.postcode),
            sex: sex(record.gender),
            card: Card::read(record.medicare_number, record.medicare_irn),
        }
    }

    /// What of `record` could not be read. Only a record without any name is spoilt: everything
    /// else may be missing, and then counts neither for nor against anybody.
    #[must_use]
    pub fn faults(&self, record: &Record<'_>) -> Vec<Fault> {
        let given = |text: &str| !text.trim().is_empty();
        let mut faults = Vec::new();
        let mut fault = |column, problem, spoils| {
            faults.push(Fault {
                column,
                problem,
                spoils,
            });
        };
        if self.given.is_missing() && self.family.is_missing() {
            fault(
                "lastname",
                "There is neither a first nor a last name.",
                true,
            );
        }
        match self.birth {
            None if given(record.dob) => fault(
                "dob",
                "This is no date; write day-month-year, such as 27-03-1985.",
                false,
            ),
            Some(birth) if !birth.is_in_the_calendar() => {
                fault(
                    "dob",
                    "There is no such day; check the date of birth.",
                    false,
                );
            }
            _ => {}
        }
        if self.phone.is_none() && given(record.phone) {
            fault("phone", "This is no phone number.", false);
        }
        if self.email.is_none() && given(record.email) {
            fault("email", "An email address has an @.", false);
        }
        if self.card.is_none() && given(record.medicare_number) {
            fault(
                "medicareNumber",
                "A Medicare card number has 10 digits.",
                false,
            );
        }
        faults
    }
}

fn sex(text: &str) -> Option<Sex> {
    match text.trim().to_ascii_lowercase().as_str() {
        "f" | "female" | "woman" | "girl" => Some(Sex::Female),
        "m" | "male" | "man" | "boy" => Some(Sex::Male),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(record: &Record<'_>) -> Vec<(&'static str, bool)> {
        let faults = Person::read(record).faults(record);
        faults
            .into_iter()
            .map(|fault| (fault.column, fault.spoils))
            .collect()
    }

    #[test]
    fn only_a_record_without_any_name_is_spoilt() {
        let nobody = Record {
            phone: "0412 345 678",
            ..Record::default()
        };
        assert_eq!(faults(&nobody), [("lastname", true)]);
        let one_name = Record {
            firstname: "Lupe",
            ..Record::default()
        };
        assert_eq!(faults(&one_name), []);
    }

    #[test]
    fn what_cannot_be_read_is_named_and_counts_as_missing() {
        let record = Record {
            lastname: "Calderwood",
            dob: "last spring",
            phone: "none",
            email: "at home",
            medicare_number: "123",
            ..Record::default()
        };
        let columns = ["dob", "phone", "email", "medicareNumber"];
        assert_eq!(faults(&record), columns.map(|column| (column, false)));
        let person = Person::read(&record);
        assert_eq!(
            (person.birth, person.phone, person.card),
            (None, None, None)
        );
    }

    #[test]
    fn a_day_that_does_not_exist_is_named_and_kept() {
        let record = Record {
            lastname: "Calderwood",
            dob: "31-13-1985",
            ..Record::default()
        };
        assert_eq!(faults(&record), [("dob", false)]);
        assert!(Person::read(&record).birth.is_some());
    }

    #[test]
    fn columns_and_fields_stand_in_one_order() {
        let record = Record::from_columns(COLUMNS);
        assert_eq!(record.firstname, "firstname");
        assert_eq!(record.postcode, "postcode");
        assert_eq!(record.medicare_irn, "medicareIrn");
        assert_eq!(record.medicare_expiry, "medicareExpiry");
    }
}
