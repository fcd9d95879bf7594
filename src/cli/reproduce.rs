//! The command line that makes the same changes again, for people who read of a run and have not seen it.
//!
//! It is the command line of this run, less what says where the result goes: that was the business of whoever ran it.

use std::borrow::Cow;
use std::ffi::OsString;

use super::terminal::visible;

/// Options that say where a run goes, and take a value.
const SINKS: &[&str] = &[
    "--series",
    "--pr-body",
    "--patch",
    "--html",
    "--format",
    "--color",
    "--write-baseline",
];

/// The same without a value.
const FLAGS: &[&str] = &[
    "--commit",
    "--apply",
    "--check",
    "--quiet",
    "--verbose",
    "--interactive",
    "--explain-refusals",
    "--allow-dirty",
    "--keep-going",
    "--verify",
];

/// Short options, all of them without a value.
const SHORT: &str = "qvi";

/// Options that say which codemods run.
const CHOICE: &[&str] = &["--select", "--ignore"];

/// What to type to apply what this process was asked for; with `only`, of this codemod alone.
pub fn command(only: Option<&str>) -> String {
    let arguments = std::env::args_os().skip(1);
    of(&arguments.collect::<Vec<_>>(), only)
}

fn of(arguments: &[OsString], only: Option<&str>) -> String {
    let arguments: Vec<Cow<'_, str>> = arguments.iter().map(|one| one.to_string_lossy()).collect();
    let end = arguments.iter().position(|one| one == "--");
    let (options, paths) = arguments.split_at(end.unwrap_or(arguments.len()));
    let mut words = vec!["codemend".to_owned()];
    words.extend(kept(options, only).into_iter().map(quoted));
    if let Some(name) = only {
        words.push(format!("--select {name}"));
    }
    words.push("--apply".to_owned());
    words.extend(paths.iter().map(|path| quoted(path)));
    words.join(" ")
}

fn kept<'a>(options: &'a [Cow<'a, str>], only: Option<&str>) -> Vec<&'a str> {
    let is_dropped = |name: &str| SINKS.contains(&name) || only.is_some() && CHOICE.contains(&name);
    let mut kept = Vec::new();
    let mut options = options.iter().map(|option| &**option);
    while let Some(option) = options.next() {
        let name = option.split('=').next().unwrap_or(option);
        if is_dropped(name) {
            if name == option {
                // Its value.
                options.next();
            }
        } else if !FLAGS.contains(&option) && !is_short(option) {
            kept.push(option);
        }
    }
    kept
}

/// Whether `option` is `-q` and the like, or some of them in one.
fn is_short(option: &str) -> bool {
    let letters = option.strip_prefix('-').unwrap_or_default();
    !letters.is_empty() && letters.chars().all(|letter| SHORT.contains(letter))
}

/// `word` as a shell takes it. What nobody can see is spelled out.
pub fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,+%@".contains(c);
    match visible(word) {
        shown if !shown.is_empty() && shown.chars().all(is_plain) => shown.into_owned(),
        shown => format!("'{}'", shown.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::of;

    fn command(line: &[&str], only: Option<&str>) -> String {
        let arguments: Vec<OsString> = line.iter().map(OsString::from).collect();
        of(&arguments, only)
    }

    #[test]
    fn says_what_runs_and_not_where_it_goes() {
        let line = [
            "app",
            "--unsafe-fixes",
            "--series",
            "../s",
            "--pr-body=x.md",
            "-qi",
            "--commit",
            "--select",
            "all",
            "--exclude",
            "a b",
            "--check",
            "--",
            "-v",
            "it's\n",
        ];
        assert_eq!(
            command(&line, None),
            r"codemend app --unsafe-fixes --select all --exclude 'a b' --apply -- -v 'it'\''s\x0a'"
        );
        assert_eq!(
            command(&line, Some("mend-it")),
            r"codemend app --unsafe-fixes --exclude 'a b' --select mend-it --apply -- -v 'it'\''s\x0a'"
        );
        assert_eq!(command(&[], None), "codemend --apply");
    }
}
