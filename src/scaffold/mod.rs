//! New projects: validated answers and embedded templates become files, all or nothing.

pub mod answers;
pub mod init;
pub mod names;
pub mod render;
mod reserved;
pub mod template;
pub mod versions;
pub mod write;
