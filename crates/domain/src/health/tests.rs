use super::*;
use crate::liveness::{Hours, LivenessContract};
use jiff::civil::{Date, DateTime, Weekday, date};
use jiff::tz::TimeZone;
use proptest::prelude::*;

/// 2027-03-01 is a Monday without a clock change near.
const MONDAY: Date = date(2027, 3, 1);

fn hours(start: (u16, u16), end: (u16, u16)) -> Hours {
    Hours::new(start.0 * 60 + start.1, end.0 * 60 + end.1).unwrap()
}

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

/// Monday to Friday, 8:00 to 18:00.
fn office() -> LivenessContract {
    let day = [hours((8, 0), (18, 0))];
    contract(&[
        (Weekday::Monday, &day),
        (Weekday::Tuesday, &day),
        (Weekday::Wednesday, &day),
        (Weekday::Thursday, &day),
        (Weekday::Friday, &day),
    ])
}

/// A practice whose integration is judged.
struct Scene {
    contract: LivenessContract,
    zone: TimeZone,
    holidays: Vec<Date>,
    facts: Facts,
}

impl Scene {
    /// In Sydney, heard of at a local time for the last time.
    fn new(contract: LivenessContract, heard: &str) -> Self {
        let zone = TimeZone::get("Australia/Sydney").unwrap();
        let last_contact = at(&zone, heard);
        Self {
            contract,
            zone,
            holidays: Vec::new(),
            facts: Facts {
                last_contact,
                called_back: false,
                waiting: Vec::new(),
                until: None,
            },
        }
    }

    fn waiting(mut self, kind: RequestType, since: &str) -> Self {
        self.facts.waiting.push((kind, at(&self.zone, since)));
        self
    }

