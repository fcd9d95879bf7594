//! Preview, patch and files hold the same bytes.

use crate::outside::{Project, Said};

const CHOICE: [&str; 2] = ["--select", "optional-to-union"];

fn run(project: &Project, options: &[&str]) -> Said {
    project.codemend(&[&CHOICE, options].concat())
}

/// The example as `--apply` leaves it.
fn applied() -> Project {
    let project = Project::example();
    let said = run(&project, &["--apply"]);
    assert_eq!((said.code, said.out.as_str()), (Some(0), ""));
    project
}

#[test]
fn a_preview_is_a_diff_and_writes_nothing() {
    let project = Project::example();
    let before = project.tree();
    let said = run(&project, &[]);
    assert_eq!(said.code, Some(0));
    assert!(said.out.starts_with("diff --git a/app/"), "{}", said.out);
    assert!(said.err.starts_with("Would change "), "{}", said.err);
    assert!(project.tree() == before, "the preview has written");
}

#[test]
fn apply_writes_what_a_patch_holds() {
    let patched = Project::example();
    let said = run(&patched, &["--patch", "mend.patch"]);
    assert_eq!((said.code, said.out.as_str()), (Some(0), ""));
    patched.insist("git", &["apply", "mend.patch"], b"");
    let mut tree = patched.tree();
    tree.remove("mend.patch");
    assert!(tree == applied().tree());
}

#[test]
fn the_preview_is_a_patch() {
    let preview = run(&Project::example(), &[]).out;
    let want = applied().tree();
    for (program, options) in [("git", &["apply", "-"][..]), ("patch", &["-p1", "--quiet"])] {
        let project = Project::example();
        project.insist(program, options, preview.as_bytes());
        assert!(project.tree() == want, "{program}");
    }
}

#[test]
fn every_sink_holds_the_same_bytes() {
    let project = Project::example();
    let preview = run(&project, &[]).out;
    assert_eq!(run(&project, &["--patch", "-"]).out, preview);
    let said = run(&project, &["--patch", "mend.patch", "--apply"]);
    assert_eq!((said.code, said.out.as_str()), (Some(0), ""));
    assert_eq!(project.read("mend.patch"), preview);
    std::fs::remove_file(project.root().join("mend.patch")).expect("it stands");
    assert!(project.tree() == applied().tree());
}

#[test]
fn a_second_run_is_silent() {
    let project = applied();
    let before = project.tree();
    let said = run(&project, &[]);
    assert_eq!((said.code, said.out.as_str()), (Some(0), ""));
    assert!(said.err.starts_with("Nothing to change "), "{}", said.err);
    let said = run(&project, &["--apply", "--quiet"]);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    assert!(project.tree() == before);
}

#[test]
fn check_tells_before_from_after() {
    let project = Project::example();
    let before = project.tree();
    let said = run(&project, &["--check"]);
    assert_eq!(said.code, Some(1));
    assert!(said.out.starts_with("diff --git "), "{}", said.out);
    assert!(project.tree() == before, "--check has written");
    assert_eq!(run(&project, &["--check", "--apply"]).code, Some(1));
    assert_eq!(run(&project, &["--check"]).code, Some(0));
}

#[test]
fn threads_do_not_matter() {
    let project = Project::example();
    for more in [&[][..], &["--unsafe-fixes", "--verbose"]] {
        let said = |threads| run(&project, &[&["--threads", threads], more].concat());
        let (one, four) = (said("1"), said("4"));
        assert_eq!(one.out, four.out, "{more:?}");
        let told = |said: &Said| {
            let lines = said.err.lines().filter(|line| !line.ends_with(" s)"));
            lines.map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(told(&one), told(&four), "{more:?}");
    }
}

#[test]
fn bytes_outside_of_the_changes_stay() {
    let odd = "\u{feff}import os\r\nfrom typing import Optional\r\n\r\n\r\nx: Optional[ int ] = os.sep   # é\r\n\tif_ = 1";
    let broken = odd.replace("\tif_", "if_");
    let project = Project::of(&[("a.py", &broken)]);
    assert_eq!(run(&project, &["--apply"]).code, Some(0));
    let want = "\u{feff}import os\r\n\r\n\r\nx: int | None = os.sep   # é\r\nif_ = 1";
    assert_eq!(project.read("a.py"), want);
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let project = Project::example();
    let said = project.shell("{ codemend; echo code $? >&2; } | head -1");
    assert!(said.out.starts_with("diff --git "), "{}", said.out);
    assert!(said.err.ends_with("code 0\n"), "{}", said.err);
}
