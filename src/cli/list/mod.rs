//! `codemend list`: the catalogue, one line each.

mod arguments;
mod count;

use std::fmt::Write;

use anstyle::Style;
use codemend_engine::change::Safety;
use codemend_engine::codemod::{About, Codemod};

pub use arguments::ListArguments;

use super::Exit;
use super::terminal::{Look, Terminal};
use super::words::{self, Words};

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
    let columns = match terminal.out {
        Look::Raw => usize::MAX,
        Look::Visible | Look::Coloured => words::columns(),
    };
    terminal.print(table(&about, columns).as_bytes())?;
    Ok(Exit::Fine)
}

/// One line each in `columns`; a longer summary goes on below itself.
fn table(catalogue: &[About], columns: usize) -> String {
    let longest = catalogue.iter().map(|about| about.name.len()).max();
    let width = longest.unwrap_or_default().max("codemod".len());
    let mut table = format!(
        "{:width$}  {:7}  {:6}  summary\n",
        "codemod", "safety", "python"
    );
    for about in catalogue {
        let safety = ceiling(about.ceiling);
        let since = about.since.to_string();
        let row = format!("{:width$}  {safety:7}  {since:6}  ", about.name);
        let mut summary = Words::default();
        summary.push(Style::new(), about.summary);
        let room = columns.saturating_sub(row.len()).max(20);
        let lines = summary.lines(room, Look::Visible).into_iter();
        let lines: Vec<_> = lines.map(|(line, _)| line).collect();
        let below = format!("\n{}", " ".repeat(row.len()));
        let _ = writeln!(table, "{row}{}", lines.join(&below));
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

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn a_long_summary_goes_on_below_itself() {
        let catalogue: Vec<_> = codemend_codemods::ALL.iter().map(|it| it.about()).collect();
        let narrow = table(&catalogue, 80);
        assert!(narrow.lines().all(|line| line.len() <= 80), "{narrow}");
        assert!(narrow.lines().count() > catalogue.len() + 1, "{narrow}");
        let wide = table(&catalogue, usize::MAX);
        assert_eq!(wide.lines().count(), catalogue.len() + 1);
        let words = |text: &str| {
            text.split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(words(&narrow), words(&wide));
    }
}
