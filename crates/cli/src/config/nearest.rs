//! "Did you mean ...?"

/// The known name that is most like `name`.
pub(crate) fn nearest<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let folded = name.to_lowercase().replace('-', "_");
    let likeness = |candidate: &str| strsim::jaro_winkler(&folded, candidate);
    known.max_by(|a, b| likeness(a).total_cmp(&likeness(b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_finds_the_name() {
        let known = ["listen", "data_dir", "database_url", "log", "hold_seconds"];
        for (name, meant) in [
            ("lisen", "listen"),
            ("Data-Dir", "data_dir"),
            ("databse", "database_url"),
            ("hold_secs", "hold_seconds"),
            ("logs", "log"),
        ] {
            assert_eq!(nearest(name, known.into_iter()), Some(meant), "{name}");
        }
    }
}
