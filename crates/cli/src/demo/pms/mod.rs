//! The demo's practice management system. It has an appointment book, and an integration that
//! keeps the hub informed and does what the hub asks for. It talks to the hub through
//! `slotbridge-client` only.

mod book;
mod duties;
mod integration;

pub(super) use duties::Duty;
pub(super) use integration::Pms;
