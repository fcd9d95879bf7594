//! The message of a commit: what one codemod changed, why, what it left alone, and how to do it again.
//!
//! Only text of codemend's own begins a line. What comes from the repository is indented, so that it can neither end the
//! message (`---`, `diff -`) nor speak for its author (`From: `) when a patch is read back.

use codemend_engine::patch::{Made, Outcome};
use textwrap::{Options, WordSeparator, WordSplitter};

use super::super::account::{Account, Group, NO_REASON, by_reason};
use super::super::reproduce;
use super::super::stages::Stage;
use super::super::summary::count;
use super::super::terminal::visible;

/// Columns of a line.
const WIDTH: usize = 72;

/// Reasons that are spelled out.
const REASONS: usize = 10;

/// Characters of one reason.
const REASON: usize = 160;

/// A commit's message.
#[derive(Debug, PartialEq, Eq)]
pub struct Message {
    /// One line, ASCII, at most 72 characters.
    pub subject: String,
    /// Lines that end with `\n`; the first and the last are not blank.
    pub body: String,
}

impl Message {
    /// The message for `stage` of the run that ended with `outcome`.
    pub fn of(stage: &Stage, outcome: &Outcome) -> Self {
        let name = stage.codemod;
        let Some(account) = Account::of(name, outcome) else {
            // A codemod that is not in the catalogue.
            let subject = format!("{name}: change {}", count(stage.files.len(), "file"));
            let body = again(name);
            return Self { subject, body };
        };
        let mut paragraphs = vec![wrapped(&account.summary(), "", "")];
        let why = account.why();
        paragraphs.extend(why.iter().map(|one| wrapped(one, "", "")));
        paragraphs.push(made(&account, stage.files.len()));
        paragraphs.extend(withheld(&account));
        paragraphs.extend(left_alone(&account));
        paragraphs.push(again(name));
        Self {
            subject: format!("{name}: {}", account.about.deed.of(account.made.len())),
            body: guarded(&paragraphs.join("\n")),
        }
    }

    /// Subject and body, as a commit holds them.
    pub fn text(&self) -> String {
        format!("{}\n\n{}", self.subject, self.body)
    }
}

/// `12 changes in 5 files, 3 of them unsafe` and why they are.
fn made(account: &Account<'_>, files: usize) -> String {
    let all = account.made.len();
    let places = format!("{} in {}", count(all, "change"), count(files, "file"));
    let risky = account.made_unsafe();
    let which = match (risky.len(), all) {
        (0, 1) => return format!("{places}, which is safe.\n"),
        (0, _) => return format!("{places}, all of them safe.\n"),
        (1, 1) => "which is unsafe (it may alter what the program does):".to_owned(),
        (1, _) => "1 of them unsafe (it may alter what the program does):".to_owned(),
        (n, _) => {
            let n = if n == all {
                "all".to_owned()
            } else {
                n.to_string()
            };
            format!("{n} of them unsafe (they may alter what the program does):")
        }
    };
    wrapped(&format!("{places}, {which}"), "", "") + &reasons(&risky, why)
}

fn withheld(account: &Account<'_>) -> Option<String> {
    let withheld = &account.withheld;
    let text = match withheld.len() {
        0 => return None,
        1 => "1 change is not among them, because it is unsafe or to be made by hand:".to_owned(),
        n => format!(
            "{n} changes are not among them, because they are unsafe or to be made by hand:"
        ),
    };
    Some(wrapped(&text, "", "") + &reasons(withheld, why))
}

fn left_alone(account: &Account<'_>) -> Option<String> {
    let refusals = &account.refusals;
    let text = match refusals.len() {
        0 => return None,
        n => format!("{} left alone:\n", count(n, "place")),
    };
    Some(text + &reasons(refusals, |refusal| Some(refusal.reason.clone())))
}

fn why(made: &Made) -> Option<String> {
    made.why.clone().or(Some(NO_REASON.to_owned()))
}

/// A line for each of the most frequent reasons, and how many there are besides.
fn reasons<T>(all: &[&T], reason: impl Fn(&T) -> Option<String>) -> String {
    let groups = by_reason(all, reason);
    let width = groups
        .first()
        .map_or(0, |group| group.of.len().to_string().len());
    let indent = " ".repeat(width + 4);
    let line = |group: &Group<'_, T>| {
        let first = format!("  {:width$}  ", group.of.len());
        wrapped(&cut(&visible(&group.reason)), &first, &indent)
    };
    let mut text: String = groups.iter().take(REASONS).map(line).collect();
    if groups.len() > REASONS {
        let more = count(groups.len() - REASONS, "more reason");
        text.push_str(&format!("  and {more}\n"));
    }
    text
}

