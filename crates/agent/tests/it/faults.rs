//! A bad line between agent and hub: whatever is lost, cut or repeated, each booking is one
//! appointment or none, and both sides agree which.

use crate::stage::{DAY, Stage, at, settings};
use jiff::civil::Date;
use serde_json::{Value, json};
use slotbridge_agent::clinic::{Clinic as Agent, Stopped};
use slotbridge_testkit::proxy::Fault;
use slotbridge_testkit::{Booked, dose};
use std::collections::BTreeSet;

/// The starts of a day in the book, each a quarter of an hour.
fn times() -> Vec<String> {
    let hours = (9..12).chain(13..17);
    hours
        .flat_map(|hour| (0..4).map(move |quarter| format!("{hour:02}:{:02}", quarter * 15)))
        .collect()
}

/// Numbers that are the same in every run (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let word = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (word ^ (word >> 31)) % end
    }

    fn hits(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn bytes(&mut self, end: u64) -> usize {
        usize::try_from(self.below(end)).unwrap()
    }

    fn fault(&mut self) -> Fault {
        let status = [500, 502, 503, 504][self.bytes(4)];
        match self.below(14) {
            0 => Fault::Slow,
            1 => Fault::CutRequest(self.bytes(700)),
            2 => Fault::CutAnswerWithin(self.bytes(1000)),
            3 => Fault::CutAnswer(0),
            4 => Fault::Instead(status),
            5 => Fault::After(status),
            6 => Fault::Twice,
            7 => Fault::Replayed,
            _ => Fault::None,
        }
    }
}

/// Cuts the calls of one kind at each byte in turn until one is whole, with a booking for each.
async fn cut_everywhere(line_end: &'static str, cut: fn(usize) -> Fault, stride: u32) {
    let times = times();
    let mut bytes = (0..).step_by(usize::try_from(stride).unwrap());
    loop {
        let stage = Stage::new().await;
        let mut agent = stage.agent();
        for time in &times {
            let byte = bytes.next().unwrap();
            let booked = stage.hub.book(&at(time)).await;
            stage.proxy.take();
            cut_at(&stage, line_end, cut(byte));
            let _ = agent.poll().await;
            assert_called(&stage, line_end);
            let was_whole = stage.proxy.was_whole();
            stage.proxy.calm();
            // Every other time another agent goes on.
            if byte % 2 == 1 {
                drop(agent);
                agent = stage.agent();
            }
            agent.poll().await.unwrap();
            stage.assert_confirmed(&booked).await;
            if was_whole {
                return;
            }
        }
    }
}

/// Cuts the answers to calls of one kind at each byte in turn until one is whole, while an agent tries
/// the same again and again.
async fn cut_long_answers(
    stage: &Stage,
    line_end: &'static str,
    stride: u32,
    work: impl AsyncFn(&Agent) -> Result<(), Stopped>,
) {
    let agent = stage.agent();
    for byte in (0..).step_by(usize::try_from(stride).unwrap()) {
        stage.proxy.take();
        cut_at(stage, line_end, Fault::CutAnswer(byte));
        let done = work(&agent).await;
        assert_called(stage, line_end);
        if stage.proxy.was_whole() {
            println!("{line_end}: cut at each of {byte} bytes, {stride} apart");
            break;
        }
        done.unwrap_err();
    }
    stage.proxy.calm();
}

fn cut_at(stage: &Stage, line_end: &'static str, fault: Fault) {
    stage
        .proxy
        .plan(move |call| match call.line.ends_with(line_end) {
            true => fault,
            false => Fault::None,
        });
}

fn assert_called(stage: &Stage, line_end: &str) {
    let lines = stage.proxy.lines();
    let is_called = lines.iter().any(|line| line.ends_with(line_end));
    assert!(is_called, "{line_end} is not in {lines:?}");
}

