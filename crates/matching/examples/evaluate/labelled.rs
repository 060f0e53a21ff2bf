//! Labelled sets against the aims.

use std::error::Error;
use std::path::PathBuf;

use slotbridge_matching::{Verdict, factors};

use crate::data::{Labelled, Request};
use crate::wilson::Share;

pub(crate) fn report(folders: &[PathBuf], with_errors: bool) -> Result<(), Box<dyn Error>> {
    let mut pooled = Counts::default();
    for folder in folders {
        let set = Labelled::read(folder)?;
        println!("{}", folder.display());
        let counts = count(&set, with_errors);
        counts.print();
        pooled.add(&counts);
    }
    if folders.len() > 1 {
        println!("all together");
        pooled.print();
    }
    Ok(())
}

#[derive(Default)]
pub(crate) struct Counts {
    /// Requests of people who are patients.
    patients: usize,
    among_candidates: usize,
    same: usize,
    same_right: usize,
    found: usize,
    found_right: usize,
}

impl Counts {
    fn add(&mut self, other: &Self) {
        self.patients += other.patients;
        self.among_candidates += other.among_candidates;
        self.same += other.same;
        self.same_right += other.same_right;
        self.found += other.found;
        self.found_right += other.found_right;
    }

    pub(crate) fn print(&self) {
        let share = |hits, of| Share { of, hits };
        println!(
            "  candidates hold the patient  {}",
            share(self.among_candidates, self.patients).against(0.995)
        );
        println!(
            "  same: precision              {}",
            share(self.same_right, self.same).against(0.9995)
        );
        println!(
            "  same: recall                 {}",
            share(self.same_right, self.patients).against(0.80)
        );
        println!(
            "  same or possible: precision  {}",
            share(self.found_right, self.found).against(0.998)
        );
        println!(
            "  same or possible: recall     {}",
            share(self.found_right, self.patients).against(0.90)
        );
    }
}

pub(crate) fn count(set: &Labelled, with_errors: bool) -> Counts {
    let mut counts = Counts::default();
    for request in &set.requests {
        let candidates = set.matcher.candidates(&request.person);
        let truth = request.truth.as_deref();
        if truth.is_some() {
            counts.patients += 1;
            counts.among_candidates += usize::from(
                candidates
                    .iter()
                    .any(|candidate| Some(candidate.patient) == truth),
            );
        }
        let decision = set.matcher.decide(&request.person);
        let best = decision.best.as_ref().map(|best| best.patient);
        let right = truth.is_some() && best == truth;
        if decision.verdict == Verdict::Same {
            counts.same += 1;
            counts.same_right += usize::from(right);
        }
        if decision.verdict != Verdict::New {
            counts.found += 1;
            counts.found_right += usize::from(right);
        }
        let wrong = decision.verdict != Verdict::New && !right;
        let missed = truth.is_some() && decision.verdict != Verdict::Same;
        if with_errors && (wrong || missed) {
            print_error(set, request, decision.verdict, wrong);
        }
    }
    counts
}

fn print_error(set: &Labelled, request: &Request, verdict: Verdict, wrong: bool) {
    let kind = if wrong { "WRONG" } else { "missed" };
    println!("{kind} {verdict:?} {}: {}", request.id, request.note);
    println!("    {}", request.columns.join("|"));
    println!("    {}", set.matcher.decide(&request.person).explanation);
    let candidates = set.matcher.candidates(&request.person);
    let missing = request.truth.as_deref().filter(|truth| {
        !candidates
            .iter()
            .any(|candidate| candidate.patient == *truth)
    });
    if let Some(columns) = missing.and_then(|truth| set.patients.get(truth)) {
        println!("  no candidate: {}", columns.join("|"));
    }
    for candidate in candidates.iter().take(2) {
        let mark = if request.truth.as_deref() == Some(candidate.patient) {
            '*'
        } else {
            ' '
        };
        let columns = set
            .patients
            .get(candidate.patient)
            .map(|columns| columns.join("|"));
        println!(
            "  {mark} {} {}",
            candidate.score.points,
            columns.unwrap_or_default()
        );
        let evidence: Vec<String> = factors(&candidate.comparison, candidate.rarity)
            .map(|factor| format!("{factor:?}"))
            .collect();
        println!("      {}", evidence.join(" "));
    }
}

/// How precision and recall of the likeliest candidate change with the least score.
pub(crate) fn sweep(folders: &[PathBuf]) -> Result<(), Box<dyn Error>> {
    for folder in folders {
        let set = Labelled::read(folder)?;
        let patients = set
            .requests
            .iter()
            .filter(|request| request.truth.is_some())
            .count();
        let mut scored: Vec<(i32, Verdict, bool)> = Vec::new();
        for request in &set.requests {
            let decision = set.matcher.decide(&request.person);
            if let Some(best) = decision.best {
                let right = request.truth.as_deref() == Some(best.patient);
                scored.push((best.score.points, decision.verdict, right));
            }
        }
        println!("{}", folder.display());
        for least in (-20..=60).step_by(4) {
            let count = |same: bool, right: bool| {
                scored
                    .iter()
                    .filter(|(score, verdict, is_right)| {
                        *score >= least
                            && (!same || *verdict == Verdict::Same)
                            && (!right || *is_right)
                    })
                    .count()
            };
            println!(
                "  {least:>3}  any {:>5} wrong {:>3} recall {:.4}   same {:>5} wrong {:>3} recall {:.4}",
                count(false, false),
                count(false, false) - count(false, true),
                count(false, true) as f64 / patients as f64,
                count(true, false),
                count(true, false) - count(true, true),
                count(true, true) as f64 / patients as f64,
            );
        }
    }
    Ok(())
}
