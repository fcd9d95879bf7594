//! Symbolic links: a file is changed once, under its own name, and nothing is changed where a link leads away.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::outside::Project;

const TEXT: &str = "from typing import Optional\n\nx: Optional[str] = None\n";
const MENDED: &str = "\nx: str | None = None\n";

/// A folder with the stranger's repository `repo` and the user's own `mine` in it.
fn folder() -> Project {
    let project = Project::of(&[
        (
            "repo/pyproject.toml",
            "[project]\nrequires-python = '>=3.10'\n",
        ),
        ("repo/app/good.py", TEXT),
        ("mine/own.py", TEXT),
        ("mine/notes.txt", "SECRET\n"),
    ]);
    fs::create_dir(project.root().join("repo/.git")).expect("a folder");
    project
}

fn link(project: &Project, to: &str, from: &str) {
    symlink(to, project.root().join(from)).expect("a link");
}

/// The names in a patch, behind `b/`.
fn names(patch: &str) -> Vec<String> {
    let names = patch.lines().filter_map(|line| line.strip_prefix("+++ b/"));
    names.map(str::to_owned).collect()
}

#[test]
fn the_target_is_changed_once_under_its_own_name_and_the_link_stays() {
    for arguments in [
        &["."][..],
        &["app/link.py"],
        &["app/link.py", "app/good.py", "linked/good.py", "linked"],
    ] {
        let project = folder();
        link(&project, "good.py", "repo/app/link.py");
        link(&project, "link.py", "repo/app/again.py");
        link(&project, "app", "repo/linked");
        let said = project.codemend_in("repo", &[arguments, &["--verbose"]].concat());
        assert_eq!(
            names(&said.out),
            ["app/good.py"],
            "{arguments:?}: {}",
            said.err
        );
        assert!(said.err.contains("app/good.py:3:4: "), "{}", said.err);
        assert!(!said.err.contains("link"), "{}", said.err);
        let said = project.codemend_in("repo", &[arguments, &["--apply"]].concat());
        assert_eq!(said.code, Some(0), "{}", said.err);
        assert_eq!(project.read("repo/app/good.py"), MENDED);
        assert!(project.root().join("repo/app/link.py").is_symlink());
        assert!(project.root().join("repo/app/again.py").is_symlink());
    }
}

#[test]
fn a_link_is_no_way_round_what_is_left_out() {
    let project = folder();
    project.write("repo/build/out.py", TEXT);
    project.write("repo/env/pyvenv.cfg", "");
    project.write("repo/env/lib.py", TEXT);
    link(&project, "../build/out.py", "repo/app/out.py");
    link(&project, "../env/lib.py", "repo/app/lib.py");
    let said = project.codemend_in("repo", &[]);
    assert_eq!(names(&said.out), ["app/good.py"], "{}", said.err);
    // Who names the link wants it.
    let said = project.codemend_in("repo", &["app/out.py"]);
    assert_eq!(names(&said.out), ["build/out.py"], "{}", said.err);
}

#[test]
fn a_link_out_of_the_project_is_held_and_told_of_once() {
    let project = folder();
    link(&project, "../../mine/own.py", "repo/app/own.py");
    let said = project.codemend_in("repo", &["--apply", "--explain-refusals"]);
    assert_eq!(said.code, Some(2), "{}", said.err);
    let told: Vec<_> = said.errors("error: ").collect();
    let mine = project.root().join("mine/own.py");
    let repo = project.root().join("repo");
    let leads = format!(
        "leads through a symbolic link to `{}`, outside the project `{}`",
        mine.display(),
        repo.display()
    );
    assert_eq!(told, [format!("error: app/own.py: {leads}; left alone")]);
    let refused = format!("app/own.py:3:4: left alone: `app/own.py` {leads} [optional-to-union]");
    assert!(said.err.contains(&refused), "{refused}\n{}", said.err);
    assert_eq!(project.read("mine/own.py"), TEXT);
    assert_eq!(project.read("repo/app/good.py"), MENDED);
    // Where nothing wants to change it, there is nothing to tell.
    project.write("mine/own.py", "x = 1\n");
    let said = project.codemend_in("repo", &[]);
    assert_eq!(said.code, Some(0), "{}", said.err);
}

#[test]
fn a_link_to_what_is_no_module_is_refused_unread() {
    let project = folder();
    link(&project, "../../mine/notes.txt", "repo/app/notes.py");
    link(&project, "/dev/zero", "repo/app/zero.py");
    let said = project.codemend_in("repo", &[]);
    assert_eq!(said.code, Some(2), "{}", said.err);
    assert_eq!(
        said.errors("error: app/notes.py: leads through").count(),
        1,
        "{}",
        said.err
    );
    assert_eq!(
        said.errors("error: app/zero.py: leads through").count(),
        1,
        "{}",
        said.err
    );
    assert!(!said.err.contains("SECRET"), "{}", said.err);
    assert_eq!(names(&said.out), ["app/good.py"]);
}

