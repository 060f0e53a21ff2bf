//! What is wrong with a body, and where.

use std::fmt;

/// One thing that is wrong with a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where: `availability[2].slotLength`, or `body` for the whole.
    pub path: String,
    /// What was expected there and what was found, to be read after the path.
    pub message: String,
}

impl Fault {
    /// A fault of the body as a whole.
    #[must_use]
    pub fn of_body(message: impl Into<String>) -> Self {
        Self {
            path: "body".to_owned(),
            message: message.into(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.message)
    }
}

/// All faults in one line of text: what `error` says in a 400 (WIRE-4).
#[must_use]
pub fn describe(faults: &[Fault]) -> String {
    let texts: Vec<String> = faults.iter().map(ToString::to_string).collect();
    texts.join("; ")
}

/// Collects faults. However bad a body is, the list stays short: the first [`Faults::KEPT`] are
/// kept, the others counted.
#[derive(Debug, Default)]
pub struct Faults {
    kept: Vec<Fault>,
    more: usize,
}

impl Faults {
    /// How many faults are kept.
    pub const KEPT: usize = 100;

    /// Adds a fault; it is built only if it is kept.
    pub fn add(&mut self, fault: impl FnOnce() -> Fault) {
        if self.kept.len() < Self::KEPT {
            self.kept.push(fault());
        } else {
            self.more += 1;
        }
    }

    /// Whether nothing is wrong so far.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// The faults in the order in which they were found, and last how many more there were.
    #[must_use]
    pub fn into_vec(self) -> Vec<Fault> {
        let mut faults = self.kept;
        if self.more > 0 {
            faults.push(Fault::of_body(format!("has {} more faults", self.more)));
        }
        faults
    }

    /// What was read, if there is no fault.
    ///
    /// # Errors
    /// The faults otherwise.
    pub fn or<T>(mut self, read: Option<T>) -> Result<T, Vec<Fault>> {
        match read {
            Some(read) if self.is_empty() => Ok(read),
            Some(_) => Err(self.into_vec()),
            None => {
                // A reader that gave up without a word: still no value, and never an empty list.
                if self.is_empty() {
                    self.add(|| Fault::of_body("could not be read"));
                }
                Err(self.into_vec())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::read::read;

    #[test]
    fn every_fault_is_listed_with_its_path_wire_4() {
        let faults = read::<Vec<i64>>(br#"[1, "ten", 3, null]"#).unwrap_err();
        assert_eq!(
            super::describe(&faults),
            r#"[1]: must be an integer, not "ten"; [3]: must be an integer, not null"#
        );
    }

    #[test]
    fn a_hundred_faults_are_kept_and_the_rest_counted_wire_4() {
        let body = serde_json::to_vec(&vec!["x"; 250]).unwrap();
        let faults = read::<Vec<i64>>(&body).unwrap_err();
        assert_eq!(faults.len(), 101);
        assert_eq!(
            faults.last().unwrap().to_string(),
            "body: has 150 more faults"
        );
    }
}
