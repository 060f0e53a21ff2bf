#![doc = include_str!("../README.md")]

mod address;
mod birth;
mod card;
mod compare;
mod contact;
mod decide;
mod duplicates;
mod evidence;
mod explain;
mod index;
mod keys;
mod matcher;
mod names;
mod nicknames;
mod person;
mod postings;
mod text;
mod weights;

pub use birth::Birth;
pub use card::Card;
pub use compare::{
    AddressAgreement, BirthAgreement, CardAgreement, Comparison, ContactAgreement, FamilyAgreement,
    GivenAgreement, Household,
};
pub use decide::{Score, Verdict};
pub use evidence::{NameRarity, factors};
pub use matcher::{Candidate, Decision, Duplicate, Matcher};
pub use person::{COLUMNS, Fault, Person, Record};
pub use weights::Factor;
