//! Arrivals at their times, whatever becomes of those before them.

use crate::clock::now;
use std::time::{Duration, Instant};

/// How many arrivals that are late already are started before others get their turn.
const AT_ONCE: usize = 32;

/// Starts each arrival at its time after `began` and never waits for what becomes of it. The timer
/// is a millisecond coarse: what has come due meanwhile is started at once, with the time at which
/// it was intended.
pub async fn pace<A>(
    began: Instant,
    arrivals: impl Iterator<Item = (Duration, A)>,
    mut start: impl FnMut(Instant, A),
) {
    let (mut present, mut late) = (now(), 0);
    for (after, arrival) in arrivals {
        let intended = began + after;
        if present < intended {
            tokio::time::sleep_until(intended.into()).await;
            (present, late) = (now(), 0);
        } else if late == AT_ONCE {
            tokio::task::yield_now().await;
            (present, late) = (now(), 0);
        }
        late += 1;
        start(intended, arrival);
    }
}

/// Evenly spaced times for so long; none at a rate of nothing.
pub fn even(rate: f64, lasting: Duration) -> impl Iterator<Item = Duration> {
    let gap = if rate > 0.0 {
        1.0 / rate
    } else {
        f64::INFINITY
    };
    let times = (0_u32..).map(move |n| f64::from(n) * gap);
    times
        .take_while(move |at| *at < lasting.as_secs_f64())
        .map(Duration::from_secs_f64)
}
