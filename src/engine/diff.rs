//! The text of a patch as git writes it: headers, quoted names, hunks.
//!
//! One model ([`FileDiff`]) feeds the patch file and the coloured preview, so that both show the same hunks.
//! Lines end at `\n` only, as they do for git: a lone `\r` or a form feed is part of its line.
//! Hunks fall out of the edits that made a file (`align`), so that a large file takes no longer than it must.

mod align;
mod marks;

use camino::Utf8Path;
use rayon::prelude::*;
use similar::udiff::UnifiedHunkHeader;
use similar::{DiffOp, group_diff_ops};

use crate::patch::FilePatch;
use align::Alignment;

/// What stands after a last line that has no newline.
pub const NO_NEWLINE: &str = "\\ No newline at end of file";

/// Lines shown around a change.
const AROUND: usize = 3;

/// The difference of one file.
pub struct FileDiff<'a> {
    file: &'a FilePatch,
    /// From the root on, with `/` between the parts.
    name: String,
    before: Vec<&'a str>,
    after: Vec<&'a str>,
    /// From the first line to the last.
    operations: Vec<DiffOp>,
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

impl<'a> FileDiff<'a> {
    /// `root` is the directory that names start at. A file outside of it keeps its whole path.
    pub fn new(file: &'a FilePatch, root: &Utf8Path) -> Self {
        let before: Vec<&str> = lines(file.before.as_deref().unwrap_or_default());
        let after: Vec<&str> = lines(&file.after);
        let operations = Alignment::of(&before, &after, &file.kept).operations();
        Self {
            file,
            name: below(&file.path, root),
            before,
            after,
            operations,
        }
    }

    /// The name of `file` below `root` as a patch writes it, without the `a/` or `b/` before it: in quotes when it is odd.
    pub fn name_of(file: &FilePatch, root: &Utf8Path) -> String {
        quoted("", &below(&file.path, root))
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

    /// The hunks, with the words that differ marked where a replacement is small enough to be read word by word.
    pub fn marked_hunks(&self) -> impl Iterator<Item = Hunk<'a>> {
        self.groups().into_iter().map(|operations| Hunk {
            header: header_of(&operations),
            lines: operations.iter().flat_map(|op| self.marked(op)).collect(),
        })
    }

    /// What differs: the index of the first line that was (from 0), how many are removed there, and how many added.
    pub fn replaced(&self) -> Vec<[usize; 3]> {
        let differences = self.operations.iter();
        let differences = differences.filter(|op| !matches!(op, DiffOp::Equal { .. }));
        let sizes = differences.map(|op| (op.old_range(), op.new_range().len()));
        sizes
            .map(|(old, added)| [old.start, old.len(), added])
            .collect()
    }

    fn marked(&self, operation: &DiffOp) -> Vec<Line<'a>> {
        let (old, new) = self.sides(operation);
        match operation {
            DiffOp::Equal { .. } => {
                let lines = old.iter().map(|text| Line::whole(LineKind::Context, text));
                lines.collect()
            }
            _ => marks::marked(old, new),
        }
    }

    /// The operations of each hunk.
    fn groups(&self) -> Vec<Vec<DiffOp>> {
        group_diff_ops(self.operations.clone(), AROUND)
    }

    /// The lines of `operation` in the text before and after.
    fn sides(&self, operation: &DiffOp) -> (&[&'a str], &[&'a str]) {
        let (old, new) = (operation.old_range(), operation.new_range());
        (&self.before[old], &self.after[new])
    }

    /// The hunks as they stand in a patch. Line by line: a hunk may be a whole file.
    fn write(&self, patch: &mut String) {
        for operations in self.groups() {
            patch.push_str(&header_of(&operations));
            patch.push('\n');
            for operation in &operations {
                let (old, new) = self.sides(operation);
                if matches!(operation, DiffOp::Equal { .. }) {
                    write_lines(patch, LineKind::Context, old);
                    continue;
                }
                write_lines(patch, LineKind::Removed, old);
                write_lines(patch, LineKind::Added, new);
            }
        }
    }
}

impl<'d> Line<'d> {
    /// A line in one part, which is not marked.
    fn whole(kind: LineKind, text: &'d str) -> Self {
        let part = Part {
            text,
            changed: false,
        };
        Self {
            kind,
            parts: vec![part],
        }
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
    let some = files.par_chunks(32).map(|files| {
        let mut patch = String::new();
        for file in files {
            let diff = FileDiff::new(file, root);
            for line in diff.header() {
                patch.push_str(&line);
                patch.push('\n');
            }
            diff.write(&mut patch);
        }
        patch.into_bytes()
    });
    some.collect::<Vec<_>>().concat()
}

/// `path` from `root` on, with `/` between the parts; the whole of it when it lies elsewhere.
fn below(path: &Utf8Path, root: &Utf8Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    let parts = below.components().map(|part| part.as_str());
    let parts: Vec<_> = parts.filter(|part| *part != "/").collect();
    parts.join("/")
}

/// The `@@` line of a hunk.
fn header_of(operations: &[DiffOp]) -> String {
    UnifiedHunkHeader::new(operations).to_string()
}

fn write_lines(patch: &mut String, kind: LineKind, lines: &[&str]) {
    for line in lines {
        patch.push(kind.sign());
        patch.push_str(line);
        if !line.ends_with('\n') {
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
mod property_tests;
#[cfg(test)]
mod tests;
