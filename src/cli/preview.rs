//! What would change, as a unified diff. Into a pipe it is a patch, byte for byte; for a person it has colours, the
//! words that differ stand out, and nothing in it can steer the terminal.

use std::fmt::Write;

use camino::Utf8Path;
use codemend_engine::diff::{FileDiff, Hunk, Line, LineKind, NO_NEWLINE, git_patch};
use codemend_engine::patch::FilePatch;

use super::root::Rooted;
use super::terminal::{BOLD, CYAN, DIM, GREEN, Look, RED, Terminal};

/// Show the difference of all files on standard output.
///
/// # Errors
/// Standard output cannot be written; a closed pipe is fine.
pub fn print(rooted: &Rooted, terminal: &Terminal) -> anyhow::Result<()> {
    if terminal.out == Look::Raw {
        return terminal.print(&git_patch(&rooted.files, &rooted.root));
    }
    for file in &rooted.files {
        let shown = shown(file, &rooted.root, terminal.out);
        terminal.print(format!("{shown}\n").as_bytes())?;
    }
    Ok(())
}

/// The same as one text, as a stream with `look` shows it to a person.
pub fn text(rooted: &Rooted, look: Look) -> String {
    let files = rooted.files.iter();
    let shown = files.map(|file| shown(file, &rooted.root, look.for_people()));
    shown.collect::<Vec<_>>().join("\n")
}

/// The difference of one file as a person sees it: its header and its hunks.
pub fn shown(file: &FilePatch, root: &Utf8Path, look: Look) -> String {
    let diff = FileDiff::new(file, root);
    let mut text = String::new();
    for line in diff.header() {
        let _ = writeln!(text, "{}", look.paint(BOLD, &line));
    }
    text.push_str(&hunks(file, look));
    text
}

/// What is below the header of a file, for a stream that people read.
pub fn hunks(file: &FilePatch, look: Look) -> String {
    // The name stands in the header only.
    let diff = FileDiff::new(file, "".into());
    let line_end = line_end(file);
    let mut text = String::new();
    for hunk in diff.marked_hunks() {
        show_hunk(&mut text, &hunk, line_end, look);
    }
    text
}

fn show_hunk(text: &mut String, hunk: &Hunk<'_>, line_end: &str, look: Look) {
    let _ = writeln!(text, "{}", look.paint(CYAN, &hunk.header));
    for line in &hunk.lines {
        let _ = writeln!(text, "{}", show_line(line, line_end, look));
        if line.lacks_newline() {
            let _ = writeln!(text, "{}", look.paint(DIM, NO_NEWLINE));
        }
    }
}

fn show_line(line: &Line<'_>, line_end: &str, look: Look) -> String {
    let style = match line.kind {
        LineKind::Context => return format!(" {}", look.text(&whole(line, line_end))),
        LineKind::Removed => RED,
        LineKind::Added => GREEN,
    };
    // A line that differs as a whole needs no marks.
    if !line.parts.iter().any(|part| part.changed) {
        let whole = format!("{}{}", line.kind.sign(), whole(line, line_end));
        return look.paint(style, &whole);
    }
    let mut shown = look.paint(style, &line.kind.sign().to_string());
    let last = line.parts.len() - 1;
    for (at, part) in line.parts.iter().enumerate() {
        let piece = match at == last {
            true => part
                .text
                .strip_suffix(line_end)
                .unwrap_or(part.text.trim_end_matches('\n')),
            false => part.text,
        };
        let style = if part.changed {
            style.bold().invert()
        } else {
            style
        };
        if !piece.is_empty() {
            shown.push_str(&look.paint(style, piece));
        }
    }
    shown
}

fn whole(line: &Line<'_>, line_end: &str) -> String {
    let mut whole: String = line.parts.iter().map(|part| part.text).collect();
    let end = if whole.ends_with(line_end) {
        line_end.len()
    } else {
        usize::from(whole.ends_with('\n'))
    };
    whole.truncate(whole.len() - end);
    whole
}

/// The line end that need not be shown: a file that has CRLF throughout would be full of `\x0d`.
fn line_end(file: &FilePatch) -> &'static str {
    let texts = file.before.iter().chain([&file.after]);
    let mut lines = texts.flat_map(|text| text.split_inclusive('\n'));
    match lines.all(|line| line.ends_with("\r\n") || !line.ends_with('\n')) {
        true => "\r\n",
        false => "\n",
    }
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;
    use codemend_engine::patch::FilePatch;

    use super::{Look, shown};

    fn show(before: &str, after: &str, look: Look) -> String {
        let file = FilePatch::new("/repo/a.py", Some(before.into()), after);
        shown(&file, Utf8Path::new("/repo"), look)
    }

    #[test]
    fn colours_lines_and_marks_words() {
        let text = show(
            "import a\nx: Optional[str] = 1\n",
            "import a\nx: str | None = 1\n",
            Look::Coloured,
        );
        let lines: Vec<_> = text.lines().skip(3).collect();
        assert_eq!(lines[0], "\u{1b}[36m@@ -1,2 +1,2 @@\u{1b}[0m");
        assert_eq!(lines[1], " import a");
        assert!(
            lines[2].contains("\u{1b}[1m\u{1b}[7m\u{1b}[31mOptional[\u{1b}[0m"),
            "{:?}",
            lines[2]
        );
        assert!(
            lines[3].starts_with("\u{1b}[32m+\u{1b}[0m"),
            "{:?}",
            lines[3]
        );
    }

    #[test]
    fn nothing_in_a_source_steers_the_terminal() {
        let text = show(
            "a\u{1b}[2J\nb\rc\n",
            "a\u{1b}[2J\nb\rd\u{202e}",
            Look::Visible,
        );
        let lines: Vec<_> = text.lines().skip(4).collect();
        assert_eq!(
            lines,
            [
                " a\\x1b[2J",
                "-b\\x0dc",
                "+b\\x0dd<U+202E>",
                "\\ No newline at end of file"
            ]
        );
    }

    #[test]
    fn shows_carriage_returns_only_where_they_are_odd() {
        let even = show("a\r\nb\r\n", "a\r\nc\r\n", Look::Visible);
        assert!(even.ends_with(" a\n-b\n+c\n"), "{even}");
        let odd = show("a\r\nb\n", "a\r\nc\n", Look::Visible);
        assert!(odd.ends_with(" a\\x0d\n-b\n+c\n"), "{odd}");
    }
}
