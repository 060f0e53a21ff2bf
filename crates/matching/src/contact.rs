//! Phone numbers and mail addresses in the form in which they are compared.

use slotbridge_domain::patient;

use crate::text::digits;

/// The digits of a phone number as dialled in Australia, or what can be made of it: people leave
/// out the first 0, and a booking page may write `0011 61` for `+61`.
pub(crate) fn phone(text: &str) -> Option<String> {
    if let Ok(number) = patient::phone(text) {
        return Some(number);
    }
    // Of several, the first.
    if let Some((first, _)) = text.split_once(['/', ',', ';']) {
        return phone(first);
    }
    let all = digits(text);
    let abroad = ["001161", "61"].into_iter().find_map(|prefix| {
        all.strip_prefix(prefix)
            .map(|rest| rest.trim_start_matches('0'))
            .filter(|rest| rest.len() == 9)
    });
    let national = abroad.unwrap_or(&all);
    if national.len() == 9 && !national.starts_with('0') {
        return Some(format!("0{national}"));
    }
    // Fewer digits than a local number reach nobody.
    (national.len() >= 8).then(|| national.to_owned())
}

/// A mail address in lower case, or nothing if it has no @.
pub(crate) fn email(text: &str) -> Option<String> {
    let email = text.trim().to_lowercase();
    email.contains('@').then_some(email)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_forms_of_a_phone_number_are_one() {
        for text in [
            "0412345678",
            "0412 345 678",
            "+61412345678",
            "+61 (0)412 345 678",
            "0011 61 412345678",
            "61412345678",
            "412345678",
            "0412-345-678",
        ] {
            assert_eq!(phone(text).as_deref(), Some("0412345678"), "{text}");
        }
        assert_eq!(phone("(03) 9876 5432").as_deref(), Some("0398765432"));
        for text in ["", "none", "123"] {
            assert_eq!(phone(text), None, "{text}");
        }
    }

    #[test]
    fn mail_is_read_without_case() {
        assert_eq!(email(" Jo@Example.COM ").as_deref(), Some("jo@example.com"));
        assert_eq!(email("jo"), None);
    }
}