async fn finish(stage: &Stage) {
    let agent = stage.agent();
    for _ in 0..3 {
        agent.poll().await.unwrap();
        agent.take_changes().await.unwrap();
    }
    agent.send_all().await.unwrap();
    assert_eq!(stage.hub.poll().await, [""; 0]);
}

/// The hub asks for all days of a month.
async fn ask_for_days(stage: &Stage) {
    let first: Date = DAY.parse().unwrap();
    let days = std::iter::successors(Some(first), |day| day.tomorrow().ok());
    for day in days.take(30) {
        for resource in ["1", "2"] {
            let body =
                json!({"type": "availability", "date": day.to_string(), "pmsResourceId": resource});
            let raised = stage.hub.admin("POST", "/requests", body).await;
            raised.expect(201);
        }
    }
}

#[tokio::test]
async fn a_confirmation_cut_at_any_byte_of_the_request_is_made_good_book_4() {
    cut_everywhere("/confirmInsert", Fault::CutRequest, dose::rounds(23, 1)).await;
}

#[tokio::test]
async fn a_confirmation_cut_at_any_byte_of_the_answer_is_made_good_book_4() {
    cut_everywhere("/confirmInsert", Fault::CutAnswer, dose::rounds(13, 1)).await;
}

#[tokio::test]
async fn a_list_cut_at_any_byte_of_the_answer_is_read_again_book_1() {
    let line = "GET /requests/bookings";
    cut_everywhere(line, Fault::CutAnswer, dose::rounds(53, 1)).await;
    cut_everywhere("GET /requests", Fault::CutAnswer, dose::rounds(29, 1)).await;
}

#[tokio::test]
async fn a_day_cut_at_any_byte_of_request_or_answer_is_sent_again_avail_6() {
    cut_everywhere("/snapshots", Fault::CutRequest, dose::rounds(67, 1)).await;
    cut_everywhere("/snapshots", Fault::CutAnswer, dose::rounds(31, 1)).await;
}

#[tokio::test]
async fn a_long_list_cut_at_any_byte_of_the_answer_is_read_again_book_1_book_8() {
    let stage = Stage::new().await;
    let mut all = Vec::new();
    for time in times() {
        all.push(stage.hub.book(&at(&time)).await);
    }
    let stride = dose::rounds(1009, 1);
    cut_long_answers(&stage, "GET /requests/bookings", stride, Agent::poll).await;
    stage.agent().poll().await.unwrap();
    for booked in &all {
        stage.assert_confirmed(booked).await;
        stage.hub.cancel(booked).await;
    }
    cut_long_answers(&stage, "GET /requests/bookingUpdates", stride, Agent::poll).await;
    stage.agent().poll().await.unwrap();
    for booked in &all {
        assert_eq!(stage.standing(booked), []);
    }
    assert_eq!(stage.hub.poll().await, [""; 0]);
    assert_eq!(stage.hub.attention().await, []);
}

#[tokio::test]
async fn many_days_cut_at_any_byte_of_the_answer_are_sent_again_avail_6_avail_7() {
    let stage = Stage::new().await;
    let stride = dose::rounds(211, 1);
    let resync = async |agent: &Agent| agent.resync().await;
    cut_long_answers(&stage, "/availability/snapshots", stride, resync).await;
    stage.enter("1", &format!("{DAY}T09:00:00"));
    ask_for_days(&stage).await;
    cut_long_answers(&stage, "GET /requests/availability", stride, Agent::poll).await;
    stage.agent().poll().await.unwrap();
    assert_eq!(stage.hub.poll().await, [""; 0]);
    assert!(!stage.hub.starts().await.contains(&"09:00".to_owned()));
}

/// A storm on one stage.
struct Storm {
    stage: Stage,
    dice: Dice,
    booked: Vec<Booked>,
    free: Vec<(usize, String)>,
}

