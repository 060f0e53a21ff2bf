//! The life of a booking (BOOK-2 to BOOK-10): what each event makes of it.
//!
//! ```text
//! Requested --confirmInsert, 20 seconds, by hand--> Confirmed --cancel--> Cancelled
//! Requested --rejectInsert within 20 seconds--> Rejected
//! Requested --cancel--> Cancelled
//! ```
//!
//! Beside the status, which is the patient's view, stands the PMS's answer to the insert. The two
//! part ways when an answer is late. Each method takes the booking as it is and gives the
//! [`Change`] to write: the booking as it will be and what follows from it. Nothing here writes.

use crate::names::names;
use jiff::{SignedDuration, Timestamp};

/// A booking that is not rejected within this many seconds stands (BOOK-3).
pub const SECONDS_TO_REJECT: i64 = 20;

/// Where a booking stands for the patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Made, neither confirmed nor rejected.
    Requested,
    /// It stands.
    Confirmed,
    /// The PMS refused it in time.
    Rejected,
    /// Cancelled by the patient, the practice or the PMS.
    Cancelled,
}

/// What the PMS, or staff in its place, said to the insert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PmsAnswer {
    /// Nothing yet.
    None,
    /// `confirmInsert`.
    Confirmed,
    /// `rejectInsert`, in time or late.
    Rejected,
    /// Staff entered it by hand.
    EnteredByHand,
}

/// A mark on a Confirmed booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attendance {
    /// The patient did not come.
    DidNotAttend,
    /// The patient came.
    Attended,
}

/// Something that the practice's staff must look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alert {
    /// The PMS rejected a booking that already stood (BOOK-5).
    LateRejection,
    /// The PMS confirmed a booking again with other ids (BOOK-4).
    IdsReplaced,
    /// The PMS rejected a cancellation (BOOK-8).
    UpdateRejected,
}

/// What follows from an event, to be written with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The booking leaves the list of `GET /requests/bookings`.
    ResolveInsert,
    /// The PMS is asked to take note of the cancellation.
    RaiseUpdate,
    /// The cancellation needs no answer any more.
    ResolveUpdates,
    /// A question about the appointment needs no answer any more.
    ResolveChanges,
    /// The slot is off until the next snapshot of that resource and day.
    BlockSlot,
    /// The PMS is asked for that resource and day.
    RaiseAvailability,
    /// Staff must look.
    Raise(Alert),
    /// Staff need not look any more.
    Clear(Alert),
}

/// Why an event is refused; the text is public.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A confirm or cancel of a rejected booking.
    #[error("the booking was rejected before; it cannot be changed any more")]
    Rejected,
    /// A reject of a confirmed booking.
    #[error("the insert was confirmed before; to take it back, cancel the booking")]
    Confirmed,
    /// A mark on a booking that is not Confirmed.
    #[error("only a confirmed booking can be marked as attended or not attended")]
    NotConfirmed,
    /// A mark on an appointment that is yet to come.
    #[error("the appointment's day is still to come at the practice")]
    DayToCome,
    /// Something that needs a live booking.
    #[error("the booking is cancelled")]
    Cancelled,
}

/// How the ids of a `confirmInsert` compare with those known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ids {
    /// None were known.
    First,
    /// The same.
    Same,
    /// Others: the PMS inserted anew.
    Different,
}

/// A booking as the rules see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Life {
    /// The patient's view.
    pub status: Status,
    /// The PMS's answer to the insert.
    pub pms_answer: PmsAnswer,
    /// Whether a list has handed it to the PMS.
    pub handed_out: bool,
    /// The mark, if any.
    pub attendance: Option<Attendance>,
    /// Whether it takes its time on the resource (AVAIL-3): while it is live, and after a
    /// cancellation until the PMS has taken note.
    pub occupies: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

/// What an event makes of a booking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The booking afterwards.
    pub life: Life,
    /// What follows.
    pub effects: Vec<Effect>,
}

impl Life {
    /// A booking that was just made.
    #[must_use]
    pub const fn new(created_at: Timestamp) -> Self {
        Self {
            status: Status::Requested,
            pms_answer: PmsAnswer::None,
            handed_out: false,
            attendance: None,
            occupies: true,
            created_at,
        }
    }

    /// The instant at which it stands unless rejected before (BOOK-3).
    #[must_use]
    pub fn decided_by(&self) -> Timestamp {
        self.created_at
            .saturating_add(SignedDuration::from_secs(SECONDS_TO_REJECT))
            .unwrap_or(Timestamp::MAX)
    }

