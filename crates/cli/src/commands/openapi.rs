//! `slotbridge openapi`

use crate::failure::Failure;
use crate::out::say;
use clap::builder::PossibleValuesParser;

const AFTER: &str = "\
Examples:
  slotbridge openapi pms-api > pms-api.json
  slotbridge openapi booking-api | jq '.paths | keys'";

/// Prints the OpenAPI 3.1 document of an API, as JSON
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Args {
    /// The API
    #[arg(value_parser = PossibleValuesParser::new(names()))]
    api: String,
}

fn names() -> Vec<&'static str> {
    let documents = slotbridge_api::documents().into_iter();
    documents.map(|document| document.name).collect()
}

/// Prints the document.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    for document in slotbridge_api::documents() {
        if document.name == args.api {
            let text = document.openapi.to_pretty_json();
            say!("{}", text.map_err(|error| Failure::new(error.to_string()))?);
        }
    }
    Ok(())
}
