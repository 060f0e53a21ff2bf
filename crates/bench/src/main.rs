//! The benchmark: `cargo xtask bench`.
//!
//! Each case measures the real binary against the limit of what it stands on, in turns, in one
//! run, server and load on the same cores: a constant handler of the same server, the same SQL in
//! a bare loop, pgbench with the same SQL, the disk's own durable commit. A ratio of two such
//! figures travels between machines; a bare number does not.
#![expect(
    clippy::indexing_slicing,
    reason = "JSON that lacks something gives null, and a benchmark that goes wrong ends"
)]

mod bare;
mod cases;
mod clinics;
mod hub;
mod load;
mod pgbench;
mod receiver;
mod recording;
mod report;
mod server;

use clap::Parser;
use slotbridge_testkit::{TestDatabase, TestEngine};
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use tokio::task::LocalSet;

use slotbridge_load::clock::now;

/// Measures the server against the limits of what it stands on.
#[derive(Parser)]
struct Options {
    /// The binary to measure.
    #[arg(long)]
    server: PathBuf,
    /// Shorter and fewer rounds, and what takes long to set up only if --only names it: all of it in
    /// minutes.
    #[arg(long)]
    quick: bool,
    /// Where to write the figures as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
    /// Only the cases whose name contains this.
    #[arg(long, default_value = "")]
    only: String,
    /// Only on this engine: `sqlite` or `postgres`.
    #[arg(long, value_parser = ["sqlite", "postgres"])]
    engine: Option<String>,
}

/// What every case needs.
struct Bench {
    server: PathBuf,
    /// How long each measurement lasts.
    lasting: Duration,
    /// How many rounds there are.
    rounds: usize,
    /// Whether all is to be done in minutes.
    quick: bool,
}

impl Bench {
    /// The engines to measure: PostgreSQL where the run has a server.
    fn engines() -> Vec<TestEngine> {
        if std::env::var_os("SLOTBRIDGE_TEST_DATABASE_URL").is_some() {
            vec![TestEngine::Sqlite, TestEngine::Postgres]
        } else {
            vec![TestEngine::Sqlite]
        }
    }

    /// A database of one's own.
    fn database(engine: TestEngine) -> (TestDatabase, server::Place) {
        let database = TestDatabase::on(engine);
        let place = match database.location() {
            slotbridge_store::Location::Folder(folder) => server::Place::Folder(folder),
            slotbridge_store::Location::Postgres(url) => server::Place::Postgres(url),
        };
        (database, place)
    }
}

/// An engine's name in the figures.
const fn name(engine: TestEngine) -> &'static str {
    match engine {
        TestEngine::Sqlite => "sqlite",
        TestEngine::Postgres => "postgres",
    }
}

fn main() -> ExitCode {
    let options = Options::parse();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let outcome = runtime.and_then(|runtime| LocalSet::new().block_on(&runtime, run(&options)));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: &Options) -> io::Result<()> {
    let bench = Bench {
        server: options.server.clone(),
        lasting: Duration::from_millis(if options.quick { 900 } else { 6000 }),
        rounds: if options.quick { 3 } else { 5 },
        quick: options.quick,
    };
    println!("{}", report::HEAD);
    let mut figures = Vec::new();
    let engines = Bench::engines().into_iter().filter(|engine| {
        let only = options.engine.as_deref();
        only.is_none_or(|only| only == name(*engine))
    });
    for engine in engines {
        for case in cases::ALL {
            let named = !options.only.is_empty();
            if !case.name.contains(options.only.as_str()) || options.quick && case.long && !named {
                continue;
            }
            let began = now();
            for figure in (case.run)(&bench, engine).await? {
                println!("{}", figure.line());
                figures.push(figure);
            }
            let took = began.elapsed().as_secs();
            eprintln!("{} on {}: {took} s", case.name, name(engine));
        }
    }
    if let Some(path) = &options.json {
        let mut text = serde_json::to_string_pretty(&figures)?;
        text.push('\n');
        std::fs::write(path, text)?;
    }
    Ok(())
}
