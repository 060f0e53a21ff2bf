//! Expectations, and how the story tells what became of them.

use super::wall::Wall;
use crate::failure::Failure;
use crate::out::{Progress, bad, faint, good, say};
use crate::system;
use std::fmt::{Debug, Display};
use std::time::Duration;

/// Why the story ends early.
#[derive(Debug)]
pub(super) enum Stop {
    /// Something is not as it should be.
    Unmet {
        what: String,
        expected: String,
        actual: String,
    },
    /// Something could not be tried.
    Failed(String),
}

/// What a step was about and found.
pub(super) type Outcome<T> = Result<T, Stop>;

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure.to_string())
    }
}

impl From<slotbridge_client::Error> for Stop {
    fn from(error: slotbridge_client::Error) -> Self {
        Self::Failed(format!("the PMS API: {error}"))
    }
}

impl From<slotbridge_agent::clinic::Stopped> for Stop {
    fn from(stopped: slotbridge_agent::clinic::Stopped) -> Self {
        Self::Failed(format!("the PMS: {stopped}"))
    }
}

/// An expectation that is not met.
pub(super) fn unmet<T>(
    what: impl Into<String>,
    expected: impl Display,
    actual: impl Display,
) -> Outcome<T> {
    Err(Stop::Unmet {
        what: what.into(),
        expected: expected.to_string(),
        actual: actual.to_string(),
    })
}

/// The two are equal.
#[expect(
    clippy::needless_pass_by_value,
    reason = "many callers have values, not references"
)]
pub(super) fn equal<T: Debug + PartialEq>(what: &str, expected: T, actual: T) -> Outcome<()> {
    if expected == actual {
        return Ok(());
    }
    unmet(what, format!("{expected:?}"), format!("{actual:?}"))
}

/// It is so.
pub(super) fn holds(
    what: &str,
    so: bool,
    expected: impl Display,
    actual: impl Display,
) -> Outcome<()> {
    if so {
        Ok(())
    } else {
        unmet(what, expected, actual)
    }
}

/// How often something is looked at again.
const AGAIN: Duration = Duration::from_millis(100);

/// Looks again and again until there is what is waited for, for so many seconds at most.
pub(super) async fn until<T>(
    what: &str,
    seconds: u64,
    mut look: impl AsyncFnMut() -> Outcome<Option<T>>,
) -> Outcome<T> {
    let looking = async {
        loop {
            if let Some(found) = look().await? {
                return Ok(found);
            }
            system::pause(AGAIN).await;
        }
    };
    match tokio::time::timeout(Duration::from_secs(seconds), looking).await {
        Ok(found) => found,
        Err(_) => unmet(what, format!("within {seconds} s"), "it did not happen"),
    }
}

/// The steps of the story, told as they happen.
pub(super) struct Teller {
    wall: Wall,
    seen: Vec<String>,
}

impl Teller {
    /// Nothing has been told.
    pub(super) fn new(wall: Wall) -> Self {
        Self {
            wall,
            seen: Vec::new(),
        }
    }

    /// Notes something that a step has seen; told with the step.
    pub(super) fn saw(&mut self, what: impl Into<String>) {
        self.seen.push(what.into());
    }

    /// Plays a step and tells of it.
    pub(super) async fn step<T>(
        &mut self,
        title: &str,
        play: impl AsyncFnOnce(&mut Self) -> Outcome<T>,
    ) -> Result<T, Failure> {
        let started = self.wall.now();
        let outcome = play(self).await;
        let took = self.wall.seconds_since(started);
        let mark = if outcome.is_ok() {
            good("✓")
        } else {
            bad("✗")
        };
        say!("{mark} {title}  {}", faint(&format!("{took:.2} s")));
        for line in self.seen.drain(..) {
            say!("    {line}");
        }
        match outcome {
            Ok(value) => return Ok(value),
            Err(Stop::Failed(why)) => say!("    {}", bad(&why)),
            Err(Stop::Unmet {
                what,
                expected,
                actual,
            }) => {
                say!("    {}", bad(&what));
                say!("      expected: {expected}");
                say!("      actual:   {actual}");
            }
        }
        Err(Failure::new(format!("the demo failed at: {title}")))
    }

    /// A sign of life while one waits.
    pub(super) fn progress(&self) -> Progress {
        Progress::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_met_says_what_was_expected_and_what_there_is() {
        assert!(equal("the name", 1, 1).is_ok());
        match equal("the name", "a", "b") {
            Err(Stop::Unmet {
                what,
                expected,
                actual,
            }) => assert_eq!(
                (&*what, &*expected, &*actual),
                ("the name", "\"a\"", "\"b\"")
            ),
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn waiting_ends_with_what_is_waited_for() {
        let mut looks = 0;
        let found = until("the third look", 5, async || {
            looks += 1;
            Ok((looks == 3).then_some("it"))
        });
        assert_eq!(found.await.unwrap(), "it");
    }
}
