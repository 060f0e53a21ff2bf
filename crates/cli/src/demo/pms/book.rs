//! The appointment book: who has which time of which doctor, and what of a day is free.

use jiff::civil::{Date, DateTime};
use slotbridge_client::wire::availability::AvailabilityRange;
use std::collections::BTreeMap;

/// An entry of the book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Appointment {
    /// The doctor.
    pub(super) resource: String,
    /// The day.
    pub(super) day: Date,
    /// From when, in seconds since midnight.
    pub(super) start: u32,
    /// Until when.
    pub(super) end: u32,
    /// The hub's booking that it was made for; none for one made at the desk.
    pub(super) booking: Option<i64>,
}

impl Appointment {
    /// An appointment at a time of the wall clock.
    pub(super) fn at(resource: &str, time: DateTime, seconds: i64, booking: Option<i64>) -> Self {
        let start = u32::try_from(time.hour()).unwrap_or_default() * 3600
            + u32::try_from(time.minute()).unwrap_or_default() * 60
            + u32::try_from(time.second()).unwrap_or_default();
        let end = start.saturating_add(u32::try_from(seconds).unwrap_or_default());
        Self {
            resource: resource.to_owned(),
            day: time.date(),
            start,
            end,
            booking,
        }
    }
}

/// Why an appointment cannot be entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clash {
    /// Somebody has the time, or a part of it.
    Taken,
    /// It lies outside the working hours.
    Closed,
}

/// The book. Every day has the same working hours.
pub(super) struct Book {
    hours: Vec<AvailabilityRange>,
    appointments: BTreeMap<String, Appointment>,
    series: i64,
    next: u32,
}

impl Book {
    /// An empty book. `series` tells its appointments' ids from those of earlier books.
    pub(super) fn new(hours: Vec<AvailabilityRange>, series: i64) -> Self {
        Self {
            hours,
            appointments: BTreeMap::new(),
            series,
            next: 1,
        }
    }

    /// Enters an appointment and gives its id. For a booking that is in the book already, that is
    /// the id it has.
    pub(super) fn enter(&mut self, new: Appointment) -> Result<String, Clash> {
        if let Some(id) = new.booking.and_then(|booking| self.of_booking(booking)) {
            return Ok(id);
        }
        if !self
            .hours
            .iter()
            .any(|open| open.start <= new.start && new.end <= open.end)
        {
            return Err(Clash::Closed);
        }
        if self
            .on(&new.resource, new.day)
            .any(|old| old.start < new.end && new.start < old.end)
        {
            return Err(Clash::Taken);
        }
        let id = format!("{}-{}", self.series, self.next);
        self.next += 1;
        self.appointments.insert(id.clone(), new);
        Ok(id)
    }

    /// Strikes an appointment out.
    pub(super) fn strike(&mut self, id: &str) -> Option<Appointment> {
        self.appointments.remove(id)
    }

    /// Whether an appointment is in the book.
    pub(super) fn has(&self, id: &str) -> bool {
        self.appointments.contains_key(id)
    }

    /// The appointment of a booking.
    pub(super) fn of_booking(&self, booking: i64) -> Option<String> {
        let found = self
            .appointments
            .iter()
            .find(|(_, old)| old.booking == Some(booking));
        found.map(|(id, _)| id.clone())
    }

    fn on(&self, resource: &str, day: Date) -> impl Iterator<Item = &Appointment> {
        self.appointments
            .values()
            .filter(move |old| old.resource == resource && old.day == day)
    }

    /// What is free of a doctor's day: the working hours without the appointments.
    pub(super) fn free(&self, resource: &str, day: Date) -> Vec<AvailabilityRange> {
        let mut taken: Vec<(u32, u32)> = self
            .on(resource, day)
            .map(|old| (old.start, old.end))
            .collect();
        taken.sort_unstable();
        let mut free = Vec::new();
        for open in &self.hours {
            let mut from = open.start;
            for (start, end) in taken.iter().filter(|(_, end)| *end > open.start) {
                if *start >= open.end {
                    break;
                }
                if from < *start {
                    free.push(AvailabilityRange {
                        start: from,
                        end: *start,
                        ..open.clone()
                    });
                }
                from = from.max(*end);
            }
            if from < open.end {
                free.push(AvailabilityRange {
                    start: from,
                    ..open.clone()
                });
            }
        }
        free
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const DAY: Date = date(2027, 3, 1);

    fn range(start: u32, end: u32) -> AvailabilityRange {
        let hour = 3600;
        AvailabilityRange {
            start: start * hour,
            end: end * hour,
            slot_length: 1800,
            pms_appointment_type_ids: Vec::new(),
        }
    }

    fn book() -> Book {
        Book::new(vec![range(9, 12), range(13, 17)], 7)
    }

    fn appointment(hour: i8, minutes: i64, booking: Option<i64>) -> Appointment {
        Appointment::at("1", DAY.at(hour, 0, 0, 0), minutes * 60, booking)
    }

    fn free(book: &Book) -> Vec<(u32, u32)> {
        book.free("1", DAY)
            .iter()
            .map(|free| (free.start / 60, free.end / 60))
            .collect()
    }

    #[test]
    fn what_is_taken_is_not_free_and_is_again_when_struck_out() {
        let mut book = book();
        assert_eq!(free(&book), [(540, 720), (780, 1020)]);
        let first = book.enter(appointment(9, 30, None)).unwrap();
        book.enter(appointment(11, 60, None)).unwrap();
        book.enter(appointment(14, 30, None)).unwrap();
        assert_eq!(free(&book), [(570, 660), (780, 840), (870, 1020)]);
        assert!(book.strike(&first).is_some());
        assert_eq!(free(&book), [(540, 660), (780, 840), (870, 1020)]);
        assert_eq!(book.free("2", DAY).len(), 2);
        assert_eq!(book.free("1", DAY.tomorrow().unwrap()).len(), 2);
    }

    #[test]
    fn a_full_day_has_nothing_free() {
        let mut book = book();
        book.enter(appointment(9, 180, None)).unwrap();
        book.enter(appointment(13, 240, None)).unwrap();
        assert_eq!(book.free("1", DAY), []);
    }

    #[test]
    fn no_time_is_given_away_twice() {
        let mut book = book();
        book.enter(appointment(10, 60, None)).unwrap();
        assert_eq!(book.enter(appointment(10, 30, Some(1))), Err(Clash::Taken));
        assert_eq!(book.enter(appointment(9, 90, Some(1))), Err(Clash::Taken));
        assert!(book.enter(appointment(11, 30, Some(1))).is_ok());
    }

    #[test]
    fn nobody_comes_while_it_is_closed() {
        let mut book = book();
        assert_eq!(book.enter(appointment(8, 30, None)), Err(Clash::Closed));
        assert_eq!(book.enter(appointment(12, 30, None)), Err(Clash::Closed));
        assert_eq!(book.enter(appointment(11, 90, None)), Err(Clash::Closed));
    }

    #[test]
    fn the_same_booking_again_is_the_same_appointment() {
        let mut book = book();
        let id = book.enter(appointment(10, 30, Some(5))).unwrap();
        assert_eq!(book.enter(appointment(10, 30, Some(5))), Ok(id.clone()));
        assert_eq!(book.of_booking(5), Some(id));
    }
}
