//! Random edits: the patch gives the text, it is about as short as can be, and large inputs take linear steps.

use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};
use fastrand::Rng;
use ruff_text_size::TextRange;
use similar::{Algorithm, capture_diff_slices};

use super::align::Alignment;
use super::{git_patch, lines};
use crate::kept::Kept;
use crate::patch::FilePatch;
use crate::resolve;

type Edits = Vec<(TextRange, String)>;

/// A text of few different lines, some of them odd.
fn text(rng: &mut Rng, lines: usize) -> String {
    let some = [
        "a\n",
        "b\n",
        "\n",
        "    c\n",
        "d\r\n",
        "import x\n",
        "e\re\n",
    ];
    let mut text: String = (0..lines).map(|_| some[rng.usize(..some.len())]).collect();
    if rng.bool() {
        text.push_str("end");
    }
    text
}

/// Sorted edits of `text`, some of whole lines, some within a line, some that change nothing.
fn edits(rng: &mut Rng, text: &str) -> Edits {
    let mut edits = Edits::new();
    let mut at = 0;
    loop {
        at += rng.usize(..12);
        let length = rng.usize(..6);
        if at + length > text.len() {
            return edits;
        }
        let new = ["", "X", "a\n", "\n", "y\nz\n", "b\n\n"][rng.usize(..6)];
        let new = match rng.u8(..5) {
            0 => &text[at..at + length],
            _ => new,
        };
        let range = TextRange::new((at as u32).into(), ((at + length) as u32).into());
        edits.push((range, new.to_owned()));
        at += length.max(1);
    }
}

/// `text` after one to three rounds of random edits, and what is left of it.
fn edited(rng: &mut Rng, text: &str) -> (String, Kept) {
    let mut kept = Kept::by_edits(text.len(), &[]);
    let mut now = text.to_owned();
    for _ in 0..rng.usize(1..4) {
        let edits = edits(rng, &now);
        kept = kept.then(&Kept::by_edits(now.len(), &edits));
        now = resolve::apply(&now, &edits);
    }
    (now, kept)
}

/// Whether a random text is aligned along its edits, or by comparing alone.
#[derive(Clone, Copy, PartialEq)]
enum Along {
    Edits,
    Nothing,
}

fn file(rng: &mut Rng, along: Along, path: Utf8PathBuf) -> FilePatch {
    let length = rng.usize(..40);
    let before = text(rng, length);
    let (after, kept) = edited(rng, &before);
    let file = FilePatch::new(path, Some(before.into()), after);
    match along {
        Along::Edits => file.keeping(kept),
        Along::Nothing => file,
    }
}

#[test]
fn what_is_kept_is_the_same_text() {
    let mut rng = Rng::with_seed(1);
    for _ in 0..2_000 {
        let file = file(&mut rng, Along::Edits, "/a.py".into());
        let (before, after) = (file.before.unwrap(), file.after);
        for run in file.kept.runs() {
            let old = &before[run.before..run.before + run.length];
            assert_eq!(old, &after[run.after..run.after + run.length]);
        }
    }
}

#[test]
fn git_and_patch_make_the_text_out_of_random_edits() {
    let dir = tempfile::tempdir().unwrap();
    let dir = Utf8Path::from_path(dir.path()).unwrap();
    let mut rng = Rng::with_seed(2);
    for program in [
        &["git", "apply", "--whitespace=nowarn", "../all.patch"][..],
        &["patch", "-p1", "--batch", "-s", "-i", "../all.patch"][..],
    ] {
        let root = dir.join(program[0]);
        std::fs::create_dir(&root).unwrap();
        let files: Vec<_> = (0..600)
            .map(|at| {
                let along = [Along::Edits, Along::Nothing][at % 2];
                file(&mut rng, along, root.join(format!("{at}.py")))
            })
            .filter(|file| file.before.as_ref() != Some(&file.after))
            .collect();
        for file in &files {
            std::fs::write(&file.path, &**file.before.as_ref().unwrap()).unwrap();
        }
        std::fs::write(dir.join("all.patch"), git_patch(&files, &root)).unwrap();
        let output = Command::new(program[0])
            .args(&program[1..])
            .current_dir(&root)
            .env("GIT_CEILING_DIRECTORIES", dir)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        for file in files {
            let got = std::fs::read_to_string(&file.path).unwrap_or_default();
            assert_eq!(got, &*file.after, "{} {program:?}", file.path);
        }
    }
}

/// Lines removed and added.
fn length(operations: &[similar::DiffOp]) -> usize {
    let changed = operations
        .iter()
        .filter(|op| !matches!(op, similar::DiffOp::Equal { .. }));
    changed
        .map(|op| op.old_range().len() + op.new_range().len())
        .sum()
}

#[test]
fn small_differences_are_about_as_short_as_can_be() {
    for (along, percent) in [(Along::Edits, 103), (Along::Nothing, 100)] {
        let mut rng = Rng::with_seed(3);
        let (mut ours, mut shortest) = (0, 0);
        for _ in 0..2_000 {
            let file = file(&mut rng, along, "/a.py".into());
            let before = file.before.as_deref().unwrap();
            let (before, after) = (lines(before), lines(&file.after));
            let aligned = Alignment::of(&before, &after, &file.kept).operations();
            ours += length(&aligned);
            shortest += length(&capture_diff_slices(Algorithm::Myers, &before, &after));
        }
        assert!(
            ours * 100 <= shortest * percent,
            "{ours} lines for {shortest}"
        );
    }
}

/// The steps that it takes to align `before` and `after`, for each line of both.
fn steps_per_line(before: &str, after: &str, kept: &Kept) -> usize {
    let (before, after) = (lines(before), lines(after));
    let alignment = Alignment::of(&before, &after, kept);
    alignment.steps() / (before.len() + after.len())
}

#[test]
fn many_changed_lines_take_linear_steps() {
    let line = |at: usize| format!("x{}: Optional[int]\n", at % 1_000);
    let before: String = (0..200_000).map(line).collect();
    let every = before.replace("Optional[int]", "int | None");
    let second: String = before
        .split_inclusive('\n')
        .enumerate()
        .map(|(at, line)| match at % 2 {
            0 => line.replace("Optional[int]", "int | None"),
            _ => line.to_owned(),
        })
        .collect();
    let nothing = Kept::default();
    assert!(steps_per_line(&before, &every, &nothing) <= 30);
    assert!(steps_per_line(&before, &second, &nothing) <= 30);
    for every_nth in [1, 2] {
        let matches = before.match_indices("Optional[int]").step_by(every_nth);
        let edits: Edits = matches
            .map(|(at, found)| {
                let (start, end) = (at as u32, (at + found.len()) as u32);
                let range = TextRange::new(start.into(), end.into());
                (range, "int | None".to_owned())
            })
            .collect();
        let kept = Kept::by_edits(before.len(), &edits);
        let after = [&every, &second][every_nth - 1];
        assert!(steps_per_line(&before, after, &kept) <= 10);
    }
}

#[test]
fn lines_in_any_disorder_take_linear_steps() {
    let mut rng = Rng::with_seed(4);
    for kinds in [1, 2, 50, 5_000, 1_000_000] {
        let mut some = || -> String {
            let lines = (0..100_000).map(|_| format!("{}\n", rng.usize(..kinds)));
            lines.collect()
        };
        let (before, after) = (some(), some());
        let steps = steps_per_line(&before, &after, &Kept::default());
        assert!(steps <= 300, "{kinds} kinds of lines: {steps} steps a line");
    }
}
