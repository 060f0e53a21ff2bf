//! Free times, and when their file is read.

use crate::support::{DAY, FREE, Practice, booking, said};
use jiff::civil::{date, datetime};
use slotbridge_agent::adapter::Adapter;
use std::fs::File;

#[tokio::test]
async fn each_day_of_the_range_that_has_something_free_is_given() {
    let practice = Practice::new();
    let free = practice.free("R1").await.unwrap();
    assert_eq!(
        free.keys().copied().collect::<Vec<_>>(),
        [DAY, date(2027, 4, 1)]
    );
    assert_eq!(
        free[&date(2027, 4, 1)][0].pms_appointment_type_ids,
        ["G", "L"]
    );
    assert_eq!(free[&DAY][0].slot_length, 900);
    let one_day = practice.adapter.free_times("R1", DAY, DAY).await.unwrap();
    assert_eq!(one_day.keys().copied().collect::<Vec<_>>(), [DAY]);
    assert!(practice.free("R9").await.unwrap().is_empty());
}

#[tokio::test]
async fn a_range_of_no_days_has_nothing_free() {
    let practice = Practice::new();
    let free = practice
        .adapter
        .free_times("R1", date(2027, 4, 1), DAY)
        .await;
    assert!(free.unwrap().is_empty());
}

#[tokio::test]
async fn midnight_as_an_end_is_the_end_of_the_day() {
    let practice = Practice::new();
    assert_eq!(practice.minutes("R2").await, [(13 * 60, 24 * 60)]);
}

#[tokio::test]
async fn a_resync_of_thirty_days_of_twenty_resources_reads_the_file_once() {
    let practice = Practice::new();
    let mut file = "pmsResourceId,date,start,end,slotSeconds\n".to_owned();
    for resource in 10..30 {
        for day in 1..=30 {
            file += &format!("R{resource},2027-04-{day:02},09:00,12:00,900\n");
        }
    }
    practice.export("free_times.csv", &file);
    practice.changes(None).await;
    // Whoever read it again would see this.
    practice.write_unseen("free_times.csv", &file.replace("12:00", "11:00"));
    for resource in 10..30 {
        let free = practice.free(&format!("R{resource}")).await.unwrap();
        assert_eq!(free.len(), 30);
        assert!(free.values().flatten().all(|range| range.end == 12 * 3600));
    }
}

#[tokio::test]
async fn a_file_of_the_same_time_and_length_in_its_place_is_read() {
    let practice = Practice::new();
    assert_eq!(practice.minutes("R1").await, [(540, 720)]);
    let (path, beside) = (practice.path("free_times.csv"), practice.path("beside"));
    std::fs::write(&beside, FREE.replace("12:00", "11:00")).unwrap();
    let modified = path.metadata().unwrap().modified().unwrap();
    let file = File::options().write(true).open(&beside).unwrap();
    file.set_modified(modified).unwrap();
    std::fs::rename(beside, path).unwrap();
    assert_eq!(practice.minutes("R1").await, [(540, 660)]);
}

#[tokio::test]
async fn a_file_that_is_written_in_place_is_read() {
    let practice = Practice::new();
    assert_eq!(practice.minutes("R1").await, [(540, 720)]);
    let longer = FREE.to_owned() + "R1,2027-03-31,13:00,14:00,900,\n";
    std::fs::write(practice.path("free_times.csv"), longer).unwrap();
    assert_eq!(practice.minutes("R1").await, [(540, 720), (780, 840)]);
}

#[tokio::test]
async fn the_times_of_live_bookings_are_cut_out() {
    let practice = Practice::new();
    practice
        .insert(&booking(7, datetime(2027, 3, 31, 9, 30, 0, 0)))
        .await
        .unwrap();
    let wanted = [(540, 570), (585, 720)];
    assert_eq!(practice.minutes("R1").await, wanted);
    // Also when the PMS exports again and does not know of it yet, or knows.
    practice.export("free_times.csv", FREE);
    assert_eq!(practice.minutes("R1").await, wanted);
    let knows = "pmsResourceId,date,start,end,slotSeconds\nR1,2027-03-31,09:00,09:30,900\n";
    practice.export("free_times.csv", knows);
    assert_eq!(practice.minutes("R1").await, [(540, 570)]);
    // Of another resource or day nothing is cut.
    practice.export("free_times.csv", FREE);
    assert_eq!(practice.minutes("R2").await, [(780, 1440)]);
    assert_eq!(
        practice.free("R1").await.unwrap()[&date(2027, 4, 1)].len(),
        1
    );
}

