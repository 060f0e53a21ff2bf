//! `slotbridge agent`: its settings, its tools, and the agent between a hub and a PMS.

mod both_sides;
mod kills;
mod other_pms;
mod settings;
mod support;
