//! A row of steps: each announced, timed and, at the end, listed with what came of it.

use std::fmt::Display;
use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use crate::command::{cannot_run, moment, status};
use crate::counts::{Counts, Runner};

/// How a step ended.
#[derive(Debug, Default)]
pub(crate) struct Ended {
    /// The tests it ran, if it runs tests and got so far.
    pub(crate) counts: Option<Counts>,
    /// Why it failed, if it did.
    pub(crate) failure: Option<String>,
}

impl Ended {
    /// It could not even be started.
    pub(crate) fn badly(why: String) -> Self {
        Self {
            counts: None,
            failure: Some(why),
        }
    }
}

/// Runs a command as a step, its output going where ours goes.
pub(crate) fn plain(command: &mut Command) -> Ended {
    let failure = match status(command) {
        Ok(ended) if ended.success() => None,
        Ok(ended) => Some(ended.to_string()),
        Err(why) => Some(why),
    };
    Ended {
        counts: None,
        failure,
    }
}

/// Runs a test runner as a step: shows what it prints and reads the counts from it.
pub(crate) fn counted(command: &mut Command, runner: Runner) -> Ended {
    match run_counted(command, runner) {
        Ok(ended) => ended,
        Err(why) => Ended::badly(why),
    }
}

fn run_counted(command: &mut Command, runner: Runner) -> Result<Ended, String> {
    let from_stderr = runner == Runner::Nextest;
    if std::io::stderr().is_terminal() && std::env::var_os("CARGO_TERM_COLOR").is_none() {
        // Through a pipe, cargo would print without colours.
        command.env("CARGO_TERM_COLOR", "always");
    }
    if from_stderr {
        command.stderr(Stdio::piped());
    } else {
        command.stdout(Stdio::piped());
    }
    let mut child = command
        .spawn()
        .map_err(|error| cannot_run(command, &error))?;
    let printed = match (child.stderr.take(), child.stdout.take()) {
        (Some(stderr), _) => pass_on(stderr, std::io::stderr()),
        (_, Some(stdout)) => pass_on(stdout, std::io::stdout()),
        (None, None) => String::new(),
    };
    let status = child.wait().map_err(|error| cannot_run(command, &error))?;

    let counts = runner.read(&printed);
    let failure = if !status.success() {
        Some(status.to_string())
    } else if counts.is_none() {
        // A green step whose tests nobody counted would hide that none ran.
        Some("no closing line with the number of tests was found in the output".to_owned())
    } else {
        None
    };
    Ok(Ended { counts, failure })
}

/// Copies line by line, and keeps a copy.
fn pass_on(from: impl Read, mut to: impl Write) -> String {
    let mut from = BufReader::new(from);
    let mut kept = Vec::new();
    loop {
        let start = kept.len();
        match from.read_until(b'\n', &mut kept) {
            Ok(0) | Err(_) => break,
            Ok(_) => {
                let _ = to.write_all(kept.get(start..).unwrap_or_default());
            }
        }
    }
    let _ = to.flush();
    String::from_utf8_lossy(&kept).into_owned()
}

/// A step failed and has been reported: the rest is not worth running.
#[derive(Debug)]
pub(crate) struct Stopped;

/// What the steps so far came to.
#[derive(Default)]
pub(crate) struct Report {
    rows: Vec<Row>,
    failure: Option<String>,
}

struct Row {
    name: &'static str,
    result: &'static str,
    counts: Option<Counts>,
    took: Duration,
}

impl Report {
    /// Runs one step. `alone` is the command that runs it by itself.
    pub(crate) fn step(
        &mut self,
        name: &'static str,
        alone: &str,
        work: impl FnOnce() -> Ended,
    ) -> Result<(), Stopped> {
        println!("\n==> {name}: {alone}");
        let start = moment();
        let Ended { counts, failure } = work();
        let took = start.elapsed();
        let result = if failure.is_some() { "FAILED" } else { "ok" };
        println!("<== {name}: {result} in {}", seconds(took));
        self.rows.push(Row {
            name,
            result,
            counts,
            took,
        });
        match failure {
            None => Ok(()),
            Some(why) => {
                self.failure = Some(format!(
                    "FAILED: {name} ({why}). The steps after it did not run.\n\
                     To run this step alone: {alone}"
                ));
                Err(Stopped)
            }
        }
    }

