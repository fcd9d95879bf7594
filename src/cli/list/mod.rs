//! `codemend list`: the catalogue, one line each.

mod arguments;
mod count;

use std::fmt::Write;

use codemend_engine::change::Safety;
use codemend_engine::codemod::{About, Codemod};

pub use arguments::ListArguments;

use super::Exit;
use super::terminal::Terminal;

/// Print name, safety, lowest Python and summary of every codemod, or what each would do.
///
/// # Errors
/// Standard output, and with `--count` the configuration.
pub fn list(
    arguments: &ListArguments,
    terminal: &Terminal,
    catalogue: &[&dyn Codemod],
) -> anyhow::Result<Exit> {
    if arguments.count {
        return count::count(arguments, terminal, catalogue);
    }
    let about: Vec<_> = catalogue.iter().map(|codemod| codemod.about()).collect();
    terminal.print(table(&about).as_bytes())?;
    Ok(Exit::Fine)
}

fn table(catalogue: &[About]) -> String {
    let longest = catalogue.iter().map(|about| about.name.len()).max();
    let width = longest.unwrap_or_default().max("codemod".len());
    let mut table = format!(
        "{:width$}  {:7}  {:6}  summary\n",
        "codemod", "safety", "python"
    );
    for about in catalogue {
        let safety = ceiling(about.ceiling);
        let since = about.since.to_string();
        let row = format!(
            "{:width$}  {safety:7}  {since:6}  {}",
            about.name, about.summary
        );
        let _ = writeln!(table, "{}", row.trim_end());
    }
    table
}

/// The least safe change that a codemod makes.
fn ceiling(safety: Safety) -> &'static str {
    match safety {
        Safety::Safe => "safe",
        Safety::Unsafe => "unsafe",
        Safety::Display => "display",
    }
}
