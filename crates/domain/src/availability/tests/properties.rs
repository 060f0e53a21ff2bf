//! What holds for every day.

use std::collections::HashSet;

use proptest::{collection::vec, prelude::*, sample::select};

use super::*;

const ZONES: [&str; 6] = [
    "Australia/Sydney",
    "Australia/Perth",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "America/Havana",
    "UTC",
];

const DAYS: [&str; 7] = [
    "2027-04-04",
    "2027-10-03",
    "2027-03-01",
    "2024-04-26",
    "2024-10-31",
    "2027-11-07",
    "2027-03-14",
];

prop_compose! {
    pub(super) fn ranges()(
        parts in vec(
            (0_u32..1440, 1_u32..=1440, slot_lengths(), vec(select(vec![TYPE, "b", "é\"\n"]), 0..3)),
            0..6,
        )
    ) -> Vec<Range> {
        parts
            .into_iter()
            .map(|(start, length, slot_length, ids)| Range {
                start: start * 60,
                end: (start + length).min(1440) * 60,
                slot_length,
                pms_appointment_type_ids: ids.into_iter().map(str::to_owned).collect(),
            })
            .collect()
    }
}

fn slot_lengths() -> impl Strategy<Value = i64> {
    prop_oneof![
        6 => (1_i64..=120).prop_map(|minutes| minutes * 60),
        2 => select(vec![0, -1, 59, 1800]),
        1 => any::<i64>(),
    ]
}

prop_compose! {
    /// Takes time on the day, in minutes since an instant a little before it.
    pub(super) fn busy()(
        parts in vec((0_i64..1800, 0_i64..120, 0_usize..4), 0..5)
    ) -> Vec<(i64, i64, BusyBy)> {
        let takers = [BusyBy::Booking, BusyBy::CancelledBooking, BusyBy::Hold, BusyBy::Rejection];
        parts.into_iter().map(|(start, length, by)| (start, length, takers[by])).collect()
    }
}

prop_compose! {
    fn cases()(
        zone in select(ZONES.to_vec()),
        date in select(DAYS.to_vec()),
        ranges in ranges(),
        type_length in prop_oneof![3 => (1_i64..=180).prop_map(|minutes| Some(minutes * 60)), 1 => any::<Option<i64>>()],
        busy in busy(),
        now in -600_i64..1500,
        minimum_notice in prop_oneof![Just(0), 0_i64..7200],
    ) -> Case {
        let case = Case::new(date, zone);
        let midnight = case.now + 168.hours();
        let busy = busy.into_iter().map(|(start, length, by)| {
            let start = midnight - 120.minutes() + start.minutes();
            Busy { start, end: start + length.minutes(), by }
        });
        Case {
            busy: busy.collect(),
            now: midnight + now.minutes(),
            ranges,
            type_length,
            minimum_notice,
            ..case
        }
    }
}

proptest! {
    #[test]
    fn what_is_offered_is_what_nothing_speaks_against_avail_3(case in cases()) {
        let day = case.day();
        let slots = offered(&day);
        prop_assert!(slots.is_sorted_by(|a, b| a.start < b.start));
        for slot in &slots {
            prop_assert_eq!(assess(&day, slot.start), Assessment { slot: Some(*slot), reasons: vec![] });
        }
        // Every minute of the day and some around it: whatever is not offered has a reason.
        let starts: HashSet<Timestamp> = slots.iter().map(|slot| slot.start).collect();
        let from = case.date.to_zoned(case.zone.clone()).unwrap().timestamp() - 1.hour();
        for minute in (0..28 * 60).step_by(7).chain(0..180) {
            let start = from + minute.minutes();
            let Assessment { slot, reasons } = assess(&day, start);
            prop_assert_eq!(reasons.is_empty(), starts.contains(&start));
            prop_assert!(slot.is_none_or(|slot| slot.start == start));
            for (at, reason) in reasons.iter().enumerate() {
                prop_assert!(!reasons[..at].contains(reason));
            }
            let past = reasons.contains(&Reason::InThePast);
            prop_assert_eq!(past, start <= case.now);
            prop_assert!(!past || !reasons.contains(&Reason::TooSoon));
            let off_grid = reasons.iter().any(|r| matches!(r, Reason::NoAvailability | Reason::NotASlotStart));
            prop_assert_eq!(off_grid, slot.is_none());
        }
    }

    #[test]
    fn nothing_offered_overlaps_or_has_begun_avail_3(case in cases()) {
        for slot in offered(&case.day()) {
            prop_assert!(slot.start < slot.end);
            prop_assert!(slot.start > case.now);
            prop_assert!(slot.start >= case.now + case.minimum_notice.seconds());
            for busy in case.busy.iter().filter(|busy| busy.start < busy.end) {
                prop_assert!(slot.end <= busy.start || busy.end <= slot.start);
            }
            prop_assert_eq!(case.local(slot.start).date(), case.date);
            let tomorrow = case.date.tomorrow().unwrap().to_zoned(case.zone.clone()).unwrap();
            prop_assert!(slot.end <= tomorrow.timestamp());
        }
    }

    #[test]
    fn the_order_of_ranges_and_bookings_means_nothing_avail_2(case in cases(), by in 0_usize..6) {
        let slots = offered(&case.day());
        let mut other = case;
        other.ranges.reverse();
        other.busy.reverse();
        if !other.ranges.is_empty() {
            let by = by % other.ranges.len();
            other.ranges.rotate_left(by);
        }
        prop_assert_eq!(offered(&other.day()), slots);
    }

    #[test]
    fn what_is_stored_offers_the_same_avail_6(case in cases(), by in 0_usize..6) {
        let text = encode(&case.ranges);
        let stored = decode(&text).unwrap();
        prop_assert_eq!(encode(&stored), text.clone());
        let mut shuffled = case.ranges.clone();
        shuffled.extend(case.ranges.iter().take(by).cloned());
        shuffled.reverse();
        for range in &mut shuffled {
            range.pms_appointment_type_ids.reverse();
        }
        prop_assert_eq!(encode(&shuffled), text);
        let slots = offered(&case.day());
        prop_assert_eq!(offered(&Case { ranges: stored, ..case }.day()), slots);
    }

    #[test]
    fn any_ranges_are_read_back_avail_6(
        parts in vec((any::<u32>(), any::<u32>(), any::<i64>(), vec(any::<String>(), 0..4)), 0..6)
    ) {
        let mut ranges: Vec<Range> = parts
            .into_iter()
            .map(|(start, end, slot_length, pms_appointment_type_ids)| {
                Range { start, end, slot_length, pms_appointment_type_ids }
            })
            .collect();
        let read = decode(&encode(&ranges));
        for range in &mut ranges {
            range.pms_appointment_type_ids.sort();
            range.pms_appointment_type_ids.dedup();
        }
        ranges.sort();
        ranges.dedup();
        prop_assert_eq!(read, Some(ranges));
    }

    #[test]
    fn no_text_makes_decode_panic_avail_6(text in any::<String>(), json in "[\\[\\]0-9,\"a]{0,30}") {
        for text in [text, json] {
            if let Some(ranges) = decode(&text) {
                prop_assert_eq!(decode(&encode(&ranges)), Some(ranges));
            }
        }
    }
}
