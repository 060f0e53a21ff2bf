//! Texts in a form in which equal things look equal: case, accents and punctuation put aside.

use std::borrow::Cow;

use deunicode::deunicode;

/// The words of `text`, apart by one space: lower-case ASCII letters and digits, accents and
/// transliterations written out, apostrophes dropped (`O'Brien` is one word), everything else a gap
/// between words.
pub(crate) fn folded(text: &str) -> String {
    let ascii: Cow<'_, str> = if text.is_ascii() {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(deunicode(text))
    };
    let mut folded = String::with_capacity(ascii.len());
    let mut after_gap = false;
    for c in ascii.chars() {
        if c.is_ascii_alphanumeric() {
            if after_gap && !folded.is_empty() {
                folded.push(' ');
            }
            after_gap = false;
            folded.push(c.to_ascii_lowercase());
        } else if !matches!(c, '\'' | '`') {
            after_gap = true;
        }
    }
    folded
}

/// The words of `text` in one: `Mary-Jane` and `Mary Jane` are `maryjane`.
pub(crate) fn joined(text: &str) -> String {
    let mut folded = folded(text);
    folded.retain(|c| c != ' ');
    folded
}

/// The digits of `text` and nothing else.
pub(crate) fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// How `word` is heard, sound by sound: spellings of one sound (`Philip`, `Filip`; `Jayden`,
/// `Jaiden`) become equal, vowels still count (`Jayden` is not `Jordan`).
pub(crate) fn heard(word: &str) -> impl Iterator<Item = u8> {
    let mut letters = word.bytes().peekable();
    let mut last = None;
    let mut count = 0;
    std::iter::from_fn(move || {
        loop {
            let letter = letters.next()?;
            let next = letters.peek().copied();
            let sound = match (letter, next) {
                (b'p', Some(b'h')) => {
                    letters.next();
                    b'f'
                }
                (b'c', Some(b'k')) => continue,
                (b'c', Some(b'e' | b'i' | b'y')) => b's',
                (b'c', Some(b'h')) if count == 0 => b'c',
                (b'c' | b'q', _) => b'k',
                (b'y', _) if count > 0 => b'i',
                (b'z', _) if count > 0 => b's',
                // Heard at the beginning of a word only: Sarah, Khalid, Thomas.
                (b'h', _) if count > 0 => continue,
                // Mute at the end: Anne, Ann.
                (b'e', None) if count > 1 => continue,
                (letter, _) => letter,
            };
            if last != Some(sound) {
                last = Some(sound);
                count += 1;
                return last;
            }
        }
    })
}

/// Whether two words are spelt otherwise and heard alike.
pub(crate) fn sound_alike(a: &str, b: &str) -> bool {
    heard(a).eq(heard(b))
}

/// The first sound and the consonants after it: what stays when vowels are mistyped or
/// transliterated otherwise (`Hussein`, `Hossain`).
pub(crate) fn consonants(word: &str) -> impl Iterator<Item = u8> {
    let mut last = None;
    heard(word).enumerate().filter_map(move |(place, sound)| {
        let vowel = matches!(sound, b'a' | b'e' | b'i' | b'o' | b'u');
        let kept = (place == 0 || !vowel) && last != Some(sound);
        if kept {
            last = Some(sound);
        }
        kept.then_some(sound)
    })
}

/// [`consonants`] as a text.
pub(crate) fn skeleton(word: &str) -> String {
    consonants(word).map(char::from).collect()
}

/// The longest text in which edits are looked for; names are shorter.
const LONGEST: usize = 40;

/// More edits than are ever looked for.
const FAR: u8 = 100;

