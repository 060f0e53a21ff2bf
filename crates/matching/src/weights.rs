//! What each piece of evidence weighs.
//!
//! Ten points make it e times as likely that two records are one person. The points were found by
//! logistic regression over the candidates of a labelled set (`evaluate --fit`), then rounded and
//! put into an order that makes sense to a person, and tried on another set.

/// Declares the pieces of evidence, each with its points.
macro_rules! factors {
    ($($(#[doc = $doc:literal])* $factor:ident = $points:literal,)*) => {
        /// A piece of evidence for or against two records being one person.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Factor { $($(#[doc = $doc])* $factor,)* }

        impl Factor {
            /// All of them, in the order of the declaration.
            pub const ALL: &'static [Self] = &[$(Self::$factor),*];

            /// What it adds to the score.
            #[must_use]
            pub const fn points(self) -> i32 {
                match self { $(Self::$factor => $points,)* }
            }
        }
    };
}

factors! {
    /// Where every score begins: of two records taken at random, hardly any two are one person.
    Start = -20,
    /// First names are the same.
    GivenSame = 14,
    /// Forms of one first name.
    GivenNickname = 12,
    /// First names have a part in common.
    GivenPart = 8,
    /// First names sound alike.
    GivenSound = 8,
    /// Two spellings of a first name.
    GivenSpelling = 0,
    /// First names are a typing slip apart.
    GivenSlip = 10,
    /// So are very short ones.
    GivenShortSlip = 5,
    /// An initial for a first name.
    GivenInitial = 5,
    /// First names are somewhat alike.
    GivenAlike = -8,
    /// A first name is missing.
    GivenMissing = -5,
    /// Different first names, one of them not known to be a name.
    GivenDifferent = -25,
    /// Two known first names.
    GivenTwoNames = -50,
    /// Last names are the same.
    FamilySame = 5,
    /// Last names have a part in common.
    FamilyPart = 3,
    /// Last names sound alike.
    FamilySound = 4,
    /// Last names are a typing slip apart.
    FamilySlip = 3,
    /// Last names are somewhat alike.
    FamilyAlike = -7,
    /// A last name is missing.
    FamilyMissing = -5,
    /// Different last names.
    FamilyDifferent = -18,
    /// First and last name stand in each other's place.
    NamesSwapped = 0,
    /// Hardly anybody else bears the name.
    NameRare = 18,
    /// Few bear the name.
    NameUncommon = 12,
    /// One date of birth.
    BirthSame = 35,
    /// Day and month exchanged.
    BirthSwapped = 18,
    /// A digit of day or month apart.
    BirthDigit = 12,
    /// A slip in the year.
    BirthNearYear = 10,
    /// A slip in the year, or a parent and a child.
    BirthFarYear = -4,
    /// A date of birth is missing.
    BirthMissing = -14,
    /// Another day of the same year.
    BirthSameYear = -30,
    /// Two dates of birth.
    BirthDifferent = -60,
    /// Female and male.
    GendersDiffer = -20,
    /// One of phone, mail, address and card is shared.
    HomeOne = 24,
    /// Two are: they live together, which is hardly more.
    HomeTwo = 26,
    /// Three or all are.
    HomeMore = 27,
    /// The suburb, if no more is known.
    SuburbSame = 5,
    /// Phone numbers are a digit apart.
    PhoneSlip = 4,
    /// Another phone, where nothing is shared.
    PhoneDifferent = -6,
    /// Another mail address, where nothing is shared.
    EmailDifferent = -8,
    /// Another house of the suburb, where nothing is shared.
    AddressMoved = -2,
    /// Another suburb, where nothing is shared.
    AddressDifferent = -8,
    /// One card and one reference number.
    CardSamePerson = 50,
    /// Card numbers a digit apart, one reference number.
    CardSlip = 8,
    /// Another card.
    CardDifferent = -20,
    /// One card, another reference number.
    CardOtherPerson = -30,
}
