//! Chromium, with what the build keeps for it.

pub(crate) use slotbridge_testkit::chromium::{Look, Page};
use std::path::Path;

/// A browser. It ends with its test.
pub(crate) struct Chromium;

impl Chromium {
    pub(crate) fn start() -> slotbridge_testkit::chromium::Chromium {
        let tmp = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let target = tmp.parent().expect("a target folder");
        slotbridge_testkit::chromium::Chromium::start(target.to_owned())
    }
}
