//! What is around a walk: dumb terminals, streams that are none, files that change or are not committed.

use super::fixture::*;
use super::outside::Project;
use super::pty::Terminal;

/// Without Enter where the terminal can do that; by lines where it cannot.
#[test]
fn a_dumb_terminal_takes_lines() {
    if !has_python() {
        return;
    }
    let project = project();
    let shown = Terminal::of(&project, &["-i", UNSAFE])
        .with("TERM", "dumb")
        .answer(FIRST, "yes\n")
        .answer(SECOND, "yn\n")
        .expect("This key does nothing")
        .reply("Apply", "\n")
        .reply("Apply", "e\n")
        .answer(FOURTH, "q\n")
        .reply("Write 1 change to 1 file? ", "y\n")
        .run();
    assert_eq!(
        (shown.code, shown.modes_are_back),
        (0, true),
        "{}",
        shown.text
    );
    assert_eq!(
        project.read("app/models.py").matches("int | None").count(),
        1
    );
    let shown = Terminal::of(&project, &["-i", UNSAFE])
        .with("TERM", "dumb")
        .answer("[1/5]", "\u{3}")
        .run();
    assert_eq!(shown.code, 130, "{}", shown.text);
}

/// Standard output stays free for the patch, and the files stay as they are.
#[test]
fn a_patch_of_what_was_accepted() {
    if !has_python() {
        return;
    }
    let project = repository();
    let before = project.tree();
    let line = "$CODEMEND -i --unsafe-fixes --patch - > .git/accepted.patch";
    let shown = Terminal::shell(&project, line)
        .answer(FIRST, "n")
        .answer(SECOND, "y")
        .answer(THIRD, "q")
        .reply("Go on with 1 change of 1 file? ", "y")
        .run();
    assert_eq!(shown.code, 0, "{}", shown.text);
    assert_eq!(project.tree(), before);
    project.insist("git", &["apply", ".git/accepted.patch"], b"");
    let models = replaced(MODELS, "x: Optional[str]", "x: str | None");
    assert_eq!(project.read("app/models.py"), models);
}

#[test]
fn without_a_terminal_there_is_nobody_to_ask() {
    let project = project();
    let said = project.codemend(&["--interactive"]);
    assert_eq!((said.code, said.out.as_str()), (Some(2), ""));
    assert!(
        said.err
            .starts_with("error: --interactive needs a terminal"),
        "{}",
        said.err
    );
    if !has_python() {
        return;
    }
    let shown = Terminal::shell(
        &project,
        "$CODEMEND -i 2>log; echo code $?; cat log; rm log",
    )
    .run();
    assert!(
        shown
            .text
            .contains("code 2\nerror: --interactive needs a terminal, and standard error is none"),
        "{}",
        shown.text
    );
}

/// Before anybody has decided anything.
#[test]
fn files_that_are_not_committed_are_said_first() {
    if !has_python() {
        return;
    }
    let project = repository();
    let models = format!("{MODELS}\n# mine\n");
    project.write("app/models.py", &models);
    let begun = || {
        Terminal::of(&project, &["-i", UNSAFE])
            .expect("app/models.py: has uncommitted changes")
            .expect("--allow-dirty")
    };
    let question = "Go on without the 3 changes there, of 6? ";
    let shown = begun().reply(question, "n").run();
    assert_eq!(shown.code, 2, "{}", shown.text);
    let shown = begun()
        .reply(question, "y")
        .answer("[1/3] hoist-imports", "a")
        .answer("[3/3] bare-except", "n")
        .reply("Write 2 changes to 1 file? ", "y")
        .run();
    assert_eq!(shown.code, 0, "{}", shown.text);
    assert_eq!(project.read("app/models.py"), models);
    assert_eq!(
        project.read("app/tools.py").matches("import json").count(),
        1
    );
    let shown = Terminal::of(&project, &["-i", "--allow-dirty"])
        .answer("[1/", "y")
        .reply("Apply", "q")
        .reply("Write 1 change to 1 file? ", "y")
        .run();
    assert_eq!(shown.code, 0, "{}", shown.text);
    assert!(project.read("app/models.py").contains("int | None"));
}

/// Somebody saves a file while a person decides: nothing of it is lost, neither the file nor the decisions.
#[test]
fn what_cannot_be_written_can_be_kept_as_a_patch() {
    if !has_python() {
        return;
    }
    let project = project();
    let theirs = format!("{MODELS}\n\n# a line of another hand\n");
    let shown = Terminal::of(&project, &["-i", UNSAFE])
        .answer(FIRST, "c")
        .answer(FOURTH, "q")
        .expect("Write 3 changes to 1 file? ")
        .saves("app/models.py", &theirs)
        .types("y")
        .expect("Changed nothing")
        .reply(
            "Save what you accepted in 1 file as codemend-accepted.patch? ",
            "y",
        )
        .expect("saved")
        .run();
    assert_eq!(
        (shown.code, shown.modes_are_back),
        (2, true),
        "{}",
        shown.text
    );
    assert_eq!(project.read("app/models.py"), theirs);
    // Once the other hand's line is out of the way.
    project.write("app/models.py", MODELS);
    project.insist("git", &["apply", "codemend-accepted.patch"], b"");
    let models = project.read("app/models.py");
    assert!(
        models.contains("def two(x: str | None)") && !models.contains("import"),
        "{models}"
    );
    assert_eq!(project.read("app/tools.py"), TOOLS);
}

#[test]
fn nothing_to_decide_is_no_question() {
    if !has_python() {
        return;
    }
    let project = Project::of(&[("a.py", "x = 1\n")]);
    let shown = Terminal::of(&project, &["-i"])
        .expect("Nothing to change")
        .run();
    assert_eq!(shown.code, 0, "{}", shown.text);
    assert!(!shown.text.contains("[y,n"), "{}", shown.text);
}
