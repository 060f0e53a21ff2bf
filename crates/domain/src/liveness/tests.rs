use jiff::{ToSpan, civil::date};

use super::*;

fn hours(start: (u16, u16), end: (u16, u16)) -> Hours {
    Hours::new(start.0 * 60 + start.1, end.0 * 60 + end.1).unwrap()
}

/// A contract of the given weekdays, and no others.
fn contract(days: &[(Weekday, &[Hours])]) -> LivenessContract {
    let mut contract = LivenessContract {
        weekdays: Default::default(),
        public_holidays: None,
    };
    for (weekday, hours) in days {
        let index = usize::try_from(weekday.to_monday_zero_offset()).unwrap();
        contract.weekdays[index] = Some(hours.to_vec());
    }
    contract
}

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

/// The instants at which the contract turns live or stops being so, to the minute, in Sydney,
/// from a local time on, over `days` of 24 h.
fn changes(contract: &LivenessContract, from: Date, days: i64, holidays: &[Date]) -> Vec<String> {
    let zone = zone("Australia/Sydney");
    let start = from.to_zoned(zone.clone()).unwrap().timestamp();
    let is_live = |minute: i64| {
        contract.is_live(start + minute.minutes(), &zone, |date| {
            holidays.contains(&date)
        })
    };
    (1..days * 1440)
        .filter(|minute| is_live(*minute) != is_live(minute - 1))
        .map(|minute| {
            let local = zone.to_datetime(start + minute.minutes());
            format!(
                "{} {}",
                local.strftime("%a %H:%M"),
                if is_live(minute) { "on" } else { "off" }
            )
        })
        .collect()
}

// 2027-03-01 is a Monday without a clock change near.
const MONDAY: Date = date(2027, 3, 1);

#[test]
fn without_a_contract_it_is_always_live_conf_3() {
    let always = LivenessContract::default();
    assert_eq!(always, LivenessContract::always());
    assert_eq!(always.weekdays.len(), 7);
    for day in &always.weekdays {
        assert_eq!(
            day.as_deref(),
            Some(
                &[Hours {
                    start: 0,
                    end: 1439
                }][..]
            )
        );
    }
    assert_eq!(always.public_holidays, None);
    assert_eq!(changes(&always, MONDAY, 8, &[MONDAY]), Vec::<String>::new());
    assert!(always.is_live(Timestamp::MIN, &zone("Asia/Tokyo"), |_| false));
    assert!(always.is_live(Timestamp::MAX, &zone("Asia/Tokyo"), |_| true));
}

#[test]
fn days_left_out_are_not_live_conf_3() {
    let tuesdays = contract(&[(Weekday::Tuesday, &[hours((8, 0), (18, 30))])]);
    assert_eq!(
        changes(&tuesdays, MONDAY, 8, &[]),
        ["Tue 08:00 on", "Tue 18:30 off"]
    );
    assert_eq!(
        changes(&contract(&[]), MONDAY, 8, &[]),
        Vec::<String>::new()
    );
    assert_eq!(
        changes(&contract(&[(Weekday::Monday, &[])]), MONDAY, 8, &[]),
        Vec::<String>::new()
    );
}

#[test]
fn ranges_overlap_touch_and_come_in_any_order_conf_3() {
    let mondays = contract(&[(
        Weekday::Monday,
        &[
            hours((15, 0), (17, 0)),
            hours((10, 0), (12, 0)),
            hours((8, 0), (10, 0)),
            hours((11, 0), (13, 0)),
        ],
    )]);
    assert_eq!(
        changes(&mondays, MONDAY, 7, &[]),
        [
            "Mon 08:00 on",
            "Mon 13:00 off",
            "Mon 15:00 on",
            "Mon 17:00 off"
        ],
    );
}

#[test]
fn an_end_before_its_start_runs_past_midnight_conf_3() {
    let nights = contract(&[(Weekday::Sunday, &[hours((20, 0), (5, 0))])]);
    assert_eq!(
        changes(&nights, MONDAY, 8, &[]),
        ["Mon 05:00 off", "Sun 20:00 on", "Mon 05:00 off"]
    );
}

