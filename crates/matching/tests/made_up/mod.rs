//! Made-up patients and bookings, the same for the same seed. No real person is meant.

use slotbridge_matching::{Person, Record};

/// A record with texts of its own.
#[derive(Clone, Debug, Default)]
pub(crate) struct Made {
    pub(crate) firstname: String,
    pub(crate) lastname: String,
    pub(crate) dob: String,
    pub(crate) phone: String,
    pub(crate) email: String,
    pub(crate) address: String,
    pub(crate) suburb: String,
    pub(crate) postcode: String,
    pub(crate) medicare_number: String,
    pub(crate) medicare_irn: String,
}

impl Made {
    pub(crate) fn person(&self) -> Person {
        Person::read(&Record {
            firstname: &self.firstname,
            lastname: &self.lastname,
            dob: &self.dob,
            phone: &self.phone,
            email: &self.email,
            address: &self.address,
            suburb: &self.suburb,
            postcode: &self.postcode,
            medicare_number: &self.medicare_number,
            medicare_irn: &self.medicare_irn,
            ..Record::default()
        })
    }
}

/// Numbers that look random (xorshift).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or_default() % end.max(1)
    }

    /// Whether something of so many per cent happens.
    fn happens(&mut self, per_cent: usize) -> bool {
        self.below(100) < per_cent
    }

    fn one_of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }

    /// One of the first rather than of the last, as with names.
    fn early_one_of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        let place = self.below(all.len()).min(self.below(all.len()));
        all[place]
    }
}

const FIRST: &str = "Oliver Charlotte Jack Amelia William Olivia Noah Isla Thomas Mia James Grace Lucas \
    Chloe Henry Zoe Ethan Ruby Liam Sophie Alexander Emily Samuel Lucy Daniel Hannah Michael Sarah \
    David Jessica Peter Karen John Susan Robert Margaret Anthony Helen Mark Linda Paul Julie Andrew \
    Jennifer Stephen Michelle Matthew Rebecca Christopher Nicole Ahmed Fatima Minh Linh Wei Mei Priya \
    Arjun Giovanni Maria Dimitrios Eleni Harpreet Gurpreet Duncan Fiona Bruce Gwendoline Hamish Imogen";
const SYLLABLES: &str = "ash black brook cald dun east fair green hart kings long mar nor oak pel rad \
    sand thorn under wal west win york";
const ENDINGS: &str = "bury by combe den field ford gate ham ley man mere more son stead stone ton \
    well wood worth";
const COMMON_LAST: &str =
    "Smith Nguyen Jones Williams Brown Singh Wilson Taylor Tran Lee Kelly Khan Patel";
const STREETS: &str = "Acacia Banksia Cedar Darling Elm Flinders Grevillea Hume Iris Jacaranda \
    Kitchener Lachlan Macquarie Nepean Ocean Paterson Queen Railway Station Tobruk Victoria Wattle";
const TYPES: &str = "Street Road Avenue Court Drive Place";
const SUBURBS: &str = "Ashgrove Boronia Clayton Dandenong Essendon Frankston Geelong Hawthorn";

fn list(words: &'static str) -> Vec<&'static str> {
    words.split_whitespace().collect()
}

/// So many patients, in households of one to five.
pub(crate) fn patients(count: usize, seed: u64) -> Vec<Made> {
    let dice = &mut Dice::new(seed);
    let (first, common) = (list(FIRST), list(COMMON_LAST));
    let (syllables, endings) = (list(SYLLABLES), list(ENDINGS));
    let (streets, types, suburbs) = (list(STREETS), list(TYPES), list(SUBURBS));
    let mut patients = Vec::with_capacity(count);
    while patients.len() < count {
        let lastname = if dice.happens(25) {
            dice.early_one_of(&common).to_owned()
        } else {
            format!("{}{}", dice.one_of(&syllables), dice.one_of(&endings))
        };
        let suburb = dice.below(suburbs.len());
        let home = Made {
            phone: format!("04{:08}", dice.below(100_000_000)),
            email: format!("{lastname}{}@example.com", dice.below(100_000)),
            address: format!(
                "{} {} {}",
                dice.below(200) + 1,
                dice.one_of(&streets),
                dice.one_of(&types)
            ),
            suburb: suburbs[suburb].to_owned(),
            postcode: format!("{}", 3000 + suburb),
            medicare_number: card_number(dice),
            lastname,
            ..Made::default()
        };
        for irn in 1..=dice.below(5) + 1 {
            patients.push(Made {
                firstname: dice.early_one_of(&first).to_owned(),
                dob: format!(
                    "{:02}-{:02}-{}",
                    dice.below(28) + 1,
                    dice.below(12) + 1,
                    1935 + dice.below(90)
                ),
                medicare_irn: irn.to_string(),
                ..home.clone()
            });
        }
    }
    patients.truncate(count);
    patients
}

fn card_number(dice: &mut Dice) -> String {
    let digits: Vec<usize> = std::iter::once(2 + dice.below(5))
        .chain((0..7).map(|_| dice.below(10)))
        .collect();
    let check: usize = digits
        .iter()
        .zip([1, 3, 7, 9, 1, 3, 7, 9])
        .map(|(a, b)| a * b)
        .sum();
    let number: String = digits.iter().map(ToString::to_string).collect();
    format!("{number}{}1", check % 10)
}

/// A booking of this patient, with what people get wrong or leave out.
pub(crate) fn booking(patient: &Made, dice: &mut Dice) -> Made {
    let mut booking = patient.clone();
    if dice.happens(20) {
        mistype(&mut booking.firstname, dice);
    }
    if dice.happens(15) {
        mistype(&mut booking.lastname, dice);
    }
    if dice.happens(5) {
        booking.dob.clear();
    }
    if dice.happens(30) {
        booking.phone = format!("04{:08}", dice.below(100_000_000));
    }
    if dice.happens(40) {
        booking.email.clear();
    }
    if dice.happens(40) {
        booking.address.clear();
    }
    if dice.happens(60) {
        booking.medicare_number.clear();
    }
    booking
}

/// Exchanges two neighbouring letters, or drops one.
fn mistype(name: &mut String, dice: &mut Dice) {
    let mut letters: Vec<char> = name.chars().collect();
    let place = dice.below(letters.len().saturating_sub(1));
    if dice.happens(50) {
        letters.swap(place, place + 1);
    } else {
        letters.remove(place);
    }
    *name = letters.into_iter().collect();
}