    /// The booking as the 20-second rule has it at `now`, whether or not the timer has run
    /// (BOOK-5: the clock decides, not the timer).
    #[must_use]
    pub fn at(mut self, now: Timestamp) -> Self {
        if self.status == Status::Requested && now >= self.decided_by() {
            self.status = Status::Confirmed;
        }
        self
    }

    /// Whether the PMS has it as an appointment, as far as is known: it confirmed it, or staff
    /// entered it, and nobody has cancelled it.
    #[must_use]
    pub fn is_in_pms(self) -> bool {
        let answered = matches!(
            self.pms_answer,
            PmsAnswer::Confirmed | PmsAnswer::EnteredByHand
        );
        answered && self.status == Status::Confirmed
    }

    fn unchanged(self) -> Change {
        Change {
            life: self,
            effects: Vec::new(),
        }
    }

    /// `confirmInsert` (BOOK-4, BOOK-7, BOOK-9).
    ///
    /// # Errors
    /// After a reject in time.
    pub fn confirm_insert(mut self, ids: Ids) -> Result<Change, Refusal> {
        let answer_before = self.pms_answer;
        self.pms_answer = PmsAnswer::Confirmed;
        let mut effects = vec![Effect::ResolveInsert];
        match self.status {
            Status::Rejected => return Err(Refusal::Rejected),
            // The PMS now has what is cancelled here: it must hear of it, again if need be.
            Status::Cancelled => {
                self.occupies = true;
                effects.push(Effect::RaiseUpdate);
            }
            Status::Requested | Status::Confirmed => self.status = Status::Confirmed,
        }
        match (answer_before, ids) {
            (PmsAnswer::Confirmed, Ids::Different) => {
                effects.push(Effect::Raise(Alert::IdsReplaced));
            }
            (PmsAnswer::Rejected, _) => effects.push(Effect::Clear(Alert::LateRejection)),
            _ => {}
        }
        Ok(Change {
            life: self,
            effects,
        })
    }

    /// `rejectInsert` (BOOK-5, BOOK-7).
    ///
    /// # Errors
    /// After a confirm.
    pub fn reject_insert(mut self, now: Timestamp) -> Result<Change, Refusal> {
        match self.pms_answer {
            PmsAnswer::Confirmed | PmsAnswer::EnteredByHand => return Err(Refusal::Confirmed),
            PmsAnswer::Rejected => return Ok(self.unchanged()),
            PmsAnswer::None => self.pms_answer = PmsAnswer::Rejected,
        }
        let mut effects = vec![Effect::ResolveInsert, Effect::RaiseAvailability];
        match self.at(now).status {
            Status::Requested | Status::Rejected => {
                self.status = Status::Rejected;
                self.occupies = false;
                effects.push(Effect::BlockSlot);
            }
            Status::Confirmed => {
                self.status = Status::Confirmed;
                effects.push(Effect::Raise(Alert::LateRejection));
            }
            Status::Cancelled => {
                self.occupies = false;
                effects.extend([Effect::ResolveUpdates, Effect::BlockSlot]);
            }
        }
        Ok(Change {
            life: self,
            effects,
        })
    }

    /// The PMS, or staff, answered the cancellation with this or that (BOOK-8).
    #[must_use]
    pub fn answer_update(mut self, confirmed: bool) -> Change {
        if self.status == Status::Cancelled {
            self.occupies = false;
        }
        let effects = if confirmed {
            vec![]
        } else {
            vec![Effect::Raise(Alert::UpdateRejected)]
        };
        Change {
            life: self,
            effects,
        }
    }

    /// `cancel` by the PMS (BOOK-9).
    ///
    /// # Errors
    /// On a rejected booking.
    pub fn cancel_by_pms(mut self) -> Result<Change, Refusal> {
        if self.status == Status::Rejected {
            return Err(Refusal::Rejected);
        }
        self.status = Status::Cancelled;
        self.occupies = false;
        let effects = vec![
            Effect::ResolveInsert,
            Effect::ResolveUpdates,
            Effect::ResolveChanges,
            Effect::Clear(Alert::LateRejection),
        ];
        Ok(Change {
            life: self,
            effects,
        })
    }

