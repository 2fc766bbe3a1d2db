//! One module per subcommand: from its options to a report and a verdict.

pub mod check;
pub mod doctor;
pub mod explain;
pub mod init;
mod needs;
pub mod new;
pub mod rules;
pub mod verify;
