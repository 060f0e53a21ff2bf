//! From how two people agree to what each agreement weighs.

use crate::compare::{
    AddressAgreement, BirthAgreement, CardAgreement, Comparison, ContactAgreement, FamilyAgreement,
    GivenAgreement,
};
use crate::weights::Factor;

/// How many of the practice's patients bear a name by chance, in one of three classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameRarity {
    /// Two people of this name are one, or kin.
    Rare,
    /// Some practices have a few of this name.
    Uncommon,
    /// Many bear it.
    Common,
}

/// The evidence that a comparison holds, each piece once.
pub fn factors(comparison: &Comparison, rarity: NameRarity) -> impl Iterator<Item = Factor> {
    let both_names = comparison.given.is_likely() && comparison.family.is_likely();
    let rarity = match rarity {
        NameRarity::Rare => Some(Factor::NameRare),
        NameRarity::Uncommon => Some(Factor::NameUncommon),
        NameRarity::Common => None,
    };
    let home = &comparison.household;
    let apart = home.shared() == 0;
    [
        Some(Factor::Start),
        Some(given(comparison.given)),
        Some(family(comparison.family)),
        comparison.swapped.then_some(Factor::NamesSwapped),
        rarity.filter(|_| both_names),
        Some(birth(comparison.birth)),
        comparison.genders_differ.then_some(Factor::GendersDiffer),
        match home.shared() {
            0 => None,
            1 => Some(Factor::HomeOne),
            2 => Some(Factor::HomeTwo),
            _ => Some(Factor::HomeMore),
        },
        matches!(home.phone, ContactAgreement::Slip).then_some(Factor::PhoneSlip),
        matches!(home.address, AddressAgreement::Suburb).then_some(Factor::SuburbSame),
        // Whoever shares a home has another number of it: of the other parent, or a new one.
        (home.phone == ContactAgreement::Different && apart).then_some(Factor::PhoneDifferent),
        (home.email == ContactAgreement::Different && apart).then_some(Factor::EmailDifferent),
        match home.address {
            AddressAgreement::Moved if apart => Some(Factor::AddressMoved),
            AddressAgreement::Different if apart => Some(Factor::AddressDifferent),
            _ => None,
        },
        match home.card {
            CardAgreement::SamePerson => Some(Factor::CardSamePerson),
            CardAgreement::Slip => Some(Factor::CardSlip),
            CardAgreement::Different => Some(Factor::CardDifferent),
            CardAgreement::OtherPerson => Some(Factor::CardOtherPerson),
            CardAgreement::SameCard | CardAgreement::Missing => None,
        },
    ]
    .into_iter()
    .flatten()
}

const fn given(agreement: GivenAgreement) -> Factor {
    match agreement {
        GivenAgreement::Same => Factor::GivenSame,
        GivenAgreement::Nickname => Factor::GivenNickname,
        GivenAgreement::Part | GivenAgreement::CalledOtherwise => Factor::GivenPart,
        GivenAgreement::Sound => Factor::GivenSound,
        GivenAgreement::Spelling => Factor::GivenSpelling,
        GivenAgreement::Slip | GivenAgreement::SlipOfTwo => Factor::GivenSlip,
        GivenAgreement::ShortSlip => Factor::GivenShortSlip,
        GivenAgreement::Initial => Factor::GivenInitial,
        GivenAgreement::Alike => Factor::GivenAlike,
        GivenAgreement::Missing => Factor::GivenMissing,
        GivenAgreement::Different => Factor::GivenDifferent,
        GivenAgreement::TwoNames => Factor::GivenTwoNames,
    }
}

const fn family(agreement: FamilyAgreement) -> Factor {
    match agreement {
        FamilyAgreement::Same => Factor::FamilySame,
        FamilyAgreement::Part => Factor::FamilyPart,
        FamilyAgreement::Sound => Factor::FamilySound,
        FamilyAgreement::Slip => Factor::FamilySlip,
        FamilyAgreement::Alike => Factor::FamilyAlike,
        FamilyAgreement::Missing => Factor::FamilyMissing,
        FamilyAgreement::Different => Factor::FamilyDifferent,
    }
}

const fn birth(agreement: BirthAgreement) -> Factor {
    match agreement {
        BirthAgreement::Same => Factor::BirthSame,
        BirthAgreement::Swapped => Factor::BirthSwapped,
        BirthAgreement::Digit => Factor::BirthDigit,
        BirthAgreement::NearYear => Factor::BirthNearYear,
        BirthAgreement::FarYear => Factor::BirthFarYear,
        BirthAgreement::Missing => Factor::BirthMissing,
        BirthAgreement::SameYear => Factor::BirthSameYear,
        BirthAgreement::Different => Factor::BirthDifferent,
    }
}
