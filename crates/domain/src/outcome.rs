//! What has become of bookings, as operators count it.

use crate::booking::{Life, PmsAnswer, Status};

/// Who cancels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Canceller {
    /// The patient.
    Patient,
    /// The practice, by an operator.
    Practice,
    /// The PMS.
    Pms,
}

/// Something that is counted of bookings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A booking was made.
    Created,
    /// None was made: the time was taken, or not offered (any more).
    NotAvailable,
    /// The PMS confirmed within the 20 seconds.
    Confirmed,
    /// The 20 seconds ended without an answer (BOOK-3).
    Stood,
    /// The PMS confirmed what had stood, or been cancelled, already.
    ConfirmedLate,
    /// The PMS rejected within the 20 seconds.
    Rejected,
    /// The PMS rejected what stood already (BOOK-5): staff must look.
    RejectedLate,
    /// The PMS rejected what was cancelled already.
    RejectedCancelled,
    /// Staff entered it into the PMS by hand.
    EnteredByHand,
    /// The patient cancelled.
    CancelledByPatient,
    /// The practice cancelled.
    CancelledByPractice,
    /// The PMS cancelled.
    CancelledByPms,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Created,
        Self::NotAvailable,
        Self::Confirmed,
        Self::Stood,
        Self::ConfirmedLate,
        Self::Rejected,
        Self::RejectedLate,
        Self::RejectedCancelled,
        Self::EnteredByHand,
        Self::CancelledByPatient,
        Self::CancelledByPractice,
        Self::CancelledByPms,
    ];

    /// Its name among the figures.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::NotAvailable => "not_available",
            Self::Confirmed => "confirmed",
            Self::Stood => "stood",
            Self::ConfirmedLate => "confirmed_late",
            Self::Rejected => "rejected",
            Self::RejectedLate => "rejected_late",
            Self::RejectedCancelled => "rejected_cancelled",
            Self::EnteredByHand => "entered_by_hand",
            Self::CancelledByPatient => "cancelled_by_patient",
            Self::CancelledByPractice => "cancelled_by_practice",
            Self::CancelledByPms => "cancelled_by_pms",
        }
    }

    /// What an event of somebody's made of a booking, if that is counted.
    #[must_use]
    pub fn of(before: &Life, after: &Life, by: Canceller) -> Option<Self> {
        if after.status == Status::Cancelled && before.status != Status::Cancelled {
            return Some(match by {
                Canceller::Patient => Self::CancelledByPatient,
                Canceller::Practice => Self::CancelledByPractice,
                Canceller::Pms => Self::CancelledByPms,
            });
        }
        if before.pms_answer == after.pms_answer {
            return None;
        }
        match (after.pms_answer, before.status) {
            (PmsAnswer::None, _) => None,
            (PmsAnswer::EnteredByHand, _) => Some(Self::EnteredByHand),
            (PmsAnswer::Confirmed, Status::Requested) => Some(Self::Confirmed),
            (PmsAnswer::Confirmed, _) => Some(Self::ConfirmedLate),
            (PmsAnswer::Rejected, _) => Some(match after.status {
                Status::Confirmed => Self::RejectedLate,
                Status::Cancelled => Self::RejectedCancelled,
                Status::Requested | Status::Rejected => Self::Rejected,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::booking::Ids;
    use jiff::Timestamp;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    fn of(before: &Life, after: &Life) -> Option<Outcome> {
        Outcome::of(before, after, Canceller::Patient)
    }

    #[test]
    fn an_answer_in_time_and_a_late_one_are_told_apart_book_5() {
        let made = Life::new(at(0));
        let stood = made.stand(at(20)).unwrap();
        let confirmed = |life: Life| life.confirm_insert(Ids::First).unwrap().life;
        let rejected = |life: Life, now| life.reject_insert(at(now)).unwrap().life;
        assert_eq!(of(&made, &confirmed(made)), Some(Outcome::Confirmed));
        assert_eq!(of(&stood, &confirmed(stood)), Some(Outcome::ConfirmedLate));
        assert_eq!(of(&made, &rejected(made, 19)), Some(Outcome::Rejected));
        assert_eq!(
            of(&stood, &rejected(stood, 30)),
            Some(Outcome::RejectedLate)
        );
        let cancelled = made.cancel_here().unwrap().life;
        let after = rejected(cancelled, 5);
        assert_eq!(of(&cancelled, &after), Some(Outcome::RejectedCancelled));
    }

    #[test]
    fn the_same_again_is_not_counted() {
        let made = Life::new(at(0));
        let confirmed = made.confirm_insert(Ids::First).unwrap().life;
        let again = confirmed.confirm_insert(Ids::Same).unwrap().life;
        assert_eq!(of(&confirmed, &again), None);
        let cancelled = made.cancel_here().unwrap().life;
        assert_eq!(of(&made, &cancelled), Some(Outcome::CancelledByPatient));
        let again = cancelled.cancel_here().unwrap().life;
        assert_eq!(of(&cancelled, &again), None);
    }

    #[test]
    fn all_are_listed_in_their_order() {
        for (place, outcome) in Outcome::ALL.into_iter().enumerate() {
            assert_eq!(outcome as usize, place, "{outcome:?}");
        }
    }
}