    /// A cancellation by the patient or the practice (BOOK-7).
    ///
    /// # Errors
    /// On a rejected booking.
    pub fn cancel_here(mut self) -> Result<Change, Refusal> {
        match self.status {
            Status::Rejected => return Err(Refusal::Rejected),
            Status::Cancelled => return Ok(self.unchanged()),
            Status::Requested | Status::Confirmed => self.status = Status::Cancelled,
        }
        let mut effects = vec![Effect::ResolveInsert, Effect::Clear(Alert::LateRejection)];
        let pms_may_have_it = match self.pms_answer {
            PmsAnswer::Confirmed | PmsAnswer::EnteredByHand => true,
            PmsAnswer::None => self.handed_out,
            PmsAnswer::Rejected => false,
        };
        self.occupies = pms_may_have_it;
        if pms_may_have_it {
            effects.push(Effect::RaiseUpdate);
        }
        Ok(Change {
            life: self,
            effects,
        })
    }

    /// Staff entered the booking into the PMS by hand (BOOK-2).
    ///
    /// # Errors
    /// On a rejected or cancelled booking.
    pub fn entered_by_hand(mut self) -> Result<Change, Refusal> {
        match (self.status, self.pms_answer) {
            (Status::Rejected, _) => return Err(Refusal::Rejected),
            (Status::Cancelled, _) => return Err(Refusal::Cancelled),
            (_, PmsAnswer::Confirmed) => return Ok(self.unchanged()),
            _ => {}
        }
        self.status = Status::Confirmed;
        self.pms_answer = PmsAnswer::EnteredByHand;
        let effects = vec![Effect::ResolveInsert, Effect::Clear(Alert::LateRejection)];
        Ok(Change {
            life: self,
            effects,
        })
    }

    /// `didNotAttend`, or attended (BOOK-10).
    ///
    /// # Errors
    /// On a booking that is not Confirmed, or whose day is still to come.
    pub fn attendance(mut self, mark: Attendance, day_to_come: bool) -> Result<Change, Refusal> {
        if self.status != Status::Confirmed {
            return Err(Refusal::NotConfirmed);
        }
        if day_to_come {
            return Err(Refusal::DayToCome);
        }
        self.attendance = Some(mark);
        Ok(Change {
            life: self,
            effects: vec![Effect::ResolveChanges],
        })
    }

    /// The 20 seconds are over (BOOK-3). `None` if there is nothing left to decide.
    #[must_use]
    pub fn stand(self, now: Timestamp) -> Option<Self> {
        let stood = self.at(now);
        (stood != self).then_some(stood)
    }
}

names!(Status {
    Status::Requested = "requested",
    Status::Confirmed = "confirmed",
    Status::Rejected = "rejected",
    Status::Cancelled = "cancelled",
});
names!(PmsAnswer {
    PmsAnswer::None = "none",
    PmsAnswer::Confirmed = "confirmed",
    PmsAnswer::Rejected = "rejected",
    PmsAnswer::EnteredByHand = "enteredByHand",
});
names!(Attendance {
    Attendance::DidNotAttend = "didNotAttend",
    Attendance::Attended = "attended",
});
names!(Alert {
    Alert::LateRejection = "lateRejection",
    Alert::IdsReplaced = "idsReplaced",
    Alert::UpdateRejected = "updateRejected",
});

#[cfg(test)]
mod tests {
    use super::*;
    use Effect::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    fn booking() -> Life {
        Life::new(at(0))
    }

    fn handed_out() -> Life {
        Life {
            handed_out: true,
            ..booking()
        }
    }

    #[test]
    fn twenty_seconds_exactly_are_too_late_to_reject_book_5() {
        let in_time = handed_out().reject_insert(at(19)).unwrap();
        assert_eq!(in_time.life.status, Status::Rejected);
        assert!(in_time.effects.contains(&BlockSlot));
        assert!(!in_time.life.occupies);

        let late = handed_out().reject_insert(at(20)).unwrap();
        assert_eq!(late.life.status, Status::Confirmed);
        assert_eq!(
            late.effects,
            [
                ResolveInsert,
                RaiseAvailability,
                Raise(Alert::LateRejection)
            ]
        );
        assert!(late.life.occupies);
    }

    #[test]
    fn a_confirm_after_a_late_reject_clears_the_alert_book_5() {
        let late = handed_out().reject_insert(at(30)).unwrap().life;
        let change = late.confirm_insert(Ids::First).unwrap();
        assert_eq!(change.effects, [ResolveInsert, Clear(Alert::LateRejection)]);
    }

    #[test]
    fn a_confirm_after_a_reject_in_time_is_refused_book_4() {
        let rejected = handed_out().reject_insert(at(5)).unwrap().life;
        assert_eq!(rejected.confirm_insert(Ids::First), Err(Refusal::Rejected));
        assert_eq!(rejected.cancel_by_pms(), Err(Refusal::Rejected));
    }

