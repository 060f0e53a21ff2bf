//! What an earlier run made, so that it is made once: a file of lines of JSON with the keys of the
//! practices, for its owner alone. A line is written as soon as a practice is there, so a run that
//! was stopped goes on where it was.

use crate::Error;
use crate::settings::Shape;
use crate::setup::{Bookable, Consumer};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

#[derive(Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Line {
    /// Where the practices are, and what they look like.
    Hub {
        address: String,
        consumer_id: i64,
        api_key: String,
        resources: usize,
        days: usize,
    },
    /// One of them.
    Practice {
        n: usize,
        practice_id: i64,
        practice_key: String,
        practitioners: Vec<i64>,
        appointment_type: i64,
    },
    /// So many have sent all days from this one on.
    Sent { practices: usize, from: Date },
}

/// A practice that is there.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    pub(crate) practice_id: i64,
    pub(crate) practice_key: String,
    pub(crate) bookable: Bookable,
}

/// The file and what stands in it.
pub(crate) struct State {
    path: PathBuf,
    file: File,
    pub(crate) consumer: Option<Consumer>,
    pub(crate) made: BTreeMap<usize, Made>,
    pub(crate) sent: Option<(usize, Date)>,
}

impl State {
    /// Opens it, or makes it with mode 0600.
    pub(crate) fn open(path: &Path, address: &str, shape: Shape) -> Result<Self, Error> {
        let failed = |error| Error::state(path, error);
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(failed(error)),
        };
        let mut options = OpenOptions::new();
        options.append(true).create(true).mode(0o600);
        let mut state = Self {
            path: path.to_owned(),
            file: options.open(path).map_err(failed)?,
            consumer: None,
            made: BTreeMap::new(),
            sent: None,
        };
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        if whole < text.len() {
            // What a run that was killed has begun to write.
            let whole = u64::try_from(whole).unwrap_or(u64::MAX);
            state.file.set_len(whole).map_err(failed)?;
        }
        for line in text.get(..whole).unwrap_or_default().lines() {
            let line = serde_json::from_str(line).map_err(|error| failed(error.into()))?;
            state.read(line, address, shape)?;
        }
        Ok(state)
    }

    fn read(&mut self, line: Line, at: &str, shape: Shape) -> Result<(), Error> {
        match line {
            Line::Hub {
                address,
                consumer_id,
                api_key,
                resources,
                days,
            } => {
                if address != at {
                    return Err(self.other(&format!("is of the hub at {address}, not {at}")));
                }
                if (Shape { resources, days }) != shape {
                    return Err(self.other(&format!(
                        "is of practices with {resources} practitioners and {days} days"
                    )));
                }
                self.consumer = Some(Consumer {
                    id: consumer_id,
                    api_key,
                });
            }
            Line::Practice {
                n,
                practice_id,
                practice_key,
                practitioners,
                appointment_type,
            } => {
                let made = Made {
                    practice_id,
                    practice_key,
                    bookable: Bookable {
                        practitioners,
                        appointment_type,
                    },
                };
                self.made.insert(n, made);
            }
            Line::Sent { practices, from } => self.sent = Some((practices, from)),
        }
        Ok(())
    }

    fn other(&self, what: &str) -> Error {
        let path = self.path.display();
        Error::Refused(format!(
            "{path} {what}: say the same, or name another file with --state"
        ))
    }

    fn write(&mut self, line: &Line) -> Result<(), Error> {
        let mut text =
            serde_json::to_string(line).map_err(|e| Error::state(&self.path, e.into()))?;
        text.push('\n');
        let written = self.file.write_all(text.as_bytes());
        written.map_err(|error| Error::state(&self.path, error))
    }

    /// Takes note of the consumer.
    pub(crate) fn begin(
        &mut self,
        address: &str,
        shape: Shape,
        consumer: &Consumer,
    ) -> Result<(), Error> {
        self.write(&Line::Hub {
            address: address.to_owned(),
            consumer_id: consumer.id,
            api_key: consumer.api_key.clone(),
            resources: shape.resources,
            days: shape.days,
        })?;
        self.consumer = Some(consumer.clone());
        Ok(())
    }

    /// Takes note of a practice.
    pub(crate) fn add(&mut self, n: usize, made: Made) -> Result<(), Error> {
        self.write(&Line::Practice {
            n,
            practice_id: made.practice_id,
            practice_key: made.practice_key.clone(),
            practitioners: made.bookable.practitioners.clone(),
            appointment_type: made.bookable.appointment_type,
        })?;
        self.made.insert(n, made);
        Ok(())
    }

    /// Takes note that all days were sent.
    pub(crate) fn note_sent(&mut self, practices: usize, from: Date) -> Result<(), Error> {
        self.sent = Some((practices, from));
        self.write(&Line::Sent { practices, from })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    const SHAPE: Shape = Shape {
        resources: 2,
        days: 3,
    };

    fn filled(path: &Path) {
        let mut state = State::open(path, "hub:80", SHAPE).unwrap();
        let consumer = Consumer {
            id: 1,
            api_key: "key".into(),
        };
        state.begin("hub:80", SHAPE, &consumer).unwrap();
        for n in [1, 0] {
            let made = Made {
                practice_id: 7,
                practice_key: "secret".into(),
                bookable: Bookable {
                    practitioners: vec![1, 2],
                    appointment_type: 3,
                },
            };
            state.add(n, made).unwrap();
        }
    }

    #[test]
    fn what_was_made_is_found_again_by_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        filled(&path);
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let state = State::open(&path, "hub:80", SHAPE).unwrap();
        assert_eq!(state.consumer.unwrap().api_key, "key");
        assert_eq!(state.made.keys().copied().collect::<Vec<_>>(), [0, 1]);
        assert_eq!(state.sent, None);
    }

    #[test]
    fn a_line_that_was_not_finished_is_as_if_it_were_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        filled(&path);
        let mut text = std::fs::read_to_string(&path).unwrap();
        text.push_str("{\"is\":\"practice\",\"n\":2");
        std::fs::write(&path, text).unwrap();
        let mut state = State::open(&path, "hub:80", SHAPE).unwrap();
        let today = "2026-11-27".parse().unwrap();
        state.note_sent(2, today).unwrap();
        let state = State::open(&path, "hub:80", SHAPE).unwrap();
        assert_eq!((state.made.len(), state.sent), (2, Some((2, today))));
    }

    #[test]
    fn another_hub_or_other_practices_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        filled(&path);
        assert!(State::open(&path, "other:80", SHAPE).is_err());
        let more = Shape {
            resources: 3,
            ..SHAPE
        };
        assert!(State::open(&path, "hub:80", more).is_err());
    }
}