impl Storm {
    async fn new(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let days = [DAY, "2026-11-25"];
        let mut free: Vec<(usize, String)> = Vec::new();
        for day in days {
            for time in times() {
                free.extend((0..2).map(|who| (who, format!("{day}T{time}"))));
            }
        }
        for n in (1..free.len()).rev() {
            let other = dice.bytes(u64::try_from(n).unwrap() + 1);
            free.swap(n, other);
        }
        Self {
            stage: Stage::new().await,
            dice,
            booked: Vec::new(),
            free,
        }
    }

    /// Somebody books; now and then the desk was faster.
    async fn book(&mut self) {
        let (who, start) = self.free.pop().unwrap();
        if self.dice.hits(12) {
            self.stage.enter(["1", "2"][who], &format!("{start}:00"));
        }
        let hub = &self.stage.hub;
        let mut body = hub.booking(&start);
        body["practitionerId"] = json!(hub.practitioners[who]);
        body["patient"]["firstname"] = json!(format!("Anna{}", self.booked.len()));
        let made = hub.app.patient("POST", "/bookings", body).await;
        // What the hub has heard of the desk meanwhile it does not offer.
        if made.status == 201 {
            let made = made.json();
            self.booked.push(Booked {
                id: made["bookingId"].as_i64().unwrap(),
                token: made["manageToken"].as_str().unwrap().to_owned(),
            });
        }
    }

    /// A patient or the desk cancels one of those that were made.
    async fn cancel(&mut self) {
        let Some(end) = u64::try_from(self.booked.len()).ok().filter(|end| *end > 0) else {
            return;
        };
        let booked = self.booked[self.dice.bytes(end)].clone();
        if self.dice.hits(50) {
            let path = format!("/bookings/{}/cancel", booked.id);
            let app = &self.stage.hub.app;
            app.manage(&booked.token, "POST", &path, json!({})).await;
        } else if let Some(row) = self.stage.standing(&booked).first() {
            self.stage.book.strike(&row.id).unwrap();
        }
    }

    async fn blow(&mut self, bookings: u32) {
        let mut weather = Dice(self.dice.0 ^ 0xfeed);
        self.stage.proxy.plan(move |_| weather.fault());
        let mut agent = self.stage.agent();
        for n in 0..bookings {
            self.book().await;
            if self.dice.hits(15) {
                self.cancel().await;
            }
            if n % 4 == 3 {
                let _ = agent.poll().await;
                let _ = agent.take_changes().await;
            }
            if self.dice.hits(10) {
                drop(agent);
                agent = self.stage.agent();
            }
        }
    }

    async fn calm_down(&self) {
        self.stage.proxy.calm();
        finish(&self.stage).await;
    }

    /// Each booking is as the other side has it; how many stand.
    async fn check(&self) -> usize {
        let rows = self.stage.rows();
        let mut standing = 0;
        for booked in &self.booked {
            let of: Vec<_> = rows
                .iter()
                .filter(|row| row.booking == Some(booked.id))
                .collect();
            let view = self.stage.view(booked).await;
            assert!(of.len() <= 1, "inserted twice: {of:?}");
            let stands = of.iter().any(|row| row.state == "booked");
            assert_eq!(stands, view["status"] == "confirmed", "{of:?} {view}");
            assert_eq!(view["notInPms"], false, "{view}");
            if stands {
                assert_eq!(view["pmsAppointmentIds"], json!([of[0].id]), "{view}");
                standing += 1;
            }
        }
        self.check_times().await;
        standing
    }

    /// What the hub offers is what the book has free.
    async fn check_times(&self) {
        let rows = self.stage.rows();
        let taken = |time: &String| {
            let start = format!("{DAY}T{time}:00");
            rows.iter()
                .any(|row| row.resource == "1" && row.state == "booked" && row.start == start)
        };
        let free: BTreeSet<String> = times().into_iter().filter(|time| !taken(time)).collect();
        let offered: BTreeSet<String> = self.stage.hub.starts().await.into_iter().collect();
        assert_eq!(offered, free);
    }
}

