//! Comments that say that an exception is meant to be dropped.

use codemend_engine::module::Module;
use codemend_engine::syntax::{Ranged, TextRange, TextSize, TokenKind};

use super::site::Site;

/// Words that say so, at the start of a word.
const WORDS: &[&str] = &[
    "intentional",
    "deliberate",
    "on purpose",
    "expected",
    "ignor",
    "best effort",
    "best-effort",
    "optional",
    "harmless",
    "fine",
    "safe to",
    "must not",
    "never",
    "fire and forget",
    "don't care",
    "silent",
];

/// The comment in the handler of `site`, on its line or right above it in its column, that says that it is meant.
pub fn comment_of<'m>(module: &'m Module<'_>, site: &Site<'_>) -> Option<&'m str> {
    let start = site.handler.start();
    let range = TextRange::new(above(module, start), end_of(module, site));
    said_in(module, range)
}

/// The same for a statement that begins at `start` and whose head ends on the line of `end`.
pub fn comment_at<'m>(module: &'m Module<'_>, start: TextSize, end: TextSize) -> Option<&'m str> {
    said_in(
        module,
        TextRange::new(above(module, start), module.line_end(end)),
    )
}

fn said_in<'m>(module: &'m Module<'_>, range: TextRange) -> Option<&'m str> {
    let comments = module.comments().comments_in_range(range).iter();
    let mut comments = comments.map(|comment| module.slice(*comment));
    comments.find(|comment| says_so(comment))
}

/// Whether `comment` has one of the words.
fn says_so(comment: &str) -> bool {
    let lower = comment.to_lowercase().replace('\u{2019}', "'");
    // These speak to a tool.
    let lower = [
        "type: ignore",
        "pyright: ignore",
        "mypy: ignore",
        "noqa: ignore",
    ]
    .iter()
    .fold(lower, |text, tool| text.replace(tool, ""));
    WORDS.iter().any(|word| {
        lower.match_indices(word).any(|(at, _)| {
            let before = lower[..at].chars().next_back();
            !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
        })
    })
}

/// Where the comment lines begin that touch the line of `start` from above, in its column.
fn above(module: &Module<'_>, start: TextSize) -> TextSize {
    let indentation = module.indentation(start);
    let top = module.line_start(TextSize::default());
    let mut at = module.line_start(start);
    while at > top {
        let line = module.line_start(at - TextSize::from(1));
        let text = module.slice(TextRange::new(line, at));
        let is_comment = text
            .strip_prefix(indentation)
            .is_some_and(|rest| rest.starts_with('#'));
        if !is_comment || line >= at {
            break;
        }
        at = line;
    }
    at
}

/// Behind the last line of the handler, and the comments below it that are indented more than its keyword.
fn end_of(module: &Module<'_>, site: &Site<'_>) -> TextSize {
    let column = module.indentation(site.handler.start()).len();
    let mut end = module.line_end(site.handler.end());
    for token in module.tokens().after(site.handler.end()) {
        match token.kind() {
            TokenKind::Comment if module.line_start(token.start()) >= end => {
                if module.indentation(token.start()).len() <= column {
                    break;
                }
                end = module.line_end(token.end());
            }
            kind if kind.is_trivia() || kind == TokenKind::Newline => {}
            _ => break,
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::says_so;

    #[test]
    fn words_count_at_their_start() {
        for comment in [
            "# Ignored: it may be gone",
            "#BEST-EFFORT",
            "# that's fine",
            "# we don\u{2019}t care",
            "# (optional)",
        ] {
            assert!(says_so(comment), "{comment}");
        }
        for comment in [
            "# unexpected",
            "# define it",
            "# refine",
            "# whatever",
            "# type: ignore[misc]",
            "# pyright: ignore",
            "# nevertheless_not",
        ] {
            let counts = comment.contains("nevertheless");
            assert_eq!(says_so(comment), counts, "{comment}");
        }
    }
}
