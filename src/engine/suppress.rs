//! Comments that keep a place as it is: codemend's own, and those of linters for the rule that corresponds.
//!
//! `# codemend: ignore` and `# codemend: ignore[name, ...]` hold for the statement that they stand in, or, alone on a
//! line, for the one right below, comments between them aside: its decorators and its header where it is a function or
//! a class. `# codemend: ignore-file` holds for the file. `# noqa`, `# noqa: CODE`, `# pylint: disable=CODE` and
//! `# nosec` hold for the line that they stand on.

use std::ops::Range;

use ruff_python_ast::token::TokenKind;
use ruff_source_file::UniversalNewlines;
use ruff_text_size::{Ranged, TextRange, TextSize};

use crate::module::Module;

/// What one comment keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Names {
    All,
    Only(Vec<String>),
}

impl Names {
    fn cover(&self, names: &[&str]) -> bool {
        match self {
            Self::All => true,
            Self::Only(only) => names
                .iter()
                .any(|name| only.iter().any(|one| one.eq_ignore_ascii_case(name))),
        }
    }
}

#[derive(Debug)]
struct Suppression {
    /// Bytes that it holds for.
    span: Range<TextSize>,
    names: Names,
    /// The comment as it stands, for the reason.
    comment: String,
    /// Where the comment begins.
    at: TextSize,
    /// Written for codemend; the others name rules.
    ours: bool,
}

/// The suppressions of one module.
#[derive(Debug, Default)]
pub(crate) struct Suppressions {
    /// Those that hold for a part, by where that starts.
    parts: Vec<Suppression>,
    /// For each of them the farthest end of those up to it, so that a search knows where to stop.
    ends: Vec<TextSize>,
    /// Those that hold for the whole file.
    whole: Vec<Suppression>,
}

impl Suppressions {
    pub(crate) fn of(module: &Module<'_>) -> Self {
        let text = module.text();
        if !["codemend:", "noqa", "NOQA", "NoQA", "pylint", "nosec"]
            .iter()
            .any(|word| text.contains(word))
        {
            return Self::default();
        }
        let (mut parts, mut whole) = (Vec::new(), Vec::new());
        for range in module.comments() {
            let comment = module.slice(range);
            if let Some((names, whole_file)) = directive(comment) {
                let (all, span) = match whole_file {
                    true => (&mut whole, TextSize::default()..TextSize::of(text)),
                    false => (&mut parts, statement_span(module, range)),
                };
                all.push(Suppression {
                    span,
                    names,
                    comment: comment.to_owned(),
                    at: range.start(),
                    ours: true,
                });
            }
            let linters = [noqa(comment).or_else(|| pylint(comment)), nosec(comment)];
            for names in linters.into_iter().flatten() {
                let span = module.line_start(range.start())..module.line_end(range.end());
                parts.push(Suppression {
                    span,
                    names,
                    comment: comment.to_owned(),
                    at: range.start(),
                    ours: false,
                });
            }
        }
        parts.sort_by_key(|one| one.span.start);
        let mut farthest = TextSize::default();
        let ends = parts.iter().map(|one| {
            farthest = farthest.max(one.span.end);
            farthest
        });
        Self {
            ends: ends.collect(),
            parts,
            whole,
        }
    }

