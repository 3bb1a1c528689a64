//! The program `sim`: see the library for everything that it does.

use std::process::ExitCode;

fn main() -> ExitCode {
    sim::cli::main()
}
