//! Which of several sources wins.

use super::{Overrides, Tree, catalogue, inline, words};
use crate::config::{Configuration, OptionValue};
use crate::target::PythonVersion;

const UNSAFE: &str = "unsafe-fixes = true\n";

#[test]
fn the_nearest_file_wins_entirely() {
    let tree = Tree::new(&[
        (
            "pyproject.toml",
            "[tool.codemend]\nselect = [\"hoist-imports\"]\nunsafe-fixes = true\n",
        ),
        ("a/pyproject.toml", "[project]\nname = \"a\"\n"),
        ("a/b/codemend.toml", "select = [\"response-model\"]\n"),
        ("a/b/pyproject.toml", "[tool.codemend]\nselect = []\n"),
    ]);
    let of = |path: &str| tree.settings(path, Overrides::default()).unwrap();
    let (far, near) = (of("a/x.py"), of("a/b/c/x.py"));
    assert_eq!(
        (far.root.as_path(), &far.codemods[..]),
        (tree.root.as_path(), &["hoist-imports"][..])
    );
    assert!(far.unsafe_fixes);
    assert_eq!(near.codemods, ["response-model"]);
    assert_eq!(near.file, Some(tree.path("a/b/codemend.toml")));
    assert!(!near.unsafe_fixes);
}

#[test]
fn a_directory_has_the_settings_of_its_own_file() {
    let tree = Tree::new(&[("a/.codemend.toml", UNSAFE), ("a/x.py", "")]);
    let configuration = Configuration::new(Overrides::default(), catalogue()).unwrap();
    for path in ["a", "a/x.py", "a/missing.py", "a"] {
        assert!(
            configuration
                .settings_at(&tree.path(path))
                .unwrap()
                .unsafe_fixes,
            "{path}"
        );
    }
    assert!(!configuration.settings(&tree.root).unwrap().unsafe_fixes);
}

#[test]
fn a_named_file_replaces_discovery() {
    let tree = Tree::new(&[
        ("codemend.toml", "select = []"),
        (
            "ci/pyproject.toml",
            "[tool.codemend]\nselect = [\"log-swallowed\"]\nsrc = [\".\", \"../lib\"]\n",
        ),
    ]);
    let overrides = Overrides {
        file: Some(tree.path("a/../ci/pyproject.toml")),
        ..Overrides::default()
    };
    let settings = tree.settings("a.py", overrides).unwrap();
    assert_eq!(settings.codemods, ["log-swallowed"]);
    assert_eq!(settings.root, tree.path("ci"));
    assert_eq!(settings.src, [tree.path("ci"), tree.path("lib")]);
}

#[test]
fn inline_goes_over_the_file_key_by_key() {
    let text = "[tool.codemend]\nignore = ['hoist-imports']\n\
                [tool.codemend.log-swallowed]\nlevel = 'error'\nlimit = 7\nratio = 2\n";
    let tree = Tree::new(&[("pyproject.toml", text)]);
    let overrides = inline(&[
        "log-swallowed.level = \"debug\"",
        "unsafe-fixes = true\ntarget-version = \"py311\"",
    ]);
    let settings = tree.settings("a.py", overrides).unwrap();
    let codemod = catalogue().swap_remove(1);
    let option = |name: &str| settings.option(&codemod, name);
    assert_eq!(option("level"), OptionValue::Text("debug".into()));
    assert_eq!(option("limit"), OptionValue::Integer(7));
    assert_eq!(option("ratio"), OptionValue::Float(2.0));
    assert_eq!(option("skip-tests"), OptionValue::Boolean(true));
    assert_eq!(option("names"), OptionValue::List(vec!["a".into()]));
    assert_eq!(settings.codemods, ["log-swallowed", "response-model"]);
    assert!(settings.unsafe_fixes);
    assert_eq!(settings.target_version, Some(PythonVersion::PY311));
}

#[test]
fn a_choice_defaults_to_its_first_word() {
    let settings = Tree::new(&[])
        .settings("a.py", Overrides::default())
        .unwrap();
    let codemod = catalogue().swap_remove(1);
    assert_eq!(
        settings.option(&codemod, "level"),
        OptionValue::Text("warning".into())
    );
    assert_eq!(
        settings.option(&codemod, "logger"),
        OptionValue::Text("logger".into())
    );
}

#[test]
fn select_and_ignore() {
    let tree = Tree::new(&[("codemend.toml", "ignore = [\"hoist-imports\"]\n")]);
    let run = |select: Option<&[&str]>, ignore: &[&str]| {
        let overrides = Overrides {
            select: select.map(words),
            ignore: words(ignore),
            ..Overrides::default()
        };
        tree.settings("a.py", overrides).unwrap().codemods.join(" ")
    };
    assert_eq!(run(None, &[]), "log-swallowed response-model");
    assert_eq!(run(Some(&["all"]), &[]), "log-swallowed response-model");
    assert_eq!(
        run(Some(&["response-model", "hoist-imports"]), &[]),
        "hoist-imports response-model"
    );
    assert_eq!(run(Some(&["hoist-imports"]), &["hoist-imports"]), "");
    assert_eq!(run(None, &["log-swallowed"]), "response-model");
    assert_eq!(run(None, &["all"]), "");
}

#[test]
fn the_command_line_wins_over_inline() {
    let tree = Tree::new(&[("codemend.toml", UNSAFE)]);
    let overrides = Overrides {
        unsafe_fixes: Some(false),
        ..inline(&["unsafe-fixes = true"])
    };
    assert!(!tree.settings("a.py", overrides).unwrap().unsafe_fixes);
}

#[test]
fn a_byte_order_mark_is_tolerated() {
    let tree = Tree::new(&[(
        "pyproject.toml",
        "\u{feff}[tool.codemend]\nunsafe-fixes = true\n",
    )]);
    assert!(
        tree.settings("a.py", Overrides::default())
            .unwrap()
            .unsafe_fixes
    );
}

#[test]
fn a_broken_pyproject_that_does_not_speak_of_us_is_passed_over() {
    let tree = Tree::new(&[
        ("codemend.toml", UNSAFE),
        ("a/pyproject.toml", "[project\n"),
    ]);
    tree.write("b/pyproject.toml", b"name = \"\xff\"");
    std::fs::create_dir_all(tree.path("c/pyproject.toml")).unwrap();
    for path in ["a/x.py", "b/x.py", "c/x.py"] {
        assert!(
            tree.settings(path, Overrides::default())
                .unwrap()
                .unsafe_fixes,
            "{path}"
        );
    }
}