/// `reason` in full, or its beginning: an import cycle can be a page long.
fn cut(reason: &str) -> String {
    match reason.char_indices().nth(REASON) {
        None => reason.to_owned(),
        Some((at, _)) => format!("{}…", &reason[..at]),
    }
}

/// How to make this change again.
fn again(name: &str) -> String {
    let command = reproduce::command(Some(name));
    let version = env!("CARGO_PKG_VERSION");
    format!("Made with codemend {version}:\n\n    {command}\n")
}

/// `text` in lines of at most 72 columns, the first behind `first`, the others behind `rest`.
fn wrapped(text: &str, first: &str, rest: &str) -> String {
    let options = Options::new(WIDTH)
        .initial_indent(first)
        .subsequent_indent(rest)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .break_words(false);
    let lines = textwrap::wrap(text, options);
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// `text` with a blank before each line that a reader of patches would take for something else.
fn guarded(text: &str) -> String {
    let ends = [
        "---", "diff -", "Index: ", "From ", "From:", "Subject:", "Date:", "#",
    ];
    let guard = |line: &str| match ends.iter().any(|end| line.starts_with(end)) {
        true => format!(" {line}\n"),
        false => format!("{line}\n"),
    };
    text.lines().map(guard).collect()
}

#[cfg(test)]
mod tests {
    use codemend_engine::change::{Refusal, Safety};
    use codemend_engine::patch::{FilePatch, Outcome, Step};
    use codemend_engine::problem::LineColumn;

    use super::{Made, Message, Stage, guarded};

    const AT: LineColumn = LineColumn { line: 1, column: 1 };

    fn change(safety: Safety, why: Option<&str>) -> Made {
        Made {
            path: "/a.py".into(),
            at: AT,
            end: AT,
            fingerprint: String::new(),
            codemod: "hoist-imports",
            title: "move `import os`".into(),
            safety,
            why: why.map(Into::into),
        }
    }

    fn message(changes: Vec<Made>, reasons: &[&str]) -> Message {
        let files = vec![FilePatch::new("/a.py", Some("a".into()), "b")];
        let step = Step {
            codemod: "hoist-imports",
            files: files.clone(),
            changes,
        };
        let refusal = |reason: &&str| Refusal {
            codemod: "hoist-imports",
            path: "/a.py".into(),
            at: AT,
            reason: (*reason).to_owned(),
        };
        let outcome = Outcome {
            steps: vec![step],
            refusals: reasons.iter().map(refusal).collect(),
            ..Outcome::default()
        };
        let codemod = "hoist-imports";
        Message::of(&Stage { codemod, files }, &outcome)
    }

    #[test]
    fn says_what_why_and_what_not() {
        let safe = change(Safety::Safe, None);
        let risky = change(Safety::Unsafe, Some("`app.a` runs code\u{1b}"));
        let message = message(vec![safe, risky], &["`x` is odd", "`y` is odd", "even"]);
        assert_eq!(
            message.subject,
            "hoist-imports: move 2 imports to module level"
        );
        let body = &message.body;
        assert!(
            body.starts_with("Moves imports out of functions to the top"),
            "{body}"
        );
        for part in [
            "\n\nAn import in a function hides what the module depends on,",
            "\n\n2 changes in 1 file, 1 of them unsafe (it may alter what the program\ndoes):\n  1  `app.a` runs code\\x1b\n\n",
            "\n\n3 places left alone:\n  2  … is odd\n  1  even\n\nMade with codemend ",
            ":\n\n    codemend ",
            " --select hoist-imports --apply",
        ] {
            assert!(body.contains(part), "{part:?} in:\n{body}");
        }
    }

    #[test]
    fn long_lists_are_cut_and_long_lines_wrapped() {
        let reasons: Vec<String> = (0..12)
            .map(|n| format!("reason {}", "x ".repeat(40 + 20 * n)))
            .collect();
        let reasons: Vec<&str> = reasons.iter().map(String::as_str).collect();
        let body = message(vec![change(Safety::Safe, None)], &reasons).body;
        assert!(
            body.contains("\n1 change in 1 file, which is safe.\n"),
            "{body}"
        );
        assert!(body.contains("\n  and 2 more reasons\n"), "{body}");
        let lines = body
            .lines()
            .filter(|line| !line.starts_with("    codemend "));
        assert!(
            lines.clone().all(|line| line.chars().count() <= 72),
            "{body}"
        );
    }

    #[test]
    fn no_line_is_taken_for_a_patch() {
        assert_eq!(
            guarded("--- a\nx\ndiff --git\n# y\n"),
            " --- a\nx\n diff --git\n # y\n"
        );
        let body = message(
            vec![change(Safety::Unsafe, Some("--- a/x"))],
            &["diff --git a b"],
        )
        .body;
        assert!(
            body.lines()
                .all(|line| !line.starts_with("---") && !line.starts_with("diff"))
        );
    }
}
