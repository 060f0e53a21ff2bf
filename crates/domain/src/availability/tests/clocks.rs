//! Days on which clocks change (AVAIL-5).

use super::*;

#[test]
fn the_example_of_the_rule_avail_5() {
    let case = Case::new("2027-04-04", "Australia/Sydney").range("01:00", "04:00", 30);
    assert_eq!(
        case.offered_exactly(),
        [
            "01:00+11:00/30",
            "01:30+11:00/30",
            "02:00+11:00/30",
            "02:30+11:00/30",
            "03:00+10:00/30",
            "03:30+10:00/30",
        ],
    );
    assert_eq!(case.reasons("02:00+10:00"), [Reason::NotASlotStart]);
}

#[test]
fn a_start_that_does_not_exist_is_not_offered_avail_5() {
    let case = Case::new("2027-10-03", "Australia/Sydney").range("01:00", "04:00", 30);
    assert_eq!(
        case.offered_exactly(),
        [
            "01:00+10:00/30",
            "01:30+10:00/30",
            "03:00+11:00/30",
            "03:30+11:00/30"
        ],
    );
    // Steps of 45 minutes on the wall clock: 01:00, 01:45, 02:30 (jumped over), 03:15.
    let case = Case::new("2027-10-03", "Australia/Sydney").range("01:00", "04:00", 45);
    assert_eq!(
        case.offered_exactly(),
        ["01:00+10:00/45", "01:45+10:00/45", "03:15+11:00/45"]
    );
}

#[test]
fn an_end_is_start_plus_elapsed_time_avail_5() {
    let case = Case::new("2027-10-03", "Australia/Sydney")
        .range("01:00", "04:00", 0)
        .type_minutes(90);
    assert_eq!(case.offered(), ["01:00-03:30"]);
    let case = Case::new("2027-04-04", "Australia/Sydney")
        .range("01:00", "04:00", 0)
        .type_minutes(90);
    assert_eq!(case.offered(), ["01:00-02:30", "02:30-03:00"]);
    assert_eq!(case.offered_exactly(), ["01:00+11:00/90", "02:30+11:00/90"]);
}

#[test]
fn the_end_of_a_range_in_the_repeated_hour_is_the_later_one_avail_5() {
    let case = Case::new("2027-04-04", "Australia/Sydney").range("01:00", "02:30", 75);
    // 02:15 is a start within the range, and 75 minutes later it is 02:30 for the second time.
    assert_eq!(case.offered_exactly(), ["01:00+11:00/75", "02:15+11:00/75"]);
    // Starts end where the range ends on the wall clock.
    let case = Case::new("2027-04-04", "Australia/Sydney").range("01:00", "02:00", 30);
    assert_eq!(case.offered_exactly(), ["01:00+11:00/30", "01:30+11:00/30"]);
    assert_eq!(
        case.type_minutes(90).offered_exactly(),
        ["01:00+11:00/90", "01:30+11:00/90"]
    );
}

#[test]
fn a_range_that_starts_in_the_repeated_hour_starts_with_the_first_avail_5() {
    let case = Case::new("2027-04-04", "Australia/Sydney").range("02:30", "03:30", 30);
    assert_eq!(case.offered_exactly(), ["02:30+11:00/30", "03:00+10:00/30"]);
    assert_eq!(
        case.type_minutes(120).offered_exactly(),
        ["02:30+11:00/120"]
    );
}

#[test]
fn a_range_that_ends_or_starts_in_the_gap_does_so_at_the_change_avail_5() {
    let case = Case::new("2027-10-03", "Australia/Sydney").range("01:00", "02:45", 30);
    assert_eq!(case.offered(), ["01:00-01:30", "01:30-03:00"]);
    let case = Case::new("2027-10-03", "Australia/Sydney")
        .range("02:15", "04:00", 15)
        .type_minutes(60);
    assert_eq!(case.offered(), ["03:00-04:00"]);
    // Touching in the gap, they touch at the change.
    let case = Case::new("2027-10-03", "Australia/Sydney")
        .range("01:30", "02:20", 30)
        .range("02:40", "04:00", 20)
        .type_minutes(60);
    assert_eq!(case.offered(), ["01:30-03:30", "03:00-04:00"]);
    let within = Case::new("2027-10-03", "Australia/Sydney").range("02:15", "02:45", 15);
    assert_eq!(within.offered(), NOTHING);
    assert_eq!(within.reasons("03:00"), [Reason::NotASlotStart]);
}

#[test]
fn lord_howe_changes_by_half_an_hour_avail_5() {
    // 02:00 goes back to 01:30.
    let case = Case::new("2027-04-04", "Australia/Lord_Howe").range("01:00", "03:00", 30);
    assert_eq!(
        case.offered_exactly(),
        [
            "01:00+11:00/30",
            "01:30+11:00/30",
            "02:00+10:30/30",
            "02:30+10:30/30"
        ],
    );
    assert_eq!(
        case.type_minutes(60).offered_exactly(),
        ["01:00+11:00/60", "01:30+11:00/60", "02:00+10:30/60"],
    );
    // 02:00 goes forward to 02:30.
    let case = Case::new("2027-10-03", "Australia/Lord_Howe").range("01:00", "03:30", 30);
    assert_eq!(
        case.offered_exactly(),
        [
            "01:00+10:30/30",
            "01:30+10:30/30",
            "02:30+11:00/30",
            "03:00+11:00/30"
        ],
    );
}

