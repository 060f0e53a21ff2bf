//! The settings that can be given as flags.

use std::path::PathBuf;

/// Settings for this run. They count before the environment and the file.
#[derive(clap::Args, Clone, Default)]
pub(crate) struct Flags {
    /// The address on which everything answers [default: 127.0.0.1:8080] [env: SLOTBRIDGE_LISTEN]
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) listen: Option<String>,

    /// The folder of the embedded store [default: ./slotbridge-data] [env: SLOTBRIDGE_DATA_DIR]
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<String>,

    /// The PostgreSQL database to use instead; other users of this machine can read flags, so a
    /// password is better placed in the environment [env: SLOTBRIDGE_DATABASE_URL]
    #[arg(long, value_name = "URL")]
    pub(crate) database_url: Option<String>,

    /// A standby of that database, which searches read; with a password likewise [env: SLOTBRIDGE_DATABASE_REPLICA_URL]
    #[arg(long, value_name = "URL")]
    pub(crate) database_replica_url: Option<String>,

    /// Lets callers move the clock, for vendors who build an integration [env: SLOTBRIDGE_SANDBOX]
    #[arg(
        long,
        value_name = "true|false",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true"
    )]
    pub(crate) sandbox: Option<String>,

    /// What is logged, e.g. debug [default: info] [env: SLOTBRIDGE_LOG]
    #[arg(long, value_name = "FILTER")]
    pub(crate) log: Option<String>,

    /// A TOML file with settings [env: SLOTBRIDGE_CONFIG]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

impl Flags {
    /// What was given for a setting.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        match name {
            "listen" => self.listen.as_deref(),
            "data_dir" => self.data_dir.as_deref(),
            "database_url" => self.database_url.as_deref(),
            "database_replica_url" => self.database_replica_url.as_deref(),
            "sandbox" => self.sandbox.as_deref(),
            "log" => self.log.as_deref(),
            _ => None,
        }
    }
}
