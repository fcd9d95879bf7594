//! Requirements files, as pip reads them.
//!
//! Lines are joined at a backslash first and lose their comments afterwards, in that order, like in pip.

use std::ops::Range;

use super::model::{Closed, Entry, Include, Kind, LineStyle, Manifest, Shape};
use super::requirement::Requirement;
use super::text::{Line, lines};
use crate::problem::{LineColumn, Problem};

/// Fill `manifest` from its text.
///
/// # Errors
/// A [`Problem`] at the first line that is neither a requirement nor an option.
pub(super) fn read(manifest: &mut Manifest) -> Result<(), Problem> {
    let text = manifest.text.clone();
    let mut requirements = Vec::new();
    let mut entries = Vec::new();
    let mut empty_at = text.len() - text.trim_start_matches('\u{feff}').len();
    for logical in logical_lines(&text) {
        empty_at = logical.range.end;
        match statement(&logical) {
            Statement::Nothing => {}
            Statement::Option(option) => {
                if option.starts_with("--require-hashes") {
                    close(manifest, HASHED, logical.line);
                }
            }
            Statement::Include { target, kind } => {
                let network = target.contains("://") || target.contains("${");
                let (range, line) = (logical.range.clone(), logical.line);
                if !network {
                    manifest.includes.push(Include {
                        target,
                        kind,
                        range,
                        line,
                    });
                } else if kind == Kind::Runtime {
                    let reason = format!("includes `{target}`, which cannot be read from here");
                    manifest
                        .unknown
                        .get_or_insert_with(|| Closed::new(line, reason));
                }
            }
            Statement::Requirement { text, options } => {
                if options.contains("--hash") {
                    close(manifest, HASHED, logical.line);
                }
                let found = requirement(&text, &logical)
                    .map_err(|problem| broken(manifest, &logical, &problem))?;
                entries.push(Entry {
                    range: logical.range.clone(),
                    name: found.as_ref().map(|one| one.written.clone()),
                });
                requirements.extend(found);
            }
            Statement::Editable(target) => requirements.extend(direct(&target, &logical)),
        }
    }
    let shape = Shape::Lines {
        entries,
        empty_at,
        style: LineStyle::Requirement,
    };
    manifest.push(Kind::Runtime, requirements, shape);
    manifest.is_project = true;
    Ok(())
}

/// One `--hash` switches pip to hash checking for every line.
const HASHED: &str = "is checked by hashes";

fn close(manifest: &mut Manifest, reason: &str, line: usize) {
    manifest
        .closed
        .get_or_insert_with(|| Closed::new(line, reason));
}

fn broken(manifest: &Manifest, logical: &Logical, message: &str) -> Problem {
    Problem::new(&manifest.path, message)
        .at(LineColumn::of(&manifest.text, logical.range.start))
        .help("mend the line, or exclude the file's project")
}

/// Lines that belong together.
#[derive(Debug)]
struct Logical {
    /// From the first character that is no blank to the end of the last line.
    range: Range<usize>,
    line: usize,
    /// Joined, without comments, trimmed.
    text: String,
}

fn logical_lines(text: &str) -> Vec<Logical> {
    let mut found = Vec::new();
    let mut pending: Option<(Line, usize, String)> = None;
    let all = lines(text);
    for (index, line) in all.iter().enumerate() {
        let content = &text[line.start..line.end];
        let (first, number, mut joined) = pending
            .take()
            .unwrap_or_else(|| (*line, index + 1, String::new()));
        let comment = content.starts_with('#') || content.trim_start().starts_with('#');
        match content.strip_suffix('\\').filter(|_| !comment) {
            Some(head) if index + 1 < all.len() => {
                joined.push_str(head);
                pending = Some((first, number, joined));
                continue;
            }
            Some(head) => joined.push_str(head),
            None if comment => {
                joined.push(' ');
                joined.push_str(content);
            }
            None => joined.push_str(content),
        }
        let body = without_comment(&joined).trim().to_owned();
        let blanks = text[first.start..line.end].trim_start();
        found.push(Logical {
            range: line.end - blanks.len()..line.end,
            line: number,
            text: body,
        });
    }
    found.retain(|logical| !logical.text.is_empty());
    found
}

/// A `#` starts a comment where nothing or a blank stands before it; `#egg=` does not.
pub(super) fn without_comment(line: &str) -> &str {
    let mut blank = true;
    for (at, c) in line.char_indices() {
        if c == '#' && blank {
            return &line[..at];
        }
        blank = c.is_whitespace();
    }
    line
}

enum Statement {
    Nothing,
    Option(String),
    Include { target: String, kind: Kind },
    Editable(String),
    Requirement { text: String, options: String },
}

fn statement(logical: &Logical) -> Statement {
    let text = logical.text.as_str();
    if text.is_empty() {
        return Statement::Nothing;
    }
    if !text.starts_with('-') {
        let options = text
            .match_indices(" -")
            .map(|(at, _)| at)
            .find(|at| text[at + 2..].starts_with(|c: char| c == '-' || c.is_ascii_alphabetic()));
        let (text, options) = text.split_at(options.unwrap_or(text.len()));
        return Statement::Requirement {
            text: text.trim_end().to_owned(),
            options: options.to_owned(),
        };
    }
    let value = |short: &str, long: &str| {
        let after_long = text.strip_prefix(long).map(|rest| (rest, true));
        let (rest, long) = after_long.or_else(|| Some((text.strip_prefix(short)?, false)))?;
        let rest = match rest.strip_prefix('=') {
            Some(rest) => rest,
            None if long && !rest.starts_with(char::is_whitespace) => return None,
            None => rest,
        };
        Some(rest.trim().trim_matches(['"', '\'']).to_owned())
    };
    if let Some(target) = value("-r", "--requirement") {
        let kind = Kind::Runtime;
        return Statement::Include { target, kind };
    }
    if let Some(target) = value("-c", "--constraint") {
        let kind = Kind::Constraint;
        return Statement::Include { target, kind };
    }
    match value("-e", "--editable") {
        Some(target) => Statement::Editable(target),
        None => Statement::Option(text.to_owned()),
    }
}

