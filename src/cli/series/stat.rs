//! The lines between message and patch that say which files a patch changes, and how much.

use std::fmt::Write;

use super::super::summary::count;

/// Columns for the signs of one file.
const SIGNS: usize = 24;

/// Columns for a name; longer ones lose their beginning.
const NAME: usize = 44;

/// The patch of one file, and what it adds and removes.
pub struct FileStat {
    /// As the patch names it, without `b/`.
    pub name: String,
    pub added: usize,
    pub removed: usize,
    pub is_new: bool,
}

impl FileStat {
    /// What `patch`, that of the file `name`, comes to.
    pub fn of(name: String, patch: &str, is_new: bool) -> Self {
        let hunks = patch.split_inclusive('\n');
        let hunks = hunks.skip_while(|line| !line.starts_with("@@ "));
        let (mut added, mut removed) = (0, 0);
        for line in hunks {
            match line.as_bytes().first() {
                Some(b'+') => added += 1,
                Some(b'-') => removed += 1,
                _ => {}
            }
        }
        Self {
            name,
            added,
            removed,
            is_new,
        }
    }

    fn total(&self) -> usize {
        self.added + self.removed
    }
}

/// A line for each of `files`, the sum of all, and a line for each new one.
pub fn diffstat(files: &[FileStat]) -> String {
    let names: Vec<String> = files.iter().map(|file| shortened(&file.name)).collect();
    let name_width = names.iter().map(|name| name.chars().count()).max();
    let name_width = name_width.unwrap_or_default();
    let most = files.iter().map(FileStat::total).max().unwrap_or_default();
    let width = most.to_string().len();
    let mut text = String::new();
    for (file, name) in files.iter().zip(&names) {
        let pad = " ".repeat(name_width - name.chars().count());
        let signs = signs(file, most);
        let line = format!(" {name}{pad} | {:width$} {signs}", file.total());
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text.push_str(&sum(files));
    for file in files.iter().filter(|file| file.is_new) {
        let _ = writeln!(text, " create mode 100644 {}", file.name);
    }
    text
}

fn sum(files: &[FileStat]) -> String {
    let added = files.iter().map(|file| file.added).sum();
    let removed = files.iter().map(|file| file.removed).sum();
    let mut sum = format!(" {} changed", count(files.len(), "file"));
    if added > 0 || removed == 0 {
        let _ = write!(sum, ", {}(+)", count(added, "insertion"));
    }
    if removed > 0 || added == 0 {
        let _ = write!(sum, ", {}(-)", count(removed, "deletion"));
    }
    sum + "\n"
}

/// A sign for each line, or for several where there are many; at least one where there is a line.
fn signs(file: &FileStat, most: usize) -> String {
    let scaled = |lines: usize| match lines {
        0 => 0,
        lines if most <= SIGNS => lines,
        lines => (lines * SIGNS / most).max(1),
    };
    "+".repeat(scaled(file.added)) + &"-".repeat(scaled(file.removed))
}

fn shortened(name: &str) -> String {
    let length = name.chars().count();
    if length <= NAME {
        return name.to_owned();
    }
    let tail: String = name.chars().skip(length - NAME + 4).collect();
    match tail.find('/') {
        Some(at) => format!("...{}", &tail[at..]),
        None => format!("...{tail}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{FileStat, diffstat};

    #[test]
    fn counts_lines_and_nothing_else() {
        let patch = "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-- a\n+++ b\n+c\n x\n\\ No newline at end of file\n";
        let one = FileStat::of("x".into(), patch, false);
        assert_eq!((one.added, one.removed), (2, 1));
        let empty = FileStat::of(format!("{}/new.py", "d".repeat(60)), "diff --git\n", true);
        let many = FileStat {
            name: "many.py".into(),
            added: 480,
            removed: 1,
            is_new: false,
        };
        let want = format!(
            " x{s}          |   3 +-\n .../new.py |   0\n many.py    | 481 {}-\n \
             3 files changed, 482 insertions(+), 2 deletions(-)\n create mode 100644 {}/new.py\n",
            "+".repeat(23),
            "d".repeat(60),
            s = ""
        );
        let stat = diffstat(&[one, empty, many]);
        assert_eq!(stat, want);
    }
}
