//! `codemend list --count`: what each codemod would do here, in numbers.
//!
//! One run of all codemods, one after the other as always, that asks for safe changes only: what it makes is done by
//! default, what it withholds is there for the asking.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::time::Instant;

use camino::Utf8Path;
use codemend_engine::change::Safety;
use codemend_engine::codemod::Codemod;
use codemend_engine::config::{Configuration, Overrides};
use codemend_engine::patch::{Made, Outcome};
use codemend_engine::pipeline::{self, Narrowing, Progress, Request, Unwatched};

use super::super::notices::Notices;
use super::super::progress::Bar;
use super::super::terminal::{BOLD, DIM, Look, Terminal};
use super::super::{Exit, paths, request};
use super::ListArguments;

/// Print the table for the files that `arguments` name.
///
/// # Errors
/// The configuration, `--python`, or standard output.
pub fn count(
    arguments: &ListArguments,
    terminal: &Terminal,
    catalogue: &[&dyn Codemod],
) -> anyhow::Result<Exit> {
    let started = Instant::now();
    let cwd = paths::current_directory()?;
    let (outcome, exit) = run(arguments, catalogue, &cwd)?;
    let tallies = tallies(&outcome, catalogue);
    terminal.print(table(&tallies, terminal.out).as_bytes())?;
    let look = terminal.err;
    terminal.say(&Notices { cwd: &cwd, look }.problems(&outcome.problems));
    if !arguments.quiet {
        let files = match outcome.files_read {
            1 => "1 file".to_owned(),
            files => format!("{files} files"),
        };
        let time = started.elapsed().as_secs_f64();
        let headline = format!("Looked at {files}, changed nothing ({time:.2} s)");
        terminal.say(&format!("{}\n", look.paint(BOLD, &headline)));
        if let Some(best) = most(&tallies) {
            terminal.say(&format!(
                "See the changes of one with `codemend --select {best}`\n"
            ));
        }
    }
    Ok(exit)
}

fn run(
    arguments: &ListArguments,
    catalogue: &[&dyn Codemod],
    cwd: &Utf8Path,
) -> anyhow::Result<(Outcome, Exit)> {
    let configuration = configuration(arguments, catalogue, cwd)?;
    let python = request::environment_of(arguments.python.as_deref(), cwd)?;
    let (paths, problems) = paths::existing(&arguments.paths, cwd);
    let request = Request {
        paths,
        catalogue,
        configuration: &configuration,
        stdin: None,
        python,
        threads: arguments.threads.map(usize::from),
        follow_hard_links: false,
        prefilter: true,
        narrowing: Narrowing::default(),
        review: false,
        in_parts: false,
        shard: None,
    };
    let bar = (!arguments.quiet).then(|| Bar::over(&request));
    let progress = bar.as_ref().map_or(&Unwatched as &dyn Progress, |bar| bar);
    let mut outcome = match request.paths.is_empty() {
        true => Outcome::default(),
        false => pipeline::run(&request, progress),
    };
    outcome.problems.extend(problems);
    outcome.problems.sort();
    let exit = match outcome.problems.is_empty() {
        true => Exit::Fine,
        false => Exit::Problems,
    };
    Ok((outcome, exit))
}

/// That of the files, with every codemod chosen that they do not ignore.
fn configuration(
    arguments: &ListArguments,
    catalogue: &[&dyn Codemod],
    cwd: &Utf8Path,
) -> anyhow::Result<Configuration> {
    let (file, inline) = request::config_arguments(&arguments.config, cwd)?;
    let overrides = Overrides {
        select: Some(vec!["all".to_owned()]),
        exclude: arguments.exclude.clone(),
        unsafe_fixes: Some(false),
        target_version: arguments.target_version,
        max_file_size: arguments.max_file_size,
        file,
        inline,
        ..Overrides::default()
    };
    let about = catalogue.iter().map(|codemod| codemod.about()).collect();
    Ok(Configuration::new(overrides, about)?)
}

/// What one codemod would do.
#[derive(Debug, Default)]
struct Tally {
    safe: usize,
    withheld: usize,
    by_hand: usize,
    /// Those that its safe changes alter.
    files: usize,
    left_alone: usize,
    reported: usize,
}

