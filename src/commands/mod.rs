//! One module per subcommand: from its options to a report and a verdict.

pub mod check;
pub mod doctor;
pub mod explain;
mod fixing;
pub mod guard;
pub mod init;
pub mod interrupt;
pub mod migrate;
mod needs;
pub mod new;
mod newer;
pub mod rules;
pub mod unreported;
pub mod verify;
