//! The manual pages: a page for each command, which groff sets without a warning and which has every option of the help.

#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "outside/mod.rs"]
mod outside;
#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "tools/mod.rs"]
mod tools;

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use outside::Project;

/// The commands that the help lists.
fn commands(project: &Project) -> Vec<String> {
    let help = project.codemend(&["-h"]).out;
    let listed = help.split("Commands:\n").nth(1).expect("a list");
    let lines = listed.lines().take_while(|line| !line.is_empty());
    let names = lines.filter_map(|line| line.split_whitespace().next());
    let names: Vec<_> = names.filter(|name| *name != "help").collect();
    assert!(names.contains(&"man") && names.len() > 6, "{names:?}");
    names.into_iter().map(str::to_owned).collect()
}

/// The options that `codemend COMMAND --help` explains.
fn options(project: &Project, command: Option<&str>) -> BTreeSet<String> {
    let arguments: Vec<_> = command.into_iter().chain(["--help"]).collect();
    let help = project.codemend(&arguments).out;
    let heads = help
        .lines()
        .filter(|line| line.trim_start().starts_with('-'));
    let words = heads.flat_map(|line| line.trim_start().split([' ', ',']).take(3));
    let long = words.filter(|word| word.starts_with("--"));
    long.map(str::to_owned).collect()
}

#[test]
fn every_command_has_a_page_with_all_its_options() {
    let project = Project::of::<&str>(&[]);
    let said = project.codemend(&["man", "--out", "share/man1"]);
    assert_eq!(said.transcript(), "exit code: 0\n--- stdout\n--- stderr\n");
    let mut pages = vec![("codemend".to_owned(), None)];
    let commands = commands(&project);
    let own = commands
        .iter()
        .map(|name| (format!("codemend-{name}"), Some(name.as_str())));
    pages.extend(own);
    for (page, command) in &pages {
        let text = project.read(&format!("share/man1/{page}.1"));
        for option in options(&project, *command) {
            let set = option.replace('-', "\\-");
            assert!(text.contains(&set), "{page}.1 lacks {option}");
        }
    }
    let folder = project.root().join("share/man1");
    let count = fs::read_dir(folder).expect("the folder").count();
    assert_eq!(count, pages.len());
    let main = project.codemend(&["man"]).out;
    assert_eq!(main, project.read("share/man1/codemend.1"));
    assert!(main.contains("\n.SH EXAMPLES\n") && main.contains("\n.SH NOTES\n"));
}

#[test]
fn groff_has_nothing_to_say() {
    let Some(groff) = tools::of_system("groff") else {
        return;
    };
    let project = Project::of::<&str>(&[]);
    project.codemend(&["man", "--out", "."]);
    for page in fs::read_dir(project.root()).expect("the pages").flatten() {
        let mut set = Command::new(&groff);
        // All warnings but those about lines that cannot be stretched to the margin.
        set.args(["-man", "-Tutf8", "-ww", "-Wbreak"])
            .arg(page.path());
        let output = set.output().expect("groff runs");
        let (shown, warnings) = tools::said(&output);
        assert_eq!(warnings, "", "{}", page.path().display());
        assert!(shown.contains("General Commands Manual"), "{shown}");
    }
}

#[test]
fn what_cannot_be_written_is_said() {
    let project = Project::of(&[("file", ""), ("pages/codemend.1/x", "")]);
    let err = |folder: &str| {
        let said = project.codemend(&["man", "--out", folder]);
        assert_eq!(said.code, Some(2));
        said.err
    };
    let want = "error: cannot make the directory `file/man1`: not a directory\n";
    assert_eq!(err("file/man1"), want);
    let want = "error: cannot write the manual page `pages/codemend.1`: ";
    assert!(err("pages").starts_with(want));
}
