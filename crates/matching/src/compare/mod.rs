//! How far two people agree, field by field.

mod birth;
mod given;
mod household;
mod last;

pub use birth::BirthAgreement;
pub use given::GivenAgreement;
pub use household::{AddressAgreement, CardAgreement, ContactAgreement, Household};
pub use last::FamilyAgreement;

use crate::names::Name;
use crate::person::{Person, Sex};

/// What two people's records have in common and what parts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// Their first names.
    pub given: GivenAgreement,
    /// Their last names.
    pub family: FamilyAgreement,
    /// Whether one of the two has first and last name in each other's place.
    pub swapped: bool,
    /// Their dates of birth.
    pub birth: BirthAgreement,
    /// What they share with everybody at home.
    pub household: Household,
    /// Whether one is female and the other male.
    pub genders_differ: bool,
}

impl Comparison {
    /// Compares two people. `is_known` tells which words are first names.
    pub(crate) fn of(a: &Person, b: &Person, is_known: &impl Fn(&str) -> bool) -> Self {
        let straight = names((&a.given, &a.family), (&b.given, &b.family), is_known);
        let likely = |(given, family): (GivenAgreement, FamilyAgreement)| {
            given.is_likely() && family.is_likely()
        };
        // Only two good agreements show that the names stand in each other's place.
        let crossed = (!likely(straight))
            .then(|| names((&a.family, &a.given), (&b.given, &b.family), is_known))
            .filter(|crossed| likely(*crossed));
        let swapped = crossed.is_some();
        let (mut given, family) = crossed.unwrap_or(straight);
        let asked = if swapped { &a.family } else { &a.given };
        let called = given.called_by_the_last(asked, &b.given);
        if called != given && b.family.is_vietnamese() {
            given = called;
        }
        Self {
            given,
            family,
            swapped,
            birth: BirthAgreement::of(a.birth, b.birth),
            household: Household::of(a, b),
            genders_differ: matches!(
                (a.sex, b.sex),
                (Some(Sex::Female), Some(Sex::Male)) | (Some(Sex::Male), Some(Sex::Female))
            ),
        }
    }
}

fn names(
    a: (&Name, &Name),
    b: (&Name, &Name),
    is_known: &impl Fn(&str) -> bool,
) -> (GivenAgreement, FamilyAgreement) {
    (
        GivenAgreement::of(a.0, b.0, is_known),
        FamilyAgreement::of(a.1, b.1),
    )
}
