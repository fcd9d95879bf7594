//! `--pr-body FILE` and `--format markdown`: what a run did, as the text of a pull request.
//!
//! A reviewer wants to know what to look at twice: what is unsafe, and why; what was left alone, and why. Long lists are
//! cut until the text is short enough for a pull request; figures stay.

mod escape;
mod sections;

use camino::Utf8Path;
use codemend_engine::patch::Outcome;

use super::account::Account;
use super::reproduce;
use super::root::Rooted;
use super::summary::count;
use escape::block;
use sections::Sections;

/// The most characters that GitHub takes are 65 536. Some are left for those who write more.
const MOST: usize = 60_000;

/// How many places and reasons a list shows, the longest lists first.
const LISTS: [usize; 6] = [25, 12, 6, 3, 1, 0];

/// The text for the run whose files are `rooted`: at most 60 000 characters, whatever the run found.
pub fn text(rooted: &Rooted, outcome: &Outcome, cwd: &Utf8Path) -> String {
    let text = |most: &usize| {
        let sections = Sections {
            root: &rooted.root,
            cwd,
            most: *most,
        };
        document(&sections, rooted, outcome)
    };
    let mut texts = LISTS.iter().map(text);
    let fits = |text: &String| text.chars().count() <= MOST;
    let short = texts.by_ref().find(fits);
    short.unwrap_or_else(|| headline(rooted, &Account::all(outcome)))
}

fn document(sections: &Sections<'_>, rooted: &Rooted, outcome: &Outcome) -> String {
    let accounts = Account::all(outcome);
    let mut parts = vec![headline(rooted, &accounts)];
    if !accounts.is_empty() {
        parts.push(table(&accounts));
    }
    parts.extend(accounts.iter().map(|account| sections.codemod(account)));
    parts.extend(sections.reports(&outcome.reports));
    parts.extend(sections.problems(&outcome.problems));
    if !rooted.files.is_empty() {
        parts.push(again(sections));
    }
    parts.join("\n")
}

/// `## codemend: 41 changes in 17 files`, and how far they can be trusted.
fn headline(rooted: &Rooted, accounts: &[Account<'_>]) -> String {
    let made: usize = accounts.iter().map(|account| account.made.len()).sum();
    let risky: usize = accounts.iter().map(|one| one.made_unsafe().len()).sum();
    let files = rooted.files.len();
    if files == 0 {
        return "## codemend: nothing to change\n".to_owned();
    }
    let trust = match (risky, made) {
        (0, _) => "All of them are safe: the program does what it did.".to_owned(),
        (1, 1) => "It is unsafe: it may alter what the program does.".to_owned(),
        (1, _) => "1 of them is unsafe: it may alter what the program does. The others are safe."
            .to_owned(),
        (n, all) if n == all => "They are unsafe: they may alter what the program does.".to_owned(),
        (n, _) => format!(
            "{n} of them are unsafe: they may alter what the program does. The others are safe."
        ),
    };
    let (made, files) = (count(made, "change"), count(files, "file"));
    format!("## codemend: {made} in {files}\n\n{trust}\n")
}

/// A row for each codemod.
fn table(accounts: &[Account<'_>]) -> String {
    let mut table = "| codemod | safe | unsafe | files | left alone |\n\
                     | --- | ---: | ---: | ---: | ---: |\n"
        .to_owned();
    for account in accounts {
        let risky = account.made_unsafe().len();
        table.push_str(&format!(
            "| `{}` | {} | {risky} | {} | {} |\n",
            account.about.name,
            account.made.len() - risky,
            account.files,
            account.refusals.len()
        ));
    }
    table
}

/// How to make the changes again, and how to take them back.
fn again(sections: &Sections<'_>) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let place = sections.place_of_work();
    format!(
        "### Again, and back\n\nMade with codemend {version}. To make the changes again{place}:\n\n{}\n\
         `codemend undo` takes back what `--apply` wrote, `git revert` a commit.\n",
        block(&reproduce::command(None))
    )
}

#[cfg(test)]
mod tests;
