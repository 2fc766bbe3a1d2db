//! One module per subcommand: from its options to a report and a verdict.

pub mod new;
pub mod verify;
