//! Which hub, and how the vendor shows itself there.

use super::section::Section;
use slotbridge_client::{Client, ClientConfig, ConfigError, user_agent};
use std::path::Path;

/// The vendor's key may stand here instead of in the file.
const API_KEY: &str = "SLOTBRIDGE_AGENT_API_KEY";

/// The hub's address, and the vendor's client that the clinics share.
pub(super) fn client(top: &mut Section<'_>, folder: &Path) -> Option<(String, Client)> {
    let hub = top.required(
        "hub",
        "put in the hub's address, with /pms-api/v1 at its end",
    );
    let api_key = api_key(top, folder);
    let user_agent = named(top);
    let config = ClientConfig {
        base_url: hub?,
        api_key: api_key?,
        user_agent: user_agent?,
        // Each clinic has its own.
        practice_id: 0,
        practice_key: "none".to_owned(),
    };
    let hub = config.base_url.clone();
    match Client::new(config) {
        Ok(client) => Some((hub, client)),
        Err(error) => {
            tell(top, error);
            None
        }
    }
}

fn tell(top: &Section<'_>, error: ConfigError) {
    match error {
        ConfigError::BaseUrl(why) => {
            let must = "must be an http or https URL without credentials or query";
            top.fault("hub", format_args!("{must}: {why}"));
        }
        ConfigError::Header("user-agent") => {
            top.fault("user_agent", "has characters that no HTTP header can hold");
        }
        ConfigError::Header(_) => {
            top.fault("api_key", "has characters that no HTTP header can hold");
        }
        other => top.fault("hub", other),
    }
}

/// The environment counts before the file.
fn api_key(top: &mut Section<'_>, folder: &Path) -> Option<String> {
    let given = std::env::var(API_KEY).unwrap_or_default();
    if !given.trim().is_empty() {
        // Known keys all the same.
        let _ = (top.text("api_key"), top.text("api_key_file"));
        return Some(given.trim().to_owned());
    }
    let what =
        format!("put in the vendor's key that the hub's operator gave you, or set {API_KEY}");
    top.secret("api_key", "api_key_file", folder, &what)
}

/// What the agent calls itself.
fn named(top: &mut Section<'_>) -> Option<String> {
    if !top.has("user_agent") {
        top.fault(
            "user_agent",
            "is missing: say who you are, with name and email",
        );
    }
    let mut section = top.section("user_agent")?;
    let name = section.required(
        "name",
        "put in what the hub's operator knows your product by",
    );
    let email = section.required("email", "put in where the hub's operator reaches you");
    let environment = section.text("environment").filter(|text| !text.is_empty());
    section.finish();
    let environment = environment.unwrap_or_else(|| "production".to_owned());
    Some(user_agent(&name?, &email?, &environment))
}
