//! Keys that people paste: a readable prefix, 160 random bits, a checksum (AUTH-2).
//!
//! A key reads `sbc_` + 32 characters of randomness + 6 characters of checksum (the low 30 bits of
//! the CRC-32 of all that stands before), both in base 32 without `i`, `l`, `o` and `u`.

/// The digits of base 32 as Crockford orders them, in lower case.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Characters of randomness: 160 bits.
const RANDOM_DIGITS: usize = 32;

/// Characters of checksum: 30 bits.
const CHECKSUM_DIGITS: usize = 6;

/// What a key opens; its prefix says which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// `api-key`: a consumer.
    Consumer,
    /// `practice-key`: a practice's consent.
    Practice,
    /// An operator's token.
    Operator,
    /// The token with which a patient manages a booking.
    Manage,
    /// A hold.
    Hold,
    /// The token with which a patient stops reminders.
    Unsubscribe,
    /// A session of staff or of an operator.
    Session,
    /// A link with which somebody on the staff sets up their account or a new password.
    Invitation,
}

/// Why a text is not a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// The prefix is another kind's or none.
    #[error("it does not begin with {0}")]
    Prefix(&'static str),
    /// The checksum or the length is wrong: a part is missing or mistyped.
    #[error("it is incomplete or mistyped (its checksum does not match)")]
    Checksum,
}

impl KeyKind {
    /// What every key of the kind begins with.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Consumer => "sbc_",
            Self::Practice => "sbp_",
            Self::Operator => "sbo_",
            Self::Manage => "sbm_",
            Self::Hold => "sbh_",
            Self::Unsubscribe => "sbu_",
            Self::Session => "sbs_",
            Self::Invitation => "sbi_",
        }
    }

    /// Writes a key from 160 random bits.
    #[must_use]
    pub fn write(self, random: [u8; 20]) -> String {
        let mut key = String::from(self.prefix());
        for five_bytes in random.chunks(5) {
            let bits = five_bytes
                .iter()
                .fold(0, |bits, byte| bits << 8 | u64::from(*byte));
            push_base32(&mut key, bits, 8);
        }
        push_checksum(&mut key);
        key
    }

    /// Says whether `text` is a whole key of this kind. That it opens anything, only the store
    /// knows.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(self, text: &str) -> Result<(), KeyFault> {
        let digits = text
            .strip_prefix(self.prefix())
            .ok_or(KeyFault::Prefix(self.prefix()))?
            .as_bytes();
        let whole = digits.len() == RANDOM_DIGITS + CHECKSUM_DIGITS
            && digits.iter().all(|digit| ALPHABET.contains(digit));
        let (summed, _) = text
            .split_at_checked(self.prefix().len() + RANDOM_DIGITS)
            .filter(|_| whole)
            .ok_or(KeyFault::Checksum)?;
        let mut expected = summed.to_owned();
        push_checksum(&mut expected);
        if expected == text {
            Ok(())
        } else {
            Err(KeyFault::Checksum)
        }
    }
}

impl KeyKind {
    /// The bits of which a key was written; `None` if it is no whole key of this kind.
    #[must_use]
    pub fn read(self, text: &str) -> Option<[u8; 20]> {
        self.check(text).ok()?;
        let digits = text.strip_prefix(self.prefix())?.as_bytes();
        let mut bytes = [0; 20];
        for (five_bytes, digits) in bytes.chunks_mut(5).zip(digits.chunks(8)) {
            let mut bits = 0_u64;
            for digit in digits {
                let value = ALPHABET.iter().position(|known| known == digit)?;
                bits = bits << 5 | u64::try_from(value).ok()?;
            }
            five_bytes.copy_from_slice(bits.to_be_bytes().get(3..)?);
        }
        Some(bytes)
    }
}

/// Appends the checksum of what stands in `key`.
fn push_checksum(key: &mut String) {
    let checksum = crc32fast::hash(key.as_bytes());
    push_base32(key, checksum.into(), CHECKSUM_DIGITS);
}

