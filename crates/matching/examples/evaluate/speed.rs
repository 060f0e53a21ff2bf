//! How long a lookup among 100,000 patients takes, on patients that the seeded generator makes.

use std::error::Error;
use std::time::{Duration, Instant};

use slotbridge_matching::{Matcher, Verdict};

use crate::made_up::{Dice, Made, booking, patients};
use crate::wilson::Share;

const PATIENTS: usize = 100_000;
const LOOKUPS: usize = 10_000;

pub(crate) fn report() -> Result<(), Box<dyn Error>> {
    let made = patients(PATIENTS, 1);
    let before = resident();
    let (matcher, building) = timed(|| index(&made));
    println!("index over {PATIENTS} patients: {building:.2?}  aim 1 s");
    if let (Some(before), Some(after)) = (before, resident()) {
        println!("memory: {} MB", (after.saturating_sub(before)) / 1024);
    }
    let dice = &mut Dice::new(2);
    let mut times = Vec::with_capacity(LOOKUPS);
    let mut fastest = Vec::with_capacity(LOOKUPS);
    let (mut right, mut same, mut same_right, mut compared) = (0, 0, 0, 0);
    for _ in 0..LOOKUPS {
        let place = dice.below(made.len());
        let record = booking(&made[place], dice);
        let (decision, time) = timed(|| matcher.decide(&record.person()));
        let again = (0..2).map(|_| timed(|| matcher.decide(&record.person())).1);
        times.push(time);
        fastest.push(again.fold(time, Duration::min));
        let id = place.to_string();
        let is_right = decision.best.is_some_and(|best| best.patient == id);
        right += usize::from(is_right);
        same += usize::from(decision.verdict == Verdict::Same);
        same_right += usize::from(is_right && decision.verdict == Verdict::Same);
        compared += matcher.candidates(&record.person()).len();
    }
    println!("lookup, the reading of the record included; aim 1 ms for the 99th percentile:");
    print("at once", times);
    print(
        "fastest of three, which leaves out what else the machine does",
        fastest,
    );
    println!("candidates compared: {} on average", compared / LOOKUPS);
    println!(
        "likeliest is right: {}",
        Share {
            of: LOOKUPS,
            hits: right
        }
    );
    println!(
        "same: {}",
        Share {
            of: same,
            hits: same_right
        }
    );
    Ok(())
}

fn print(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |per_mille: usize| times[(LOOKUPS - 1) * per_mille / 1000];
    let (median, high, longest) = (at(500), at(990), at(1000));
    println!("  {what}: median {median:.1?}, 99th percentile {high:.1?}, longest {longest:.1?}");
}

fn index(made: &[Made]) -> Matcher {
    let mut matcher = Matcher::with_capacity(made.len());
    for (place, patient) in made.iter().enumerate() {
        matcher.put(&place.to_string(), patient.person());
    }
    matcher
}

#[expect(
    clippy::disallowed_methods,
    reason = "the time that passes is what is measured"
)]
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let result = work();
    (result, start.elapsed())
}

/// The memory of this process in kB, where the system tells it.
fn resident() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
