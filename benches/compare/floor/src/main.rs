//! The least that any tool has to do with a tree of Python files: find them, read them, hash, parse or write them.
//!
//! `benches/compare/run` times codemend against this. So each command is as fast as it can be made with the libraries
//! that codemend uses as well, and keeps nothing; it prints how many files and bytes it has seen.

mod seen;
mod steps;
mod walk;
mod write;

use std::io::Write;
use std::path::Path;

use anyhow::{Result, bail};
use seen::Seen;

/// The allocator of codemend.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

const USAGE: &str = "\
codemend-floor count DIR                        files, lines and bytes
codemend-floor read DIR                         find and read every Python file
codemend-floor hash DIR                         the same, and hash it with BLAKE3
codemend-floor parse DIR                        the same, and parse it
codemend-floor parse-gated DIR LITERAL...       parse only files in which a literal stands
codemend-floor write FROM TO                    copy the files of a folder over those of another
codemend-floor write-durable FROM TO            the same, each whole or not at all, and on the disk at the end
";

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let seen = match words[..] {
        ["count", folder] => steps::count(Path::new(folder)),
        ["read", folder] => steps::read(Path::new(folder)),
        ["hash", folder] => steps::hash(Path::new(folder)),
        ["parse", folder] => steps::parse(Path::new(folder))?,
        ["parse-gated", folder, ref literals @ ..] if !literals.is_empty() => {
            steps::parse_gated(Path::new(folder), literals)?
        }
        ["write", from, to] => write::over(Path::new(from), Path::new(to))?,
        ["write-durable", from, to] => write::durably(Path::new(from), Path::new(to))?,
        _ => bail!("say one of these:\n{USAGE}"),
    };
    said(&seen)
}

fn said(seen: &Seen) -> Result<()> {
    let Seen {
        files,
        lines,
        bytes,
        parsed,
    } = seen;
    let mut out = std::io::stdout();
    writeln!(
        out,
        "files {files}\nlines {lines}\nbytes {bytes}\nparsed {parsed}"
    )?;
    Ok(())
}
