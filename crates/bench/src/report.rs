//! What a case found, as JSON and as a table.

use serde::Serialize;

/// How a ratio is judged.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Aim {
    /// Ours by the limit is to be at least this.
    AtLeast(f64),
    /// Ours by the limit is to be at most this.
    AtMost(f64),
}

/// One figure.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Figure {
    pub(crate) name: &'static str,
    pub(crate) engine: &'static str,
    /// What we reach: the median of the rounds.
    pub(crate) ours: f64,
    /// What it is held against.
    pub(crate) limit: f64,
    pub(crate) unit: &'static str,
    /// The median of the rounds' ratios.
    pub(crate) ratio: f64,
    pub(crate) aim: Aim,
    /// Each round's `[ours, limit]`.
    pub(crate) rounds: Vec<[f64; 2]>,
}

/// The middle one.
pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

impl Figure {
    /// A figure of rounds, each with ours and the limit.
    pub(crate) fn of(
        name: &'static str,
        engine: &'static str,
        unit: &'static str,
        aim: Aim,
        rounds: Vec<[f64; 2]>,
    ) -> Self {
        Self {
            name,
            engine,
            ours: median(rounds.iter().map(|[ours, _]| *ours)),
            limit: median(rounds.iter().map(|[_, limit]| *limit)),
            unit,
            ratio: median(rounds.iter().map(|[ours, limit]| ours / limit)),
            aim,
            rounds,
        }
    }

    /// Whether the aim is reached.
    pub(crate) fn reached(&self) -> bool {
        match self.aim {
            Aim::AtLeast(aim) => self.ratio >= aim,
            Aim::AtMost(aim) => self.ratio <= aim,
        }
    }

    /// Its line in the table.
    pub(crate) fn line(&self) -> String {
        let (sign, aim) = match self.aim {
            Aim::AtLeast(aim) => (">=", aim),
            Aim::AtMost(aim) => ("<=", aim),
        };
        format!(
            "| {} | {} | {:.*} {unit} | {:.*} {unit} | {:.2} | {sign} {aim} | {} |",
            self.name,
            self.engine,
            digits(self.ours),
            self.ours,
            digits(self.limit),
            self.limit,
            self.ratio,
            if self.reached() { "yes" } else { "no" },
            unit = self.unit,
        )
    }
}

/// Digits behind the point that say something.
fn digits(value: f64) -> usize {
    if value < 100.0 { 2 } else { 0 }
}

/// The head of the table.
pub(crate) const HEAD: &str = "| figure | engine | ours | limit | ratio | aim | reached |\n\
                               |---|---|---|---|---|---|---|";
