//! The configuration seen from outside: files on disk in, settings or error text out.

mod errors;
mod precedence;
mod targets;

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use super::{ConfigError, Configuration, Overrides, Settings};
use crate::about::{About, Deed, OptionAbout, OptionKind, Scope};
use crate::change::Safety;
use crate::paths::relative;
use crate::target::PythonVersion;

/// A directory with files, gone when dropped. A `.git` keeps the walk upwards inside.
struct Tree {
    _directory: tempfile::TempDir,
    root: Utf8PathBuf,
}

impl Tree {
    fn new(files: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(directory.path().to_owned()).unwrap();
        std::fs::create_dir(root.join(".git")).unwrap();
        let tree = Self {
            _directory: directory,
            root,
        };
        for (path, text) in files {
            tree.write(path, text.as_bytes());
        }
        tree
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    fn path(&self, path: &str) -> Utf8PathBuf {
        self.root.join(path)
    }

    fn settings(&self, path: &str, overrides: Overrides) -> Result<Arc<Settings>, ConfigError> {
        Configuration::new(overrides, catalogue())?.settings_at(&self.path(path))
    }

    /// `message` without the way from the current directory to this one.
    fn seen_inside(&self, message: &str) -> String {
        let way = relative(&self.root, &super::current_directory());
        message.replace(&format!("{way}/"), "")
    }

    /// The error for `a.py`, without the directory's own name.
    fn error(&self, overrides: Overrides) -> String {
        let error = self.settings("a.py", overrides).unwrap_err().to_string();
        self.seen_inside(&error)
    }
}

fn about(name: &'static str, options: &'static [OptionAbout]) -> About {
    About {
        name,
        summary: "",
        deed: Deed {
            one: "mend 1 place",
            many: "mend {n} places",
        },
        page: "",
        ceiling: Safety::Safe,
        scope: Scope::File,
        since: PythonVersion::PY37,
        rules: &[],
        options,
    }
}

const OPTIONS: &[OptionAbout] = &[
    option("level", OptionKind::Choice(&["warning", "error", "debug"])),
    option("skip-tests", OptionKind::Boolean { default: true }),
    option("limit", OptionKind::Integer { default: 3 }),
    option("ratio", OptionKind::Float { default: 0.5 }),
    option("logger", OptionKind::Text { default: "logger" }),
    option("names", OptionKind::List { default: &["a"] }),
];

const fn option(name: &'static str, kind: OptionKind) -> OptionAbout {
    OptionAbout {
        name,
        kind,
        summary: "",
    }
}

fn catalogue() -> Vec<About> {
    vec![
        about("hoist-imports", &[]),
        about("log-swallowed", OPTIONS),
        about("response-model", &[]),
    ]
}

fn inline(texts: &[&str]) -> Overrides {
    Overrides {
        inline: texts.iter().map(|text| (*text).to_owned()).collect(),
        ..Overrides::default()
    }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[test]
fn shared_between_threads() {
    fn is_sync<T: Sync + Send>() {}
    is_sync::<Configuration>();
}

#[test]
fn per_file_ignores() {
    let text = "[per-file-ignores]\n\"tests/**\" = [\"hoist-imports\"]\n\"*_test.py\" = [\"all\"]\n\
                \"!src/**\" = [\"response-model\"]\n";
    let tree = Tree::new(&[("codemend.toml", text)]);
    let settings = tree.settings("a.py", Overrides::default()).unwrap();
    let ignored = |path: &str| {
        settings
            .ignores_for(&tree.path(path))
            .into_iter()
            .collect::<Vec<_>>()
    };
    assert_eq!(
        ignored("tests/deep/a.py"),
        ["hoist-imports", "response-model"]
    );
    assert_eq!(
        ignored("src/x_test.py"),
        ["hoist-imports", "log-swallowed", "response-model"]
    );
    assert_eq!(ignored("src/a.py"), [""; 0]);
    assert_eq!(ignored("a.py"), ["response-model"]);
}

#[test]
fn default_excludes_hold_until_replaced() {
    let tree = Tree::new(&[
        ("codemend.toml", "extend-exclude = [\"gen\"]"),
        ("b/codemend.toml", "exclude = [\"gen\"]"),
    ]);
    let excluded = |base: &str, path: &str| {
        let settings = tree
            .settings(&format!("{base}a.py"), Overrides::default())
            .unwrap();
        settings.is_excluded(&tree.path(&format!("{base}{path}")), false)
    };
    assert!(excluded("", ".venv/lib/x.py"));
    assert!(excluded("", "a/__pycache__/x.py"));
    assert!(excluded("", "gen/x.py"));
    assert!(!excluded("", "vendor/x.py"));
    assert!(excluded("b/", "gen/x.py"));
    assert!(!excluded("b/", ".venv/lib/x.py"));
}

#[test]
fn exclude_of_the_command_line_is_added() {
    let tree = Tree::new(&[("codemend.toml", "exclude = [\"gen\"]")]);
    let overrides = Overrides {
        exclude: words(&["src/old"]),
        ..inline(&["extend-exclude = ['x.py']"])
    };
    let settings = tree.settings("src/a.py", overrides).unwrap();
    assert_eq!(settings.exclude, ["gen", "x.py", "src/old"]);
    assert!(settings.is_excluded(&tree.path("src/old"), true));
    assert!(settings.is_excluded(&tree.path("src/old/a.py"), false));
    assert!(!settings.is_excluded(&tree.path("src/a.py"), false));
}

#[test]
fn roots_without_a_file() {
    let tree = Tree::new(&[]);
    let configuration = Configuration::new(Overrides::default(), catalogue()).unwrap();
    let root = |path: &Utf8Path| configuration.settings_at(path).unwrap().root.clone();
    assert_eq!(root(&tree.path("a.py")), tree.root);
    assert_eq!(root(&tree.root), tree.root);
    let here = super::current_directory();
    assert_eq!(root(&here.join("deep/down/a.py")), here);
}
