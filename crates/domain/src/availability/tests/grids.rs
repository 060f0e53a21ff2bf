//! Where starts lie and how long a booking is (AVAIL-2), on days without a clock change.

use super::*;

#[test]
fn starts_lie_every_slot_length_and_the_rest_is_dropped_avail_2() {
    let case = Case::in_perth().range("09:00", "10:10", 20);
    assert_eq!(
        case.offered(),
        ["09:00-09:20", "09:20-09:40", "09:40-10:00"]
    );
    assert_eq!(case.reasons("10:00"), [Reason::NotASlotStart]);
    let case = Case::in_perth().range("09:00", "09:30", 45);
    assert_eq!(case.offered(), NOTHING);
}

#[test]
fn a_booking_takes_whole_slots_avail_2() {
    let case = Case::in_perth().range("09:00", "10:00", 20);
    for minutes in [21, 30, 40] {
        let case = Case {
            type_length: Some(minutes * 60),
            ..Case::in_perth()
        }
        .range("09:00", "10:00", 20);
        assert_eq!(case.offered(), ["09:00-09:40", "09:20-10:00"], "{minutes}");
        assert_eq!(case.reasons("09:40"), [Reason::NotCovered]);
    }
    let one_slot = ["09:00-09:20", "09:20-09:40", "09:40-10:00"];
    for type_length in [None, Some(0), Some(-1), Some(i64::MIN), Some(1), Some(1200)] {
        let case = Case {
            type_length,
            ranges: case.ranges.clone(),
            ..Case::in_perth()
        };
        assert_eq!(case.offered(), one_slot, "{type_length:?}");
    }
}

#[test]
fn below_a_minute_the_type_s_length_counts_avail_2() {
    for slot_length in [59, 0, -1, -1800, i64::MIN] {
        let case = Case::in_perth().range_of("09:00", "10:00", slot_length, &[]);
        let quarters = ["09:00-09:15", "09:15-09:30", "09:30-09:45", "09:45-10:00"];
        assert_eq!(case.offered(), quarters);
        for none in [Some(0), Some(-60), None] {
            let case = Case {
                type_length: none,
                ranges: case.ranges.clone(),
                ..Case::in_perth()
            };
            assert_eq!(case.offered(), quarters, "{none:?}");
        }
        let case = case.type_minutes(25);
        assert_eq!(case.offered(), ["09:00-09:25", "09:25-09:50"]);
        assert_eq!(case.reasons("09:50"), [Reason::NotCovered]);
        assert_eq!(case.reasons("09:30"), [Reason::NotASlotStart]);
    }
    let case = Case::in_perth().range_of("09:00", "09:02", 60, &[]);
    assert_eq!(case.offered(), ["09:00-09:01", "09:01-09:02"]);
}

#[test]
fn ranges_are_limited_to_their_types_avail_2() {
    let case = Case::in_perth()
        .range_of("09:00", "09:30", 1800, &["other"])
        .range_of("10:00", "10:30", 1800, &["other", TYPE])
        .range_of("11:00", "11:30", 1800, &[]);
    assert_eq!(case.offered(), ["10:00-10:30", "11:00-11:30"]);
    assert_eq!(case.reasons("09:00"), [Reason::NotASlotStart]);
    let case = Case::in_perth().range_of("09:00", "09:30", 1800, &["other", "Consult", ""]);
    assert_eq!(case.reasons("09:00"), [Reason::NoAvailability]);
    assert_eq!(Case::in_perth().reasons("09:00"), [Reason::NoAvailability]);
}

#[test]
fn absurd_values_neither_overflow_nor_take_long_avail_2() {
    let lengths = [
        i64::MIN,
        -1,
        0,
        1,
        59,
        60,
        61,
        86_399,
        86_400,
        i64::MAX - 1,
        i64::MAX,
    ];
    for slot_length in lengths {
        for type_length in lengths {
            for default_length in lengths {
                let case = Case {
                    type_length: Some(type_length),
                    default_length,
                    minimum_notice: type_length,
                    ..Case::in_perth().range_of("00:00", "24:00", slot_length, &[])
                };
                assert!(offered(&case.day()).len() <= 1440);
                let _ = assess(&case.day(), case.at("00:00"));
            }
        }
    }
    let case = Case::in_perth().range_of("09:00", "10:00", 0, &[]);
    let case = Case {
        default_length: i64::MIN,
        ..case
    };
    assert_eq!(case.offered().len(), 60, "no slot is shorter than a minute");
}

#[test]
fn a_step_longer_than_the_day_leaves_one_start_avail_2() {
    let case = Case::in_perth().range_of("00:00", "24:00", 86_400, &[]);
    assert_eq!(case.offered(), ["00:00-00:00"]);
    let case = Case::in_perth().range_of("00:00", "24:00", 86_401, &[]);
    assert_eq!(case.offered(), NOTHING);
}

#[test]
fn what_is_no_range_admits_nothing_avail_2() {
    let case = Case::in_perth()
        .range("10:00", "09:00", 30)
        .range("09:00", "09:00", 30)
        .range_of("09:00", "24:00:01", 1800, &[]);
    assert_eq!(case.reasons("09:00"), [Reason::NoAvailability]);
    let odd = Range {
        start: u32::MAX,
        end: u32::MAX,
        slot_length: 0,
        pms_appointment_type_ids: vec![],
    };
    assert_eq!(
        offered(
            &Case {
                ranges: vec![odd],
                ..case
            }
            .day()
        ),
        []
    );
}