    #[test]
    fn the_opposite_answers_are_refused_and_the_same_ones_change_nothing_book_5() {
        let confirmed = handed_out().confirm_insert(Ids::First).unwrap().life;
        assert_eq!(confirmed.reject_insert(at(5)), Err(Refusal::Confirmed));
        let again = confirmed.confirm_insert(Ids::Same).unwrap();
        assert_eq!(
            (again.life, again.effects),
            (confirmed, vec![ResolveInsert])
        );

        let rejected = handed_out().reject_insert(at(5)).unwrap().life;
        assert_eq!(rejected.reject_insert(at(50)).unwrap().effects, []);
    }

    #[test]
    fn other_ids_alert_the_practice_book_4() {
        let confirmed = handed_out().confirm_insert(Ids::First).unwrap().life;
        let change = confirmed.confirm_insert(Ids::Different).unwrap();
        assert!(change.effects.contains(&Raise(Alert::IdsReplaced)));
    }

    #[test]
    fn a_cancellation_reaches_the_pms_only_if_it_may_have_the_booking_book_7() {
        let unseen = booking().cancel_here().unwrap();
        assert!(!unseen.effects.contains(&RaiseUpdate));
        assert!(!unseen.life.occupies);

        let seen = handed_out().cancel_here().unwrap();
        assert!(seen.effects.contains(&RaiseUpdate));
        assert!(seen.life.occupies, "the PMS may still have it");

        let late_rejected = handed_out().reject_insert(at(30)).unwrap().life;
        assert!(
            !late_rejected
                .cancel_here()
                .unwrap()
                .effects
                .contains(&RaiseUpdate)
        );
    }

    #[test]
    fn a_late_confirm_of_a_cancelled_booking_raises_an_update_book_7_book_9() {
        let cancelled = handed_out()
            .cancel_here()
            .unwrap()
            .life
            .answer_update(true)
            .life;
        assert!(!cancelled.occupies);
        let late = cancelled.confirm_insert(Ids::First).unwrap();
        assert_eq!(late.life.status, Status::Cancelled);
        assert!(late.effects.contains(&RaiseUpdate));
        assert!(late.life.occupies);

        let by_pms = handed_out().cancel_by_pms().unwrap().life;
        assert!(
            by_pms
                .confirm_insert(Ids::First)
                .unwrap()
                .effects
                .contains(&RaiseUpdate)
        );
    }

    #[test]
    fn a_late_reject_of_a_cancelled_booking_resolves_both_book_7() {
        let cancelled = handed_out().cancel_here().unwrap().life;
        let change = cancelled.reject_insert(at(90)).unwrap();
        assert_eq!(change.life.status, Status::Cancelled);
        assert!(change.effects.contains(&ResolveInsert));
        assert!(change.effects.contains(&ResolveUpdates));
        assert!(!change.life.occupies);
    }

    #[test]
    fn only_a_confirmed_booking_is_marked_and_not_before_its_day_book_10() {
        let mark = Attendance::DidNotAttend;
        assert_eq!(
            booking().attendance(mark, false),
            Err(Refusal::NotConfirmed)
        );
        let confirmed = booking().at(at(20));
        assert_eq!(confirmed.attendance(mark, true), Err(Refusal::DayToCome));
        let marked = confirmed.attendance(mark, false).unwrap();
        assert_eq!(marked.life.attendance, Some(mark));
        assert_eq!(marked.effects, [ResolveChanges]);
        let cancelled = confirmed.cancel_by_pms().unwrap().life;
        assert_eq!(
            cancelled.attendance(mark, false),
            Err(Refusal::NotConfirmed)
        );
    }

    #[test]
    fn the_rule_decides_once_book_3() {
        assert_eq!(booking().stand(at(19)), None);
        let stood = booking().stand(at(20)).unwrap();
        assert_eq!(stood.status, Status::Confirmed);
        assert_eq!(stood.stand(at(21)), None);
    }

    #[test]
    fn staff_may_enter_it_by_hand_and_a_confirm_still_comes_book_2() {
        let by_hand = handed_out().entered_by_hand().unwrap();
        assert_eq!(by_hand.life.status, Status::Confirmed);
        assert!(by_hand.effects.contains(&ResolveInsert));
        assert_eq!(by_hand.life.reject_insert(at(5)), Err(Refusal::Confirmed));
        assert!(by_hand.life.confirm_insert(Ids::First).is_ok());
    }
}