/// One for each of the catalogue, in its order, and one for what belongs to no codemod, where there is such a thing.
fn tallies(outcome: &Outcome, catalogue: &[&dyn Codemod]) -> Vec<(&'static str, Tally)> {
    let mut tallies = BTreeMap::<&'static str, Tally>::new();
    for step in &outcome.steps {
        let tally = tallies.entry(step.codemod).or_default();
        let files: BTreeSet<_> = step.files.iter().map(|file| &file.path).collect();
        tally.files += files.len();
    }
    let made = outcome.steps.iter().flat_map(|step| &step.changes);
    for Made {
        codemod, safety, ..
    } in made.chain(&outcome.withheld)
    {
        let tally = tallies.entry(codemod).or_default();
        *match safety {
            Safety::Safe => &mut tally.safe,
            Safety::Unsafe => &mut tally.withheld,
            Safety::Display => &mut tally.by_hand,
        } += 1;
    }
    for refusal in &outcome.refusals {
        tallies.entry(refusal.codemod).or_default().left_alone += 1;
    }
    for report in &outcome.reports {
        tallies.entry(report.codemod).or_default().reported += 1;
    }
    let names = catalogue.iter().map(|codemod| codemod.about().name);
    let mut rows: Vec<_> = names
        .map(|name| (name, tallies.remove(name).unwrap_or_default()))
        .collect();
    rows.extend(tallies);
    rows
}

/// The codemod with the most safe changes, or else the most unsafe ones.
fn most(tallies: &[(&'static str, Tally)]) -> Option<&'static str> {
    let with_changes = tallies
        .iter()
        .filter(|(_, it)| it.safe + it.withheld + it.by_hand > 0);
    let best = with_changes
        .rev()
        .max_by_key(|(_, it)| (it.safe, it.withheld));
    best.map(|(name, _)| *name)
}

type Column = (&'static str, fn(&Tally) -> usize);

/// Changes to make by hand are rare: their column is there when there are some.
fn table(tallies: &[(&'static str, Tally)], look: Look) -> String {
    let columns: [Column; 6] = [
        ("safe", |it| it.safe),
        ("in files", |it| it.files),
        ("unsafe", |it| it.withheld),
        ("by hand", |it| it.by_hand),
        ("left alone", |it| it.left_alone),
        ("reported", |it| it.reported),
    ];
    let is_shown = |(name, value): &Column| {
        *name != "by hand" || tallies.iter().any(|(_, tally)| value(tally) > 0)
    };
    let columns: Vec<_> = columns.into_iter().filter(is_shown).collect();
    let longest = tallies.iter().map(|(name, _)| name.len()).max();
    let width = longest.unwrap_or_default().max("codemod".len());
    let mut head = format!("{:width$}", "codemod");
    for (name, _) in &columns {
        let _ = write!(head, "  {name:>6}");
    }
    let mut table = format!("{}\n", look.paint(BOLD, &head));
    for (name, tally) in tallies {
        let _ = write!(table, "{name:width$}");
        for (head, value) in &columns {
            let cell = format!("  {:>1$}", value(tally), head.len().max(6));
            table.push_str(&match value(tally) {
                0 => look.paint(DIM, &cell),
                _ => cell,
            });
        }
        table.push('\n');
    }
    table
}

#[cfg(test)]
mod tests {
    use super::{Look, Tally, most, table};

    #[test]
    fn columns_are_aligned() {
        let many = Tally {
            safe: 12345,
            files: 7,
            by_hand: 3,
            ..Tally::default()
        };
        let rows = [("mend-it", many), ("a", Tally::default())];
        assert_eq!(
            table(&rows, Look::Raw),
            "codemod    safe  in files  unsafe  by hand  left alone  reported\n\
             mend-it   12345         7       0        3           0         0\n\
             a             0         0       0        0           0         0\n"
        );
        assert_eq!(most(&rows), Some("mend-it"));
        assert!(!table(&rows[1..], Look::Raw).contains("by hand"));
        assert_eq!(most(&rows[1..]), None);
    }
}
