//! The client against a hub that answers what the test says.

mod failures;
mod operations;
mod support;
