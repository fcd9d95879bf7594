//! `--interactive` in real terminals: a plain one, and tmux.

#[path = "interactive/around.rs"]
mod around;
#[path = "interactive/fixture.rs"]
mod fixture;
#[allow(dead_code, reason = "each test binary uses a part of it")]
mod outside;
#[path = "interactive/pty.rs"]
mod pty;
#[path = "interactive/tmux.rs"]
mod tmux;

use fixture::*;
use outside::Project;
use pty::Terminal;
use tmux::Tmux;

#[test]
fn what_is_accepted_is_written_and_nothing_else() {
    if !has_python() {
        return;
    }
    let project = project();
    let before = project.tree();
    let shown = Terminal::of(&project, &["-i", UNSAFE])
        .answer(FIRST, "y")
        .answer(SECOND, "n")
        .answer(THIRD, "y")
        .answer(FOURTH, "y")
        .answer(FIFTH, "n")
        .expect(SIXTH)
        .expect("not safe: ")
        .answer("", "n")
        .expect("Accepted 3 of 6 changes")
        .expect("optional-to-union  2 of 3")
        .reply("Write 3 changes to 2 files? ", "y")
        .expect("Changed 2 of 3 files")
        .run();
    assert_eq!(
        (shown.code, shown.modes_are_back),
        (0, true),
        "{}",
        shown.text
    );
    // `Optional` is still used; `Union` is not.
    let models = replaced(MODELS, "import Optional, Union", "import Optional");
    let models = replaced(&models, "x: Optional[int]", "x: int | None");
    let models = replaced(&models, "x: Union[int, str]", "x: int | str");
    assert_eq!(project.read("app/models.py"), models);
    // The import has come along with one of the two that share it.
    let tools = replaced(
        TOOLS,
        "load(text: str) -> object:\n    import json\n\n",
        "load(text: str) -> object:\n",
    );
    let tools = replaced(&tools, "import one\n", "import one\nimport json\n");
    assert_eq!(project.read("app/tools.py"), tools);
    assert_eq!(project.codemend(&["undo"]).code, Some(0));
    assert_eq!(project.tree(), before);
}

/// All accepted is what `--apply` writes.
#[test]
fn all_of_it_is_what_apply_writes() {
    if !has_python() {
        return;
    }
    let (project, applied) = (project(), project());
    assert_eq!(applied.codemend(&["--apply", UNSAFE]).code, Some(0));
    let shown = Terminal::of(&project, &["--interactive", UNSAFE])
        .answer(FIRST, "c")
        .answer(FOURTH, "a")
        .answer(SIXTH, "y")
        .reply("Write 6 changes to 2 files? ", "y")
        .run();
    assert_eq!(shown.code, 0, "{}", shown.text);
    assert_eq!(project.tree(), applied.tree());
}

#[test]
fn every_key_does_what_the_help_says() {
    if !has_python() {
        return;
    }
    let project = project();
    let shown = Terminal::of(&project, &["-i", UNSAFE])
        .answer(FIRST, "?")
        .expect("Ctrl-C  give up: nothing is written")
        .reply("Apply", "u")
        .expect("This is the first answer.")
        .reply("Apply", "x")
        .expect("This key does nothing")
        .reply("Apply", "p")
        .expect("Nothing is accepted in app/models.py so far")
        .reply("Apply", "d")
        .expect("3 changes left alone")
        // Back to all three, and all of them accepted.
        .answer(FOURTH, "u")
        .answer(FIRST, "a")
        .expect("3 changes accepted")
        .answer(FOURTH, "u")
        .answer(FIRST, "y")
        .answer(SECOND, "p")
        .expect("+def one(x: int | None)")
        .reply("Apply", "e")
        .expect("2 changes left alone")
        .answer(FOURTH, "k")
        .answer(THIRD, "\u{1b}[A")
        .answer(SECOND, "j")
        .answer(FOURTH, "j")
        .answer(FIFTH, "Y")
        .answer(SIXTH, "n")
        // The one that was put off.
        .answer(FOURTH, "q")
        .expect("Accepted 2 of 6 changes")
        .reply("Write 2 changes to 2 files? ", "u")
        .answer(FOURTH, "n")
        .reply("Write 2 changes to 2 files? ", "u")
        .answer(FOURTH, "q")
        .reply("Write 2 changes to 2 files? ", "y")
        .run();
    assert_eq!(shown.code, 0, "{}", shown.text);
    let models = replaced(MODELS, "x: Optional[int]", "x: int | None");
    assert_eq!(project.read("app/models.py"), models);
    assert_eq!(
        project.read("app/tools.py").matches("import json").count(),
        2
    );
}

