//! Blocks of code: Python in a few colours, and a text before and after as the difference between the two.

use anstyle::{AnsiColor, Style};
use codemend_engine::syntax::Ranged;
use ruff_python_ast::PySourceType;
use ruff_python_ast::token::TokenKind;
use ruff_python_parser::parse_unchecked_source;
use similar::{ChangeTag, TextDiff};

use super::super::terminal::{CYAN, DIM, GREEN, Look, RED, YELLOW};

const KEYWORD: Style = AnsiColor::Magenta.on_default();

/// A fenced block: what stands behind its fence, and its text.
#[derive(Debug, Clone)]
pub struct Block {
    pub info: String,
    pub text: String,
}

impl Block {
    fn language(&self) -> &str {
        self.info.split(' ').next().unwrap_or("")
    }

    /// `before`, `after`, `unchanged`, `safe` or `options`.
    fn role(&self) -> &str {
        self.info.split(' ').nth(1).unwrap_or("")
    }

    fn path(&self) -> &str {
        self.info.splitn(3, ' ').nth(2).unwrap_or("")
    }

    fn is_answer_to(&self, before: &Self) -> bool {
        self.role() == "after" && before.role() == "before" && self.path() == before.path()
    }
}

/// The lines of `blocks`, which follow on each other: a `before` together with its `after`, the others by themselves.
pub fn lines(blocks: &[Block], look: Look) -> Vec<String> {
    let mut lines = Vec::new();
    let is_told = |at: usize| blocks[..at].iter().any(|one| blocks[at].is_answer_to(one));
    for (at, block) in blocks.iter().enumerate().filter(|(at, _)| !is_told(*at)) {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        let after = blocks[at..].iter().find(|one| one.is_answer_to(block));
        lines.extend(title(block, after).map(|title| look.paint(DIM, &title)));
        lines.extend(match after {
            Some(after) => difference(block, after, look),
            None => plain(block, look),
        });
    }
    lines
}

/// What a block is, where its text does not say it.
fn title(block: &Block, after: Option<&Block>) -> Option<String> {
    let what = match (block.role(), after) {
        // Without an `after` it stays as it is.
        ("unchanged", _) | ("before", None) => "left alone",
        ("safe", _) => "with safe changes only",
        ("options", _) => "with these options",
        ("after", _) => "new",
        _ => "",
    };
    match (block.path(), what) {
        ("", "") => None,
        ("", what) => Some(format!("{what}:")),
        (path, "") => Some(format!("{path}:")),
        (path, what) => Some(format!("{path}, {what}:")),
    }
}

/// The whole text, the lines that differ marked as in a patch.
fn difference(before: &Block, after: &Block, look: Look) -> Vec<String> {
    let coloured = highlighted(after, look);
    let diff = TextDiff::from_lines(&before.text, &after.text);
    let line = |change: similar::Change<&str>| {
        let text = change.value().trim_end_matches('\n');
        match (change.tag(), change.new_index()) {
            (ChangeTag::Delete, _) => look.paint(RED, &format!("- {text}")),
            (ChangeTag::Insert, _) => look.paint(GREEN, &format!("+ {text}")),
            (ChangeTag::Equal, Some(at)) => match coloured.get(at).map_or("", String::as_str) {
                "" => String::new(),
                text => format!("  {text}"),
            },
            (ChangeTag::Equal, None) => format!("  {}", look.text(text)),
        }
    };
    diff.iter_all_changes().map(line).collect()
}

fn plain(block: &Block, look: Look) -> Vec<String> {
    let lines = highlighted(block, look).into_iter();
    lines
        .map(|line| match line.as_str() {
            "" => line,
            _ => format!("  {line}"),
        })
        .collect()
}

/// The lines of a block in colours, where they are wanted and it is Python.
fn highlighted(block: &Block, look: Look) -> Vec<String> {
    let styles = match (look, block.language()) {
        (Look::Coloured, "python") => python(&block.text),
        _ => Vec::new(),
    };
    let mut lines = Vec::new();
    let mut start = 0;
    for line in block.text.split_inclusive('\n') {
        let end = start + line.trim_end_matches('\n').len();
        lines.push(painted(&block.text, start, end, &styles, look));
        start += line.len();
    }
    lines
}

/// `text[start..end]`, with what of `styles` lies in it.
fn painted(text: &str, start: usize, end: usize, styles: &[Styled], look: Look) -> String {
    let mut line = String::new();
    let mut at = start;
    let first = styles.partition_point(|(_, to, _)| *to <= start);
    for (from, to, style) in &styles[first..] {
        let (from, to) = ((*from).max(at), (*to).min(end));
        if from >= end {
            break;
        }
        line.push_str(&look.text(&text[at..from]));
        line.push_str(&look.paint(*style, &text[from..to]));
        at = to;
    }
    line.push_str(&look.text(&text[at..end]));
    line
}

/// Bytes from and to, and how they look.
type Styled = (usize, usize, Style);

/// What of the Python `text` is coloured, in order. It need not parse.
fn python(text: &str) -> Vec<Styled> {
    let parsed = parse_unchecked_source(text, PySourceType::Python);
    let styled = parsed.tokens().iter().filter_map(|token| {
        let style = match token.kind() {
            TokenKind::Comment => DIM,
            TokenKind::Int | TokenKind::Float | TokenKind::Complex => CYAN,
            TokenKind::String
            | TokenKind::FStringStart
            | TokenKind::FStringMiddle
            | TokenKind::FStringEnd => YELLOW,
            kind if kind.is_keyword() => KEYWORD,
            _ => return None,
        };
        let range = token.range();
        Some((range.start().to_usize(), range.end().to_usize(), style))
    });
    styled.collect()
}

#[cfg(test)]
mod tests {
    use super::{Block, Look, lines};

    fn block(info: &str, text: &str) -> Block {
        Block {
            info: info.into(),
            text: text.into(),
        }
    }

    #[test]
    fn before_and_after_become_a_difference() {
        let blocks = [
            block("toml options", "unsafe = true\n"),
            block("python before a.py", "import a\n\nx = 1\n"),
            block("python unchanged b.py", "b\u{1b}\n"),
            block("python after a.py", "import a\n\nx = 2\n"),
        ];
        assert_eq!(
            lines(&blocks, Look::Visible),
            [
                "with these options:",
                "  unsafe = true",
                "",
                "a.py:",
                "  import a",
                "",
                "- x = 1",
                "+ x = 2",
                "",
                "b.py, left alone:",
                "  b\\x1b"
            ]
        );
    }

    #[test]
    fn python_has_a_few_colours() {
        let text = "def f(): # ü\n    return \"\"\"a\nb\"\"\", 1, (\n";
        let shown = lines(&[block("python", text)], Look::Coloured).join("\n");
        let shown = shown.replace('\u{1b}', "^");
        assert_eq!(
            shown,
            "  ^[35mdef^[0m f(): ^[2m# ü^[0m\n      ^[35mreturn^[0m ^[33m\"\"\"a^[0m\n  ^[33mb\"\"\"^[0m, ^[36m1^[0m, ("
        );
    }
}
