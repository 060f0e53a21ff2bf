//! When the hub can count on an answer.

use super::section::Section;
use slotbridge_client::wire::config::{LivenessRange, Schedule};
use slotbridge_client::wire::read::{describe, read};

/// Reads `[clinic.live_hours]`.
pub(super) fn schedule(mut section: Section<'_>) -> Schedule {
    let mut of = |day: &'static str| {
        let texts = section.texts(day)?;
        let ranges = texts.iter().map(|text| range(text));
        match ranges.collect() {
            Ok(ranges) => Some(ranges),
            Err(why) => {
                section.fault(day, why);
                None
            }
        }
    };
    let schedule = Schedule {
        monday: of("monday"),
        tuesday: of("tuesday"),
        wednesday: of("wednesday"),
        thursday: of("thursday"),
        friday: of("friday"),
        saturday: of("saturday"),
        sunday: of("sunday"),
        public_holidays: of("public_holidays"),
    };
    section.finish();
    schedule
}

/// `08:00-18:00`.
fn range(text: &str) -> Result<LivenessRange, String> {
    let must = || format!("must be ranges such as \"08:00-18:00\", not {text:?}");
    let (start, end) = text.split_once('-').ok_or_else(must)?;
    let range = serde_json::json!({"start": start.trim(), "end": end.trim()});
    // The hub reads them in the same way.
    read(range.to_string().as_bytes())
        .map_err(|faults| format!("{}: {}", must(), describe(&faults)))
}
