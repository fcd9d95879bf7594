//! codemend: reviewable, type-aware rewrites for Python backends.
//!
//! What the program does stands in `cli`; what it knows about Python in the crates `codemend-engine` and
//! `codemend-codemods`.

mod cli;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match cli::Arguments::try_parse() {
        Ok(arguments) => cli::run(arguments).into(),
        Err(error) => {
            // Help and version come this way too. A closed pipe is no reason to complain.
            let _ = error.print();
            ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
        }
    }
}
