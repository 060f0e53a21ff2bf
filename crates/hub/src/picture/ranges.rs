//! The free times of a picture, packed: pictures of all practices are remembered, so what a range takes
//! decides how many of them are.

use slotbridge_domain::availability::{Range, decode};
use std::collections::HashMap;

/// Longer than a day: such a slot fits nowhere, by however much it is too long.
const TOO_LONG: u32 = 86_401;

/// A range, with the place of its types among the lists of types.
struct Packed {
    start: u32,
    end: u32,
    slot_length: u32,
    types: u32,
}

/// Where the ranges of a day are: from, and up to.
#[derive(Clone, Copy)]
pub(super) struct Place(u32, u32);

/// The ranges of days. Days that are like one another have the same.
#[derive(Default)]
pub(super) struct PackedRanges {
    packed: Box<[Packed]>,
    /// Of the ranges that do not admit all types, which they do.
    types: Box<[Vec<String>]>,
}

/// The same, being put together.
#[derive(Default)]
pub(super) struct Packing {
    packed: Vec<Packed>,
    types: Vec<Vec<String>>,
    places: HashMap<String, Place>,
}

impl Packing {
    /// The place of the ranges of a day, which are given in their canonical text; `None` if it is not
    /// that.
    pub(super) fn place(&mut self, text: String) -> Option<Place> {
        if let Some(place) = self.places.get(&text) {
            return Some(*place);
        }
        let from = u32::try_from(self.packed.len()).ok()?;
        for range in decode(&text)? {
            let types = self.types_of(range.pms_appointment_type_ids)?;
            // One that is negative is below a minute as nought is (AVAIL-2).
            let slot_length = range.slot_length.clamp(0, i64::from(TOO_LONG));
            self.packed.push(Packed {
                start: range.start,
                end: range.end,
                slot_length: u32::try_from(slot_length).ok()?,
                types,
            });
        }
        let place = Place(from, u32::try_from(self.packed.len()).ok()?);
        self.places.insert(text, place);
        Some(place)
    }

    /// The place of a list of types, from one on; nought is that of none.
    fn types_of(&mut self, types: Vec<String>) -> Option<u32> {
        if types.is_empty() {
            return Some(0);
        }
        let known = self.types.iter().position(|known| *known == types);
        let at = known.unwrap_or(self.types.len());
        if known.is_none() {
            self.types.push(types);
        }
        u32::try_from(at + 1).ok()
    }

    pub(super) fn done(self) -> PackedRanges {
        PackedRanges {
            packed: self.packed.into_boxed_slice(),
            types: self.types.into_boxed_slice(),
        }
    }
}

impl PackedRanges {
    /// The ranges at a place.
    pub(super) fn at(&self, Place(from, to): Place) -> impl Iterator<Item = Range> {
        let packed = self.packed.get(from as usize..to as usize);
        packed.unwrap_or_default().iter().map(|packed| {
            let types = (packed.types as usize).checked_sub(1);
            let types = types.and_then(|at| self.types.get(at));
            Range {
                start: packed.start,
                end: packed.end,
                slot_length: i64::from(packed.slot_length),
                pms_appointment_type_ids: types.cloned().unwrap_or_default(),
            }
        })
    }

    /// How many bytes they take beside this, about.
    pub(super) fn bytes(&self) -> usize {
        let types = self.types.iter().flatten();
        let types = types.map(|id| 2 * size_of::<String>() + id.len());
        size_of_val(&*self.packed) + size_of_val(&*self.types) + types.sum::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use slotbridge_domain::availability::encode;

    fn range(start: u32, slot_length: i64, types: &[&str]) -> Range {
        Range {
            start,
            end: start + 3600,
            slot_length,
            pms_appointment_type_ids: types.iter().map(|id| (*id).to_owned()).collect(),
        }
    }

    #[test]
    fn ranges_come_out_of_a_picture_as_they_went_in_avail_6() {
        let days = [
            vec![range(0, 900, &[]), range(32_400, 0, &["A", "B"])],
            vec![],
            vec![range(32_400, 60, &["A"]), range(82_800, 600, &["A", "B"])],
        ];
        let mut packing = Packing::default();
        let mut place = |day: &Vec<Range>| packing.place(encode(day)).unwrap();
        let places: Vec<_> = days.iter().map(&mut place).collect();
        let again: Vec<_> = days.iter().map(&mut place).collect();
        let packed = packing.done();
        assert_eq!(packed.packed.len(), 4, "days that are alike are kept once");
        for places in [places, again] {
            let unpacked = places.into_iter().map(|place| packed.at(place).collect());
            assert_eq!(unpacked.collect::<Vec<Vec<Range>>>(), days);
        }
    }

    #[test]
    fn a_length_that_no_day_has_stays_one_avail_2() {
        let mut packing = Packing::default();
        let day = [range(0, i64::MAX, &[]), range(0, -5, &[])];
        let place = packing.place(encode(&day)).unwrap();
        let packed = packing.done();
        let lengths: Vec<_> = packed.at(place).map(|range| range.slot_length).collect();
        assert_eq!(lengths, [0, 86_401]);
    }

    #[test]
    fn what_is_no_snapshot_has_no_place() {
        assert!(Packing::default().place("[[1]]".to_owned()).is_none());
    }
}
