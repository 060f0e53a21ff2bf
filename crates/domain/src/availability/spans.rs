//! Stretches of time and what lies in them.

use jiff::Timestamp;

use super::Slot;

/// A set of instants, kept as stretches (end exclusive) in order that neither overlap nor touch.
pub(super) struct Spans(Vec<Slot>);

impl FromIterator<Slot> for Spans {
    /// The union of `parts`, in any order; those that end before they start have no instants.
    fn from_iter<I: IntoIterator<Item = Slot>>(parts: I) -> Self {
        let mut parts: Vec<Slot> = parts
            .into_iter()
            .filter(|part| part.start < part.end)
            .collect();
        parts.sort_unstable();
        parts.dedup_by(|next, merged| {
            let joined = next.start <= merged.end;
            if joined {
                merged.end = merged.end.max(next.end);
            }
            joined
        });
        Self(parts)
    }
}

impl Spans {
    /// Whether every instant of `slot` is in the set.
    pub(super) fn cover(&self, slot: Slot) -> bool {
        self.from(slot.start)
            .is_some_and(|span| span.start <= slot.start && slot.end <= span.end)
    }

    /// Whether any instant of `slot` is in the set.
    pub(super) fn overlap(&self, slot: Slot) -> bool {
        self.from(slot.start)
            .is_some_and(|span| span.start < slot.end)
    }

    /// Whether `instant` is in the set.
    pub(super) fn contain(&self, instant: Timestamp) -> bool {
        self.from(instant).is_some_and(|span| span.start <= instant)
    }

    /// The first stretch that ends after `instant`.
    fn from(&self, instant: Timestamp) -> Option<&Slot> {
        self.0
            .get(self.0.partition_point(|span| span.end <= instant))
    }
}