#[test]
fn the_end_of_the_day_has_three_spellings_conf_3() {
    for end in [(23, 59), (24, 0), (0, 0)] {
        let mondays = contract(&[(Weekday::Monday, &[hours((9, 0), end)])]);
        assert_eq!(
            changes(&mondays, MONDAY, 7, &[]),
            ["Mon 09:00 on", "Tue 00:00 off"]
        );
        let last_minute = Hours::new(1438, end.0 * 60 + end.1).unwrap();
        let mondays = contract(&[(Weekday::Monday, &[last_minute])]);
        assert_eq!(
            changes(&mondays, MONDAY, 7, &[]),
            ["Mon 23:58 on", "Tue 00:00 off"]
        );
    }
    for end in [(23, 59), (24, 0)] {
        let whole = contract(&[(Weekday::Tuesday, &[hours((0, 0), end)])]);
        assert_eq!(
            changes(&whole, MONDAY, 7, &[]),
            ["Tue 00:00 on", "Wed 00:00 off"]
        );
    }
    for end in [1440, 0] {
        let one_minute = contract(&[(Weekday::Monday, &[Hours::new(1439, end).unwrap()])]);
        assert_eq!(
            changes(&one_minute, MONDAY, 7, &[]),
            ["Mon 23:59 on", "Tue 00:00 off"]
        );
    }
}

#[test]
fn equal_ends_are_refused_and_so_is_what_is_no_time_conf_3() {
    for (start, end) in [(0, 0), (540, 540), (1439, 1439)] {
        assert_eq!(Hours::new(start, end), Err("start and end are the same"));
    }
    for (start, end) in [(1440, 0), (1440, 1440), (u16::MAX, 5)] {
        assert_eq!(
            Hours::new(start, end),
            Err("a start lies between 00:00 and 23:59")
        );
    }
    for (start, end) in [(0, 1441), (5, u16::MAX)] {
        assert_eq!(
            Hours::new(start, end),
            Err("an end lies between 00:00 and 24:00")
        );
    }
    assert_eq!(
        Hours::new(0, 1440),
        Ok(Hours {
            start: 0,
            end: 1440
        })
    );
}

#[test]
fn holiday_hours_replace_the_weekday_s_conf_3() {
    let day = [hours((9, 0), (17, 0))];
    let mut contract = contract(&[(Weekday::Monday, &day), (Weekday::Tuesday, &day)]);
    let usual = [
        "Mon 09:00 on",
        "Mon 17:00 off",
        "Tue 09:00 on",
        "Tue 17:00 off",
    ];
    assert_eq!(changes(&contract, MONDAY, 3, &[MONDAY]), usual);
    contract.public_holidays = Some(vec![hours((10, 0), (11, 0))]);
    assert_eq!(
        changes(&contract, MONDAY, 3, &[MONDAY]),
        [
            "Mon 10:00 on",
            "Mon 11:00 off",
            "Tue 09:00 on",
            "Tue 17:00 off"
        ],
    );
    contract.public_holidays = Some(vec![]);
    assert_eq!(changes(&contract, MONDAY, 3, &[MONDAY]), usual[2..]);
}

#[test]
fn a_night_belongs_to_the_day_on_which_it_starts_conf_3() {
    let mut contract = contract(&[(Weekday::Monday, &[hours((20, 0), (5, 0))])]);
    contract.public_holidays = Some(vec![]);
    let night = ["Mon 20:00 on", "Tue 05:00 off"];
    assert_eq!(changes(&contract, MONDAY, 3, &[date(2027, 3, 2)]), night);
    assert_eq!(
        changes(&contract, MONDAY, 3, &[MONDAY]),
        Vec::<String>::new()
    );
    contract.public_holidays = Some(vec![hours((22, 0), (1, 0))]);
    assert_eq!(
        changes(&contract, MONDAY, 3, &[MONDAY]),
        ["Mon 22:00 on", "Tue 01:00 off"]
    );
}

#[test]
fn the_wall_clock_decides_when_clocks_change_conf_3() {
    // 2027-04-04: 03:00 goes back to 02:00, so 02:30 comes twice.
    let sundays = contract(&[(Weekday::Sunday, &[hours((1, 0), (2, 30))])]);
    assert_eq!(
        changes(&sundays, date(2027, 4, 4), 1, &[]),
        [
            "Sun 01:00 on",
            "Sun 02:30 off",
            "Sun 02:00 on",
            "Sun 02:30 off"
        ],
    );
    // 2027-10-03: 02:00 goes forward to 03:00.
    let sundays = contract(&[(Weekday::Sunday, &[hours((1, 0), (2, 30))])]);
    assert_eq!(
        changes(&sundays, date(2027, 10, 3), 1, &[]),
        ["Sun 01:00 on", "Sun 03:00 off"]
    );
}

#[test]
fn a_minute_is_live_to_its_last_instant_conf_3() {
    let mondays = contract(&[(Weekday::Monday, &[hours((9, 0), (17, 0))])]);
    let zone = zone("Australia/Perth");
    let at = |text: &str| mondays.is_live(text.parse().unwrap(), &zone, |_| false);
    assert!(!at("2027-03-01T08:59:59.999999+08:00"));
    assert!(at("2027-03-01T09:00:00+08:00"));
    assert!(at("2027-03-01T16:59:59.999999+08:00"));
    assert!(!at("2027-03-01T17:00:00+08:00"));
}
