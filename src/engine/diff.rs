//! The text of a patch as git writes it: headers, quoted names, hunks.
//!
//! One model ([`FileDiff`]) feeds the patch file and the coloured preview, so that both show the same hunks.
//! Lines end at `\n` only, as they do for git: a lone `\r` or a form feed is part of its line.

use camino::Utf8Path;
use similar::{ChangeTag, DiffOp, TextDiff};

use crate::patch::FilePatch;

/// What stands after a last line that has no newline.
pub const NO_NEWLINE: &str = "\\ No newline at end of file";

/// Lines shown around a change.
const AROUND: usize = 3;

/// The difference of one file.
pub struct FileDiff<'a> {
    file: &'a FilePatch,
    /// From the root on, with `/` between the parts.
    name: String,
    text: TextDiff<'a, 'a, str>,
}

/// Lines that belong together, with their `@@` line.
#[derive(Debug, PartialEq, Eq)]
pub struct Hunk<'d> {
    pub header: String,
    pub lines: Vec<Line<'d>>,
}

/// One line of a hunk. Its parts, put together, are the whole line with its `\n`, when it has one.
#[derive(Debug, PartialEq, Eq)]
pub struct Line<'d> {
    pub kind: LineKind,
    pub parts: Vec<Part<'d>>,
}

/// A piece of a line; `changed` says that just this piece differs from its counterpart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part<'d> {
    pub text: &'d str,
    pub changed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    Context,
    Removed,
    Added,
}

impl LineKind {
    /// The character that the line starts with in a patch.
    pub fn sign(self) -> char {
        match self {
            Self::Context => ' ',
            Self::Removed => '-',
            Self::Added => '+',
        }
    }
}

impl From<ChangeTag> for LineKind {
    fn from(tag: ChangeTag) -> Self {
        match tag {
            ChangeTag::Equal => Self::Context,
            ChangeTag::Delete => Self::Removed,
            ChangeTag::Insert => Self::Added,
        }
    }
}

impl<'a> FileDiff<'a> {
    /// `root` is the directory that names start at. A file outside of it keeps its whole path.
    pub fn new(file: &'a FilePatch, root: &Utf8Path) -> Self {
        let below = file.path.strip_prefix(root).unwrap_or(&file.path);
        let parts = below.components().map(|part| part.as_str());
        let name = parts
            .filter(|part| *part != "/")
            .collect::<Vec<_>>()
            .join("/");
        let before: Vec<&str> = lines(file.before.as_deref().unwrap_or_default());
        let after: Vec<&str> = lines(&file.after);
        let text = TextDiff::configure().diff_slices(&before, &after);
        Self { file, name, text }
    }

    /// The lines above the first hunk, without their `\n`: `diff --git`, the mode of a new file, `---` and `+++`.
    pub fn header(&self) -> Vec<String> {
        let (old, new) = (quoted("a/", &self.name), quoted("b/", &self.name));
        let mut header = vec![format!("diff --git {old} {new}")];
        let created = self.file.before.is_none();
        if created {
            header.push("new file mode 100644".into());
        }
        if created && self.file.after.is_empty() {
            // No hunk will follow, and git then leaves `---` and `+++` out.
            return header;
        }
        // A tab ends a name with spaces: patch(1) would read the rest as a date.
        let end = if self.name.contains(' ') { "\t" } else { "" };
        header.push(match created {
            true => "--- /dev/null".into(),
            false => format!("--- {old}{end}"),
        });
        header.push(format!("+++ {new}{end}"));
        header
    }

    /// The hunks, each line in one part.
    pub fn hunks(&self) -> Vec<Hunk<'_>> {
        self.hunks_of(|op| {
            let changes = self.text.iter_changes(op);
            let line = changes.map(|change| Line {
                kind: change.tag().into(),
                parts: vec![Part {
                    text: change.value(),
                    changed: false,
                }],
            });
            line.collect()
        })
    }

    /// The hunks, with the words that differ marked. For the eye: which words are marked may depend on the time left.
    pub fn marked_hunks(&self) -> Vec<Hunk<'_>> {
        self.hunks_of(|op| {
            let changes = self.text.iter_inline_changes(op);
            let line = changes.map(|change| Line {
                kind: change.tag().into(),
                parts: change
                    .values()
                    .iter()
                    .map(|&(changed, text)| Part { text, changed })
                    .collect(),
            });
            line.collect()
        })
    }

    fn hunks_of<'d>(&'d self, lines: impl Fn(&DiffOp) -> Vec<Line<'d>>) -> Vec<Hunk<'d>> {
        let mut unified = self.text.unified_diff();
        let hunks = unified.context_radius(AROUND).iter_hunks();
        let hunks = hunks.map(|hunk| Hunk {
            header: hunk.header().to_string(),
            lines: hunk.ops().iter().flat_map(&lines).collect(),
        });
        hunks.collect()
    }
}

impl Line<'_> {
    /// Whether this is a last line without a newline.
    pub fn lacks_newline(&self) -> bool {
        !self
            .parts
            .last()
            .is_some_and(|part| part.text.ends_with('\n'))
    }
}

/// The patch of `files`, in their order: what `git apply` and `patch -p1` take in the directory `root`.
/// No files give no bytes.
pub fn git_patch(files: &[FilePatch], root: &Utf8Path) -> Vec<u8> {
    let mut patch = String::new();
    for file in files {
        let diff = FileDiff::new(file, root);
        for line in diff.header() {
            patch.push_str(&line);
            patch.push('\n');
        }
        for hunk in diff.hunks() {
            write_hunk(&mut patch, &hunk);
        }
    }
    patch.into_bytes()
}

fn write_hunk(patch: &mut String, hunk: &Hunk<'_>) {
    patch.push_str(&hunk.header);
    patch.push('\n');
    for line in &hunk.lines {
        patch.push(line.kind.sign());
        patch.extend(line.parts.iter().map(|part| part.text));
        if line.lacks_newline() {
            patch.push('\n');
            patch.push_str(NO_NEWLINE);
            patch.push('\n');
        }
    }
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// `prefix` and `name` as git writes them: in quotes with C escapes as soon as one byte is not plain ASCII.
/// A name that ends with a space is quoted as well: git would not, but patch(1) would drop the space.
fn quoted(prefix: &str, name: &str) -> String {
    let plain = |byte: u8| (b' '..=b'~').contains(&byte) && byte != b'"' && byte != b'\\';
    if name.bytes().all(plain) && !name.ends_with(' ') {
        return format!("{prefix}{name}");
    }
    let mut quoted = format!("\"{prefix}");
    for byte in name.bytes() {
        match byte {
            0x07 => quoted.push_str("\\a"),
            0x08 => quoted.push_str("\\b"),
            b'\t' => quoted.push_str("\\t"),
            b'\n' => quoted.push_str("\\n"),
            0x0b => quoted.push_str("\\v"),
            0x0c => quoted.push_str("\\f"),
            b'\r' => quoted.push_str("\\r"),
            b'"' => quoted.push_str("\\\""),
            b'\\' => quoted.push_str("\\\\"),
            byte if plain(byte) => quoted.push(char::from(byte)),
            byte => quoted.push_str(&format!("\\{byte:03o}")),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests;
