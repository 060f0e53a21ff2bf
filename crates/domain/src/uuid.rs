//! Our numbers in the form of a UUID, where the PMS API promises one: of version 8, whose content
//! is the maker's own. The number stands in it as it is.

/// The low 48 bits: the last group of digits.
const LOW: i64 = 0xffff_ffff_ffff;

/// A number, which must not be negative, as a UUID.
#[must_use]
pub fn write(number: i64) -> String {
    format!("{:08x}-0000-8000-8000-{:012x}", number >> 48, number & LOW)
}

/// The number that [`write()`] wrote; `None` for any other text. Digits may be in either case.
#[must_use]
pub fn read(text: &str) -> Option<i64> {
    let (high, rest) = text.split_once('-')?;
    let (_, low) = rest.rsplit_once('-')?;
    let group = |digits: &str| u64::from_str_radix(digits, 16).ok();
    let number = i64::try_from(
        group(high)?
            .checked_mul(1 << 48)?
            .checked_add(group(low)?)?,
    )
    .ok()?;
    write(number).eq_ignore_ascii_case(text).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_again_in_its_uuid() {
        for number in [0, 1, 100_000_012, LOW, LOW + 1, (1 << 53) - 1] {
            assert_eq!(read(&write(number)), Some(number));
            assert_eq!(read(&write(number).to_uppercase()), Some(number));
        }
        assert_eq!(write(100_000_012), "00000000-0000-8000-8000-000005f5e10c");
    }

    #[test]
    fn what_was_not_written_here_is_nobodys() {
        for text in [
            "",
            "100000012",
            "db26bebd-63f3-47d6-9fb8-09b4edc38aa7",
            "00000000-0000-8000-8000-00000000000",
            "+0000000-0000-8000-8000-000000000001",
            "00000000-0000-8000-8000-+00000000001",
            "00000000-0000-4000-8000-000000000001",
            "ffffffff-0000-8000-8000-ffffffffffff",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
