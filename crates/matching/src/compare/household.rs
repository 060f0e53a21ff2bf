//! What people share with those they live with: phone, mail, address, card.

use crate::address::Address;
use crate::card::Card;
use crate::person::Person;
use crate::text::{digits, is_slip, within};

/// How far two phone numbers or two mail addresses agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ContactAgreement {
    /// One.
    Same,
    /// A slip of the finger apart.
    Slip,
    /// One is missing.
    Missing,
    /// Two.
    Different,
}

/// How far two addresses agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AddressAgreement {
    /// One house.
    Same,
    /// One house, if a slip is allowed for.
    Slip,
    /// One suburb; of one or both, no more is known.
    Suburb,
    /// Too little is known.
    Missing,
    /// Two houses in one suburb.
    Moved,
    /// Two suburbs.
    Different,
}

/// How far two Medicare cards agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CardAgreement {
    /// One card and one reference number on it: one person.
    SamePerson,
    /// One card; who of its people is not known of both.
    SameCard,
    /// One card, if a slip is allowed for, and one reference number.
    Slip,
    /// One is missing.
    Missing,
    /// Two cards.
    Different,
    /// One card and two reference numbers: two people.
    OtherPerson,
}

/// What two people share that everybody of a household may share. However much of it agrees, it
/// tells one thing: they live together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Household {
    /// Their phone numbers.
    pub phone: ContactAgreement,
    /// Their mail addresses.
    pub email: ContactAgreement,
    /// Where they live.
    pub address: AddressAgreement,
    /// Their Medicare cards.
    pub card: CardAgreement,
}

impl Household {
    pub(super) fn of(a: &Person, b: &Person) -> Self {
        Self {
            phone: contact(a.phone.as_deref(), b.phone.as_deref(), one_phone, |a, b| {
                within(a, b, 1)
            }),
            email: contact(a.email.as_deref(), b.email.as_deref(), str::eq, like_email),
            address: address(&a.address, &b.address),
            card: card(a.card.as_ref(), b.card.as_ref()),
        }
    }

    /// How many of the four are shared.
    pub(crate) fn shared(&self) -> usize {
        [
            matches!(self.phone, ContactAgreement::Same),
            matches!(self.email, ContactAgreement::Same | ContactAgreement::Slip),
            matches!(
                self.address,
                AddressAgreement::Same | AddressAgreement::Slip
            ),
            matches!(
                self.card,
                CardAgreement::SamePerson | CardAgreement::SameCard
            ),
        ]
        .into_iter()
        .filter(|shared| *shared)
        .count()
    }
}

impl Household {
    /// In how many of the four the two differ.
    pub(crate) fn differing(&self) -> usize {
        [
            matches!(self.phone, ContactAgreement::Different),
            matches!(self.email, ContactAgreement::Different),
            matches!(
                self.address,
                AddressAgreement::Different | AddressAgreement::Moved
            ),
            matches!(
                self.card,
                CardAgreement::Different | CardAgreement::OtherPerson
            ),
        ]
        .into_iter()
        .filter(|differing| *differing)
        .count()
    }
}

fn contact(
    a: Option<&str>,
    b: Option<&str>,
    is_one: impl Fn(&str, &str) -> bool,
    is_slip: impl Fn(&str, &str) -> bool,
) -> ContactAgreement {
    match (a, b) {
        (Some(a), Some(b)) if is_one(a, b) => ContactAgreement::Same,
        (Some(a), Some(b)) if is_slip(a, b) => ContactAgreement::Slip,
        (Some(_), Some(_)) => ContactAgreement::Different,
        _ => ContactAgreement::Missing,
    }
}

/// How many digits a landline has without its area code.
const LOCAL: usize = 8;

fn one_phone(a: &str, b: &str) -> bool {
    a == b || (a.len() == LOCAL && b.ends_with(a)) || (b.len() == LOCAL && a.ends_with(b))
}

/// Whether two mail addresses differ by a slip. Other digits are none: jo.smith1 and jo.smith2 are
/// two people.
fn like_email(a: &str, b: &str) -> bool {
    within(a, b, 2) && digits(a) == digits(b)
}

fn address(a: &Address, b: &Address) -> AddressAgreement {
    let postcodes =
        (!a.postcode.is_empty() && !b.postcode.is_empty()).then(|| a.postcode == b.postcode);
    let suburbs = (!a.suburb.is_empty() && !b.suburb.is_empty())
        .then(|| a.suburb == b.suburb || is_slip(&a.suburb, &b.suburb));
    let near = match (postcodes, suburbs) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (None, None) => None,
        _ => Some(false),
    };
    if a.has_house() && b.has_house() {
        let one_street = a.street == b.street;
        let like_street = one_street || is_slip(&a.street, &b.street);
        if a.numbers == b.numbers && one_street {
            // The name of a suburb is written in more ways than a street with its number.
            return if near == Some(false) {
                AddressAgreement::Slip
            } else {
                AddressAgreement::Same
            };
        }
        let like_house =
            a.house() == b.house() || a.numbers.iter().any(|number| b.numbers.contains(number));
        let like_number = !a.is_box() && is_slip(a.house(), b.house());
        if near != Some(false) && ((like_street && like_house) || (one_street && like_number)) {
            return AddressAgreement::Slip;
        }
        return if near == Some(true) {
            AddressAgreement::Moved
        } else {
            AddressAgreement::Different
        };
    }
    match near {
        Some(true) => AddressAgreement::Suburb,
        Some(false) => AddressAgreement::Different,
        None => AddressAgreement::Missing,
    }
}

fn card(a: Option<&Card>, b: Option<&Card>) -> CardAgreement {
    let (Some(a), Some(b)) = (a, b) else {
        return CardAgreement::Missing;
    };
    let irns = a.irn.zip(b.irn).map(|(a, b)| a == b);
    match irns {
        Some(false) if a.number == b.number => CardAgreement::OtherPerson,
        Some(true) if a.number == b.number => CardAgreement::SamePerson,
        None if a.number == b.number => CardAgreement::SameCard,
        Some(true) if within(&a.number, &b.number, 1) => CardAgreement::Slip,
        _ => CardAgreement::Different,
    }
}