#[test]
fn perth_changes_nothing_avail_5() {
    for date in ["2027-04-04", "2027-10-03"] {
        let case = Case::new(date, "Australia/Perth").range("00:00", "24:00", 60);
        let hours: Vec<String> = (0..24)
            .map(|hour| format!("{hour:02}:00+08:00/60"))
            .collect();
        assert_eq!(case.offered_exactly(), hours);
    }
}

#[test]
fn a_day_can_begin_after_midnight_avail_5() {
    for (date, zone) in [
        ("2024-04-26", "Africa/Cairo"),
        ("2025-03-30", "Asia/Beirut"),
        ("2023-10-01", "America/Asuncion"),
    ] {
        let case = Case::new(date, zone).range("00:00", "03:00", 30);
        assert_eq!(
            case.offered(),
            ["01:00-01:30", "01:30-02:00", "02:00-02:30", "02:30-03:00"]
        );
        // The day before ends where this one begins.
        let eve = case.date.yesterday().unwrap().to_string();
        let eve = Case::new(&eve, zone).range("23:00", "24:00", 30);
        assert_eq!(eve.offered(), ["23:00-23:30", "23:30-01:00"], "{zone}");
        assert_eq!(offered(&eve.day()).last().unwrap().end, case.at("01:00"));
    }
}

#[test]
fn the_last_hour_of_a_day_can_come_twice_avail_5() {
    // At 24:00 it is 23:00 again.
    for (date, zone) in [
        ("2024-03-23", "America/Asuncion"),
        ("2024-10-31", "Africa/Cairo"),
    ] {
        let case = Case::new(date, zone).range("22:30", "24:00", 30);
        assert_eq!(
            case.offered(),
            ["22:30-23:00", "23:00-23:30", "23:30-23:00"],
            "{zone}"
        );
        let case = case.type_minutes(120);
        assert_eq!(case.offered(), ["22:30-23:30", "23:00-00:00"], "{zone}");
        assert_eq!(case.reasons("23:30"), [Reason::NotCovered]);
    }
}

#[test]
fn the_first_hour_of_a_day_can_come_twice_avail_5() {
    // At 01:00 it is 00:00 again.
    let case = Case::new("2027-11-07", "America/Havana").range("00:00", "02:00", 30);
    assert_eq!(
        case.offered_exactly(),
        [
            "00:00-04:00/30",
            "00:30-04:00/30",
            "01:00-05:00/30",
            "01:30-05:00/30"
        ],
    );
    let eve = Case::new("2027-11-06", "America/Havana").range("23:00", "24:00", 60);
    assert_eq!(eve.offered_exactly(), ["23:00-04:00/60"]);
}

#[test]
fn a_repeated_hour_across_midnight_stays_with_its_first_day_avail_5() {
    // Until 2011, 00:01 went back to 23:01 of the day before in St John's.
    let zone = "America/St_Johns";
    let eve = Case::new("2010-11-06", zone).range("23:00", "24:00", 30);
    assert_eq!(eve.offered_exactly(), ["23:00-02:30/30", "23:30-02:30/30"]);
    assert_eq!(eve.type_minutes(90).offered_exactly(), NOTHING);
    let eve = Case::new("2010-11-06", zone).range("23:00", "23:30", 30);
    assert_eq!(eve.offered_exactly(), ["23:00-02:30/30"]);
    assert_eq!(
        eve.clone().type_minutes(60).offered_exactly(),
        ["23:00-02:30/60"]
    );
    assert_eq!(eve.type_minutes(90).offered_exactly(), NOTHING);
    let day = Case::new("2010-11-07", zone).range("00:00", "01:00", 30);
    assert_eq!(day.offered_exactly(), ["00:00-02:30/30", "00:30-03:30/30"]);
}

#[test]
fn a_day_that_never_was_has_no_slots_avail_5() {
    // Samoa went from the 29th to the 31st.
    let case = Case::new("2011-12-30", "Pacific/Apia").range("00:00", "24:00", 30);
    assert_eq!(case.offered(), NOTHING);
    let eve = Case::new("2011-12-29", "Pacific/Apia").range("23:00", "24:00", 30);
    assert_eq!(eve.offered_exactly(), ["23:00-10:00/30", "23:30-10:00/30"]);
    let next = Case::new("2011-12-31", "Pacific/Apia").range("00:00", "01:00", 30);
    assert_eq!(next.offered_exactly(), ["00:00+14:00/30", "00:30+14:00/30"]);
}