/// How many letters must be changed, added, dropped or exchanged with their neighbour to make `b`
/// of `a` (optimal string alignment), if they are no more than `most`.
pub(crate) fn edits(a: &str, b: &str, most: usize) -> Option<usize> {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a == b {
        return Some(0);
    }
    if a.len().abs_diff(b.len()) > most || a.len() > LONGEST || b.len() > LONGEST {
        return None;
    }
    // An edit brings at most one letter in and one out, which is quicker seen than counted.
    let others = (letters(a) ^ letters(b)).count_ones();
    if usize::try_from(others).is_ok_and(|others| others > 2 * most) {
        return None;
    }
    // Row by row of the table of edits, of each row only the cells that so many edits can reach.
    // `before` is two rows above, for exchanged neighbours.
    let mut before = [FAR; LONGEST + 1];
    let mut above = before;
    for (cell, column) in above.iter_mut().zip(0..) {
        *cell = column;
    }
    let mut last = None;
    for (letter, row) in a.iter().zip(1_u8..) {
        let mut current = [FAR; LONGEST + 1];
        let skipped = usize::from(row).saturating_sub(most + 1);
        let (first, cells) = current.split_at_mut(1);
        if skipped == 0 {
            first.fill(row);
        }
        let mut left = if skipped == 0 { row } else { FAR };
        let mut last_other = skipped.checked_sub(1).and_then(|place| b.get(place));
        let mut least_of_row = left;
        let up_and_diagonal = above.iter().skip(1).zip(&above);
        let exchanged = std::iter::once(&FAR).chain(&before);
        let reach = b.iter().zip(cells).zip(up_and_diagonal).zip(exchanged);
        for (((other, cell), (up, diagonal)), exchanged) in reach.skip(skipped).take(2 * most + 1) {
            let mut least = (diagonal + u8::from(letter != other))
                .min(up + 1)
                .min(left + 1);
            if last == Some(other) && last_other == Some(letter) {
                least = least.min(exchanged + 1);
            }
            *cell = least;
            left = least;
            least_of_row = least_of_row.min(least);
            last_other = Some(other);
        }
        // No later row has fewer, and an exchange reaches over one row at the price of one.
        if usize::from(least_of_row) > most + 1 {
            return None;
        }
        (before, above) = (above, current);
        last = Some(letter);
    }
    let edits = above.get(b.len()).copied().map(usize::from);
    edits.filter(|edits| *edits <= most)
}

/// The letters that occur, a bit for each.
fn letters(text: &[u8]) -> u32 {
    text.iter()
        .fold(0, |letters, letter| letters | 1 << (letter & 31))
}

/// Whether no more than `most` edits make `b` of `a`.
pub(crate) fn within(a: &str, b: &str, most: usize) -> bool {
    edits(a, b, most).is_some()
}

/// Whether `a` and `b` differ by no more than a slip of the finger: one edit, in long words two.
pub(crate) fn is_slip(a: &str, b: &str) -> bool {
    match a.len().min(b.len()) {
        0..=1 => false,
        2..=5 => within(a, b, 1),
        _ => within(a, b, 2),
    }
}

/// Whether `a` and `b` differ by two or three slips: one letter of three, or the vowels.
pub(crate) fn is_alike(a: &str, b: &str) -> bool {
    let (shorter, longer) = (a.len().min(b.len()), a.len().max(b.len()));
    shorter >= 4 && (within(a, b, longer / 3) || consonants(a).eq(consonants(b)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_lose_case_accents_and_punctuation() {
        for (text, read) in [
            ("", ""),
            ("  Mary-Jane ", "mary jane"),
            ("O'Brien", "obrien"),
            ("O\u{2019}Brien", "obrien"),
            ("\u{110}\u{1eb7}ng", "dang"),
            ("François", "francois"),
            ("Van. Tien", "van tien"),
            ("U27/94", "u27 94"),
            ("\u{674e}", "li"),
        ] {
            assert_eq!(folded(text), read, "{text}");
        }
    }

    #[test]
    fn spellings_of_one_sound_are_heard_alike() {
        for (a, b) in [
            ("philip", "filip"),
            ("jayden", "jaiden"),
            ("isaac", "izak"),
            ("ann", "anne"),
            ("nicolaou", "nikolaou"),
        ] {
            assert!(sound_alike(a, b), "{a} {b}");
        }
        for (a, b) in [
            ("jayden", "hayden"),
            ("jordan", "jayden"),
            ("zara", "sara"),
            ("lee", "li"),
        ] {
            assert!(!sound_alike(a, b), "{a} {b}");
        }
        assert_eq!(skeleton("hussein"), skeleton("hossain"));
    }

    #[test]
    fn a_slip_is_one_edit_and_two_in_a_long_word() {
        assert!(is_slip("robyn", "ribyn"));
        assert!(is_slip("noah", "naoh"));
        assert!(is_slip("jonathan", "jnoathna"));
        assert!(!is_slip("mark", "mary jane"));
        assert!(!is_slip("noah", "nola"));
        assert!(!is_slip("a", "b"));
    }

    proptest! {
        #[test]
        fn edits_are_those_of_strsim(a in "[ab]{0,8}", b in "[ab]{0,8}", most in 0_usize..5) {
            let all = strsim::osa_distance(&a, &b);
            prop_assert_eq!(edits(&a, &b, most), Some(all).filter(|all| *all <= most));
        }

        #[test]
        fn words_stay_as_they_are(text in any::<String>()) {
            let once = folded(&text);
            prop_assert_eq!(folded(&once), once);
        }

        #[test]
        fn nothing_panics(a in any::<String>(), b in any::<String>(), most in 0_usize..200) {
            is_slip(&a, &b);
            is_alike(&a, &b);
            sound_alike(&a, &b);
            edits(&a, &b, most);
        }
    }
}