    /// The names in codemend's own comments that none of `known` is, each with its place.
    pub(crate) fn unknown_names<'s>(
        &'s self,
        known: &[&str],
    ) -> impl Iterator<Item = (TextSize, &'s str)> {
        let ours = self.parts.iter().chain(&self.whole).filter(|one| one.ours);
        ours.flat_map(|one| {
            let names = match &one.names {
                Names::Only(names) => names.as_slice(),
                Names::All => &[],
            };
            names
                .iter()
                .map(move |name| (one.at + place_in_list(&one.comment, name), name.as_str()))
        })
        .filter(|(_, name)| !known.iter().any(|one| one.eq_ignore_ascii_case(name)))
    }

    /// The comment that keeps the site at `range` from the codemod `name`, whose linter rules are `rules`.
    ///
    /// A linter's comment counts on a line of the site, and on the first line of its statement.
    pub(crate) fn keeping(
        &self,
        module: &Module<'_>,
        range: TextRange,
        name: &str,
        rules: &[&str],
    ) -> Option<&str> {
        if self.parts.is_empty() && self.whole.is_empty() {
            return None;
        }
        let logical = logical_line(module, range.start());
        let first_line = module.line_start(logical.start)..module.line_end(logical.start);
        let (start, end) = (range.start().min(first_line.start), range.end());
        let behind = self.parts.partition_point(|one| one.span.start <= end);
        let before = self.ends.partition_point(|&end| end < start);
        let near = self.parts.get(before..behind).unwrap_or_default();
        near.iter()
            .chain(&self.whole)
            .find(|one| match one.ours {
                true => touches(&one.span, range) && one.names.cover(&[name]),
                false => {
                    let here = touches(&one.span, range) || one.span == first_line;
                    here && one.names.cover(rules)
                }
            })
            .map(|one| one.comment.as_str())
    }
}

impl Module<'_> {
    /// The comment that keeps the place at `range` from the codemod `name`, by that name or by one of `rules`. What a
    /// codemod proposes and reports is judged so anyway, by all of its rules.
    pub fn kept_by(&self, range: TextRange, name: &str, rules: &[&str]) -> Option<&str> {
        self.suppressions().keeping(self, range, name, rules)
    }
}

fn touches(span: &Range<TextSize>, range: TextRange) -> bool {
    range.start() < span.end && span.start <= range.end()
}

/// `# codemend: ignore[...]`: the names, and whether it holds for the whole file.
fn directive(comment: &str) -> Option<(Names, bool)> {
    let (_, rest) = comment.split_once("codemend:")?;
    let rest = rest.trim_start().strip_prefix("ignore")?;
    let (rest, whole_file) = match rest.strip_prefix("-file") {
        Some(rest) => (rest, true),
        None => (rest, false),
    };
    match rest.strip_prefix('[') {
        Some(list) => {
            let (list, _) = list.split_once(']')?;
            let names = words(list);
            // As in `select` and `ignore` of the configuration.
            let names = match names.iter().any(|name| name == "all") {
                true => Names::All,
                false => Names::Only(names),
            };
            Some((names, whole_file))
        }
        None if rest.starts_with(|c: char| c.is_alphanumeric() || c == '-') => None,
        None => Some((Names::All, whole_file)),
    }
}

/// Where `name` stands in the list of `comment`, a directive.
fn place_in_list(comment: &str, name: &str) -> TextSize {
    let ours = comment.find("codemend:").unwrap_or_default();
    let list = ours + comment[ours..].find('[').unwrap_or_default();
    let place = list + comment[list..].find(name).unwrap_or_default();
    TextSize::try_from(place).unwrap_or_default()
}

/// `# noqa` or `# noqa: A001, B002`, in any case, as flake8 and ruff read it.
fn noqa(comment: &str) -> Option<Names> {
    let lower = comment.to_ascii_lowercase();
    let at = lower.find("noqa")?;
    let before = lower[..at].trim_end();
    if !before.ends_with('#') {
        return None;
    }
    let rest = comment[at + 4..].trim_start();
    match rest.strip_prefix(':') {
        Some(codes) => Some(Names::Only(
            codes
                .split([',', ' ', '\t'])
                .map(str::trim)
                .filter(|word| !word.is_empty())
                .take_while(|word| word.starts_with(|c: char| c.is_ascii_alphabetic()))
                .map(str::to_owned)
                .collect(),
        )),
        None => Some(Names::All),
    }
}

/// `# nosec` or `# nosec B110, B112`, as bandit reads it: the rules `nosec`, for all that bandit finds, and `nosec B110`.
fn nosec(comment: &str) -> Option<Names> {
    let at = comment.find("nosec")?;
    let rest = &comment[at + "nosec".len()..];
    if !comment[..at].trim_end().ends_with('#') || rest.starts_with(char::is_alphanumeric) {
        return None;
    }
    let rest = rest.split('#').next().unwrap_or_default();
    let codes = rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let is_code = |word: &&str| {
        let number = word.strip_prefix(['B', 'b']);
        number.is_some_and(|it| it.len() == 3 && it.chars().all(|c| c.is_ascii_digit()))
    };
    let codes: Vec<String> = codes
        .filter(is_code)
        .map(|code| format!("nosec {code}"))
        .collect();
    Some(Names::Only(match codes.is_empty() {
        true => vec!["nosec".to_owned()],
        false => codes,
    }))
}