/// `Ok(None)` is a requirement whose name nobody can tell: a path, an address without one.
fn requirement(text: &str, logical: &Logical) -> Result<Option<Requirement>, String> {
    let range = logical.range.clone();
    if let Some(found) = Requirement::parse(text, range, logical.line) {
        return Ok(Some(found));
    }
    let elsewhere = text.contains(['/', '\\'])
        || text.contains("${")
        || text.starts_with('.')
        || is_archive(text);
    match elsewhere {
        true => Ok(direct(text, logical)),
        false => Err(format!("`{}` is no requirement", shorten(text))),
    }
}

/// The requirement behind an address or a path: `#egg=name` says its name, or the name of an archive does.
fn direct(target: &str, logical: &Logical) -> Option<Requirement> {
    let (address, fragment) = target.split_once('#').unwrap_or((target, ""));
    let egg = fragment
        .split('&')
        .find_map(|part| part.strip_prefix("egg="));
    let file = address.split(['?', ';']).next().unwrap_or_default().trim();
    let file = file.rsplit(['/', '\\']).next().unwrap_or_default();
    let archive = is_archive(file).then(|| archive_name(file)).flatten();
    let name = egg.or(archive)?;
    let url = Some(target.to_owned());
    Some(Requirement::named(
        name.trim(),
        url,
        logical.range.clone(),
        logical.line,
    ))
}

fn is_archive(file: &str) -> bool {
    let lower = file.to_lowercase();
    [".whl", ".tar.gz", ".zip", ".tar.bz2", ".tgz"]
        .iter()
        .any(|ending| lower.ends_with(ending))
}

/// `email_validator-2.1.0-py3-none-any.whl`, `email-validator-2.1.0.tar.gz`
fn archive_name(file: &str) -> Option<&str> {
    let version = file
        .match_indices('-')
        .map(|(at, _)| at)
        .find(|at| file[at + 1..].starts_with(|c: char| c.is_ascii_digit()))?;
    Some(&file[..version])
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((at, _)) => format!("{}...", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifests::model::Format;

    fn read_text(text: &str) -> Result<Manifest, Problem> {
        let mut manifest =
            Manifest::new("requirements.txt".into(), Format::Requirements, text.into());
        read(&mut manifest).map(|()| manifest)
    }

    fn names(text: &str) -> Vec<String> {
        let manifest = read_text(text).unwrap();
        let list = &manifest.lists[0];
        list.requirements
            .iter()
            .map(|one| one.name.clone())
            .collect()
    }

    #[test]
    fn lines_comments_and_options() {
        let text = "\u{feff}# header\n--index-url https://example.org/simple\n\nA_b>=1 # c\n  c[d] ; python_version < '3'\n-e git+https://example.org/e.git#egg=e[x]\nhttps://example.org/f-1.0.tar.gz\n./g\n";
        assert_eq!(names(text), ["a-b", "c", "e", "f"]);
    }

    #[test]
    fn continued_lines_are_one_entry() {
        let text = "a==1 \\\n    --hash=sha256:00 \\\n    --hash=sha256:11\nb==2\n";
        let manifest = read_text(text).unwrap();
        let [a, b] = &manifest.lists[0].requirements[..] else {
            panic!("two entries");
        };
        assert_eq!(&text[a.range.clone()], text.split_once("\nb").unwrap().0);
        assert_eq!((a.line, b.line), (1, 4));
        assert_eq!(manifest.closed.unwrap(), Closed::new(1, HASHED));
    }

    #[test]
    fn includes_and_constraints() {
        let text = "-r base.txt\n--requirement=more.txt\n-rlast.txt\n-c limits.txt\n--constraint 'l 2.txt'\n-r https://example.org/r.txt\n";
        let manifest = read_text(text).unwrap();
        let targets: Vec<_> = manifest
            .includes
            .iter()
            .map(|one| (one.target.as_str(), one.kind == Kind::Constraint))
            .collect();
        assert_eq!(
            targets,
            [
                ("base.txt", false),
                ("more.txt", false),
                ("last.txt", false),
                ("limits.txt", true),
                ("l 2.txt", true)
            ]
        );
        assert_eq!(manifest.unknown.unwrap().line, 6);
    }

    #[test]
    fn what_is_no_requirement_is_a_problem_with_its_line() {
        let problem = read_text("fastapi\nHello, this is prose\n").unwrap_err();
        assert_eq!(problem.message, "`Hello, this is prose` is no requirement");
        assert_eq!(problem.at, Some(LineColumn { line: 2, column: 1 }));
    }

    #[test]
    fn archives_say_their_names() {
        assert_eq!(
            names("https://example.org/w/email_validator-2.1.0-py3-none-any.whl\n"),
            ["email-validator"]
        );
        assert_eq!(
            names("./vendor/email-validator-2.1.0.zip\n"),
            ["email-validator"]
        );
    }
}
