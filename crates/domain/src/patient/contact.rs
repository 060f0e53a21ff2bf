//! How a patient is reached.

use super::ungrouped;

/// The longest mail address that mail servers take.
pub const LONGEST_EMAIL: usize = 254;

/// Checks a phone number and gives it as digits (`0412345678`, `131450`) if it is Australian, else
/// as `+` and digits.
///
/// # Errors
/// What is wrong, for the patient to read.
pub fn phone(text: &str) -> Result<String, &'static str> {
    let number: String = ungrouped(text)
        .chars()
        .filter(|c| !matches!(c, '(' | ')' | '.'))
        .collect();
    let (digits, international) = match number.strip_prefix('+') {
        Some(digits) => (digits, true),
        None => (number.as_str(), false),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("Enter a phone number, such as 0412 345 678.");
    }
    match digits.strip_prefix("61") {
        // Nothing Australian begins with 61 and is as long, so a plus was left out.
        Some(national) if international || digits.len() == 11 => from_abroad(national)
            .ok_or("This is no Australian phone number; after +61 come nine digits."),
        _ if !international => australian(digits)
            .ok_or("Enter the number with its area code, such as 02 9876 5432; one from another country begins with +."),
        _ if (8..=15).contains(&digits.len()) && !digits.starts_with('0') => Ok(number),
        _ => Err("After + come the country code and the number, 8 to 15 digits together."),
    }
}

/// The normal form of a number as dialled in Australia: a mobile or landline with its area code,
/// a 1300 or 1800 number, or a six-digit 13 number.
fn australian(digits: &str) -> Option<String> {
    let whole = match digits.as_bytes() {
        [b'0', b'2' | b'3' | b'4' | b'5' | b'7' | b'8', ..] => digits.len() == 10,
        [b'1', b'3' | b'8', b'0', b'0', ..] => digits.len() == 10,
        [b'1', b'3', ..] => digits.len() == 6,
        _ => false,
    };
    whole.then(|| digits.to_owned())
}

/// The normal form of what stands behind +61: a number as dialled in Australia without its 0,
/// which many write all the same (`+61 (0)412 345 678`).
fn from_abroad(national: &str) -> Option<String> {
    australian(national).or_else(|| australian(&format!("0{national}")))
}

/// Checks a mail address and gives it without the white space around it.
///
/// # Errors
/// What is wrong, for the patient to read.
pub fn email(text: &str) -> Result<String, &'static str> {
    let email = text.trim();
    if email.len() > LONGEST_EMAIL {
        return Err("An email address has at most 254 characters.");
    }
    let (local, domain) = email
        .rsplit_once('@')
        .ok_or("An email address has an @, such as name@example.com.")?;
    if !is_local_part(local) || !is_domain(domain) {
        return Err("This is no email address; one looks like name@example.com.");
    }
    Ok(email.to_owned())
}

/// Whether `text` can stand before the @: words of the characters that need no quotes, with single
/// dots between them.
fn is_local_part(text: &str) -> bool {
    let is_word_part = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~-".contains(c);
    text.len() <= 64
        && text
            .split('.')
            .all(|word| !word.is_empty() && word.chars().all(is_word_part))
}

