//! A course as lines of SVG.

use std::fmt::Write;

pub(super) const WIDTH: f64 = 640.0;
pub(super) const HEIGHT: f64 = 160.0;

/// A line of a chart; `None` where there was nothing.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) name: &'static str,
    pub(super) class: &'static str,
    pub(super) values: Vec<Option<f64>>,
}

/// A line's path.
#[derive(Debug)]
pub(super) struct Drawn {
    pub(super) name: &'static str,
    pub(super) class: &'static str,
    pub(super) path: String,
}

/// A value of the axis, and how high it is.
#[derive(Debug)]
pub(super) struct Mark {
    pub(super) text: String,
    pub(super) y: String,
}

/// A chart from nothing to its highest value.
#[derive(Debug)]
pub(super) struct Chart {
    pub(super) lines: Vec<Drawn>,
    pub(super) marks: Vec<Mark>,
}

/// The least round number (1, 2 or 5 times a power of ten) that is not less.
fn round_up(value: f64) -> f64 {
    if value <= 0.0 {
        return 1.0;
    }
    let power = 10_f64.powf(value.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * power);
    let fits = steps.into_iter().find(|step| *step >= value);
    fits.unwrap_or(value)
}

impl Chart {
    pub(super) fn of(lines: Vec<Line>) -> Self {
        let values = lines.iter().flat_map(|line| line.values.iter().flatten());
        let top = round_up(values.copied().fold(0.0, f64::max));
        let draw = |line: Line| Drawn {
            name: line.name,
            class: line.class,
            path: path(&line.values, top),
        };
        let mark = |part: f64| {
            let (value, y) = (top * part, HEIGHT * (1.0 - part));
            Mark {
                text: if top < 10.0 {
                    format!("{value:.1}")
                } else {
                    format!("{value:.0}")
                },
                y: format!("{y:.1}"),
            }
        };
        Self {
            lines: lines.into_iter().map(draw).collect(),
            marks: vec![mark(1.0), mark(0.5), mark(0.0)],
        }
    }
}

/// Each value above the middle of its interval. A value that stands alone is a dot.
fn path(values: &[Option<f64>], top: f64) -> String {
    let (mut path, mut pen_is_down) = (String::new(), false);
    let count = u32::try_from(values.len().max(1)).unwrap_or(u32::MAX);
    for (at, value) in (0_u32..).zip(values) {
        let Some(value) = value else {
            pen_is_down = false;
            continue;
        };
        let x = WIDTH * (f64::from(at) + 0.5) / f64::from(count);
        let y = HEIGHT * (1.0 - value / top);
        let command = if pen_is_down { "L" } else { "M" };
        // Writing to a text does not fail.
        let _ = write!(path, "{command}{x:.1} {y:.1}");
        if !pen_is_down {
            path.push_str("h0.1");
        }
        pen_is_down = true;
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_ends_at_a_round_number() {
        for (value, top) in [
            (0.0, 1.0),
            (0.7, 1.0),
            (1.0, 1.0),
            (3.2, 5.0),
            (5.1, 10.0),
            (1_234.0, 2_000.0),
        ] {
            assert!((round_up(value) - top).abs() < 1e-9, "{value}");
        }
    }

    #[test]
    fn a_gap_is_no_line() {
        let path = path(&[Some(1.0), None, Some(0.0)], 1.0);
        assert_eq!(path, "M106.7 0.0h0.1M533.3 160.0h0.1");
    }
}
