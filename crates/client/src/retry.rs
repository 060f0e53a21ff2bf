//! When a failed call is made again.

use crate::Error;
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
pub(crate) fn pause(failures: u32, error: &Error, jitter: f64) -> Option<Duration> {
    if failures >= RETRIES || !error.is_transient() {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn busy(retry_after: Option<u64>) -> Error {
        let retry_after = retry_after.map(Duration::from_secs);
        Error::of_status(503, String::new(), retry_after)
    }

    #[test]
    fn each_pause_is_twice_the_one_before_and_there_are_three() {
        let pauses: Vec<_> = (0..5).map(|n| pause(n, &busy(None), 1.0)).collect();
        let millis = |n| Some(Duration::from_millis(n));
        assert_eq!(pauses, [millis(250), millis(500), millis(1000), None, None]);
        assert_eq!(pause(1, &busy(None), 0.0), millis(250));
    }

    #[test]
    fn a_hub_that_asks_for_a_wait_gets_it_if_it_is_short() {
        assert_eq!(pause(0, &busy(Some(7)), 0.0), Some(Duration::from_secs(7)));
        assert_eq!(
            pause(0, &busy(Some(0)), 1.0),
            Some(Duration::from_millis(250))
        );
        assert_eq!(pause(0, &busy(Some(61)), 0.0), None);
    }

    #[test]
    fn what_cannot_change_is_not_repeated() {
        for status in [400, 401, 403, 404, 410, 413, 500] {
            assert_eq!(
                pause(0, &Error::of_status(status, String::new(), None), 0.0),
                None
            );
        }
        assert!(pause(0, &Error::of_status(429, String::new(), None), 0.0).is_some());
    }
}
