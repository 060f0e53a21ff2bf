//! Which passwords are taken: long ones that are not the first that anybody tries.

/// The fewest characters of a password.
pub const SHORTEST: usize = 12;
/// The most bytes of one: hashing must not be a way to keep the hub busy.
pub const LONGEST: usize = 256;

/// What the commonest passwords are made of, whatever digits and signs are added.
const COMMON: [&str; 24] = [
    "admin",
    "administrator",
    "changeme",
    "clinic",
    "correcthorsebatterystaple",
    "doctor",
    "dragon",
    "football",
    "iloveyou",
    "letmein",
    "login",
    "manager",
    "medical",
    "monkey",
    "pass",
    "password",
    "princess",
    "qwerty",
    "reception",
    "receptionist",
    "slotbridge",
    "sunshine",
    "temp",
    "welcome",
];

/// Rows of keys and of the alphabet, forwards; whoever runs along one types no secret.
const RUNS: [&str; 5] = [
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn",
    "1q2w3e4r5t6y7u8i9o0p",
];

/// Checks a new password. `own` is what is known of its owner: name and mail address.
///
/// # Errors
/// What is wrong, for the owner to read.
pub fn check(password: &str, own: &[&str]) -> Result<(), &'static str> {
    if password.chars().count() < SHORTEST {
        return Err("A password has at least 12 characters; three or four words make a good one.");
    }
    if password.len() > LONGEST {
        return Err("A password has at most 256 bytes.");
    }
    let lower = password.to_lowercase();
    if is_repeated(&lower) || is_run(&lower) || is_common(&lower) {
        return Err("This is one of the passwords that are tried first; choose another one.");
    }
    if own.iter().any(|text| names(&lower, text)) {
        return Err("A password must not hold your name or your mail address.");
    }
    Ok(())
}

/// Whether it is a text of up to six characters again and again.
fn is_repeated(password: &str) -> bool {
    let letters: Vec<char> = password.chars().collect();
    (1..=6).any(|length| {
        letters
            .iter()
            .zip(letters.iter().skip(length))
            .all(|(a, b)| a == b)
    })
}

fn is_run(password: &str) -> bool {
    let backwards: String = password.chars().rev().collect();
    RUNS.iter()
        .any(|run| run.contains(password) || run.contains(&backwards))
}

/// Whether common words are all that is left of it without digits and signs.
fn is_common(password: &str) -> bool {
    let mut rest: String = password.chars().filter(|c| c.is_alphabetic()).collect();
    let before = rest.len();
    // The longest first, so that `administrator` does not leave `istrator`.
    let mut words = COMMON;
    words.sort_unstable_by_key(|word| std::cmp::Reverse(word.len()));
    for word in words {
        rest = rest.replace(word, "");
    }
    rest.len() <= 2 && (before > rest.len() || before == 0)
}

/// Whether a password holds a word of four letters or more of a name or address.
fn names(password: &str, own: &str) -> bool {
    // What stands behind the @ is the provider's.
    let own = own.rsplit_once('@').map_or(own, |(local, _)| local);
    own.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .any(|word| word.chars().count() >= 4 && password.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: [&str; 2] = ["Zora Quintessa", "zq.frontdesk@clinic.example"];

    #[test]
    fn long_passwords_of_ones_own_are_taken() {
        for good in [
            "teal otter sings low",
            "vK7!pw02mQz#",
            "ждёт тёплый вечер",
            "clinical otters paint",
        ] {
            assert_eq!(check(good, &OWN), Ok(()), "{good}");
        }
    }

    #[test]
    fn short_common_and_own_passwords_are_refused() {
        for bad in [
            "",
            "short-one-1",
            "aaaaaaaaaaaa",
            "abcabcabcabcabc",
            "123456789012",
            "210987654321",
            "qwertyuiopasdf",
            "Password1234",
            "P-a-s-s-w-o-r-d-1!",
            "Welcome2026!!",
            "AdminPassword99",
            "928374650192",
            "my quintessa 44",
            "frontdesk-2026-x",
        ] {
            assert!(check(bad, &OWN).is_err(), "{bad}");
        }
        assert!(check(&"x1y2".repeat(100), &OWN).is_err());
    }
}