#[tokio::test]
async fn heavy_in_a_storm_each_booking_is_one_appointment_or_rejected_and_both_sides_agree_book_1()
{
    let (mut booked, mut standing) = (0, 0);
    for round in dose::each(4, 200) {
        let mut storm = Storm::new(u64::from(round) * 1_000_003).await;
        storm.blow(50).await;
        storm.calm_down().await;
        standing += storm.check().await;
        booked += storm.booked.len();
    }
    println!("{booked} bookings: {standing} stand, both sides agree on each");
    assert!(standing > 80, "most stand: {standing}");
}

#[tokio::test]
async fn of_the_end_of_a_booking_the_hub_hears_though_its_answer_to_the_beginning_was_lost_book_9()
{
    for absent in [false, true] {
        let stage = Stage::new().await;
        let booked = stage.hub.book(&at("09:00")).await;
        cut_at(&stage, "/confirmInsert", Fault::After(500));
        stage.agent().poll().await.unwrap_err();
        stage.proxy.take();
        let id = &stage.standing(&booked)[0].id;
        match absent {
            true => stage.book.did_not_attend(id).unwrap(),
            false => stage.book.strike(id).unwrap(),
        }
        stage.proxy.calm();
        finish(&stage).await;
        let told = if absent { "/didNotAttend" } else { "/cancel" };
        assert_called(&stage, told);
        if !absent {
            assert_eq!(stage.hub.status(&booked).await, "cancelled");
        }
    }
}

#[tokio::test]
async fn who_did_not_attend_is_told_though_the_hub_did_not_hear_of_the_insertion_book_10() {
    let stage = Stage::new().await;
    let booked = stage.hub.book(&at("09:00")).await;
    cut_at(&stage, "/confirmInsert", Fault::Instead(500));
    stage.agent().poll().await.unwrap_err();
    // Tuesday, 10:00 in Sydney.
    stage.hub.app.clock.advance(23 * 3600);
    let id = &stage.standing(&booked)[0].id;
    stage.book.did_not_attend(id).unwrap();
    stage.proxy.calm();
    stage.agent().take_changes().await.unwrap();
    assert_eq!(stage.hub.status(&booked).await, "didNotAttend");
    finish(&stage).await;
    assert_eq!(stage.hub.status(&booked).await, "didNotAttend");
}

#[tokio::test]
async fn an_end_is_told_whatever_answer_comes_late_book_9() {
    let stage = Stage::new().await;
    let booked = stage.hub.book(&at("09:00")).await;
    // It is inserted, and the hub does not hear of it.
    cut_at(&stage, "/confirmInsert", Fault::Instead(500));
    stage.agent().poll().await.unwrap_err();
    stage.book.strike(&stage.standing(&booked)[0].id).unwrap();
    // That it is off the hub hears, but what it says to that comes only with the next time.
    cut_at(&stage, "/cancel", Fault::Replayed);
    stage.agent().take_changes().await.unwrap_err();
    stage.proxy.calm();
    finish(&stage).await;
    assert_eq!(stage.hub.status(&booked).await, "cancelled");
    assert_eq!(stage.hub.attention().await, []);
}

#[tokio::test]
async fn an_answer_that_is_no_json_or_of_another_kind_does_no_harm_book_4() {
    let stage = Stage::with(settings()).await;
    let booked = stage.hub.book(&at("09:00")).await;
    for (end, status) in [
        ("GET /requests", 404),
        ("/bookings", 404),
        ("/confirmInsert", 429),
    ] {
        stage
            .proxy
            .plan(move |call| match call.line.ends_with(end) {
                true => Fault::Instead(status),
                false => Fault::None,
            });
        stage.agent().poll().await.unwrap_err();
    }
    stage.proxy.calm();
    stage.agent().poll().await.unwrap();
    stage.assert_confirmed(&booked).await;
    let none: [Value; 0] = [];
    assert_eq!(stage.hub.list("bookings").await, none);
}
