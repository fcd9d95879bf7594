//! What a person reads when the configuration cannot be used.

use super::{Overrides, Tree, inline, words};
use crate::problem::{LineColumn, Problem};

/// The error for this `[tool.codemend]`, which starts at line 2.
fn pyproject(text: &str) -> String {
    let text = format!("[tool.codemend]\n{text}\n");
    Tree::new(&[("pyproject.toml", &text)]).error(Overrides::default())
}

fn of_inline(text: &str) -> String {
    Tree::new(&[]).error(inline(&[text]))
}

#[test]
fn unknown_keys() {
    assert_eq!(
        pyproject("selct = []"),
        "pyproject.toml:2:1: unknown key 'selct' in [tool.codemend]; did you mean 'select'?"
    );
    assert_eq!(
        pyproject("log_swallowed.level = 'debug'"),
        "pyproject.toml:2:1: unknown key 'log_swallowed' in [tool.codemend]; did you mean 'log-swallowed'?"
    );
    assert_eq!(
        pyproject("  [tool.codemend.banana]"),
        "pyproject.toml:2:18: unknown key 'banana' in [tool.codemend]; it has 'cache', 'cache-dir', 'exclude', 'extend-exclude', \
         'ignore', 'per-file-ignores', 'select', 'src', 'target-version' and 'unsafe-fixes', and a table per \
         codemod (`codemend list`)"
    );
    let tree = Tree::new(&[(".codemend.toml", "\u{feff}# ü\nignroe = []")]);
    assert_eq!(
        tree.error(Overrides::default()),
        ".codemend.toml:2:1: unknown key 'ignroe'; did you mean 'ignore'?"
    );
}

#[test]
fn unknown_options() {
    assert_eq!(
        pyproject("[tool.codemend.log-swallowed]\nlevle = 'debug'"),
        "pyproject.toml:3:1: unknown key 'levle' in [tool.codemend.log-swallowed]; did you mean 'level'?"
    );
    assert_eq!(
        pyproject("log-swallowed = { depth = 1 }"),
        "pyproject.toml:2:19: unknown key 'depth' in [tool.codemend.log-swallowed]; it has 'level', \
         'skip-tests', 'limit', 'ratio', 'logger' and 'names'"
    );
    assert_eq!(
        pyproject("hoist-imports.depth = 1"),
        "pyproject.toml:2:15: unknown key 'depth' in [tool.codemend.hoist-imports]; 'hoist-imports' has no options"
    );
}

#[test]
fn values_of_the_wrong_kind() {
    for (text, error) in [
        (
            "select = 'all'",
            "2:10: 'select' must be a list of strings, not a string",
        ),
        (
            "ignore = ['all', 3]",
            "2:18: 'ignore' must hold strings only, not an integer",
        ),
        (
            "unsafe-fixes = 'yes'",
            "2:16: 'unsafe-fixes' must be true or false, not a string",
        ),
        (
            "target-version = 3.10",
            "2:18: 'target-version' must be a string; did you mean \"3.10\"?",
        ),
        (
            "target-version = true",
            "2:18: 'target-version' must be a string such as \"3.10\", not a boolean",
        ),
        (
            "per-file-ignores = []",
            "2:20: 'per-file-ignores' must be a table of globs, not an array",
        ),
        (
            "log-swallowed = 'debug'",
            "2:17: 'log-swallowed' must be a table of options, not a string",
        ),
        (
            "log-swallowed.skip-tests = 1",
            "2:28: 'log-swallowed.skip-tests' must be true or false, not an integer",
        ),
        (
            "log-swallowed.limit = 1.5",
            "2:23: 'log-swallowed.limit' must be a whole number, not a float",
        ),
        (
            "log-swallowed.ratio = 'x'",
            "2:23: 'log-swallowed.ratio' must be a number, not a string",
        ),
        (
            "log-swallowed.logger = {}",
            "2:24: 'log-swallowed.logger' must be a string, not a table",
        ),
        (
            "log-swallowed.names = [[]]",
            "2:24: 'log-swallowed.names' must hold strings only, not an array",
        ),
    ] {
        assert_eq!(pyproject(text), format!("pyproject.toml:{error}"));
    }
}

