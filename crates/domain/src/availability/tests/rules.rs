//! What is offered and why the rest is not (AVAIL-3), on days without a clock change.

use std::time::Instant;

use super::*;

#[test]
fn a_range_of_other_types_covers_nothing_avail_3() {
    let case = Case::in_perth()
        .range("09:00", "09:30", 30)
        .range_of("09:30", "10:00", 1800, &["other"])
        .type_minutes(60);
    assert_eq!(case.offered(), NOTHING);
    assert_eq!(case.reasons("09:00"), [Reason::NotCovered]);
}

#[test]
fn a_booking_may_lie_across_touching_ranges_avail_3() {
    let case = Case::in_perth()
        .range("09:30", "10:00", 30)
        .range("09:00", "09:30", 30)
        .type_minutes(60);
    assert_eq!(case.offered(), ["09:00-10:00"]);
    assert_eq!(case.reasons("09:30"), [Reason::NotCovered]);
    let apart = Case::in_perth()
        .range("09:00", "09:30", 30)
        .range_of("09:30:01", "10:00", 1799, &[])
        .type_minutes(60);
    assert_eq!(apart.reasons("09:00"), [Reason::NotCovered]);
}

#[test]
fn a_type_s_own_steps_are_cut_by_coverage_alone_avail_3() {
    // The PMS cut no slots, so 09:45 is a start as long as the next range covers its end.
    let case = Case::in_perth()
        .range("09:00", "10:00", 0)
        .range("10:00", "11:00", 0)
        .type_minutes(45);
    assert_eq!(
        case.offered(),
        ["09:00-09:45", "09:45-10:30", "10:00-10:45"]
    );
    assert_eq!(case.reasons("10:45"), [Reason::NotCovered]);
}

#[test]
fn starts_are_the_union_of_each_range_s_grid_avail_3() {
    let case = Case::in_perth()
        .range("09:00", "10:00", 30)
        .range("09:10", "10:10", 20);
    assert_eq!(
        case.offered(),
        ["09:00-09:30", "09:10-09:30", "09:30-09:50", "09:50-10:10"],
    );
}

#[test]
fn a_start_on_several_grids_takes_the_shortest_length_avail_3() {
    let ranges = [
        ("09:00", "11:00", 60),
        ("09:00", "10:00", 15),
        ("09:30", "10:30", 30),
    ];
    let case = ranges
        .iter()
        .fold(Case::in_perth(), |case, (start, end, slot)| {
            case.range(start, end, *slot)
        });
    let offered = case.offered();
    assert_eq!(
        offered,
        [
            "09:00-09:15",
            "09:15-09:30",
            "09:30-09:45",
            "09:45-10:00",
            "10:00-10:30"
        ],
    );
    let other_order = ranges
        .iter()
        .rev()
        .fold(Case::in_perth(), |case, (start, end, slot)| {
            case.range(start, end, *slot)
        });
    assert_eq!(other_order.offered(), offered);
}

#[test]
fn a_day_ends_at_24_00_avail_3() {
    let case = Case::in_perth().range("23:00", "24:00", 30);
    assert_eq!(case.offered(), ["23:00-23:30", "23:30-00:00"]);
    let case = case.type_minutes(60);
    assert_eq!(case.offered(), ["23:00-00:00"]);
    assert_eq!(case.reasons("23:30"), [Reason::NotCovered]);
    let whole = Case::in_perth().range("00:00", "24:00", 60);
    assert_eq!(whole.offered().len(), 24);
}

#[test]
fn what_is_taken_is_not_offered_avail_3() {
    let takers = [
        BusyBy::Booking,
        BusyBy::CancelledBooking,
        BusyBy::Hold,
        BusyBy::Rejection,
    ];
    for by in takers {
        let case = Case::in_perth()
            .range("09:00", "11:00", 30)
            .busy("09:45", "10:15", by);
        assert_eq!(case.offered(), ["09:00-09:30", "10:30-11:00"]);
        assert_eq!(case.reasons("09:30"), [Reason::Busy(by)]);
        assert_eq!(case.reasons("10:00"), [Reason::Busy(by)]);
    }
    let touching = Case::in_perth()
        .range("09:00", "09:30", 30)
        .busy("08:00", "09:00", BusyBy::Booking)
        .busy("09:30", "10:00", BusyBy::Hold);
    assert_eq!(touching.offered(), ["09:00-09:30"]);
    let empty = Case::in_perth()
        .range("09:00", "09:30", 30)
        .busy("09:10", "09:10", BusyBy::Hold);
    assert_eq!(empty.offered(), ["09:00-09:30"]);
}

#[test]
fn a_live_booking_never_moves_a_grid_avail_3() {
    let case = Case::in_perth()
        .range("09:00", "10:30", 30)
        .busy("09:00", "09:40", BusyBy::Booking);
    assert_eq!(case.offered(), ["10:00-10:30"]);
}

#[test]
fn a_slot_starts_in_the_future_avail_3() {
    let case = Case::in_perth().range("09:00", "10:30", 30).now("09:30");
    assert_eq!(case.offered(), ["10:00-10:30"]);
    assert_eq!(case.reasons("09:00"), [Reason::InThePast]);
    assert_eq!(case.reasons("09:30"), [Reason::InThePast]);
    let case = Case {
        now: case.now - 1.microsecond(),
        ..case
    };
    assert_eq!(case.offered(), ["09:30-10:00", "10:00-10:30"]);
}

