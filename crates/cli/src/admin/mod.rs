//! `slotbridge admin`: a thin layer over the admin API. A file per group of commands; each turns
//! its arguments into one call and says how to show the answer.

mod appointment_types;
mod bookings;
mod consents;
mod consumers;
mod deliveries;
mod erase;
mod facts;
mod holidays;
mod job;
mod keys;
mod maintenance;
mod operator_tokens;
mod practices;
mod practitioners;
mod print;
mod requests;
mod staff;
mod token;

use crate::failure::Failure;
use crate::http::Api;
use job::Job;
pub(crate) use print::describe;
pub(crate) use token::find as operator_token;

const AFTER: &str = "\
The token comes from --token, SLOTBRIDGE_OPERATOR_TOKEN, or the file operator-token in --data-dir;
without any of them from ./slotbridge-data, if the hub is on this machine. With --json the answer
is printed as it came (and a refusal, as problem+json, to stderr).

Exit codes: 0 done; 1 refused, or no answer; 2 the command line is wrong.

Examples:
  slotbridge admin practices create --name \"Harbour Street Medical\" --timezone Australia/Sydney
  slotbridge admin consumers create --name \"Acme PMS\" --contact-email dev@acme.example
  slotbridge admin consents grant 1 1
  slotbridge admin bookings list 1 --from 2027-03-01 --to 2027-03-07
  slotbridge admin --url https://hub.example --json practices list | jq '.data[].name'";

/// Practices, consumers, keys, consents, links, requests and bookings by hand
#[derive(clap::Args)]
#[command(after_help = AFTER, subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct Args {
    /// Where the hub is
    #[arg(
        long,
        global = true,
        env = "SLOTBRIDGE_URL",
        default_value = "http://127.0.0.1:8080",
        value_name = "URL"
    )]
    url: String,

    /// The operator's token; other users of this machine can read flags, so it is better placed in
    /// SLOTBRIDGE_OPERATOR_TOKEN or a file
    #[arg(long, global = true, value_name = "TOKEN")]
    token: Option<String>,

    /// The hub's data folder, whose file operator-token holds the token
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<std::path::PathBuf>,

    /// Print the answer as JSON, for scripts
    #[arg(long, global = true)]
    json: bool,

    /// Makes a repeated creation answer like the first: the same key for the same call
    #[arg(long, global = true, value_name = "KEY")]
    idempotency_key: Option<String>,

    #[command(subcommand)]
    group: Group,
}

#[derive(clap::Subcommand)]
enum Group {
    #[command(subcommand)]
    Practices(practices::Command),
    #[command(subcommand)]
    Consumers(consumers::Command),
    #[command(subcommand)]
    Keys(keys::Command),
    #[command(subcommand)]
    Consents(consents::Command),
    #[command(subcommand)]
    Staff(staff::Command),
    #[command(subcommand)]
    Requests(requests::Command),
    #[command(subcommand)]
    Deliveries(deliveries::Command),
    #[command(subcommand)]
    Practitioners(practitioners::Command),
    #[command(subcommand)]
    AppointmentTypes(appointment_types::Command),
    #[command(subcommand)]
    Bookings(bookings::Command),
    Bookability(facts::Bookability),
    Attention(facts::Attention),
    Health(facts::Health),
    #[command(subcommand)]
    Holidays(holidays::Command),
    Audit(facts::Audit),
    Messages(facts::Messages),
    #[command(subcommand)]
    Erase(erase::Command),
    #[command(subcommand)]
    OperatorTokens(operator_tokens::Command),
    #[command(subcommand)]
    Maintenance(maintenance::Command),
}

impl Group {
    fn job(self) -> Job {
        match self {
            Self::Practices(command) => command.job(),
            Self::Consumers(command) => command.job(),
            Self::Keys(command) => command.job(),
            Self::Consents(command) => command.job(),
            Self::Staff(command) => command.job(),
            Self::Requests(command) => command.job(),
            Self::Deliveries(command) => command.job(),
            Self::Practitioners(command) => command.job(),
            Self::AppointmentTypes(command) => command.job(),
            Self::Bookings(command) => command.job(),
            Self::Bookability(args) => args.job(),
            Self::Attention(args) => args.job(),
            Self::Health(args) => args.job(),
            Self::Holidays(command) => command.job(),
            Self::Audit(args) => args.job(),
            Self::Messages(args) => args.job(),
            Self::Erase(command) => command.job(),
            Self::OperatorTokens(command) => command.job(),
            Self::Maintenance(command) => command.job(),
        }
    }
}

/// Makes the call and shows the answer.
pub(crate) fn run(args: Args) -> Result<(), Failure> {
    let token = operator_token(&args.url, args.token, args.data_dir.as_deref())?;
    let api = Api::new(
        &format!("{}/admin-api/v1", args.url.trim_end_matches('/')),
        Some(&token),
    )?;
    let Job { mut call, view } = args.group.job();
    call.idempotency_key = args.idempotency_key;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(format!("the runtime cannot be started: {error}")))?;
    let answer = runtime.block_on(api.call(call))?;
    print::answer(&answer, &view, args.json)
}
