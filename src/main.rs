//! codemend: reviewable, type-aware rewrites for Python backends.
//!
//! What the program does stands in `cli`; what it knows about Python in the crates `codemend-engine` and
//! `codemend-codemods`.

mod cli;

use std::process::ExitCode;

/// Syntax trees are many small pieces: this allocator hands them out and takes them back faster than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match cli::Arguments::read() {
        Ok(arguments) => cli::run(arguments).into(),
        Err(error) => {
            // Help and version come this way too. A closed pipe is no reason to complain.
            let _ = error.print();
            ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
        }
    }
}
