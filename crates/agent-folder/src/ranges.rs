//! Times of one day.

use slotbridge_client::wire::availability::AvailabilityRange;

/// From when to when something lasts, in seconds since midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Span {
    /// The whole minutes that it touches: the hub knows no others.
    fn in_minutes(self) -> Self {
        Self {
            start: self.start / 60 * 60,
            end: self.end.div_ceil(60).saturating_mul(60),
        }
    }

    /// Whether free ranges, which may touch and overlap, cover all of it.
    pub(crate) fn lies_in(self, free: &[AvailabilityRange]) -> bool {
        let mut from = self.start;
        while from < self.end {
            let there = free
                .iter()
                .filter(|range| range.start <= from && from < range.end);
            match there.map(|range| range.end).max() {
                Some(next) => from = next,
                None => return false,
            }
        }
        self.start < self.end
    }
}

/// What remains free when some of it is taken.
pub(crate) fn without(free: &[AvailabilityRange], taken: &[Span]) -> Vec<AvailabilityRange> {
    let mut free = free.to_vec();
    for span in taken {
        let span = span.in_minutes();
        let parts = free.iter().flat_map(|range| {
            let part = |start: u32, end: u32| AvailabilityRange {
                start,
                end,
                ..range.clone()
            };
            let before = part(range.start, range.end.min(span.start));
            let after = part(range.start.max(span.end), range.end);
            [before, after]
        });
        free = parts.filter(|part| part.start < part.end).collect();
    }
    free
}
