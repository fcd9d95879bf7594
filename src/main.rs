//! codemend: reviewable, type-aware rewrites for Python backends.
//!
//! What the program does stands in `cli`; what it knows about Python in the crates `codemend-engine` and
//! `codemend-codemods`.

mod cli;

use std::process::ExitCode;

use tikv_jemallocator::Jemalloc;

/// Syntax trees are many small pieces: this allocator hands them out and takes them back faster than the system's.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

/// What the allocator reads when it starts, under this name. What one file has used is kept for the next one: a run is
/// short, and giving memory back only to ask for it again takes longer than the work on a small file.
#[unsafe(export_name = "_rjem_malloc_conf")]
pub static ALLOCATOR_OPTIONS: &[u8; 36] = b"dirty_decay_ms:-1,muzzy_decay_ms:-1\0";

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
