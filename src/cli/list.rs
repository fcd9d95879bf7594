//! `codemend list`: the catalogue, one line each.

use std::fmt::Write;

use codemend_engine::change::Safety;
use codemend_engine::codemod::{About, Codemod};

use super::Exit;
use super::terminal::Terminal;

/// Print name, safety, lowest Python and summary of every codemod.
pub fn list(terminal: &Terminal, catalogue: &[&dyn Codemod]) -> anyhow::Result<Exit> {
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
