//! `cargo xtask soak`: the long tests in their full dose.
//!
//! A test is long if its file asks `dose` how much of it to run; what is run is read off the
//! sources, so that a new long test needs no line here.

use crate::command::workspace_root;
use crate::step::{Ended, Report, Stopped};
use crate::suite::{Engine, chosen_engines, run_nextest};
use crate::tidy::Tree;
use crate::{Outcome, install, schemathesis};

const USAGE: &str = "\
cargo xtask soak [--engine sqlite|postgres|both] [--minutes N] [FILTER...]

FILTER: parts of test names, such as `kill`, `power` or `io_errors`.";

/// How a source file asks for its dose.
const ASKS: [&str; 3] = ["dose::rounds", "dose::each", "dose::{"];

/// `cargo xtask soak [--engine ...] [--minutes N] [FILTER...]`
pub(crate) fn run(args: &[String]) -> Outcome {
    let (engines, args) = chosen_engines(args)?;
    let (minutes, filters) = chosen_minutes(args)?;
    install::nextest()?;
    let long = long_tests(&Tree::read(&workspace_root())?);
    let mut report = Report::default();
    if run_steps(&mut report, engines, &long, minutes, filters).is_ok() && filters.is_empty() {
        let _ = schemathesis::step(&mut report, true);
    }
    if report.counted_no_test() {
        return Err("no long test matches what was chosen".to_owned());
    }
    Ok(report.close())
}

fn run_steps(
    report: &mut Report,
    engines: &[Engine],
    long: &str,
    minutes: Option<u64>,
    filters: &[String],
) -> Result<(), Stopped> {
    for engine in engines {
        let name = match engine {
            Engine::Sqlite => "soak on SQLite",
            Engine::Postgres => "soak on PostgreSQL",
        };
        let alone = format!(
            "cargo xtask soak --engine {} {}",
            engine.choice(),
            filters.join(" ")
        );
        report.step(name, alone.trim(), || {
            soak_on(*engine, long, minutes, filters)
        })?;
    }
    Ok(())
}

fn soak_on(engine: Engine, long: &str, minutes: Option<u64>, filters: &[String]) -> Ended {
    let filterset = format!("({long}) and ({})", engine.filter());
    // One by one, what they say shown as it comes: also of a soak that is interrupted one sees how
    // far it came.
    let options = [
        "--workspace",
        "--release",
        "--profile=soak",
        "--no-capture",
        "--no-tests=warn",
    ];
    run_nextest(engine, |nextest| {
        nextest
            .args(options)
            .args(["--filterset", &filterset])
            .args(filters)
            .env("SLOTBRIDGE_DOSE", "full");
        if let Some(minutes) = minutes {
            nextest.env("SLOTBRIDGE_DOSE_MINUTES", minutes.to_string());
        }
    })
}

fn chosen_minutes(args: &[String]) -> Result<(Option<u64>, &[String]), String> {
    let (minutes, rest) = match args {
        [flag, minutes, rest @ ..] if flag == "--minutes" => match minutes.parse() {
            Ok(minutes) => (Some(minutes), rest),
            Err(_) => return Err(format!("--minutes is a number, not {minutes:?}\n\n{USAGE}")),
        },
        rest => (None, rest),
    };
    if let Some(flag) = rest.iter().find(|arg| arg.starts_with('-')) {
        return Err(format!("no such option: {flag}\n\n{USAGE}"));
    }
    Ok((minutes, rest))
}

/// The filterset of all long tests.
fn long_tests(tree: &Tree) -> String {
    let files = tree.files.iter().filter(|file| {
        let text = file.text.as_deref().unwrap_or_default();
        !file.path.starts_with("crates/testkit/src/") && ASKS.iter().any(|asks| text.contains(asks))
    });
    let mut sets: Vec<String> = files.filter_map(|file| tests_of(&file.path)).collect();
    sets.sort();
    sets.dedup();
    sets.join(" or ")
}

/// The filterset of the tests in a file and below it. What stands in `support` or `mod` is asked
/// for by its neighbours.
fn tests_of(path: &str) -> Option<String> {
    let mut parts = path
        .strip_prefix("crates/")?
        .strip_suffix(".rs")?
        .split('/');
    let name = match parts.next()? {
        "cli" => "slotbridge".to_owned(),
        other => format!("slotbridge-{other}"),
    };
    let binary = match parts.next()? {
        "src" => name,
        "tests" => format!("{name}::{}", parts.next()?),
        _ => return None,
    };
    let mut modules: Vec<&str> = parts.collect();
    if let Some("mod" | "support" | "main" | "lib") = modules.last().copied() {
        modules.pop();
    }
    if modules.is_empty() {
        return Some(format!("binary_id({binary})"));
    }
    let modules = modules.join("::");
    Some(format!("(binary_id({binary}) and test(/^{modules}::/))"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_s_tests_are_found_by_its_path() {
        for (path, set) in [
            (
                "crates/cli/tests/crash/kills.rs",
                "(binary_id(slotbridge::crash) and test(/^kills::/))",
            ),
            (
                "crates/domain/src/availability/tests/oracle.rs",
                "(binary_id(slotbridge-domain) and test(/^availability::tests::oracle::/))",
            ),
            (
                "crates/api/tests/it/races/mod.rs",
                "(binary_id(slotbridge-api::it) and test(/^races::/))",
            ),
            (
                "crates/wire/tests/never_panics.rs",
                "binary_id(slotbridge-wire::never_panics)",
            ),
            (
                "crates/api/tests/it/support.rs",
                "binary_id(slotbridge-api::it)",
            ),
        ] {
            assert_eq!(tests_of(path).as_deref(), Some(set));
        }
        assert_eq!(tests_of("xtask/src/soak.rs"), None);
    }

    #[test]
    fn only_files_that_ask_for_a_dose_are_long() {
        let tree = Tree::of(&[
            ("crates/hub/src/a.rs", "let n = dose::rounds(1, 2);"),
            ("crates/hub/src/b.rs", "fn f() {}"),
            ("crates/testkit/src/dose.rs", "// dose::rounds"),
        ]);
        assert_eq!(
            long_tests(&tree),
            "(binary_id(slotbridge-hub) and test(/^a::/))"
        );
    }

    #[test]
    fn the_minutes_come_before_the_filters() {
        let words = |text: &str| -> Vec<String> { text.split(' ').map(str::to_owned).collect() };
        let chosen = words("--minutes 5 kill");
        assert_eq!(chosen_minutes(&chosen), Ok((Some(5), &words("kill")[..])));
        assert!(chosen_minutes(&words("--minutes x")).is_err());
        assert!(chosen_minutes(&words("--fast")).is_err());
    }
}
