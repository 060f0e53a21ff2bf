//! Free times: snapshots, what patients see of them, and what the hub asks for.

mod clock_changes;
mod nodes;
mod repeated;
mod requests;
mod slots;
mod snapshots;
mod taken;
mod together;
mod types;
