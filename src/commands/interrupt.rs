//! What happens when Ctrl-C or another signal ends the process: no file is half written, no temporary stays, the cursor is visible.

use std::sync::atomic::{AtomicBool, Ordering};

use dialoguer::console::Term;

use crate::temporary;

/// What a process that Ctrl-C ended answers to a shell: 128 and the number of the signal.
const INTERRUPTED: i32 = 130;

static HIDES_CURSOR: AtomicBool = AtomicBool::new(false);

/// From now on, Ctrl-C, SIGTERM and SIGHUP end the process in good order.
pub fn install() {
    // Signals that whoever started us ignores, as `nohup` does, stay ignored.
    let _ = ctrlc::try_set_handler(interrupted);
}

/// From now on, the end makes the cursor visible, which lists of answers hide.
pub(super) fn show_cursor_at_the_end() {
    HIDES_CURSOR.store(true, Ordering::Relaxed);
}

#[expect(clippy::disallowed_methods, reason = "a signal handler has no caller to return an exit code to")]
fn interrupted() {
    if HIDES_CURSOR.load(Ordering::Relaxed) {
        let _ = Term::stderr().show_cursor();
    }
    temporary::end();
    std::process::exit(INTERRUPTED);
}
