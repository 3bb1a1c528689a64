//! Progress on standard error when that is a terminal, and the wish to stop.

use std::io::{self, IsTerminal};
use std::sync::atomic::Ordering;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::engine::Stop;

/// Set by the first Ctrl-C; a second one ends the program at once.
static STOP: Stop = Stop::new(false);

/// From here on Ctrl-C asks for an early end. Where the handler cannot be set, Ctrl-C ends the program as it always did.
pub(super) fn stop_on_interrupt() -> &'static Stop {
    let _ = ctrlc::set_handler(|| {
        if STOP.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    });
    &STOP
}

/// A bar that counts trials; hidden where standard error is not a terminal.
pub(super) fn bar(trials: u64) -> ProgressBar {
    let target = if io::stderr().is_terminal() {
        ProgressDrawTarget::stderr_with_hz(15)
    } else {
        ProgressDrawTarget::hidden()
    };
    let style = ProgressStyle::with_template("simulating {wide_bar} {human_pos} of {human_len} futures, {eta} left");
    let bar = ProgressBar::with_draw_target(Some(trials), target);
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
