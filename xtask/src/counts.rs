//! How many tests ran, read off the closing lines of the test runners.

use std::fmt;
use std::ops::AddAssign;

/// The tests of one run, or of several added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

/// Which runner's closing lines to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Runner {
    /// `Summary [ 0.1s] 5 tests run: 3 passed (1 slow), 1 failed, 1 timed out, 0 skipped`
    Nextest,
    /// `test result: ok. 2 passed; 0 failed; 1 ignored; …`, once per crate
    Libtest,
}

impl Runner {
    /// The counts in what the runner printed; `None` where it printed no closing line.
    pub(crate) fn read(self, printed: &str) -> Option<Counts> {
        let mut total = None;
        for line in printed.lines() {
            let line = without_colours(line);
            let counted = match self {
                Self::Nextest => nextest_summary(&line),
                Self::Libtest => libtest_summary(&line),
            };
            if let Some(counts) = counted {
                *total.get_or_insert_with(Counts::default) += counts;
            }
        }
        total
    }
}

fn nextest_summary(line: &str) -> Option<Counts> {
    let rest = line.trim_start().strip_prefix("Summary [")?;
    let (_, results) = rest.split_once(" run: ")?;
    let mut counts = Counts::default();
    for part in without_parentheses(results).split(',') {
        let Some((number, kind)) = number_and_kind(part) else {
            continue;
        };
        match kind {
            "passed" => counts.passed += number,
            "skipped" => counts.skipped += number,
            // failed, exec failed, timed out, and whatever a later version adds.
            _ => counts.failed += number,
        }
    }
    Some(counts)
}

fn libtest_summary(line: &str) -> Option<Counts> {
    let rest = line.trim_start().strip_prefix("test result: ")?;
    let (_, results) = rest.split_once(". ")?;
    let mut counts = Counts::default();
    for part in results.split(';') {
        match number_and_kind(part) {
            Some((number, "passed")) => counts.passed += number,
            Some((number, "failed")) => counts.failed += number,
            Some((number, "ignored")) => counts.skipped += number,
            _ => {}
        }
    }
    Some(counts)
}

fn number_and_kind(part: &str) -> Option<(u64, &str)> {
    let (number, kind) = part.trim().split_once(' ')?;
    Some((number.parse().ok()?, kind.trim()))
}

fn without_parentheses(text: &str) -> String {
    let mut depth = 0_u32;
    let mut kept = String::new();
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => kept.push(c),
            _ => {}
        }
    }
    kept
}

/// The line as it reads where the terminal's colour sequences (`ESC [ … m`) are not shown.
fn without_colours(line: &str) -> String {
    let mut kept = String::new();
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            chars.by_ref().find(char::is_ascii_alphabetic);
        } else {
            kept.push(c);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nextest_counts_every_way_to_fail_as_failed() {
        let line = "     Summary [   1.9s] 12/14 tests run: 7 passed (1 slow, 1 leaky), \
                    2 failed (1 due to being leaky), 1 exec failed, 2 timed out, 3 skipped";
        let counts = Runner::Nextest.read(line);
        assert_eq!(
            counts,
            Some(Counts {
                passed: 7,
                failed: 5,
                skipped: 3
            })
        );
    }

    #[test]
    fn nextest_counts_a_single_test() {
        let counts = Runner::Nextest.read("Summary [ 0.0s] 1 test run: 1 passed, 0 skipped\n");
        assert_eq!(
            counts,
            Some(Counts {
                passed: 1,
                failed: 0,
                skipped: 0
            })
        );
    }

    #[test]
    fn nextest_is_read_through_its_colours() {
        let line = "\u{1b}[32;1m     Summary\u{1b}[0m [   0.0s] \u{1b}[1m3\u{1b}[0m tests run: \
                    \u{1b}[1m3\u{1b}[0m \u{1b}[32;1mpassed\u{1b}[0m, \u{1b}[1m0\u{1b}[0m skipped";
        let counts = Runner::Nextest.read(line);
        assert_eq!(
            counts,
            Some(Counts {
                passed: 3,
                failed: 0,
                skipped: 0
            })
        );
    }

    #[test]
    fn libtest_adds_up_the_crates() {
        let printed = "\
            test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; x\n\
            something a test printed\n\
            test result: FAILED. 3 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; x\n";
        let counts = Runner::Libtest.read(printed);
        assert_eq!(
            counts,
            Some(Counts {
                passed: 5,
                failed: 1,
                skipped: 1
            })
        );
    }

    #[test]
    fn no_closing_line_is_no_count() {
        assert_eq!(Runner::Nextest.read("error: could not compile"), None);
        assert_eq!(Runner::Libtest.read("12 tests run: 12 passed"), None);
    }

    #[test]
    fn the_plain_line_names_skipped_tests_only_when_there_are_any() {
        let mut counts = Counts {
            passed: 2,
            failed: 0,
            skipped: 0,
        };
        assert_eq!(counts.to_string(), "2 passed, 0 failed");
        counts += Counts {
            passed: 1,
            failed: 1,
            skipped: 4,
        };
        assert_eq!(counts.to_string(), "3 passed, 1 failed, 4 skipped");
    }
}