#[test]
fn whoever_gives_up_changes_nothing() {
    if !has_python() {
        return;
    }
    let project = project();
    let before = project.tree();
    let begun = || Terminal::of(&project, &["-i", UNSAFE]).answer(FIRST, "y");
    let wide = || {
        begun()
            .answer(SECOND, "a")
            .answer(FOURTH, "d")
            .answer(SIXTH, "n")
    };
    let at = |terminal: Terminal<'_>, code: i64| {
        let shown = terminal.run();
        assert_eq!(
            (shown.code, shown.modes_are_back),
            (code, true),
            "{}",
            shown.text
        );
        assert_eq!(project.tree(), before);
    };
    at(
        begun()
            .answer(SECOND, "\u{3}")
            .expect("nothing was written"),
        130,
    );
    at(
        begun()
            .answer(SECOND, "\u{1c}")
            .expect("nothing was written"),
        130,
    );
    at(wide().reply("Write 3 changes to 1 file? ", "\u{3}"), 130);
    at(
        wide()
            .reply("Write 3 changes to 1 file? ", "n")
            .expect("Nothing was written."),
        0,
    );
    at(
        begun()
            .answer(SECOND, "q")
            .reply("Write 1 change to 1 file? ", "\u{4}"),
        0,
    );
    at(
        begun()
            .answer(SECOND, "\u{4}")
            .reply("Write 1 change to 1 file? ", "q"),
        0,
    );
    at(begun().expect(SECOND).expect("] ").signal(15), 143);
    at(
        Terminal::of(&project, &["-i"])
            .answer("[1/", "q")
            .reply("Stop here, with nothing accepted? ", "y"),
        0,
    );
}

const TIED: &str = "\
def three(path: str) -> int | None:
    from json import loads

    try:
        value = loads(path)
    except:
        value = None
    return value


def four(path: str) -> int | None:
    from json import loads

    return loads(path)
";

/// The exception that is caught comes with the imports that move: three changes that go only together.
#[test]
fn what_needs_others_brings_them_along() {
    if !has_python() {
        return;
    }
    let lone = "def five(value: str) -> int:\n    try:\n        return int(value)\n    except:\n        return 5\n";
    let project = Project::of(&[("pyproject.toml", PROJECT), ("a.py", TIED), ("c.py", lone)]);
    let shown = Terminal::of(&project, &["-i"])
        .expect("[1/4] hoist-imports  a.py:2:5")
        .expect("goes only together with:\n  [2/4] hoist-imports  a.py:12:5  move")
        .expect("\n  [3/4] bare-except  a.py:6:5  narrow to")
        .answer("+    except JSONDecodeError:", "n")
        .expect("left alone along, as they need it:\n  [2/4]")
        .answer("[4/4] bare-except  c.py:4:5", "k")
        .expect("[3/4] bare-except  a.py:6:5")
        .answer("You left this one alone.", "y")
        .expect("needs these, which you left alone:\n  [1/4]")
        .reply("Accept these too? ", "n")
        .reply("Apply", "y")
        .reply("Accept these too? ", "y")
        .expect("accepted along, as needed:\n  [1/4]")
        .answer("[4/4] bare-except  c.py:4:5", "n")
        .reply("Write 3 changes to 1 file? ", "y")
        .run();
    assert_eq!(shown.code, 0, "{}", shown.text);
    let after = project.read("a.py");
    assert!(
        after.starts_with("from json import JSONDecodeError, loads\n"),
        "{after}"
    );
    assert_eq!(after.matches("import").count(), 1, "{after}");
    assert_eq!(project.read("c.py"), lone);
}

#[test]
fn colours_only_where_they_are_wanted() {
    if !has_python() {
        return;
    }
    let project = project();
    let number = "\u{1b}[1m[1/6]\u{1b}[0m";
    let shown = Terminal::of(&project, &["-i"]).with("NO_COLOR", "");
    let shown = shown.expect(number).expect("? [y").types("\u{3}").run();
    assert_eq!(shown.code, 130, "{}", shown.text);
    let shown = Terminal::of(&project, &["-i"])
        .answer("[1/6] opt", "\u{3}")
        .run();
    // What stands above is the progress, which takes itself away.
    let (_, walk) = shown
        .text
        .split_once("6 changes in 2 files")
        .expect("it begins");
    assert!(!walk.contains('\u{1b}'), "{walk}");
}

#[test]
fn over_tmux_the_screen_stays_readable() {
    if !has("tmux", "-V") {
        return;
    }
    let project = project();
    let tmux = Tmux::of(&project, 80, 24);
    tmux.types(
        "stty -g > .modes; codemend -i --unsafe-fixes",
        Some("Enter"),
    );
    let text = tmux.wait_for(|text| text.contains(FIRST) && text.contains("[y,n,a,d,c,e,u,q,?]"));
    assert!(
        text.contains(
            "-def one(x: Optional[int]) -> None: ...\n+def one(x: int | None) -> None: ..."
        ),
        "{text}"
    );
    let text = tmux.answers("y");
    assert!(
        text.contains("Apply this change? [y,n,a,d,c,e,u,q,?] y\n\n[2/6]"),
        "{text}"
    );
    // A key that was hit twice does not answer what nobody has seen yet, if it is Enter.
    tmux.types("", Some("Enter"));
    let text = tmux.answers("n");
    assert!(text.contains(THIRD), "{text}");
    // A window so small that nothing fits.
    tmux.resize(30, 6);
    let text = tmux.answers("n");
    assert!(text.contains(FOURTH), "{text}");
    tmux.resize(160, 50);
    assert!(tmux.answers("e").contains("not safe: "));
    assert!(
        tmux.answers("n")
            .contains("Write 1 change to 1 file? [y,n,u,?]")
    );
    tmux.types("y", None);
    tmux.wait_for(|text| text.contains("Take it back with `codemend undo`"));
    tmux.types(
        "stty -g | cmp - .modes && rm .modes && echo modes are' 'the same",
        Some("Enter"),
    );
    tmux.wait_for(|text| text.contains("\nmodes are the same"));
    let models = replaced(MODELS, "x: Optional[int]", "x: int | None");
    assert_eq!(project.read("app/models.py"), models);
    assert_eq!(project.read("app/tools.py"), TOOLS);
}
