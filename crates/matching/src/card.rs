//! What is compared of a Medicare card.

use slotbridge_domain::patient;

use crate::text::digits;

/// A Medicare card: one number for a family, one reference number (IRN) for each of its people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// The eight digits that name the card and their check digit, as far as they are given. The
    /// tenth changes each time the card is reissued, so it is left out.
    pub number: String,
    /// Which of the card's people this is, 1 to 9.
    pub irn: Option<u8>,
}

impl Card {
    /// How many digits of a card's number stay when it is reissued.
    const LASTING: usize = 9;

    /// Reads a card number and the number beside the name. An IRN is often typed behind the
    /// card number, as its eleventh digit.
    #[must_use]
    pub fn read(number: &str, irn: &str) -> Option<Self> {
        let all = digits(number);
        let irn_behind = all.get(10..).filter(|behind| behind.len() == 1);
        let number = all.get(..Self::LASTING)?.to_owned();
        if all.len() > 11 {
            return None;
        }
        let irn = patient::medicare_irn(irn).ok();
        let irn = irn.as_deref().or(irn_behind);
        Some(Self {
            number,
            irn: irn.and_then(|irn| irn.parse().ok()).filter(|irn| *irn > 0),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reissued_card_is_the_same() {
        assert_eq!(
            Card::read("2123 45670 1", "1"),
            Card::read("2123-45670-4", "1")
        );
    }

    #[test]
    fn the_reference_number_may_stand_behind_the_card_number() {
        assert_eq!(Card::read("21234567013", ""), Card::read("2123456701", "3"));
    }

    #[test]
    fn a_number_too_short_or_too_long_is_none() {
        for number in ["", "21234567", "212345670134"] {
            assert_eq!(Card::read(number, "1"), None, "{number}");
        }
        assert_eq!(
            Card::read("2123456701", "0").map(|card| card.irn),
            Some(None)
        );
    }
}
