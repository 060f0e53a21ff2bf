//! How a snapshot's ranges are written down, so that equal contents are equal texts (AVAIL-6).

use super::Range;

/// The canonical text of a snapshot's ranges: equal for equal contents in any order (AVAIL-6).
#[must_use]
pub fn encode(ranges: &[Range]) -> String {
    let ranges = canonical(ranges.to_vec());
    let ranges: Vec<_> = ranges
        .iter()
        .map(|range| {
            (
                range.start,
                range.end,
                range.slot_length,
                &range.pms_appointment_type_ids,
            )
        })
        .collect();
    // Numbers and texts: there is nothing in it that could not be written.
    serde_json::to_string(&ranges).unwrap_or_default()
}

/// Reads what [`encode`] wrote; `None` if it is not that.
#[must_use]
pub fn decode(text: &str) -> Option<Vec<Range>> {
    let ranges: Vec<(u32, u32, i64, Vec<String>)> = serde_json::from_str(text).ok()?;
    let ranges: Vec<Range> = ranges
        .into_iter()
        .map(
            |(start, end, slot_length, pms_appointment_type_ids)| Range {
                start,
                end,
                slot_length,
                pms_appointment_type_ids,
            },
        )
        .collect();
    (canonical(ranges.clone()) == ranges).then_some(ranges)
}

/// The same ranges in order, each once, with their type ids in order, each once.
fn canonical(mut ranges: Vec<Range>) -> Vec<Range> {
    for range in &mut ranges {
        range.pms_appointment_type_ids.sort_unstable();
        range.pms_appointment_type_ids.dedup();
    }
    ranges.sort_unstable();
    ranges.dedup();
    ranges
}
