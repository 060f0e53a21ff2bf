//! The tests: the whole suite on each engine, and the doctests.

use crate::command::cargo;
use crate::counts::Runner;
use crate::postgres::Server;
use crate::step::{Ended, Report, Stopped, counted};
use crate::{Outcome, install};
use std::process::Command;

/// The database under the tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    /// What a run without any choice of tests leaves to the other engine's run.
    ///
    /// The first crates never meet a store, or only that of SQLite, so one run of their tests says
    /// all; nor does it matter to a browser. This crate's test of the private cluster goes with the run that needs PostgreSQL
    /// anyway. A test that holds on one engine only stands in a module `only_<engine>`, or in
    /// `nodes`, or its name begins with `on_<engine>_`.
    pub(crate) fn filter(self) -> &'static str {
        match self {
            Self::Sqlite => {
                "not binary_id(xtask::cluster) \
                 and not test(/(^|::)(only_postgres|nodes)::/) \
                 and not test(/(^|::)on_postgres_/)"
            }
            Self::Postgres => {
                "not package(slotbridge-domain) and not package(slotbridge-wire) \
                 and not package(slotbridge-client) and not package(slotbridge-faultfs) \
                 and not package(slotbridge-matching) and not package(slotbridge-agent*) \
                 and not package(xtask) and not binary_id(slotbridge-web::browser) \
                 and not test(/(^|::)only_sqlite::/) and not test(/(^|::)on_sqlite_/) \
                 or binary_id(xtask::cluster)"
            }
        }
    }

    fn step_name(self) -> &'static str {
        match self {
            Self::Sqlite => "tests on SQLite",
            Self::Postgres => "tests on PostgreSQL",
        }
    }

    pub(crate) fn choice(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// `cargo xtask test [--engine sqlite|postgres|both] [NEXTEST ARGS...]`
pub(crate) fn run(args: &[String]) -> Outcome {
    let (engines, args) = chosen_engines(args)?;
    install::nextest()?;
    if args.is_empty() {
        install::browser()?;
    }
    let mut report = Report::default();
    let _ = run_steps(&mut report, engines, args);
    if report.counted_no_test() {
        return Err("no test matches what was chosen".to_owned());
    }
    Ok(report.close())
}

fn run_steps(report: &mut Report, engines: &[Engine], args: &[String]) -> Result<(), Stopped> {
    for engine in engines {
        tests_step(report, *engine, args)?;
    }
    if args.is_empty() {
        doctests_step(report)
    } else {
        Ok(())
    }
}

/// The tests on one engine, as one step.
pub(crate) fn tests_step(
    report: &mut Report,
    engine: Engine,
    args: &[String],
) -> Result<(), Stopped> {
    let alone = format!(
        "cargo xtask test --engine {} {}",
        engine.choice(),
        args.join(" ")
    );
    report.step(engine.step_name(), alone.trim(), || run_on(engine, args))
}

/// The examples in the documentation, as one step.
pub(crate) fn doctests_step(report: &mut Report) -> Result<(), Stopped> {
    let args = ["test", "--doc", "--workspace", "--locked", "--no-fail-fast"];
    let alone = format!("cargo {}", args.join(" "));
    report.step("doctests", &alone, || {
        counted(&mut cargo(&args), Runner::Libtest)
    })
}

/// The tests of traces, which are not in the default build, as one step.
pub(crate) fn traces_step(report: &mut Report) -> Result<(), Stopped> {
    let args = "nextest run --locked --package slotbridge --features otlp --test it traces::";
    let args: Vec<&str> = args.split(' ').collect();
    let alone = format!("cargo {}", args.join(" "));
    report.step("tests of traces", &alone, || {
        counted(&mut cargo(&args), Runner::Nextest)
    })
}

fn run_on(engine: Engine, args: &[String]) -> Ended {
    run_nextest(engine, |nextest| {
        if !chooses_packages(args) {
            nextest.arg("--workspace");
            if !chooses_tests(args) {
                nextest.args(["--filterset", engine.filter()]);
            }
        }
        if !args.is_empty() {
            // What was chosen may be left to the other engine's run; `run` asks for one test in
            // all.
            nextest.arg("--no-tests=warn");
        }
        nextest.args(args);
    })
}

/// Runs nextest as `choose` has it, on one engine.
pub(crate) fn run_nextest(engine: Engine, choose: impl FnOnce(&mut Command)) -> Ended {
    let mut nextest = cargo(&["nextest", "run", "--locked"]);
    choose(&mut nextest);
    nextest
        .env("SLOTBRIDGE_TEST_ENGINE", engine.choice())
        .env_remove("SLOTBRIDGE_TEST_DATABASE_URL");
    let server = match engine {
        Engine::Sqlite => None,
        Engine::Postgres => match Server::start() {
            Ok(server) => Some(server),
            Err(why) => return Ended::badly(why),
        },
    };
    if let Some(server) = &server {
        server.tell(&mut nextest);
    }
    counted(&mut nextest, Runner::Nextest)
}

/// The engines named first among the arguments (both, if none is), and the other arguments.
pub(crate) fn chosen_engines(args: &[String]) -> Result<(&'static [Engine], &[String]), String> {
    let (choice, rest) = match args {
        [flag, choice, rest @ ..] if flag == "--engine" => (choice.as_str(), rest),
        [flag] if flag == "--engine" => ("", &[][..]),
        [first, rest @ ..] => match first.strip_prefix("--engine=") {
            Some(choice) => (choice, rest),
            None => ("both", args),
        },
        [] => ("both", args),
    };
    let engines: &[Engine] = match choice {
        "sqlite" => &[Engine::Sqlite],
        "postgres" => &[Engine::Postgres],
        "both" => &[Engine::Sqlite, Engine::Postgres],
        _ => {
            return Err(format!(
                "--engine is sqlite, postgres or both, not {choice:?}"
            ));
        }
    };
    Ok((engines, rest))
}

fn chooses_packages(args: &[String]) -> bool {
    ours(args).any(|arg| arg.starts_with("-p") || arg.starts_with("--package"))
}

/// Nextest runs what any of several filtersets names, so a person's own must stand alone.
fn chooses_tests(args: &[String]) -> bool {
    ours(args).any(|arg| {
        arg.starts_with("-E") || arg.starts_with("--filterset") || arg.starts_with("--filter-expr")
    })
}

/// The arguments that are nextest's and not the test program's.
fn ours(args: &[String]) -> impl Iterator<Item = &String> {
    args.iter().take_while(|arg| *arg != "--")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn both_engines_run_unless_one_is_named() {
        let both: &[Engine] = &[Engine::Sqlite, Engine::Postgres];
        for (args, engines, rest) in [
            ("", both, ""),
            ("some_test", both, "some_test"),
            ("--engine both x", both, "x"),
            ("--engine sqlite", &[Engine::Sqlite], ""),
            (
                "--engine=postgres -p slotbridge-hub",
                &[Engine::Postgres],
                "-p slotbridge-hub",
            ),
        ] {
            let args = words(args);
            assert_eq!(
                chosen_engines(&args),
                Ok((engines, words(rest).as_slice())),
                "{args:?}"
            );
        }
    }

    #[test]
    fn an_engine_that_does_not_exist_is_refused() {
        for args in ["--engine mysql", "--engine", "--engine="] {
            assert!(chosen_engines(&words(args)).is_err(), "{args}");
        }
    }

    #[test]
    fn what_a_person_chooses_replaces_our_choice() {
        assert!(chooses_packages(&words("-p slotbridge-hub")));
        assert!(chooses_packages(&words("--package=slotbridge-hub")));
        assert!(chooses_tests(&words("-E test(x)")));
        assert!(!chooses_tests(&words("some_test -- -E")));
        assert!(!chooses_packages(&words("some_test -- -p")));
    }
}
