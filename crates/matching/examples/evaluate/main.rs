//! How well and how fast the matcher decides, against its aims.
//!
//! ```text
//! evaluate FOLDER...                  labelled sets: patients, requests and truth, .csv or .csv.gz
//! evaluate --errors FOLDER...         besides, the wrong and the missed ones
//! evaluate --doubles FOLDER...        patients held twice: bookings as second records of them
//! evaluate --sweep FOLDER...          how precision and recall change with the least score
//! evaluate --fit FOLDER...            weights estimated from labelled sets, for src/weights.rs
//! evaluate --febrl FILE.csv...        FEBRL's sets of records with their duplicates
//! evaluate --speed                    100,000 made-up patients
//! ```

#![expect(
    clippy::indexing_slicing,
    reason = "a tool for developers may stop where it is wrong"
)]

mod data;
mod doubles;
mod febrl;
mod fit;
mod labelled;
#[path = "../../tests/made_up/mod.rs"]
mod made_up;
mod speed;
mod wilson;

use std::error::Error;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1).peekable();
    let mode = arguments.next_if(|argument| argument.starts_with("--"));
    let paths: Vec<PathBuf> = arguments.map(PathBuf::from).collect();
    match mode.as_deref() {
        None => labelled::report(&paths, false),
        Some("--errors") => labelled::report(&paths, true),
        Some("--doubles") => doubles::report(&paths),
        Some("--fit") => fit::report(&paths),
        Some("--sweep") => labelled::sweep(&paths),
        Some("--febrl") => febrl::report(&paths),
        Some("--speed") => speed::report(),
        Some(other) => {
            Err(format!("{other} is no mode of this; see the head of its source").into())
        }
    }
}
