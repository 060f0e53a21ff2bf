//! Statements that are run for several practices at once, [`AT_ONCE`] at most, by a transaction of none.

use crate::sql::Arg;
use slotbridge_domain::ids::PracticeId;
use std::iter::repeat;

/// Of how many practices one statement tells.
pub const AT_ONCE: usize = 40;

/// That a row is one of theirs. Their ids are the statement's first arguments.
macro_rules! of_each {
    () => {
        "practice_id IN (
            $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
            $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34,
            $35, $36, $37, $38, $39, $40)"
    };
}
pub(crate) use of_each;

/// The arguments of such a statement: the ids, and others from `$41` on.
pub(crate) fn args_of_each<'a>(practices: &[PracticeId], others: &[Arg<'a>]) -> Vec<Arg<'a>> {
    let ids = practices.iter().map(|id| Arg::from(*id));
    let ids = ids.chain(repeat(Arg::Null)).take(AT_ONCE);
    ids.chain(others.iter().copied()).collect()
}
