//! Looking for words in bytes, in all the forms in which they could lie there.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// The shortest piece that is looked for.
const SHORTEST: usize = 8;

/// Words that must not be found.
pub(crate) struct Scanner {
    /// By their first bytes: what is looked for, and the word that it stands for.
    forms: HashMap<[u8; SHORTEST], Vec<(Vec<u8>, String)>>,
    /// Which two bytes a form begins with, to be quick.
    beginnings: Vec<bool>,
}

impl Scanner {
    pub(crate) fn new(words: &[String]) -> Self {
        let mut scanner = Self {
            forms: HashMap::new(),
            beginnings: vec![false; 1 << 16],
        };
        for word in words {
            assert!(word.len() >= SHORTEST, "{word}");
            for form in forms(word) {
                scanner.beginnings[usize::from(form[0]) << 8 | usize::from(form[1])] = true;
                let first = form[..SHORTEST].try_into().unwrap();
                let same = scanner.forms.entry(first).or_default();
                same.push((form, word.clone()));
            }
        }
        scanner
    }

    /// The words found.
    pub(crate) fn find(&self, bytes: &[u8]) -> Vec<String> {
        let mut found = Vec::new();
        for (at, first) in bytes.windows(SHORTEST).enumerate() {
            if !self.beginnings[usize::from(first[0]) << 8 | usize::from(first[1])] {
                continue;
            }
            for (form, word) in self.forms.get(first).into_iter().flatten() {
                if bytes[at..].starts_with(form) && !found.contains(word) {
                    found.push(word.clone());
                }
            }
        }
        found
    }

    /// The words found in files, each with its file. One that is gone meanwhile holds nothing.
    pub(crate) fn find_in(&self, files: &[PathBuf]) -> Vec<(PathBuf, String)> {
        let mut found = Vec::new();
        for path in files {
            let words = self.find(&std::fs::read(path).unwrap_or_default());
            found.extend(words.into_iter().map(|word| (path.clone(), word)));
        }
        found
    }
}

fn forms(word: &str) -> Vec<Vec<u8>> {
    let hex = |upper: bool| {
        let digit = |byte: u8| {
            if upper {
                format!("{byte:02X}")
            } else {
                format!("{byte:02x}")
            }
        };
        word.bytes().map(digit).collect::<String>().into_bytes()
    };
    let wide = |bytes: fn(u16) -> [u8; 2]| word.encode_utf16().flat_map(bytes).collect();
    let mut forms = vec![
        word.as_bytes().to_vec(),
        word.to_lowercase().into_bytes(),
        word.to_uppercase().into_bytes(),
        wide(u16::to_le_bytes),
        wide(u16::to_be_bytes),
        hex(false),
        hex(true),
    ];
    for before in 0..3 {
        // Only what does not depend on what stands beside it.
        let bytes = [&vec![0; before], word.as_bytes()].concat();
        let text = STANDARD_NO_PAD.encode(&bytes);
        let from = (before * 8).div_ceil(6);
        forms.push(text.as_bytes()[from..bytes.len() * 8 / 6].to_vec());
    }
    forms.dedup();
    forms
}

/// All files of a folder.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn it_finds_a_word_in_each_form() {
    let word = "Quokkasecret".to_owned();
    let scanner = Scanner::new(std::slice::from_ref(&word));
    for form in forms(&word) {
        let bytes = [b"before", form.as_slice(), b"after"].concat();
        assert_eq!(
            scanner.find(&bytes),
            std::slice::from_ref(&word),
            "{form:?}"
        );
    }
    for before in ["", "a", "ab"] {
        let text = STANDARD_NO_PAD.encode(format!("{before}{word}and more"));
        assert_eq!(
            scanner.find(text.as_bytes()),
            std::slice::from_ref(&word),
            "{text}"
        );
    }
    assert!(scanner.find(b"Quokkasecre").is_empty());
}
