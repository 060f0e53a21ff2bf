//! What holds for every operation of every face: input, ids and keys of any kind. The operations
//! are those of the documents, so that a new route is tested as soon as it is described.

mod faults;
mod foreign;
mod generate;
mod input;
mod keys;
pub(crate) mod operations;
mod packed;
mod queries;
mod schema;
mod stage;
