//! A practice's own public holidays (CONF-3).

use crate::sql::statements;
use crate::{Result, Tx, args};

statements! {
    LIST = "SELECT day, name FROM practice_holidays WHERE practice_id = $1 ORDER BY day";
    CLEAR = "DELETE FROM practice_holidays WHERE practice_id = $1";
    ADD = "INSERT INTO practice_holidays (practice_id, day, name) VALUES ($1, $2, $3)
        ON CONFLICT (practice_id, day) DO UPDATE SET name = excluded.name";
}

/// A holiday.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PracticeHoliday {
    /// The day at the practice, `YYYY-MM-DD`.
    pub day: String,
    /// Its name.
    pub name: String,
}

/// All of them, by day.
///
/// # Errors
/// The store's.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<PracticeHoliday>> {
    let practice = tx.practice()?;
    tx.query(&LIST, args![practice], |row| {
        Ok(PracticeHoliday {
            day: row.text(0)?,
            name: row.text(1)?,
        })
    })
}

/// Replaces all of them.
///
/// # Errors
/// The store's.
pub fn replace(tx: &mut Tx<'_>, holidays: &[PracticeHoliday]) -> Result<()> {
    let practice = tx.practice()?;
    tx.push(&CLEAR, args![practice])?;
    for holiday in holidays {
        tx.push(&ADD, args![practice, &holiday.day, &holiday.name])?;
    }
    Ok(())
}
