//! The files of one directory that say which Python it is for.

use std::cell::Cell;
use std::io::ErrorKind;

use camino::Utf8Path;
use configparser::ini::Ini;
use toml_edit::{Document, Item};

use super::requirement::{is_specifier, lowest, lowest_of_poetry, series};
use super::setup_py::{self, SetupCall};
use super::{PythonVersion, TargetPython, supported};
use crate::encoding::{declared_text, foreign};
use crate::paths::relative;
use crate::problem::Problem;
use crate::source::{SizeLimit, read_regular, reason};
use crate::tree::admit_own;

/// What the manifests of one directory say, most telling first.
#[derive(Debug, Clone, Default)]
pub struct Says {
    /// In the order of [`super::in_directories`].
    pub targets: [Option<TargetPython>; 5],
    /// A manifest that nobody can read; what it says is not known.
    pub broken: Option<Problem>,
}

/// What `directory` itself says; paths in the sources start at `here`.
///
/// Files with more bytes than `limit` are not read.
pub fn says(directory: &Utf8Path, here: &Utf8Path, limit: SizeLimit) -> Says {
    let files = Files::read(directory, limit);
    let target = |said: Option<Said>| {
        let (version, key, name) = said?;
        let file = directory.join(name);
        let file = relative(&file, here);
        let source = match key.is_empty() {
            true => file.to_string(),
            false => format!("{key} in {file}"),
        };
        Some(TargetPython {
            version: supported(version),
            source,
        })
    };
    Says {
        targets: [
            target(files.pyproject_requirement()),
            target(files.setup_cfg_requirement()),
            target(files.setup_py_requirement()),
            target(files.classifier()),
            target(files.pin()),
        ],
        broken: files.broken.clone(),
    }
}

/// A version, the key that gives it, and the name of the file that the key stands in.
type Said = (PythonVersion, &'static str, &'static str);

/// What of them is there and can be read.
struct Files {
    pyproject: Option<Document<String>>,
    setup_cfg: Option<Ini>,
    setup_py: Option<SetupCall>,
    /// The first line of `.python-version`.
    python_version: Option<String>,
    broken: Option<Problem>,
}

/// The text of the file at `path` without a byte order mark; `None` when there is none.
///
/// # Errors
/// It has more bytes than `limit`, or is no text that can be read: why.
fn text_of(path: &Utf8Path, limit: SizeLimit) -> Result<Option<String>, String> {
    if admit_own(path).is_err() {
        return Ok(None);
    }
    let bytes = match read_regular(path, limit) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::FileTooLarge => return Err(error.to_string()),
        Err(_) => return Ok(None),
    };
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Some(text.trim_start_matches('\u{feff}').to_owned())),
        Err(error) => match declared_text(error.as_bytes()) {
            Some(text) => Ok(Some(text)),
            None => Err(foreign(error.as_bytes()).map_or_else(String::new, |one| one.message)),
        },
    }
}

const HELP: &str = "mend it, or give `--target-version`";
const PYPROJECT: &str = "pyproject.toml";
const SETUP_CFG: &str = "setup.cfg";
const SETUP_PY: &str = "setup.py";
const PYTHON_VERSION: &str = ".python-version";

impl Files {
    fn read(directory: &Utf8Path, limit: SizeLimit) -> Self {
        let broken = Cell::new(None);
        let complain = |name: &str, message: String| {
            let problem = Problem::new(directory.join(name), message).help(HELP);
            broken.set(broken.take().or(Some(problem)));
        };
        let text = |name: &str| match text_of(&directory.join(name), limit) {
            Ok(text) => text,
            // Of a `setup.py` only what can be read counts, as where it computes what it says.
            Err(message) if matches!(name, PYPROJECT | SETUP_CFG) => {
                complain(name, message);
                None
            }
            Err(_) => None,
        };
        for name in [PYPROJECT, SETUP_CFG, SETUP_PY] {
            if let Some(reason) = withheld(&directory.join(name)) {
                complain(name, format!("cannot be read: {reason}"));
            }
        }
        let pyproject = text(PYPROJECT).and_then(|text| match Document::parse(text) {
            Ok(document) => Some(document),
            Err(error) => {
                let message = error.message().trim().replace('\n', "; ");
                complain(PYPROJECT, format!("is not valid TOML: {message}"));
                None
            }
        });
        let files = Self {
            pyproject,
            setup_cfg: text(SETUP_CFG).and_then(|text| {
                let ini = parse_ini(text);
                if ini.is_none() {
                    complain(SETUP_CFG, "is not a valid configuration file".to_owned());
                }
                ini
            }),
            setup_py: text(SETUP_PY).and_then(|text| setup_py::read(&text)),
            python_version: text(PYTHON_VERSION).and_then(|text| first_line(&text)),
            broken: None,
        };
        if let Some(item) = files.pyproject_item(&["project", "requires-python"])
            && !item.as_str().is_some_and(is_specifier)
        {
            complain(
                PYPROJECT,
                "`requires-python` is no version specifier".to_owned(),
            );
        }
        Self {
            broken: broken.take(),
            ..files
        }
    }

