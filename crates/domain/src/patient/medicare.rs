//! What stands on a Medicare card.

use super::{digits, ungrouped};

/// What each of the first eight digits of a card number counts in the check digit.
const WEIGHTS: [u32; 8] = [1, 3, 7, 9, 1, 3, 7, 9];

/// Checks a Medicare card number (10 digits, the ninth a check digit; spaces and hyphens
/// allowed) and gives its digits.
///
/// # Errors
/// What is wrong, for the patient to read.
pub fn medicare_number(text: &str) -> Result<String, &'static str> {
    let number = ungrouped(text);
    let digits: Option<Vec<u32>> = number.chars().map(|c| c.to_digit(10)).collect();
    let Some([first, .., check, _issue]) = digits.as_deref().filter(|digits| digits.len() == 10)
    else {
        return Err("A Medicare card number has 10 digits.");
    };
    if !(2..=6).contains(first) {
        return Err("A Medicare card number begins with 2, 3, 4, 5 or 6.");
    }
    let weighted = digits
        .iter()
        .flatten()
        .zip(WEIGHTS)
        .map(|(digit, weight)| digit * weight);
    if weighted.sum::<u32>() % 10 != *check {
        return Err("This is no Medicare card number; check its digits.");
    }
    Ok(number)
}

/// Checks the number beside the name on a Medicare card and gives it.
///
/// # Errors
/// What is wrong, for the patient to read.
pub fn medicare_irn(text: &str) -> Result<String, &'static str> {
    let irn = text.trim();
    match digits(irn, 1) {
        Some(1..) => Ok(irn.to_owned()),
        _ => Err("The number beside the name on the card is one digit from 1 to 9."),
    }
}

/// Checks the month to which a Medicare card is valid (`MM/YYYY` or `M/YYYY`) and gives it as
/// `MM/YYYY`.
///
/// # Errors
/// What is wrong, for the patient to read.
pub fn medicare_expiry(text: &str) -> Result<String, &'static str> {
    let parts = text.trim().split_once('/').and_then(|(month, year)| {
        Some((
            digits(month, 2).or_else(|| digits(month, 1))?,
            digits(year, 4)?,
        ))
    });
    match parts {
        Some((month @ 1..=12, year @ 2000..=2099)) => Ok(format!("{month:02}/{year}")),
        _ => Err("Enter month and year as on the card, such as 05/2029."),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn good_card_numbers_are_given_as_digits() {
        for (text, number) in [
            ("2123456701", "2123456701"),
            ("2123 45670 1", "2123456701"),
            (" 2123-45670-1 ", "2123456701"),
            ("2123\u{a0}45670\u{2011}1", "2123456701"),
            ("2428778132", "2428778132"),
            ("3500000089", "3500000089"),
            ("6111111151", "6111111151"),
        ] {
            assert_eq!(medicare_number(text).as_deref(), Ok(number), "{text}");
        }
    }

    #[test]
    fn bad_card_numbers_are_named() {
        let length = Err("A Medicare card number has 10 digits.");
        let first = Err("A Medicare card number begins with 2, 3, 4, 5 or 6.");
        let check = Err("This is no Medicare card number; check its digits.");
        for (text, fault) in [
            ("", &length),
            ("212345670", &length),
            ("21234567011", &length),
            ("2123 45670 1 1", &length),
            ("212345670I", &length),
            ("212345670\u{0661}", &length),
            ("２１２３４５６７０１", &length),
            ("2123,45670,1", &length),
            ("1123456701", &first),
            ("7123456701", &first),
            ("0000000000", &first),
            ("2123456711", &check),
            ("2213456701", &check),
        ] {
            assert_eq!(&medicare_number(text), fault, "{text}");
        }
    }

    #[test]
    fn any_one_wrong_digit_in_nine_is_found() {
        let good = "2123456701";
        for at in 0..9 {
            for digit in "0123456789".chars() {
                let mut other = good.to_owned();
                other.replace_range(at..=at, &digit.to_string());
                assert_eq!(medicare_number(&other).is_ok(), other == good, "{other}");
            }
        }
    }

    #[test]
    fn the_number_beside_the_name_is_one_digit() {
        for good in ["1", "9", " 5 "] {
            assert_eq!(medicare_irn(good).as_deref(), Ok(good.trim()));
        }
        for bad in ["", "0", "10", "01", "a", "-1", "+1", "1.", "\u{0661}"] {
            assert!(medicare_irn(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_expiry_is_a_month() {
        for (text, expiry) in [
            ("05/2029", "05/2029"),
            ("5/2029", "05/2029"),
            (" 12/2031 ", "12/2031"),
            ("01/2000", "01/2000"),
        ] {
            assert_eq!(medicare_expiry(text).as_deref(), Ok(expiry), "{text}");
        }
        for bad in [
            "",
            "/",
            "00/2029",
            "13/2029",
            "5/29",
            "052029",
            "2029/05",
            "2029-05",
            "05-2029",
            "005/2029",
            "05/02029",
            "+5/2029",
            "5/+029",
            "05/1999",
            "05/2100",
            "05/05/2029",
        ] {
            assert!(medicare_expiry(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn normal_forms_stay_as_they_are(text in "[0-9 /-]{0,12}") {
            for check in [medicare_number, medicare_irn, medicare_expiry] {
                if let Ok(normal) = check(&text) {
                    prop_assert_eq!(check(&normal), Ok(normal.clone()));
                }
            }
        }
    }
}
