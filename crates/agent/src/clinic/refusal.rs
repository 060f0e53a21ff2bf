//! What the hub does not take, however often it is sent.

use slotbridge_client::Error;

/// Whether the same would be refused again.
pub(super) fn is_for_good(error: &Error) -> bool {
    match error {
        Error::Invalid { .. }
        | Error::NotFound { .. }
        | Error::Gone { .. }
        | Error::TooLong(_)
        | Error::Encode(_) => true,
        Error::Status { status, .. } => {
            // 408, 425 and 429 ask for another try, 401 and 403 for somebody to act.
            (400..500).contains(status) && !matches!(status, 408 | 425 | 429)
        }
        _ => false,
    }
}

/// What the hub did not take, by the names of the fields. What stands in them, which may be of a
/// patient, is left out: the reasons are texts for people, and only what looks like a name is one.
#[must_use]
pub fn without_values(error: &Error) -> String {
    let Error::Invalid { .. } = error else {
        return error.to_string();
    };
    let names = error.reasons().filter_map(|reason| {
        let (name, _) = reason.split_once(": ")?;
        let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || b"._[]".contains(&byte);
        name.bytes().all(is_of_name).then_some(name)
    });
    let names: Vec<&str> = names.collect();
    format!("the hub did not take it (400): {}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_without_what_was_refused() {
        let error =
            "patient.dob: must be a date, not 1985; [2].name: is too long; Nguyen".to_owned();
        let told = without_values(&Error::Invalid { error });
        assert_eq!(told, "the hub did not take it (400): patient.dob, [2].name");
        let error = "a: must be b, not c; Ann Lee: d".to_owned();
        let told = without_values(&Error::Invalid { error });
        assert_eq!(told, "the hub did not take it (400): a");
    }
}