/// `# pylint: disable=code, name`.
fn pylint(comment: &str) -> Option<Names> {
    let (_, rest) = comment.split_once("pylint:")?;
    let rest = rest.trim_start();
    let list = rest
        .strip_prefix("disable")
        .map(|rest| rest.trim_start_matches("-next").trim_start())?
        .strip_prefix('=')?;
    Some(Names::Only(words(list)))
}

fn words(list: &str) -> Vec<String> {
    list.split(',')
        .map(|word| word.trim().to_owned())
        .filter(|word| !word.is_empty())
        .collect()
}

/// The bytes that a `# codemend: ignore` holds for: the logical line that it stands on, or, alone on its line, the
/// next one.
fn statement_span(module: &Module<'_>, comment: TextRange) -> Range<TextSize> {
    let line = module.slice(TextRange::new(
        module.line_start(comment.start()),
        comment.start(),
    ));
    let in_statement = module
        .tokens()
        .after(comment.end())
        .iter()
        .map(|token| token.kind())
        .find(|kind| *kind != TokenKind::Comment)
        != Some(TokenKind::NonLogicalNewline);
    if !line.trim().is_empty() || in_statement {
        return logical_line(module, comment.start());
    }
    let open = logical_line(module, comment.start());
    match open.start < comment.start() {
        true => open,
        false => comment.start()..end_below(module, comment),
    }
}

/// The end of what stands right below `comment`: of a logical line, for a decorator that of the function or class.
/// Where a blank line follows, the comment holds for nothing.
fn end_below(module: &Module<'_>, comment: TextRange) -> TextSize {
    let Some((mut kind, below)) = statement_token(module, comment.end()) else {
        return comment.end();
    };
    let between = module.slice(TextRange::new(
        module.line_end(comment.end()),
        below.start(),
    ));
    let mut lines = between.universal_newlines();
    // The last piece is the indentation of the statement.
    if lines.any(|line| line.trim().is_empty() && line.as_full_str().ends_with(['\n', '\r'])) {
        return comment.end();
    }
    let mut line = logical_line(module, below.start());
    while kind == TokenKind::At
        && let Some((next, range)) = statement_token(module, line.end)
    {
        line = logical_line(module, range.start());
        kind = next;
    }
    line.end
}

/// The first token of the next statement at or behind `offset`.
fn statement_token(module: &Module<'_>, offset: TextSize) -> Option<(TokenKind, TextRange)> {
    let layout = |kind: TokenKind| {
        kind.is_trivia()
            || matches!(
                kind,
                TokenKind::Indent | TokenKind::Dedent | TokenKind::Newline
            )
    };
    let mut tokens = module.tokens().after(offset).iter();
    tokens
        .find(|token| !layout(token.kind()))
        .map(|token| (token.kind(), token.range()))
}

/// The logical line (all physical lines of a simple statement, or of a compound statement's header) at `offset`.
fn logical_line(module: &Module<'_>, offset: TextSize) -> Range<TextSize> {
    let tokens: &[_] = module.tokens();
    let here = tokens.partition_point(|token| token.end() <= offset);
    let start = tokens[..here]
        .iter()
        .rposition(|token| token.kind() == TokenKind::Newline)
        .map_or(0, |at| at + 1);
    let first = tokens[start..]
        .iter()
        .find(|token| {
            !token.kind().is_trivia()
                && !matches!(token.kind(), TokenKind::Indent | TokenKind::Dedent)
        })
        .map_or(offset, Ranged::start);
    let end = tokens[here..]
        .iter()
        .find(|token| token.kind() == TokenKind::Newline)
        .map_or(TextSize::of(module.text()), Ranged::end);
    first..end
}

#[cfg(test)]
mod tests;
