//! The second factor: six digits that change every 30 seconds (RFC 6238, with SHA-1, as the apps
//! on people's phones have it).

use aws_lc_rs::hmac;
use jiff::Timestamp;

/// Bytes of a secret.
pub(crate) const SECRET: usize = 20;
const STEP_SECONDS: i64 = 30;

/// The code of a time step.
fn code(secret: &[u8], step: i64) -> u32 {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let from = tag.last().map_or(0, |last| usize::from(last & 15));
    let four = tag.get(from..from + 4).unwrap_or_default();
    let bits = four
        .iter()
        .fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
    (bits & 0x7fff_ffff) % 1_000_000
}

/// The step whose code that is, if it is the present one or one beside it (clocks differ).
pub(crate) fn step_of(secret: &[u8], text: &str, now: Timestamp) -> Option<i64> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let given: u32 = digits.parse().ok()?;
    let present = now.as_second().div_euclid(STEP_SECONDS);
    // All three are computed whichever it is.
    let steps = [present - 1, present, present + 1];
    steps.into_iter().fold(None, |found, step| {
        (code(secret, step) == given).then_some(step).or(found)
    })
}

const DIGITS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A secret as people type it into their app (base 32, RFC 4648).
pub(crate) fn text(secret: &[u8]) -> String {
    let mut text = String::new();
    for five in secret.chunks(5) {
        let bits = five
            .iter()
            .fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        for place in (0..8).rev() {
            let digit = usize::try_from(bits >> (5 * place) & 31).unwrap_or_default();
            text.extend(DIGITS.get(digit).copied().map(char::from));
        }
    }
    text
}

/// The secret that a text stands for, if it is one of ours: what an app makes of what is typed.
#[must_use]
pub fn secret_of(text: &str) -> Option<Vec<u8>> {
    let digit = |letter: u8| DIGITS.iter().position(|digit| *digit == letter);
    let digits: Vec<u64> = text
        .bytes()
        .map(|letter| digit(letter).and_then(|at| u64::try_from(at).ok()))
        .collect::<Option<_>>()?;
    let mut secret = Vec::with_capacity(SECRET);
    for eight in digits.chunks(8) {
        let bits = eight.iter().fold(0, |bits, digit| bits << 5 | digit);
        secret.extend(bits.to_be_bytes().get(3..)?);
    }
    (secret.len() == SECRET).then_some(secret)
}

/// What an app reads from a QR code to show the codes of a secret, which is written as [`text`].
pub(crate) fn uri(secret: &str, email: &str) -> String {
    let email: String = email
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' | b'@' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect();
    format!("otpauth://totp/Slotbridge:{email}?secret={secret}&issuer=Slotbridge")
}

/// The code that the app shows at an instant: for who has no app, tests and the demo.
#[must_use]
pub fn code_at(secret: &[u8], now: Timestamp) -> String {
    format!(
        "{:06}",
        code(secret, now.as_second().div_euclid(STEP_SECONDS))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET_OF_THE_RFC: &[u8] = b"12345678901234567890";

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_codes_are_those_of_rfc_6238() {
        // Appendix B, of which the last six of eight digits.
        for (second, digits) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code_at(SECRET_OF_THE_RFC, at(second)), digits);
            let step = step_of(SECRET_OF_THE_RFC, digits, at(second));
            assert_eq!(step, Some(second / 30));
        }
    }

    #[test]
    fn the_neighbours_are_taken_and_no_others() {
        let step = |second, text: &str| step_of(SECRET_OF_THE_RFC, text, at(second));
        assert_eq!(step(59 + 30, "287082"), Some(1));
        assert_eq!(step(59 - 30, "287 082"), Some(1));
        assert_eq!(step(59 + 60, "287082"), None);
        for text in ["", "28708", "2870822", "28708a", "+87082", "٢87082"] {
            assert_eq!(step(59, text), None, "{text}");
        }
    }

    #[test]
    fn an_address_of_mail_breaks_no_uri() {
        assert_eq!(
            uri("ABC", "a+b?&@clinic.example"),
            "otpauth://totp/Slotbridge:a%2Bb%3F%26@clinic.example?secret=ABC&issuer=Slotbridge"
        );
    }

    #[test]
    fn a_secret_is_written_as_rfc_4648_has_it() {
        assert_eq!(text(SECRET_OF_THE_RFC), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }
}