#[test]
fn the_minimum_notice_is_kept_avail_3() {
    let case = Case::in_perth().range("09:00", "10:30", 30).now("08:30");
    let case = Case {
        minimum_notice: 3600,
        ..case
    };
    assert_eq!(case.offered(), ["09:30-10:00", "10:00-10:30"]);
    assert_eq!(case.reasons("09:00"), [Reason::TooSoon]);
    let passed = Case {
        minimum_notice: 3600,
        ..case
    }
    .now("09:00");
    assert_eq!(passed.reasons("09:00"), [Reason::InThePast]);
    let never = Case {
        minimum_notice: i64::MAX,
        ..passed
    };
    assert_eq!(never.offered(), NOTHING);
    let negative = Case {
        minimum_notice: i64::MIN,
        ..never
    };
    assert_eq!(negative.reasons("09:00"), [Reason::InThePast]);
    assert_eq!(negative.offered(), ["09:30-10:00", "10:00-10:30"]);
}

#[test]
fn every_reason_is_named_once_avail_3() {
    let case = Case::in_perth()
        .range("09:00", "10:00", 30)
        .busy("09:00", "09:45", BusyBy::Hold)
        .busy("09:50", "10:15", BusyBy::Hold)
        .busy("08:00", "12:00", BusyBy::Rejection)
        .busy("09:35", "09:40", BusyBy::Booking)
        .type_minutes(60)
        .now("09:30");
    let taken = [BusyBy::Booking, BusyBy::Hold, BusyBy::Rejection].map(Reason::Busy);
    let assessment = assess(&case.day(), case.at("09:30"));
    assert_eq!(
        assessment.reasons,
        [&[Reason::NotCovered, Reason::InThePast], &taken[..]].concat()
    );
    let slot = Slot {
        start: case.at("09:30"),
        end: case.at("10:30"),
    };
    assert_eq!(assessment.slot, Some(slot));
}

#[test]
fn beside_the_grid_the_start_itself_is_judged_avail_3() {
    let case = Case::in_perth()
        .range("09:00", "10:00", 30)
        .busy("09:05", "09:20", BusyBy::Booking)
        .busy("09:30", "09:40", BusyBy::Hold)
        .now("08:00");
    let case = Case {
        minimum_notice: 3600 + 600,
        ..case
    };
    let assessment = assess(&case.day(), case.at("09:05"));
    assert_eq!(assessment.slot, None);
    let booking = Reason::Busy(BusyBy::Booking);
    assert_eq!(
        assessment.reasons,
        [Reason::NotASlotStart, Reason::TooSoon, booking]
    );
    assert_eq!(case.reasons("09:20"), [Reason::NotASlotStart]);
    assert_eq!(
        case.reasons("07:00"),
        [Reason::NotASlotStart, Reason::InThePast]
    );
    let tomorrow = assess(&case.day(), case.at("09:00") + 24.hours());
    assert_eq!(tomorrow.reasons, [Reason::NotASlotStart]);
    let between = assess(&case.day(), case.at("09:30") + 1.microsecond());
    assert_eq!(
        between.reasons,
        [Reason::NotASlotStart, Reason::Busy(BusyBy::Hold)]
    );
}

#[test]
fn the_ends_of_the_calendar_are_days_too_avail_5() {
    for zone in ["UTC", "Pacific/Kiritimati", "America/Adak"] {
        for date in [Date::MIN, Date::MAX] {
            let zone = TimeZone::get(zone).unwrap();
            let case = Case {
                date,
                zone,
                ..Case::in_perth().range("00:00", "24:00", 30)
            };
            let past = Case {
                now: Timestamp::MIN,
                ..case
            };
            assert!(offered(&past.day()).len() <= 48);
            let _ = assess(&past.day(), Timestamp::MAX);
            let _ = assess(&past.day(), Timestamp::MIN);
        }
    }
}

#[test]
fn a_week_of_ten_practitioners_takes_no_time_avail_3() {
    // 7 days, 10 practitioners, 5 types, each day cut into 48 ranges with 20 bookings.
    let mut case = Case::new("2027-04-04", "Australia/Sydney").type_minutes(30);
    for quarter in 0..48 {
        let start = 8 * 3_600 + quarter * 900;
        let types = vec!["a".to_owned(), TYPE.to_owned()];
        case.ranges.push(Range {
            start,
            end: start + 900,
            slot_length: 900,
            pms_appointment_type_ids: types,
        });
    }
    for hour in 0..20 {
        let start = case.at("01:00") + hour.hours();
        case.busy.push(Busy {
            start,
            end: start + 15.minutes(),
            by: BusyBy::Booking,
        });
    }
    #[expect(
        clippy::disallowed_methods,
        reason = "measures how long the rule itself takes"
    )]
    let began = Instant::now();
    let slots: usize = (0..7 * 10 * 5).map(|_| offered(&case.day()).len()).sum();
    let took = began.elapsed();
    assert_eq!(slots, 350 * 24);
    // Unoptimised and on a busy machine; optimised it takes a few milliseconds.
    assert!(took.as_secs() < 5, "{took:?}");
}