    fn with<T>(&self, judge: impl FnOnce(&LiveTime<'_>) -> T) -> T {
        let is_public_holiday = |day| self.holidays.contains(&day);
        judge(&LiveTime {
            contract: &self.contract,
            zone: &self.zone,
            is_public_holiday: &is_public_holiday,
        })
    }

    fn assess(&self, now: Timestamp) -> Assessment {
        self.with(|live| assess(live, &self.facts, now))
    }

    /// The states from a local time on, over some hours, each with its first minute: found by
    /// asking at every minute, and again by going from one `again` to the next.
    fn states(&self, from: &str, hours: i64) -> Vec<String> {
        let start = at(&self.zone, from);
        let end = start + SignedDuration::from_hours(hours);
        let mut by_minute = Vec::new();
        let mut last = None;
        for minute in 0..hours * 60 {
            let now = start + SignedDuration::from_mins(minute);
            let state = self.assess(now).state;
            if last != Some(state) {
                by_minute.push(self.told(now, state));
                last = Some(state);
            }
        }
        let mut by_steps = Vec::new();
        let (mut now, mut last) = (start, None);
        while now < end {
            let found = self.assess(now);
            assert!(found.again > now, "time goes on");
            if last != Some(found.state) {
                // The first instant after a limit belongs to the minute that follows.
                let micros = now.as_microsecond().rem_euclid(60_000_000);
                let wait = if micros == 0 { 0 } else { 60_000_000 - micros };
                let shown = now + SignedDuration::from_micros(wait);
                if shown < end {
                    by_steps.push(self.told(shown, found.state));
                }
                last = Some(found.state);
            }
            now = found.again;
        }
        assert_eq!(by_steps, by_minute);
        by_minute
    }

    fn told(&self, now: Timestamp, state: State) -> String {
        let local = self.zone.to_datetime(now);
        format!("{} {}", local.strftime("%a %H:%M"), state.as_str())
    }
}

fn at(zone: &TimeZone, local: &str) -> Timestamp {
    let local: DateTime = local.parse().unwrap();
    zone.to_timestamp(local).unwrap()
}

#[test]
fn ten_minutes_without_contact_are_the_most_health_1() {
    let scene = Scene::new(office(), "2027-03-01T09:00");
    // At ten minutes it is not over ten yet.
    assert_eq!(
        scene.states("2027-03-01T09:00", 2),
        ["Mon 09:00 healthy", "Mon 09:11 unhealthy"]
    );
    let limit = at(&scene.zone, "2027-03-01T09:10");
    assert_eq!(scene.assess(limit).state, State::Healthy);
    let found = scene.assess(limit + SignedDuration::from_micros(1));
    assert_eq!(
        (found.state, found.reasons),
        (State::Unhealthy, vec![Reason::NoContact])
    );
}

#[test]
fn called_back_it_may_poll_hourly_health_1() {
    let mut scene = Scene::new(office(), "2027-03-01T09:00");
    scene.facts.called_back = true;
    assert_eq!(
        scene.states("2027-03-01T09:00", 3),
        ["Mon 09:00 healthy", "Mon 10:16 unhealthy"]
    );
    // What waits does so for ten minutes all the same.
    let scene = scene.waiting(RequestType::BookingUpdates, "2027-03-01T09:05");
    assert_eq!(
        scene.states("2027-03-01T09:00", 3),
        ["Mon 09:00 healthy", "Mon 09:16 unhealthy"]
    );
}

#[test]
fn each_urgent_request_waits_ten_live_minutes_health_1() {
    for kind in URGENT {
        let mut scene = Scene::new(office(), "2027-03-01T09:00");
        scene.facts.called_back = true;
        let scene = scene.waiting(kind, "2027-03-01T09:20");
        assert_eq!(
            scene.states("2027-03-01T09:20", 1),
            ["Mon 09:20 healthy", "Mon 09:31 unhealthy"]
        );
        let found = scene.assess(at(&scene.zone, "2027-03-01T09:40"));
        assert_eq!(found.reasons, [Reason::Waiting(kind)]);
    }
}

#[test]
fn minutes_outside_of_the_hours_do_not_count_health_1_health_3() {
    // Four minutes on Friday, six on Monday, and the weekend between.
    let scene = Scene::new(office(), "2027-03-05T17:56");
    assert_eq!(
        scene.states("2027-03-05T17:56", 80),
        [
            "Fri 17:56 healthy",
            "Fri 18:00 outsideLiveHours",
            "Mon 08:00 healthy",
            "Mon 08:07 unhealthy",
            "Mon 18:00 outsideLiveHours",
        ]
    );
    // Ten minutes to the last instant of the day: over at the next one that is live.
    let scene = Scene::new(office(), "2027-03-01T17:50");
    assert_eq!(
        scene.states("2027-03-01T17:50", 15),
        [
            "Mon 17:50 healthy",
            "Mon 18:00 outsideLiveHours",
            "Tue 08:00 healthy",
            "Tue 08:01 unhealthy",
        ]
    );
    // Unhealthy ends with the hours, and comes back with them.
    let scene = Scene::new(office(), "2027-03-01T17:40");
    assert_eq!(
        scene.states("2027-03-01T17:40", 15),
        [
            "Mon 17:40 healthy",
            "Mon 17:51 unhealthy",
            "Mon 18:00 outsideLiveHours",
            "Tue 08:00 unhealthy",
        ]
    );
}

#[test]
fn hours_run_across_midnight_health_1() {
    let nights = contract(&[(Weekday::Monday, &[hours((22, 0), (2, 0))])]);
    let scene = Scene::new(nights, "2027-03-01T23:55");
    assert_eq!(
        scene.states("2027-03-01T21:00", 7)[1..],
        [
            "Mon 22:00 healthy",
            "Tue 00:06 unhealthy",
            "Tue 02:00 outsideLiveHours"
        ]
    );
}

#[test]
fn a_public_holiday_has_hours_of_its_own_health_1_conf_3() {
    let mut here = Scene::new(office(), "2027-02-26T17:55");
    here.contract.public_holidays = Some(vec![hours((10, 0), (11, 0))]);
    let elsewhere = Scene::new(here.contract.clone(), "2027-02-26T17:55");
    here.holidays = vec![MONDAY];
    assert_eq!(
        here.states("2027-03-01T07:00", 5),
        [
            "Mon 07:00 outsideLiveHours",
            "Mon 10:00 healthy",
            "Mon 10:06 unhealthy",
            "Mon 11:00 outsideLiveHours"
        ]
    );
    assert_eq!(
        elsewhere.states("2027-03-01T07:00", 5),
        [
            "Mon 07:00 outsideLiveHours",
            "Mon 08:00 healthy",
            "Mon 08:06 unhealthy"
        ]
    );
    here.contract.public_holidays = Some(vec![]);
    assert_eq!(
        here.states("2027-03-01T07:00", 30),
        [
            "Mon 07:00 outsideLiveHours",
            "Tue 08:00 healthy",
            "Tue 08:06 unhealthy"
        ]
    );
}

#[test]
fn the_wall_clock_rules_when_clocks_change_health_1() {
    // 2027-04-04: 03:00 goes back to 02:00; the hours are live twice where it comes twice.
    let sundays = || contract(&[(Weekday::Sunday, &[hours((1, 0), (2, 5))])]);
    let scene = Scene::new(sundays(), "2027-04-04T01:58");
    assert_eq!(
        scene.states("2027-04-04T01:58", 4),
        [
            "Sun 01:58 healthy",
            "Sun 02:05 outsideLiveHours",
            "Sun 02:00 healthy",
            "Sun 02:04 unhealthy",
            "Sun 02:05 outsideLiveHours",
        ]
    );
    // 2027-10-03: 02:00 goes forward to 03:00; what is jumped over does not count.
    let sundays = contract(&[(Weekday::Sunday, &[hours((1, 0), (4, 0))])]);
    let scene = Scene::new(sundays, "2027-10-03T01:55");
    assert_eq!(
        scene.states("2027-10-03T01:55", 2),
        [
            "Sun 01:55 healthy",
            "Sun 03:06 unhealthy",
            "Sun 04:00 outsideLiveHours"
        ]
    );
}

#[test]
fn a_contract_replaced_in_an_outage_rules_at_once_health_1() {
    let mut scene = Scene::new(office(), "2027-03-01T17:30");
    let now = at(&scene.zone, "2027-03-01T17:45");
    assert_eq!(scene.assess(now).state, State::Unhealthy);
    let short = [hours((8, 0), (17, 35))];
    scene.contract = contract(&[(Weekday::Monday, &short), (Weekday::Tuesday, &short)]);
    assert_eq!(
        scene.states("2027-03-01T17:45", 16),
        [
            "Mon 17:45 outsideLiveHours",
            "Tue 08:00 healthy",
            "Tue 08:06 unhealthy"
        ]
    );
    scene.contract = LivenessContract::always();
    assert_eq!(
        scene.states("2027-03-01T17:45", 16),
        ["Mon 17:45 unhealthy"]
    );
}

#[test]
fn it_is_asked_again_when_a_booking_begins_health_1() {
    let mut scene = Scene::new(office(), "2027-03-01T09:55");
    let begin = at(&scene.zone, "2027-03-01T09:58");
    scene.facts.until = Some(begin);
    let scene = scene.waiting(RequestType::Bookings, "2027-03-01T09:45");
    let found = scene.assess(at(&scene.zone, "2027-03-01T09:57"));
    assert_eq!((found.state, found.again), (State::Unhealthy, begin));
}

#[test]
fn a_contract_without_hours_promises_nothing_health_3() {
    let scene = Scene::new(contract(&[]), "2027-03-01T09:00");
    assert_eq!(
        scene.states("2027-03-01T09:00", 200),
        ["Mon 09:00 outsideLiveHours"]
    );
}

#[test]
fn a_feature_is_late_after_a_day_health_4() {
    let zone = TimeZone::UTC;
    let oldest = at(&zone, "2027-03-01T09:00");
    let last = at(&zone, "2027-03-02T09:00");
    let first = last + SignedDuration::from_micros(1);
    assert_eq!(feature_late(oldest, last), Err(first));
    assert_eq!(feature_late(oldest, first), Ok(()));
}

#[test]
fn names_and_values_belong_together() {
    for name in State::NAMES {
        assert_eq!(State::from_name(name).unwrap().as_str(), *name);
    }
    for name in Reason::NAMES {
        assert_eq!(Reason::from_name(name).unwrap().as_str(), *name);
    }
}

fn any_hours() -> impl Strategy<Value = Vec<Hours>> {
    let one = (0_u16..1440, 0_u16..=1440)
        .prop_filter_map("equal ends", |(start, end)| Hours::new(start, end).ok());
    prop::collection::vec(one, 0..3)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Live minutes counted one by one.
    #[test]
    fn live_time_is_what_counting_every_minute_finds_health_1(
        weekdays in prop::array::uniform7(prop::option::of(any_hours())),
        public_holidays in prop::option::of(any_hours()),
        holiday in 0_i64..8,
        zone in prop::sample::select(vec!["Australia/Sydney", "Australia/Lord_Howe", "Australia/Perth"]),
        autumn in any::<bool>(),
        offset in 0_i64..3 * 1440,
        length in 0_i64..600,
    ) {
        let zone = TimeZone::get(zone).unwrap();
        let contract = LivenessContract { weekdays, public_holidays };
        // Around a change of the clocks in the south-east.
        let first = if autumn { date(2027, 4, 2) } else { date(2027, 10, 1) };
        let day = first + jiff::ToSpan::days(holiday);
        let is_public_holiday = |date: Date| date == day;
        let live = LiveTime { contract: &contract, zone: &zone, is_public_holiday: &is_public_holiday };
        let minutes = SignedDuration::from_mins;
        let from = first.to_zoned(zone.clone()).unwrap().timestamp() + minutes(offset);
        let until = from + minutes(5 * 1440);
        // The last minute before which no more than `length` live ones have passed.
        let mut counted = 0;
        let mut expected = None;
        for minute in 0..5 * 1440 {
            let at = from + minutes(minute);
            if contract.is_live(at, &zone, is_public_holiday) {
                if counted == length {
                    expected = Some(at);
                    break;
                }
                counted += 1;
            }
        }
        prop_assert_eq!(live.passed(from, minutes(length), until), expected);
        let changed = (1..5 * 1440).map(|minute| from + minutes(minute)).find(|at| {
            live.is_live(*at) != live.is_live(from)
        });
        let next = live.next_change(from).filter(|at| *at < until);
        prop_assert_eq!(next, changed);
    }
}
