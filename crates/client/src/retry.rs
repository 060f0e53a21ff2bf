//! When a failed call is made again.

use crate::{Error, TransportKind, operations::Repeat};
use std::time::Duration;

/// How often a call is made again.
pub(crate) const RETRIES: u32 = 3;
/// The pause before the first repetition; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// A hub that asks for a longer wait than this is not waited for.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// How long to wait before the call is made again after failure number `failures` (from 0); `None`
/// if it is not. `jitter` in 0.0..1.0 varies the pause between half and all of it, so that clients
/// that failed together do not come back together.
pub(crate) fn pause(failures: u32, error: &Error, repeat: Repeat, jitter: f64) -> Option<Duration> {
    if failures >= RETRIES || !may_help(error, repeat) {
        return None;
    }
    let pause = (FIRST_PAUSE * 2_u32.pow(failures)).mul_f64(0.5 + jitter.clamp(0.0, 1.0) / 2.0);
    match error {
        Error::Status {
            retry_after: Some(asked),
            ..
        } if *asked > LONGEST_WAIT => None,
        Error::Status {
            retry_after: Some(asked),
            ..
        } => Some(pause.max(*asked)),
        _ => Some(pause),
    }
}

/// Whether making the call again may help, and cannot harm.
fn may_help(error: &Error, repeat: Repeat) -> bool {
    match error {
        // Not connected, it did not arrive; else it may have, and its answer been lost.
        Error::Transport { kind, .. } => {
            *kind == TransportKind::Connect || repeat == Repeat::Always
        }
        error => error.is_transient(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Repeat::{Always, IfNotArrived};

    fn busy(retry_after: Option<u64>) -> Error {
        let retry_after = retry_after.map(Duration::from_secs);
        Error::of_status(503, String::new(), retry_after)
    }

    fn millis(n: u64) -> Option<Duration> {
        Some(Duration::from_millis(n))
    }

    #[test]
    fn each_pause_is_twice_the_one_before_and_there_are_three() {
        let pauses: Vec<_> = (0..5).map(|n| pause(n, &busy(None), Always, 1.0)).collect();
        assert_eq!(pauses, [millis(250), millis(500), millis(1000), None, None]);
        assert_eq!(pause(1, &busy(None), Always, 0.0), millis(250));
    }

    #[test]
    fn a_hub_that_asks_for_a_wait_gets_it_if_it_is_short() {
        let asked = |seconds, jitter| pause(0, &busy(Some(seconds)), Always, jitter);
        assert_eq!(asked(7, 0.0), millis(7_000));
        assert_eq!(asked(0, 1.0), millis(250));
        assert_eq!(asked(60, 0.0), millis(60_000));
        assert_eq!(asked(61, 0.0), None);
    }

    #[test]
    fn what_cannot_change_is_not_repeated() {
        for status in [400, 401, 403, 404, 410, 413, 500] {
            let error = Error::of_status(status, String::new(), None);
            assert_eq!(pause(0, &error, Always, 0.0), None, "{status}");
        }
        let error = Error::of_status(429, String::new(), None);
        assert!(pause(0, &error, Always, 0.0).is_some());
    }

    #[test]
    fn what_the_hub_did_not_take_up_is_repeated_whatever_it_is() {
        assert!(pause(0, &busy(None), IfNotArrived, 0.0).is_some());
    }
}
