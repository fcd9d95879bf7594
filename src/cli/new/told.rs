//! What `codemend new` says at its end: what was made, and the commands that come next.

use camino::Utf8Path;

use super::super::paths::relative;
use super::super::terminal::{BOLD, DIM, Look};
use super::name::Name;

/// Something on the left, and a word about it.
type Row = (String, &'static str);

/// What was made of `name` below `root`, for somebody in `cwd`.
pub fn told(name: &Name, root: &Utf8Path, cwd: &Utf8Path, look: Look) -> String {
    let place = match root == cwd {
        true => String::new(),
        false => format!(", in `{}`", relative(root, cwd)),
    };
    let made = look.paint(BOLD, &format!("Made {}", name.kebab()));
    let next = look.paint(BOLD, &format!("Next{place}"));
    let files = made_files(name).map(|(path, what)| (relative(&root.join(path), cwd).into(), what));
    let (files, commands) = (rows(&files, look), rows(&commands(name), look));
    let end = "docs/adding-a-codemod.md goes on from here. Take it back with `codemend undo`.";
    format!("{made}\n{files}{next}\n{commands}{end}\n")
}

fn made_files(name: &Name) -> [Row; 4] {
    let file = |file: &str| format!("codemods/{}/{file}", name.module());
    [
        (
            file("README.md"),
            "its page: the first case fails until the codemod is written",
        ),
        (file("mod.rs"), "its code, which does nothing yet"),
        (
            "codemods/lib.rs".into(),
            "a `mod` line, and the last line of `ALL`",
        ),
        ("README.md".into(), "a row in the catalogue"),
    ]
}

fn commands(name: &Name) -> [Row; 3] {
    let play = format!("CODEMOD={} cargo test --test casebook", name.kebab());
    [
        (play, "# play its cases"),
        (
            "cargo test --test tidiness".into(),
            "# what no compiler checks",
        ),
        (
            "UPDATE_SNAPSHOTS=1 cargo test --test snapshots".into(),
            "# what users will see of it",
        ),
    ]
}

fn rows(rows: &[Row], look: Look) -> String {
    let width = rows.iter().map(|(left, _)| left.len()).max();
    let width = width.unwrap_or_default();
    let line = |(left, right): &Row| {
        let left = look.text(left).into_owned();
        format!("  {left:width$}  {}\n", look.paint(DIM, right))
    };
    rows.iter().map(line).collect()
}
