//! What an operator can set: by flag, in the environment, in a TOML file; in this order of
//! precedence, and defaults behind them.
//!
//! A setting is one entry of [`table::TABLE`]: how it is read, shown and explained. The rest of
//! the folder knows none by name.

mod file;
mod flags;
mod nearest;
mod redact;
mod resolve;
mod settings;
mod show;
mod table;
mod template;

pub(crate) use file::syntax;
pub(crate) use flags::Flags;
pub(crate) use nearest::nearest;
pub(crate) use resolve::resolve;
pub(crate) use settings::{DATA_DIR, Settings};
pub(crate) use show::{json, table};
pub(crate) use template::template;
