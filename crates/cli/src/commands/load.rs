//! `slotbridge load`

use crate::failure::Failure;
use crate::load::{self, Options};
use slotbridge_load::{Habits, Limit, Settings, Shape, time};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

const AFTER: &str = "\
Makes practices on a hub (once: FILE of --state knows them again), then lets their agents poll, send
snapshots and answer bookings, and their patients search, look at pages, book and cancel. Arrivals
keep their times whatever the hub does, and how long a call took counts from when it was to be sent.

It fills the hub with invented practices, patients and bookings, and takes nothing away: use a hub whose
store you throw away. One that has other practices is refused. Mails go to example.com: let that
hub send none. From another machine, patients are slowed by the limit for one address, unless the hub
has this machine among its trusted_proxies: each patient has an address of their own.

TIME is 20ms, 1.5s, 10m or 2h; 0s of what happens every TIME is never. Exit codes: 0 all was answered
well; 1 something was not, was not sent, or took longer than --fail-over; 2 the command line is wrong.

Examples:
  slotbridge load --practices 100                        a minute of a hundred practices
  slotbridge load --practices 10000 --duration 10m --report load.html --fail-over poll.p99=20ms
  slotbridge load --practices 500 --scale 10             ten times as much from each
  slotbridge load --practices 100 --callbacks 127.0.0.1:9000 --called-back 50";

/// Load as it comes in real life, to see what a machine carries before it goes live
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Args {
    /// Where the hub is
    #[arg(
        long,
        env = "SLOTBRIDGE_URL",
        default_value = "http://127.0.0.1:8080",
        value_name = "URL"
    )]
    url: String,

    /// The operator's token; other users of this machine can read flags, so it is better placed in
    /// SLOTBRIDGE_OPERATOR_TOKEN or a file
    #[arg(long, value_name = "TOKEN")]
    token: Option<String>,

    /// The hub's data folder, whose file operator-token holds the token
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,

    /// The file that knows the practices again, with their keys; made with mode 0600
    #[arg(long, value_name = "FILE", default_value = "slotbridge-load.state")]
    state: PathBuf,

    /// Also on a hub that has practices which no load test made
    #[arg(long)]
    beside_others: bool,

    /// How many practices
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = number(1..=1_000_000))]
    practices: usize,

    /// How many practitioners each has
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = number(1..=100))]
    practitioners: usize,

    /// For how many days from today on each has times
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = number(2..=365))]
    days: usize,

    /// For how long load arrives
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = time)]
    duration: Duration,

    /// How much of the beginning does not count
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = time)]
    warm_up: Duration,

    /// By how much all that arrives is multiplied
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, value_parser = amount)]
    scale: f64,

    #[command(flatten)]
    habits: HabitsArgs,

    /// Take the hub's callbacks here, for some of the practices
    #[arg(long, value_name = "ADDRESS:PORT")]
    callbacks: Option<SocketAddr>,

    /// The URL by which the hub reaches that address [default: http://ADDRESS:PORT/]
    #[arg(long, value_name = "URL", requires = "callbacks")]
    callback_url: Option<String>,

    /// How many calls may be in the air at once; what arrives beyond is not sent, and told
    #[arg(long, value_name = "N", default_value_t = 1024, value_parser = number(1..=50_000))]
    in_air: usize,

    /// After how long a call counts as not answered
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = time)]
    timeout: Duration,

    /// What is planned is the same for the same seed [default: another each time]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,

    /// Fail if a share of a kind takes longer: poll.p99=20ms (p50, p90, p99, p99.9, max)
    #[arg(long, value_name = "LIMIT")]
    fail_over: Vec<Limit>,

    /// Write the figures there as JSON; replaced if it is there
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,

    /// Write a page with charts there; replaced if it is there
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,

    /// Make the practices, and no load
    #[arg(long)]
    set_up_only: bool,
}

/// What practices and patients do.
#[derive(clap::Args)]
#[command(next_help_heading = "What practices and patients do")]
struct HabitsArgs {
    /// Each agent polls every
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = time)]
    poll_every: Duration,

    /// Each practice changes a day every (bookings of the hub change days besides)
    #[arg(long, value_name = "TIME", default_value = "2m", value_parser = time)]
    changed_every: Duration,

    /// Each sends a day as it was every
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = time)]
    unchanged_every: Duration,

    /// Each sends all its days every
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = time)]
    all_days_every: Duration,

    /// How many hours of a day patients are about: what they do in a day falls into these
    #[arg(long, value_name = "HOURS", default_value_t = 10.0, value_parser = amount)]
    hours: f64,

    /// Searches for practices in a suburb, for each practice and day
    #[arg(long, value_name = "N", default_value_t = 20.0, value_parser = amount)]
    finds: f64,

    /// Searches for a week's times by the API, for each practice and day
    #[arg(long, value_name = "N", default_value_t = 100.0, value_parser = amount)]
    searches: f64,

    /// Looks at a practice's page, for each practice and day
    #[arg(long, value_name = "N", default_value_t = 100.0, value_parser = amount)]
    pages: f64,

    /// Bookings, for each practice and day
    #[arg(long, value_name = "N", default_value_t = 20.0, value_parser = amount)]
    bookings: f64,

    /// How many of a hundred bookings patients cancel
    #[arg(long, value_name = "N", default_value_t = 10.0, value_parser = amount)]
    cancelled: f64,

    /// How many of a hundred bookings the PMS rejects
    #[arg(long, value_name = "N", default_value_t = 2.0, value_parser = amount)]
    rejected: f64,

    /// How many of a hundred practices are called back, where --callbacks are taken; they poll hourly
    #[arg(long, value_name = "N", default_value_t = 20.0, value_parser = amount)]
    called_back: f64,
}

/// Reads a number of a range.
fn number(
    range: std::ops::RangeInclusive<usize>,
) -> impl Fn(&str) -> Result<usize, String> + Clone + Send + Sync + 'static {
    move |text| {
        let number = text.parse().ok().filter(|number| range.contains(number));
        number.ok_or_else(|| format!("must be from {} to {}", range.start(), range.end()))
    }
}

/// Reads an amount that is not negative.
fn amount(text: &str) -> Result<f64, String> {
    let amount = text.parse().ok().filter(|it| (0.0..=1e6).contains(it));
    amount.ok_or_else(|| "must be from 0 to 1000000".to_owned())
}

impl HabitsArgs {
    fn habits(&self) -> Habits {
        Habits {
            poll_every: self.poll_every,
            changed_every: self.changed_every,
            unchanged_every: self.unchanged_every,
            all_days_every: self.all_days_every,
            hours: self.hours,
            finds: self.finds,
            searches: self.searches,
            pages: self.pages,
            bookings: self.bookings,
            cancelled: self.cancelled,
            rejected: self.rejected,
            called_back: self.called_back,
            ..Habits::default()
        }
    }
}

/// Makes it.
pub(super) fn run(args: Args) -> Result<(), Failure> {
    load::run(&Options {
        settings: Settings {
            habits: args.habits.habits(),
            scale: args.scale,
            lasting: args.duration,
            warm_up: args.warm_up,
            in_air: args.in_air,
            timeout: args.timeout,
            seed: args.seed.unwrap_or_else(load::any_seed),
        },
        shape: Shape {
            resources: args.practitioners,
            days: args.days,
        },
        url: args.url,
        token: args.token,
        data_dir: args.data_dir,
        state: args.state,
        beside_others: args.beside_others,
        practices: args.practices,
        callbacks: args.callbacks,
        callback_url: args.callback_url,
        limits: args.fail_over,
        json: args.json,
        report: args.report,
        set_up_only: args.set_up_only,
    })
}
