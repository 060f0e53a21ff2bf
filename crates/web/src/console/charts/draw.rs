//! A chart as SVG, with the same as a table.

use std::fmt::Write;

/// The picture, and the room of the axes in it.
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 180.0;
const LEFT: f64 = 46.0;
const BOTTOM: f64 = 22.0;
const TOP: f64 = 10.0;

/// A line of values; `None`: there is nothing to say of that time.
pub(super) struct Line {
    pub(super) name: String,
    pub(super) values: Vec<Option<f64>>,
}

/// A line as it is drawn.
pub(super) struct Drawn {
    pub(super) name: String,
    pub(super) path: String,
    /// The last value.
    pub(super) last: String,
}

/// A chart.
pub(super) struct Chart {
    pub(super) title: &'static str,
    pub(super) unit: &'static str,
    pub(super) lines: Vec<Drawn>,
    /// What the upper end of the axis says.
    pub(super) top: String,
    /// The first and the last time.
    pub(super) ends: (String, String),
    /// The same as a table, newest first: the time, and a value for each line.
    pub(super) rows: Vec<(String, Vec<String>)>,
}

/// A value in as few digits as say enough.
pub(super) fn number(value: Option<f64>) -> String {
    match value {
        None => "–".to_owned(),
        Some(value) if value.fract() == 0.0 || value >= 100.0 => format!("{value:.0}"),
        Some(value) if value >= 10.0 => format!("{value:.1}"),
        Some(value) => format!("{value:.2}"),
    }
}

/// The next of 1, 2, 5, 10, 20 and so on.
fn round_up(most: f64) -> f64 {
    if most <= 0.0 {
        return 1.0;
    }
    let power = 10_f64.powf(most.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0];
    let step = steps.into_iter().find(|step| step * power >= most);
    step.unwrap_or(10.0) * power
}

#[expect(clippy::cast_precision_loss, reason = "it is drawn")]
fn path(values: &[Option<f64>], top: f64) -> String {
    let mut path = String::new();
    let steps = values.len().saturating_sub(1).max(1) as f64;
    let mut is_new = true;
    for (at, value) in values.iter().enumerate() {
        let Some(value) = value else {
            is_new = true;
            continue;
        };
        let x = LEFT + (WIDTH - LEFT - 4.0) * at as f64 / steps;
        let y = HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / top;
        let pen = if is_new { 'M' } else { 'L' };
        // A point alone is drawn as a short line.
        let dot = if is_new { "h.1" } else { "" };
        let _ = write!(path, "{pen}{x:.1} {y:.1}{dot}");
        is_new = false;
    }
    path
}

impl Chart {
    /// Draws lines over the same times.
    pub(super) fn new(
        title: &'static str,
        unit: &'static str,
        times: &[String],
        lines: &[Line],
    ) -> Self {
        let all = lines.iter().flat_map(|line| &line.values);
        let top = round_up(all.flatten().copied().fold(0.0, f64::max));
        let row = |(at, time): (usize, &String)| {
            let value = |line: &Line| number(line.values.get(at).copied().flatten());
            (time.clone(), lines.iter().map(value).collect())
        };
        let rows = times.iter().enumerate().rev().map(row).collect();
        let drawn = |line: &Line| Drawn {
            name: line.name.clone(),
            path: path(&line.values, top),
            last: number(line.values.last().copied().flatten()),
        };
        let end = |time: Option<&String>| time.cloned().unwrap_or_default();
        Self {
            title,
            unit,
            rows,
            top: number(Some(top)),
            ends: (end(times.first()), end(times.last())),
            lines: lines.iter().map(drawn).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_ends_at_a_round_number_above_all_values() {
        for (most, top) in [(0.0, 1.0), (0.3, 0.5), (7.0, 10.0), (120.0, 200.0)] {
            assert!((round_up(most) - top).abs() < 1e-9, "{most}");
        }
    }

    #[test]
    fn a_line_goes_from_the_left_to_the_right_and_has_gaps_where_nothing_is_known() {
        let drawn = path(&[Some(0.0), Some(2.0), None, Some(1.0)], 2.0);
        assert_eq!(drawn, "M46.0 158.0h.1L242.7 10.0M636.0 84.0h.1");
    }
}