/// Appends the lowest `5 * digits` bits of `bits`, the highest of them first.
fn push_base32(key: &mut String, bits: u64, digits: usize) {
    for place in (0..digits).rev() {
        let digit = usize::try_from(bits >> (5 * place) & 31).unwrap_or_default();
        key.extend(ALPHABET.get(digit).copied().map(char::from));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_bits_of_a_key_are_read_back(bits: [u8; 20]) {
            let key = super::KeyKind::Unsubscribe.write(bits);
            prop_assert_eq!(super::KeyKind::Unsubscribe.read(&key), Some(bits));
            prop_assert_eq!(super::KeyKind::Hold.read(&key), None);
        }
    }

    use super::*;

    const KINDS: [KeyKind; 7] = [
        KeyKind::Consumer,
        KeyKind::Practice,
        KeyKind::Operator,
        KeyKind::Manage,
        KeyKind::Hold,
        KeyKind::Session,
        KeyKind::Invitation,
    ];

    /// The checksum of `sbc_000...`.
    const ZEROS: &str = "bxaja3";
    /// The checksum of `sbh_zzz...`.
    const ONES: &str = "9qp3kj";

    fn random() -> [u8; 20] {
        std::array::from_fn(|i| u8::try_from(i * 37 % 256).unwrap())
    }

    #[test]
    fn a_key_keeps_its_form_for_ever_auth_2() {
        // Keys are out in the world: what was written once must pass for ever.
        assert_eq!(
            KeyKind::Consumer.write([0; 20]),
            format!("sbc_{}{ZEROS}", "0".repeat(32))
        );
        assert_eq!(
            KeyKind::Hold.write([0xff; 20]),
            format!("sbh_{}{ONES}", "z".repeat(32))
        );
        let key = KeyKind::Practice.write(random());
        assert_eq!(key, "sbp_00jmmvwmq7f06a2deabvsr865d87b6nzh3gcza");
    }

    #[test]
    fn every_bit_counts_auth_2() {
        let key = KeyKind::Manage.write(random());
        for bit in 0..160 {
            let mut other = random();
            other[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(KeyKind::Manage.write(other), key, "bit {bit}");
        }
    }

    #[test]
    fn a_truncated_key_is_found_at_every_length_auth_2() {
        let key = KeyKind::Consumer.write(random());
        for length in 0..key.len() {
            let fault = if length < 4 {
                KeyFault::Prefix("sbc_")
            } else {
                KeyFault::Checksum
            };
            assert_eq!(
                KeyKind::Consumer.check(&key[..length]),
                Err(fault),
                "{length}"
            );
            assert!(
                KeyKind::Consumer.check(&key[length + 1..]).is_err(),
                "{length}"
            );
        }
    }

    #[test]
    fn any_one_changed_character_is_found_auth_2() {
        let key = KeyKind::Operator.write(random());
        for at in 0..key.len() {
            for character in (0..=0x7f).map(char::from).chain(['é', '٣', '０']) {
                let mut other = key.clone();
                other.replace_range(at..=at, character.encode_utf8(&mut [0; 4]));
                let found = KeyKind::Operator.check(&other);
                assert_eq!(found.is_ok(), other == key, "{other}");
            }
        }
    }

    #[test]
    fn another_kind_s_key_is_refused_by_name_auth_2() {
        for kind in KINDS {
            for other in KINDS.into_iter().filter(|other| *other != kind) {
                let fault = kind.check(&other.write(random())).unwrap_err();
                assert_eq!(fault, KeyFault::Prefix(kind.prefix()));
                assert!(fault.to_string().contains(kind.prefix()));
            }
        }
    }

    #[test]
    fn nothing_is_trimmed_or_folded_auth_2() {
        let key = KeyKind::Practice.write(random());
        let upper = format!("sbp_{}", key[4..].to_uppercase());
        for text in [
            format!(" {key}"),
            format!("{key} "),
            format!("{key}\n"),
            upper,
        ] {
            assert!(KeyKind::Practice.check(&text).is_err(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn every_key_passes_its_own_check_auth_2(random: [u8; 20]) {
            for kind in KINDS {
                prop_assert_eq!(kind.check(&kind.write(random)), Ok(()));
            }
        }

        #[test]
        fn no_other_text_passes_auth_2(text in "(sb[cpomhsi]_)?\\PC{0,50}") {
            for kind in KINDS {
                prop_assert!(kind.check(&text).is_err());
            }
        }
    }
}