    fn pyproject_requirement(&self) -> Option<Said> {
        let pep621 = || {
            let item = self.pyproject_item(&["project", "requires-python"])?;
            lowest(item.as_str()?)
        };
        let said = |version: Option<PythonVersion>, key| version.map(|it| (it, key, PYPROJECT));
        said(pep621(), "requires-python").or_else(|| {
            let version = lowest_of_poetry(self.poetry_python()?);
            said(version, "tool.poetry.dependencies.python")
        })
    }

    fn setup_cfg_requirement(&self) -> Option<Said> {
        let value = self.setup_cfg_value("options", &["python_requires", "python-requires"])?;
        lowest(&value).map(|version| (version, "python_requires", SETUP_CFG))
    }

    fn setup_py_requirement(&self) -> Option<Said> {
        let value = self.setup_py.as_ref()?.python_requires.as_deref()?;
        lowest(value).map(|version| (version, "python_requires", SETUP_PY))
    }

    fn classifier(&self) -> Option<Said> {
        let array = self
            .pyproject_item(&["project", "classifiers"])
            .and_then(Item::as_array);
        let pyproject = lowest_classifier(
            array
                .into_iter()
                .flatten()
                .filter_map(|value| value.as_str()),
        );
        let cfg = self
            .setup_cfg_value("metadata", &["classifiers", "classifier"])
            .unwrap_or_default();
        let call = self.setup_py.iter().flat_map(|call| &call.classifiers);
        let said = |version: Option<PythonVersion>, name| {
            version.map(|version| (version, "classifiers", name))
        };
        said(pyproject, PYPROJECT)
            .or_else(|| said(lowest_classifier(cfg.lines()), SETUP_CFG))
            .or_else(|| said(lowest_classifier(call.map(String::as_str)), SETUP_PY))
    }

    /// What pyenv and uv read: `3.11.4`, `3.12`, `cpython-3.11.4-linux`, `cpython@3.11`. Not `system`, not PyPy.
    fn pin(&self) -> Option<Said> {
        let line = self.python_version.as_deref()?;
        let version = line
            .strip_prefix("cpython")
            .map_or(line, |rest| rest.trim_start_matches(['-', '@']));
        let end = version
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(version.len());
        let numbers = version[..end].trim_end_matches('.');
        numbers
            .contains('.')
            .then(|| series(numbers))
            .flatten()
            .map(|version| (version, "", PYTHON_VERSION))
    }

    fn pyproject_item(&self, keys: &[&str]) -> Option<&Item> {
        let root = self.pyproject.as_ref()?.as_item();
        keys.iter().try_fold(root, |item, key| item.get(key))
    }

    /// `python = "^3.9"` or `python = { version = "^3.9" }`.
    fn poetry_python(&self) -> Option<&str> {
        let python = self.pyproject_item(&["tool", "poetry", "dependencies", "python"])?;
        python.as_str().or_else(|| python.get("version")?.as_str())
    }

    fn setup_cfg_value(&self, section: &str, keys: &[&str]) -> Option<String> {
        let ini = self.setup_cfg.as_ref()?;
        keys.iter().find_map(|key| ini.get(section, key))
    }
}

/// Why the manifest at `path` is not read although it is there: it is too large, or a symbolic link leads from it out
/// of the repository. What it says is not known then.
fn withheld(path: &Utf8Path) -> Option<String> {
    if !path.is_file() {
        return None;
    }
    admit_own(path).err().map(|error| reason(&error))
}

fn parse_ini(text: String) -> Option<Ini> {
    let mut ini = Ini::new();
    ini.set_multiline(true);
    ini.read(text).ok()?;
    Some(ini)
}

fn first_line(text: &str) -> Option<String> {
    let mut lines = text.split(['\n', '\r']).map(str::trim);
    lines
        .find(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
}

/// `Programming Language :: Python :: 3.9`; the bare `3` says too little.
fn lowest_classifier<'a>(classifiers: impl Iterator<Item = &'a str>) -> Option<PythonVersion> {
    let versions = classifiers.filter_map(|line| {
        let version = line
            .trim()
            .strip_prefix("Programming Language :: Python ::")?
            .trim();
        version.contains('.').then(|| series(version)).flatten()
    });
    versions.min()
}
