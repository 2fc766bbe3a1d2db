//! One module per subcommand: from its options to a report and a verdict.

pub mod check;
pub mod explain;
pub mod init;
pub mod new;
pub mod rules;
pub mod verify;
