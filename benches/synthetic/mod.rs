//! What is read: a tree of modules made here, the same in every run, or a folder of the caller's.

use std::fmt::{self, Write};
use std::fs;
use std::path::Path;

use camino::{Utf8Path, Utf8PathBuf};
use codemend_engine::config::DEFAULT_EXCLUDE;
use tempfile::TempDir;

/// Modules of one package.
const PACKAGE: usize = 25;

/// A folder and its Python files.
pub struct Corpus {
    /// Gone with the corpus, when it was made here.
    _guard: Option<TempDir>,
    pub root: Utf8PathBuf,
    /// Sorted.
    pub files: Vec<Utf8PathBuf>,
    bytes: u64,
}

impl fmt::Display for Corpus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (files, kilobytes) = (self.files.len(), self.bytes / 1_000);
        write!(f, "{files} files, {kilobytes} kB")
    }
}

impl Corpus {
    /// The folder `path`.
    pub fn at(path: &str) -> Self {
        let root = Utf8Path::new(path).canonicalize_utf8();
        let root = root.unwrap_or_else(|error| panic!("CODEMEND_CORPUS={path}: {error}"));
        Self::of(None, root)
    }

    /// A tree of `modules` modules, every third of them with something to mend.
    pub fn synthetic(modules: usize) -> Self {
        let guard = tempfile::Builder::new().prefix("corpus-").tempdir();
        let guard = guard.expect("a temporary folder");
        let root = Utf8PathBuf::from_path_buf(guard.path().to_owned()).expect("UTF-8");
        write(&root.join("pyproject.toml"), "[project]\nname = \"shop\"\n");
        for at in 0..modules {
            let folder = root.join(format!("shop/package_{:03}", at / PACKAGE));
            if at.is_multiple_of(PACKAGE) {
                write(&folder.join("__init__.py"), "");
            }
            write(&folder.join(format!("module_{at:05}.py")), &module(at));
        }
        Self::of(Some(guard), root)
    }

    fn of(guard: Option<TempDir>, root: Utf8PathBuf) -> Self {
        let mut corpus = Self {
            _guard: guard,
            files: Vec::new(),
            bytes: 0,
            root: root.clone(),
        };
        corpus.collect(root.as_std_path());
        corpus.files.sort();
        corpus
    }

    /// The files that a run looks at, more or less: what `.gitignore` names is not left out.
    fn collect(&mut self, folder: &Path) {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        for entry in entries {
            let name = entry.file_name().to_string_lossy().into_owned();
            let (Ok(kind), Ok(path)) = (entry.file_type(), Utf8PathBuf::try_from(entry.path()))
            else {
                continue;
            };
            if name.starts_with('.') || DEFAULT_EXCLUDE.contains(&name.as_str()) {
                continue;
            }
            if kind.is_dir() {
                self.collect(path.as_std_path());
            } else if kind.is_file() && matches!(path.extension(), Some("py" | "pyi")) {
                self.bytes += entry.metadata().map_or(0, |metadata| metadata.len());
                self.files.push(path);
            }
        }
    }
}

fn write(path: &Utf8Path, text: &str) {
    let folder = path.parent().expect("a file lies in a folder");
    fs::create_dir_all(folder).expect("a folder can be made");
    fs::write(path, text).expect("a file can be written");
}

/// The text of module number `at`: classes and functions like those of a backend, more or fewer by its number.
fn module(at: usize) -> String {
    let old = at.is_multiple_of(3);
    let typing = if old {
        "Any, Dict, List, Optional, Union"
    } else {
        "Any"
    };
    let mut text =
        format!("\"\"\"Module {at}.\"\"\"\n\nimport logging\nfrom typing import {typing}\n");
    if !at.is_multiple_of(PACKAGE) {
        let before = at - 1;
        let _ = writeln!(text, "\nfrom .module_{before:05} import Record{before}_0");
    }
    // What a backend has between its modules: absolute imports of older ones, names for type checkers, late imports.
    let (older, oldest) = (at / 2, at / 3);
    let absolute = |at: usize| format!("shop.package_{:03}.module_{at:05}", at / PACKAGE);
    if oldest > 0 {
        let _ = writeln!(
            text,
            "from {} import Record{older}_0 as Older\nimport {}",
            absolute(older),
            absolute(oldest)
        );
        let _ = writeln!(
            text,
            "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from {} import Record{}_1",
            absolute(at - 1),
            at - 1
        );
    }
    text.push_str("\nlogger = logging.getLogger(__name__)\n");
    let (maybe, either, rows) = match old {
        true => (
            "Optional[str]",
            "Union[int, str]",
            "Dict[str, List[Optional[int]]]",
        ),
        false => ("str | None", "int | str", "dict[str, list[int | None]]"),
    };
    for number in 0..2 + at % 4 {
        let record = format!("Record{at}_{number}");
        let late = absolute(at.saturating_sub(number + 1));
        let _ = write!(
            text,
            r#"

class {record}:
    """One row."""

    name: str
    note: {maybe} = None

    def __init__(self, key: {either}, rows: {rows}) -> None:
        self.key = key
        self.rows = {{name: [value for value in values if value] for name, values in rows.items()}}

    def find(self, name: str, default: {maybe} = None) -> {maybe}:
        for known, values in self.rows.items():
            if known == name and len(values) > {number}:
                return ", ".join(str(value) for value in values)
        logger.debug("no %s in %s", name, self.key)
        return default


def load_{number}(payload: dict[str, Any], *, key: {either} = {number}) -> {record}:
    from {late} import load_0

    try:
        record = {record}(key, payload.get("rows") or {{}})
        record.name = str(payload["name"]).strip().lower()
    except KeyError as error:
        raise ValueError(f"no {{error}} in {{payload!r}}") from error
    return record
"#
        );
    }
    text
}
