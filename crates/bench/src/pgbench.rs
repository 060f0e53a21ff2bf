//! The limit on PostgreSQL: the same statements by pgbench, prepared, on the same server.

use crate::recording::{Formula, Pattern, Step};
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::Command;
use std::time::Duration;

/// The script of a booking: practices `client + 1`, `client + 1 + clients`, ... in turn.
fn script(steps: &[Step], clients: usize, practices: usize) -> (String, Vec<(String, String)>) {
    let each = practices / clients;
    let mut text = format!(
        "\\set p 1 + :client_id + {clients} * (:n % {each})\n\\set t :n / {each}\n\\set n :n + 1\n"
    );
    let mut constants = vec![("n".to_owned(), "0".to_owned())];
    let mut body = String::new();
    for (at, step) in steps.iter().enumerate() {
        let mut sql = step.sql.text.to_owned();
        for (position, arg) in step.args.iter().enumerate().rev() {
            let name = format!("a{at}_{position}");
            let formula = |formula: &Formula| {
                format!(
                    "\\set {name} {} + :p * {} + :t * {}\n",
                    formula.base, formula.per_practice, formula.per_time
                )
            };
            match arg {
                Pattern::Null => {}
                Pattern::Int(value) | Pattern::Digits(value) => text += &formula(value),
                Pattern::Text(value) => constants.push((name.clone(), value.clone())),
                Pattern::Blob(value) => {
                    let hex = value.iter().fold(String::from("\\x"), |mut hex, byte| {
                        let _ = write!(hex, "{byte:02x}");
                        hex
                    });
                    constants.push((name.clone(), hex));
                }
            }
            let by = if *arg == Pattern::Null {
                "NULL".to_owned()
            } else {
                format!(":{name}")
            };
            sql = sql.replace(&format!("${}", position + 1), &by);
        }
        body += &sql;
        body += ";\n";
    }
    text += "BEGIN;\nSELECT set_config('slotbridge.practice_id', CAST(:p AS TEXT), true);\n\
             SELECT 1 FROM practice_counters WHERE practice_id = :p FOR UPDATE;\n";
    text += &body;
    text += "COMMIT;\n";
    (text, constants)
}

/// Transactions a second.
pub(crate) fn bookings(
    url: &str,
    steps: &[Step],
    clients: usize,
    practices: usize,
    lasting: Duration,
) -> io::Result<f64> {
    let (text, constants) = script(steps, clients, practices);
    let mut file = tempfile::NamedTempFile::new()?;
    file.write_all(text.as_bytes())?;
    let mut command = Command::new("pgbench");
    command
        .args(["--no-vacuum", "--protocol=prepared", "--jobs=1"])
        .arg(format!("--client={clients}"))
        .arg(format!("--time={}", lasting.as_secs().max(1)))
        .arg("--file")
        .arg(file.path());
    for (name, value) in constants {
        command.arg(format!("--define={name}={value}"));
    }
    let output = command.arg(url).output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    let failed = || {
        io::Error::other(format!(
            "pgbench: {said}{}",
            String::from_utf8_lossy(&output.stderr)
        ))
    };
    if !output.status.success() {
        return Err(failed());
    }
    said.lines()
        .find_map(|line| line.strip_prefix("tps = "))
        .and_then(|rest| rest.split(' ').next()?.parse().ok())
        .ok_or_else(failed)
}
