//! One run at a time writes to a folder. The lock is the system's: it ends with the process, however that ends.

use std::fs::{File, TryLockError};
use std::io::{self, Write};
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::cli::failure::Failure;
use crate::inert::inert;

/// Writing takes a fraction of a second; who has to wait longer is told why.
const SILENT: Duration = Duration::from_secs(1);
/// Who holds the lock for so long does not write any more.
const LONGEST: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(5);

/// Holds the lock until it is dropped; `None` where the file system has none, and runs have to keep apart by themselves.
pub(super) type Held = Option<File>;

/// Waits for other runs that write to `folder`. What is locked is `parent`, since the folder itself is exchanged, and a folder
/// that is there already leaves no lock file behind; where a folder cannot be locked, a file beside.
///
/// # Errors
/// [`Failure::Machine`] where another run has not finished writing after a minute.
pub(super) fn wait(parent: &Path, beside: &Path, folder: &Path) -> Result<Held, Failure> {
    if let Ok(file) = File::open(parent)
        && let Some(held) = locked(file, folder)?
    {
        return Ok(Some(held));
    }
    match File::options().create(true).append(true).open(beside) {
        Ok(file) => locked(file, folder),
        Err(_) => Ok(None),
    }
}

fn locked(file: File, folder: &Path) -> Result<Held, Failure> {
    let began = Instant::now();
    let mut told = false;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(TryLockError::Error(_)) => return Ok(None),
        }
        let waited = began.elapsed();
        if waited > LONGEST {
            return Err(Failure::Machine(format!(
                "another run has been writing to {} for a minute; nothing was written",
                folder.display()
            )));
        }
        if waited > SILENT && !told {
            told = true;
            // A closed standard error leaves nobody to tell.
            let _ = writeln!(
                io::stderr(),
                "waiting for another run that writes to {}",
                inert(&folder.display().to_string())
            );
        }
        sleep(PAUSE);
    }
}