    /// Says that a step is left out, now and in the table at the end.
    pub(crate) fn left_out(&mut self, name: &'static str, why: &str) {
        println!("\n==> {name}: NOT RUN. {why}");
        let took = Duration::ZERO;
        self.rows.push(Row {
            name,
            result: "NOT RUN",
            counts: None,
            took,
        });
    }

    /// Whether all went well with not one test.
    pub(crate) fn counted_no_test(&self) -> bool {
        let ran = |counts: &Counts| counts.passed + counts.failed > 0;
        self.failure.is_none()
            && !self
                .rows
                .iter()
                .filter_map(|row| row.counts)
                .any(|c| ran(&c))
    }

    /// Prints the table and, if any tests ran, their number alone on the last line.
    pub(crate) fn close(self) -> ExitCode {
        println!(
            "\n{:<22} {:<8} {:>7} {:>7} {:>8} {:>9}",
            "", "", "passed", "failed", "skipped", ""
        );
        for Row {
            name,
            result,
            counts,
            took,
        } in &self.rows
        {
            let cell = |of: fn(&Counts) -> u64| {
                counts
                    .as_ref()
                    .map_or_else(String::new, |counts| of(counts).to_string())
            };
            let (passed, failed) = (cell(|c| c.passed), cell(|c| c.failed));
            let (skipped, took) = (cell(|c| c.skipped), seconds(*took));
            println!("{name:<22} {result:<8} {passed:>7} {failed:>7} {skipped:>8} {took:>9}");
        }
        println!();
        if let Some(failure) = &self.failure {
            println!("{failure}");
        }
        let counted: Vec<Counts> = self.rows.iter().filter_map(|row| row.counts).collect();
        if !counted.is_empty() {
            let mut total = Counts::default();
            counted.into_iter().for_each(|counts| total += counts);
            println!("{total}");
        }
        if self.failure.is_some() {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        }
    }
}

fn seconds(took: Duration) -> impl Display {
    format!("{:.1} s", took.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_test_runner_is_counted_from_the_stream_it_closes_on() {
        let summary = "Summary [ 0.1s] 2 tests run: 2 passed, 1 skipped";
        let ended = counted(
            &mut shell(&format!("echo '{summary}' >&2")),
            Runner::Nextest,
        );
        assert_eq!(
            ended.counts,
            Some(Counts {
                passed: 2,
                failed: 0,
                skipped: 1
            })
        );
        assert_eq!(ended.failure, None);
    }

    #[test]
    fn a_failing_test_runner_fails_and_is_still_counted() {
        let script = "echo 'test result: FAILED. 1 passed; 2 failed; 0 ignored;'; exit 101";
        let ended = counted(&mut shell(script), Runner::Libtest);
        assert_eq!(
            ended.counts,
            Some(Counts {
                passed: 1,
                failed: 2,
                skipped: 0
            })
        );
        assert!(ended.failure.unwrap().contains("101"));
    }

    #[test]
    fn a_test_runner_that_says_no_number_fails() {
        let ended = counted(&mut shell("true"), Runner::Nextest);
        assert!(ended.failure.unwrap().contains("number of tests"));
    }

    #[test]
    fn a_program_that_is_not_there_fails_the_step() {
        let ended = plain(&mut Command::new("slotbridge-no-such-program"));
        assert!(
            ended
                .failure
                .unwrap()
                .contains("slotbridge-no-such-program")
        );
    }

    #[test]
    fn a_failed_step_stops_the_row() {
        let mut report = Report::default();
        let fails = || Ended::badly("it broke".to_owned());
        assert!(
            report
                .step("first", "true", || plain(&mut shell("true")))
                .is_ok()
        );
        assert!(report.step("second", "false", fails).is_err());
        let failure = report.failure.unwrap();
        assert!(failure.contains("second (it broke)"), "{failure}");
        assert!(
            failure.contains("To run this step alone: false"),
            "{failure}"
        );
    }
}