#[test]
fn linked_folders_are_not_followed_unless_the_user_names_one_of_the_project() {
    let project = folder();
    project.write("repo/.shared/deep/d.py", TEXT);
    project.write("repo/.shared/s.py", TEXT);
    link(&project, "../mine", "repo/mine");
    link(&project, ".shared", "repo/shared");
    link(&project, "../../mine", "repo/.shared/out");
    let said = project.codemend_in("repo", &[]);
    assert_eq!(
        (said.code, names(&said.out)),
        (Some(0), vec!["app/good.py".into()])
    );
    // Named, it stands for its folder: real files below that, and no further links.
    let said = project.codemend_in("repo", &["shared"]);
    let want = [".shared/deep/d.py", ".shared/s.py"];
    assert_eq!(names(&said.out), want, "{}", said.err);
    for named in ["mine", "mine/own.py", "shared/out", "shared/out/own.py"] {
        let said = project.codemend_in("repo", &[named, "--apply"]);
        assert_eq!(said.code, Some(2), "{named}: {}", said.err);
        let start = format!("error: {named}: leads through a symbolic link to ");
        assert_eq!(said.errors(&start).count(), 1, "{named}: {}", said.err);
        assert_eq!(project.read("mine/own.py"), TEXT);
    }
    // What a shell makes of `*` in a stranger's repository.
    let said = project.codemend_in(
        "repo",
        &["app", "mine", "shared", "pyproject.toml", "--apply"],
    );
    assert_eq!(said.code, Some(2), "{}", said.err);
    assert_eq!(project.read("mine/own.py"), TEXT);
    assert_eq!(project.read("repo/app/good.py"), MENDED);
}

#[test]
fn a_link_of_the_user_leads_anywhere() {
    let project = folder();
    link(&project, "repo", "work");
    let said = project.codemend_in("", &["work"]);
    assert_eq!(names(&said.out), ["app/good.py"], "{}", said.err);
    assert_eq!(said.code, Some(0), "{}", said.err);
    let said = project.codemend_in("", &["work/app", "repo/app/good.py", "--apply"]);
    assert!(said.err.starts_with("Changed 1 of 1 file"), "{}", said.err);
}

/// What the patch of `arguments`, run in `folder`, names; and that all of it lies below the directory that it is for.
fn patched(project: &Project, folder: &str, arguments: &[&str]) -> Vec<String> {
    let patch = project.root().join("out.patch");
    let patch = patch.to_str().expect("UTF-8");
    let said = project.codemend_in(folder, &[arguments, &["--patch", patch]].concat());
    let mut root = project
        .root()
        .join(folder)
        .canonicalize()
        .expect("it stands");
    if let Some(note) = said.errors("note: run `git apply` in ").next() {
        root = note["note: run `git apply` in ".len()..].into();
    }
    let names = names(&fs::read_to_string(patch).expect("a patch"));
    for name in &names {
        let parts = Path::new(name).components();
        let is_plain = |part| matches!(part, std::path::Component::Normal(_));
        assert!(parts.clone().all(is_plain), "{name}: {}", said.err);
        let file = root.join(name);
        assert!(file.is_file(), "{}: {}", file.display(), said.err);
        assert_eq!(
            file.canonicalize().expect("it stands"),
            file,
            "{}",
            said.err
        );
    }
    fs::remove_file(patch).expect("a patch");
    names
}

#[test]
fn a_patch_names_nothing_outside_of_its_root() {
    let project = folder();
    project.write("repo/nested/.git/HEAD", "");
    project.write("repo/nested/n.py", TEXT);
    project.write("second/.git/HEAD", "");
    project.write("second/s.py", TEXT);
    link(&project, "../mine/own.py", "repo/own.py");
    link(&project, "../mine", "repo/folder");
    link(&project, "../../second/s.py", "repo/nested/s.py");
    link(&project, "repo", "work");
    let app = "app/good.py";
    for (folder, arguments, want) in [
        ("repo", &["."][..], &[app, "nested/n.py"][..]),
        ("repo/app", &[".."], &[app, "nested/n.py"]),
        ("repo/app", &["../nested/../app/./good.py"], &[app]),
        ("repo/nested", &["."], &["n.py"]),
        ("repo/nested", &[".", "../app"], &[app, "nested/n.py"]),
        (
            "",
            &["repo", "second"],
            &["repo/app/good.py", "repo/nested/n.py", "second/s.py"],
        ),
        (
            "second",
            &["../repo/app", "../second"],
            &["repo/app/good.py", "second/s.py"],
        ),
        ("work", &["own.py", "folder/own.py", app], &[app]),
        (
            "",
            &["work/app", "work/../repo/nested/n.py"],
            &[app, "nested/n.py"],
        ),
        ("mine", &["../work"], &[app, "nested/n.py"]),
    ] {
        assert_eq!(
            patched(&project, folder, arguments),
            want,
            "{folder}: {arguments:?}"
        );
    }
}

#[test]
fn the_home_directory_is_no_project() {
    // A repository of settings, and a stray script: neither makes the stranger's folder a part of them.
    for marker in [".git/HEAD", "setup.py", "requirements.txt"] {
        let project = Project::of(&[("evil/a.py", TEXT), ("mine/own.py", TEXT), (marker, "")]);
        link(&project, "../mine/own.py", "evil/own.py");
        let said = project.shell("cd evil && HOME=\"$OLDPWD\" codemend --apply");
        assert_eq!(said.code, Some(2), "{marker}: {}", said.err);
        let start = "error: own.py: leads through a symbolic link to ";
        assert_eq!(said.errors(start).count(), 1, "{marker}: {}", said.err);
        assert_eq!(project.read("mine/own.py"), TEXT);
        assert_eq!(project.read("evil/a.py"), MENDED);
    }
}

#[test]
fn the_patch_itself_does_not_go_through_a_link_out() {
    let project = folder();
    link(&project, "../mine/notes.txt", "repo/mend.patch");
    let said = project.codemend_in("repo", &["--patch", "mend.patch"]);
    assert_eq!(said.code, Some(2), "{}", said.err);
    let start = "error: cannot write the patch `mend.patch`: it leads through a symbolic link";
    assert!(said.err.starts_with(start), "{}", said.err);
    assert_eq!(project.read("mine/notes.txt"), "SECRET\n");
}
