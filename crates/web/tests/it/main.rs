//! The pages through the real router, without a browser.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on ends here"
)]

mod booking;
mod console;
mod console_keys;
mod console_onboarding;
mod console_pages;
mod desk;
mod forms;
mod headers;
mod maintenance;
mod nowhere;
mod papers;
mod portal;
mod portal_consents;
mod portal_ids;
mod portal_links;
mod portal_papers;
mod portal_settings;
mod portal_staff;
mod reschedule;
mod search;
mod visitor;
mod waitlist;