/// Whether `text` is a host name with a dot in it.
fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.contains('.') && text.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn good_phone_numbers_get_one_form() {
        for (text, normal) in [
            ("0412345678", "0412345678"),
            ("0412 345 678", "0412345678"),
            (" 0412-345-678 ", "0412345678"),
            ("0412.345.678", "0412345678"),
            ("+61412345678", "0412345678"),
            ("+61 412 345 678", "0412345678"),
            ("(+61) 412 345 678", "0412345678"),
            ("+61 (0)412 345 678", "0412345678"),
            ("+61 0412 345 678", "0412345678"),
            ("61 412 345 678", "0412345678"),
            ("0412\u{a0}345\u{a0}678", "0412345678"),
            ("(02) 9876 5432", "0298765432"),
            ("02 9876 5432", "0298765432"),
            ("+61 2 9876 5432", "0298765432"),
            ("+61 (03) 9876 5432", "0398765432"),
            ("(07)38765432", "0738765432"),
            ("08-9876-5432", "0898765432"),
            ("1300 975 707", "1300975707"),
            ("1800 022 222", "1800022222"),
            ("+61 1800 022 222", "1800022222"),
            ("13 14 50", "131450"),
            ("+61 13 14 50", "131450"),
            ("+64 21 123 4567", "+64211234567"),
            ("+44 (20) 7946-0958", "+442079460958"),
            ("+1 (415) 555-2671", "+14155552671"),
            ("+6512345678", "+6512345678"),
            ("+12345678", "+12345678"),
            ("+123456789012345", "+123456789012345"),
        ] {
            assert_eq!(phone(text).as_deref(), Ok(normal), "{text}");
        }
    }

    #[test]
    fn bad_phone_numbers_are_refused() {
        for text in [
            "",
            " ",
            "-",
            "+",
            "()",
            "abc",
            "call me",
            "0412 345 67",
            "0412 345 6789",
            "9876 5432",
            "0112345678",
            "0612345678",
            "0912345678",
            "0000000000",
            "1234567890",
            "131 45",
            "13 14 501",
            "1300 975 70",
            "1800 1234",
            "1900 123 456",
            "000",
            "+61",
            "+61 412 345",
            "+61 9876 5432",
            "+61 112 345 678",
            "+61 00412345678",
            "61 9876 5432 1234",
            "+0 412 345 678",
            "+1234567",
            "+1234567890123456",
            "++61412345678",
            "0412+345678",
            "0412345678 x12",
            "0412 345 678 / 0498 765 432",
            "٠٤١٢٣٤٥٦٧٨",
            "0412\n345678\0",
        ] {
            assert!(phone(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn good_addresses_are_kept_as_they_are() {
        for text in [
            "jo@example.com",
            "Jo.Citizen+clinic@Mail.Example.com.au",
            "o'brien@example.org",
            "a@b.co",
            "1_2-3@xn--bcher-kva.example",
            " jo@example.com\n",
        ] {
            assert_eq!(email(text).as_deref(), Ok(text.trim()), "{text}");
        }
        let longest = format!(
            "{}@{}.com",
            "a".repeat(64),
            ["b".repeat(61).as_str(); 3].join(".")
        );
        assert_eq!(longest.len(), 254);
        assert!(email(&longest).is_ok());
    }

    #[test]
    fn bad_addresses_are_refused() {
        for text in [
            "",
            "jo",
            "@",
            "jo@",
            "@example.com",
            "jo@example",
            "jo@.com",
            "jo@example.",
            "jo@example..com",
            "jo..c@example.com",
            ".jo@example.com",
            "jo.@example.com",
            "jo @example.com",
            "jo@exa mple.com",
            "jo@a@example.com",
            "jo@-example.com",
            "jo@example-.com",
            "jo@exam_ple.com",
            "jo@example.com, al@example.com",
            "Jo <jo@example.com>",
            "jo@example.com\r\nBcc: al@example.com",
            "jo\0@example.com",
            "\"jo\"@example.com",
            "jo@[127.0.0.1]",
            "jo,al@example.com",
            "mailto:jo@example.com",
        ] {
            assert!(email(text).is_err(), "{text:?}");
        }
        assert!(email(&format!("{}@example.com", "a".repeat(65))).is_err());
        assert!(email(&format!("jo@{}.com", "b".repeat(64))).is_err());
        let too_long = format!(
            "{}@{}.com",
            "a".repeat(64),
            ["b".repeat(62).as_str(); 3].join(".")
        );
        assert_eq!(
            email(&too_long),
            Err("An email address has at most 254 characters.")
        );
    }

    proptest! {
        #[test]
        fn normal_forms_stay_as_they_are(text in "\\+?[0-9 ()-]{5,18}", mail in "[a-z.]{1,9}@[a-z.]{1,9}") {
            if let Ok(normal) = phone(&text) {
                prop_assert_eq!(phone(&normal), Ok(normal.clone()));
            }
            if let Ok(normal) = email(&mail) {
                prop_assert_eq!(email(&normal), Ok(normal.clone()));
            }
        }
    }
}