#[test]
fn values_that_are_not_valid() {
    for (text, error) in [
        (
            "select = ['hoist-import']",
            "2:11: 'select': no codemod is called 'hoist-import'; did you mean 'hoist-imports'? (`codemend list` \
             names them all)",
        ),
        (
            "per-file-ignores.'a.py' = ['x']",
            "2:28: 'per-file-ignores.\"a.py\"': no codemod is called 'x' (`codemend list` names them all)",
        ),
        (
            "log-swallowed.level = 'debgu'",
            "2:23: 'log-swallowed.level' cannot be 'debgu'; did you mean 'debug'? (it takes 'warning', 'error' \
             and 'debug')",
        ),
        (
            "target-version = '3.21'",
            "2:18: 'target-version': '3.21' is not a version of Python that codemend knows; did you mean '3.15'? \
             (it knows 3.7, 3.8, 3.9, 3.10, 3.11, 3.12, 3.13, 3.14, 3.15)",
        ),
        (
            "exclude = ['ok', '[a']",
            "2:18: 'exclude': '[a' is not a glob: unclosed character class; missing ']'",
        ),
        (
            "per-file-ignores = { '!{a' = [] }",
            "2:22: 'per-file-ignores': '!{a' is not a glob: unclosed alternate group; missing '}' (maybe escape \
             '{' with '[{]'?)",
        ),
    ] {
        assert_eq!(pyproject(text), format!("pyproject.toml:{error}"));
    }
}

#[test]
fn text_that_is_not_toml() {
    assert_eq!(
        pyproject("select = ["),
        "pyproject.toml:2:11: not valid TOML: unclosed array, expected `]`"
    );
    let tree = Tree::new(&[("a.toml", "x")]);
    let by_name = |name: &str| {
        tree.error(Overrides {
            file: Some(tree.path(name)),
            ..Overrides::default()
        })
    };
    assert_eq!(
        by_name("a.toml"),
        "a.toml:1:2: not valid TOML: key with no value, expected `=`"
    );
    assert_eq!(
        by_name("b.toml"),
        "b.toml: cannot be read: no such file or directory"
    );
    tree.write("pyproject.toml", b"[project]\n");
    assert_eq!(
        by_name("pyproject.toml"),
        "pyproject.toml: there is no table [tool.codemend]"
    );
    tree.write("pyproject.toml", b"[project");
    assert!(by_name("pyproject.toml").starts_with("pyproject.toml:1:9: not valid TOML: "));
    tree.write("codemend.toml", b"# \xff");
    assert_eq!(
        tree.error(Overrides::default()),
        "codemend.toml: cannot be read: it is not UTF-8 (invalid utf-8 sequence of 1 bytes from index 2)"
    );
}

#[test]
fn an_error_is_a_problem_of_its_file() {
    let tree = Tree::new(&[("codemend.toml", "# \u{fc}\nunsafe-fixes = \"yes\"\n")]);
    let error = tree.settings("sub/a.py", Overrides::default()).unwrap_err();
    let problem = Problem::from(error);
    assert_eq!(problem.path, tree.path("codemend.toml"));
    assert_eq!(
        problem.at,
        Some(LineColumn {
            line: 2,
            column: 16
        })
    );
    assert_eq!(
        problem.message,
        "'unsafe-fixes' must be true or false, not a string"
    );
    tree.write("codemend.toml", b"\xff");
    let error = tree.settings("sub/a.py", Overrides::default()).unwrap_err();
    let problem = Problem::from(error);
    assert_eq!(
        (problem.path, problem.at),
        (tree.path("codemend.toml"), None)
    );
}

#[test]
fn the_table_itself_is_no_table() {
    let tree = Tree::new(&[("pyproject.toml", "[tool]\ncodemend = 1\n")]);
    assert_eq!(
        tree.error(Overrides::default()),
        "pyproject.toml:2:12: 'tool.codemend' must be a table, not an integer"
    );
}

#[test]
fn inline_errors_name_the_option() {
    assert_eq!(
        of_inline("unsafe-fix = true"),
        "--config 'unsafe-fix = true': unknown key 'unsafe-fix'; did you mean 'unsafe-fixes'?"
    );
    assert_eq!(
        of_inline("log-swallowed.levle = 1"),
        "--config 'log-swallowed.levle = 1': unknown key 'levle' in [log-swallowed]; did you mean 'level'?"
    );
    assert!(of_inline("log-swallowed.level = debug").starts_with(
        "--config 'log-swallowed.level = debug': not valid TOML: string values must be quoted"
    ));
}

#[test]
fn options_of_the_command_line() {
    let tree = Tree::new(&[]);
    let select = Overrides {
        select: Some(words(&["hoistimports"])),
        ..Overrides::default()
    };
    assert_eq!(
        tree.error(select),
        "--select: no codemod is called 'hoistimports'; did you mean 'hoist-imports'? (`codemend list` names \
         them all)"
    );
    let ignore = Overrides {
        ignore: words(&["qqq"]),
        ..Overrides::default()
    };
    assert_eq!(
        tree.error(ignore),
        "--ignore: no codemod is called 'qqq' (`codemend list` names them all)"
    );
    let exclude = Overrides {
        exclude: words(&["a["]),
        ..Overrides::default()
    };
    assert_eq!(
        tree.error(exclude),
        "--exclude: 'a[' is not a glob: unclosed character class; missing ']'"
    );
}
