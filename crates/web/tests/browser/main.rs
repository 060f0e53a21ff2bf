//! The pages in a real browser: Chromium without a window, told what to do over its own debugging
//! protocol. `cargo xtask check` installs it, and axe-core beside it.
#![expect(clippy::expect_used, reason = "a test that cannot go on ends here")]

mod chromium;
mod journeys;
mod looks;
mod managing;
mod stage;
mod visits;