#[tokio::test]
async fn the_minutes_that_a_booking_touches_are_cut_out_whole() {
    let practice = Practice::new();
    practice
        .insert(&booking(7, datetime(2027, 3, 31, 9, 30, 30, 0)))
        .await
        .unwrap();
    let free = practice.free("R1").await.unwrap();
    let ends: Vec<_> = free[&DAY]
        .iter()
        .map(|range| (range.start, range.end))
        .collect();
    assert_eq!(ends, [(32_400, 34_200), (35_160, 43_200)]);
}

#[tokio::test]
async fn the_time_of_a_cancelled_booking_is_free_only_if_the_export_says_so() {
    let practice = Practice::new();
    practice
        .insert(&booking(7, datetime(2027, 3, 31, 9, 0, 0, 0)))
        .await
        .unwrap();
    let taken = "pmsResourceId,date,start,end,slotSeconds\nR1,2027-03-31,09:15,12:00,900\n";
    practice.export("free_times.csv", taken);
    practice.adapter.cancel(7, &[]).await.unwrap();
    assert_eq!(practice.minutes("R1").await, [(555, 720)]);
    practice.export("free_times.csv", FREE);
    assert_eq!(practice.minutes("R1").await, [(540, 720)]);
}

#[tokio::test]
async fn times_that_make_no_sense_are_faults() {
    let practice = Practice::new();
    let of = |start: &str, end: &str, slot: &str| {
        format!("pmsResourceId,date,start,end,slotSeconds\nR1,2027-03-31,{start},{end},{slot}\n")
    };
    let time = "must be a time in whole minutes such as 09:00, to 24:00";
    let slot = "must be 0, for the length of the appointment type, or from 60 to 86400";
    let after = "must be after start";
    for (row, column, why) in [
        (of("09:00", "09:00", "900"), "end", after),
        (of("10:00", "09:00", "900"), "end", after),
        (of("24:00", "24:00", "900"), "end", after),
        (of("09:00", "24:01", "900"), "end", time),
        (of("09:00:30", "10:00", "900"), "start", time),
        (of("9am", "10:00", "900"), "start", time),
        (of("09:60", "10:00", "900"), "start", time),
        (of("09:00", "+9:10", "900"), "end", time),
        (of("", "10:00", "900"), "start", time),
        (of("09:00", "10:00", "59"), "slotSeconds", slot),
        (of("09:00", "10:00", "-1"), "slotSeconds", slot),
        (of("09:00", "10:00", "86401"), "slotSeconds", slot),
        (of("09:00", "10:00", "15m"), "slotSeconds", slot),
    ] {
        practice.export("free_times.csv", &row);
        let error = said(practice.free("R1").await);
        assert_eq!(error, format!("free_times.csv:2: {column}: {why}"), "{row}");
    }
    for right in [of("9:00", "09:15:00", "60"), of("00:00", "24:00", "86400")] {
        practice.export("free_times.csv", &right);
        assert_eq!(practice.minutes("R1").await.len(), 1, "{right}");
    }
}

#[tokio::test]
async fn days_are_written_one_way() {
    let practice = Practice::new();
    for day in [
        "31/03/2027",
        "20270331",
        "2027-02-30",
        "2027-03-31T09:00",
        "",
    ] {
        let row = format!("pmsResourceId,date,start,end,slotSeconds\nR1,{day},09:00,10:00,0\n");
        practice.export("free_times.csv", row);
        let error = said(practice.free("R1").await);
        assert_eq!(
            error,
            "free_times.csv:2: date: must be a date such as 2027-03-31"
        );
    }
}
