//! How much of a long test is run: a small, fixed dose in CI, the full one by `cargo xtask soak`.

use std::time::{Duration, Instant};

/// The variable that asks for the full dose.
pub const VARIABLE: &str = "SLOTBRIDGE_DOSE";

/// The rounds of a long test: `small` as a rule, `full` where `SLOTBRIDGE_DOSE=full`.
///
/// # Panics
/// The variable holds anything else.
#[must_use]
#[expect(clippy::panic, reason = "a typo must not pass for the small dose")]
pub fn rounds(small: u32, full: u32) -> u32 {
    match std::env::var(VARIABLE).as_deref() {
        Err(_) | Ok("" | "small") => small,
        Ok("full") => full,
        Ok(other) => panic!("{VARIABLE}={other}: must be small or full"),
    }
}

/// How many minutes a full dose of [`each`] may take at most.
pub const MINUTES: &str = "SLOTBRIDGE_DOSE_MINUTES";

/// The rounds of a long test, one by one. A full dose says how far it has come, and ends early
/// where `SLOTBRIDGE_DOSE_MINUTES` are over.
#[derive(Debug)]
pub struct Each {
    next: u32,
    end: u32,
    full: bool,
    started: Instant,
    limit: Option<Duration>,
}

/// The rounds of a long test, one by one.
///
/// # Panics
/// A variable holds something else than it should.
#[must_use]
pub fn each(small: u32, full: u32) -> Each {
    let end = rounds(small, full);
    let minutes = std::env::var(MINUTES).ok();
    Each {
        next: 0,
        end,
        full: std::env::var(VARIABLE).as_deref() == Ok("full"),
        started: now(),
        limit: minutes.map(|text| {
            let minutes = text.parse::<u64>();
            let minutes = minutes.unwrap_or_else(|_| panic_on(&text));
            Duration::from_secs(60 * minutes)
        }),
    }
}

#[expect(clippy::panic, reason = "a typo must not pass for no limit")]
fn panic_on(text: &str) -> u64 {
    panic!("{MINUTES}={text}: must be a number")
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long a soak lasts is measured by the wall"
)]
fn now() -> Instant {
    Instant::now()
}

impl Iterator for Each {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let round = self.next;
        let lasted = now().duration_since(self.started);
        let over = self.limit.is_some_and(|limit| self.full && lasted >= limit);
        if round >= self.end || over {
            return None;
        }
        if self.full && round > 0 && round.is_multiple_of((self.end / 50).max(1)) {
            println!("{round} of {} rounds in {} s", self.end, lasted.as_secs());
        }
        self.next += 1;
        Some(round)
    }
}
