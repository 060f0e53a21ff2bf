//! With whom there is trouble: a hub that answers hides no PMS that does not, nor the other way round.

use crate::clinic::Side;
use std::collections::BTreeSet;

/// What a service does, over and over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Work {
    /// Asks the hub what is outstanding.
    Poll,
    /// Looks what has changed in the PMS.
    Look,
    /// Sends all that differs.
    All,
}

impl Work {
    const ALL: [Self; 3] = [Self::Poll, Self::Look, Self::All];
}

/// Which side failed which work when that was last done.
pub(super) struct Troubles(BTreeSet<(Side, Work)>);

impl Troubles {
    /// Nothing works before it did.
    pub(super) fn new() -> Self {
        let all = Side::ALL.into_iter();
        Self(
            all.flat_map(|side| Work::ALL.map(|work| (side, work)))
                .collect(),
        )
    }

    /// Takes note of how a work ended, and gives the sides with which there is no trouble any more.
    pub(super) fn note(&mut self, work: Work, failed: Option<Side>) -> Vec<Side> {
        let before = self.sides();
        match failed {
            None => self.0.retain(|(_, of)| *of != work),
            Some(side) => {
                // Without an answer from the hub a work does not get far enough to tell of the PMS.
                if side == Side::Pms {
                    self.0.remove(&(Side::Hub, work));
                }
                self.0.insert((side, work));
            }
        }
        before.difference(&self.sides()).copied().collect()
    }

    fn sides(&self) -> BTreeSet<Side> {
        self.0.iter().map(|(side, _)| *side).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All that works at first.
    fn well() -> Troubles {
        let mut troubles = Troubles::new();
        for work in Work::ALL {
            troubles.note(work, None);
        }
        troubles
    }

    #[test]
    fn a_side_works_when_it_does_in_each_work() {
        let mut troubles = Troubles::new();
        assert_eq!(troubles.note(Work::Poll, None), []);
        assert_eq!(troubles.note(Work::Look, None), []);
        assert_eq!(troubles.note(Work::All, None), Side::ALL);
        assert_eq!(troubles.note(Work::Poll, None), []);
    }

    #[test]
    fn a_hub_that_answers_does_not_hide_a_pms_that_does_not() {
        let mut troubles = well();
        assert_eq!(troubles.note(Work::Look, Some(Side::Pms)), []);
        assert_eq!(troubles.note(Work::Poll, None), []);
        assert_eq!(troubles.note(Work::Poll, Some(Side::Hub)), []);
        assert_eq!(troubles.note(Work::Poll, None), [Side::Hub]);
        assert_eq!(troubles.note(Work::Look, None), [Side::Pms]);
    }

    #[test]
    fn what_the_hub_does_not_answer_says_nothing_of_the_pms() {
        let mut troubles = well();
        troubles.note(Work::Poll, Some(Side::Pms));
        assert_eq!(troubles.note(Work::Poll, Some(Side::Hub)), []);
        assert_eq!(troubles.note(Work::Poll, Some(Side::Pms)), [Side::Hub]);
    }
}
