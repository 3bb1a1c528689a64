//! Standard output and standard error as the streams that they may be: terminals, files, pipes that close.

use std::io::{self, Write};

use super::failure::Failure;

/// Whether a stream wants colour: a terminal, and `NO_COLOR` unset.
pub(super) fn colour_for(stream: &impl anstream::stream::RawStream) -> bool {
    !matches!(anstream::AutoStream::choice(stream), anstream::ColorChoice::Never)
}

/// Writes to standard output. A reader that went away is no error.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::Machine(format!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}
