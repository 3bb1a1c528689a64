//! Why a command did not do what was asked, and the exit status that says so.

use std::process::ExitCode;

use crate::diagnostic::Fault;

/// Why a command did not do what was asked.
#[derive(Debug)]
pub(super) enum Failure {
    /// The input is wrong: every fault at once.
    Input(Vec<Fault>),
    /// The machine failed: disk, memory.
    Machine(String),
    /// Somebody interrupted it; what is whole was written and is marked as partial.
    Interrupted,
    /// Somebody interrupted it before there was anything to write.
    InterruptedAtOnce,
}

impl Failure {
    /// As documented for the program: 1 the machine, 2 the input, 130 interrupted.
    pub(super) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Machine(_) => 1,
            Self::Input(_) => 2,
            Self::Interrupted | Self::InterruptedAtOnce => 130,
        })
    }
}
