//! Which files are manifests, and what they are for, as far as their names say it.

use camino::Utf8Path;

use super::model::{Format, Kind};

/// Files that a tool writes from the manifests: noted, never read.
pub(super) const LOCKS: [&str; 5] = [
    "poetry.lock",
    "uv.lock",
    "pdm.lock",
    "Pipfile.lock",
    "pylock.toml",
];

/// The format of the manifest that goes by `name`.
pub(super) fn format_of(name: &str) -> Option<Format> {
    match name {
        "pyproject.toml" => Some(Format::Pyproject),
        "setup.cfg" => Some(Format::SetupCfg),
        "setup.py" => Some(Format::SetupPy),
        "Pipfile" => Some(Format::Pipfile),
        _ => {
            let (stem, _) = name.rsplit_once('.')?;
            let called_so = stem.starts_with("requirements") || stem.ends_with("requirements");
            (called_so && is_list(name)).then_some(Format::Requirements)
        }
    }
}

/// Whether `name` is that of a manifest or of a lock file.
pub(crate) fn is_manifest(name: &str) -> bool {
    LOCKS.contains(&name) || format_of(name).is_some()
}

/// Whether the file `name` in a directory called `requirements` is a list of requirements.
pub(crate) fn is_list(name: &str) -> bool {
    let Some((stem, "txt" | "in")) = name.rsplit_once('.') else {
        return false;
    };
    let stem = stem.to_lowercase();
    let mut words = stem.split(['-', '_', '.', ' ']);
    let is_no_list =
        |word: &str| matches!(word, "lock" | "locked" | "frozen") || word.starts_with("constraint");
    !words.any(is_no_list) && !matches!(&*stem, "readme" | "license" | "notes" | "changes")
}

/// What a file for pip is for, by its name: `requirements-dev.txt`, `requirements/test.in`, `docs_requirements.txt`.
pub(super) fn kind_by_name(path: &Utf8Path) -> Kind {
    let stem = path.file_stem().unwrap_or_default().to_lowercase();
    let mut words = stem.split(['-', '_', '.', ' ']);
    match words.find(|word| GROUPS.contains(word)) {
        Some(word) => Kind::Group(word.to_owned()),
        None => Kind::Runtime,
    }
}

const GROUPS: &[&str] = &[
    "bench",
    "benchmark",
    "benchmarks",
    "build",
    "check",
    "checks",
    "ci",
    "coverage",
    "debug",
    "dev",
    "devel",
    "develop",
    "development",
    "doc",
    "docs",
    "documentation",
    "e2e",
    "example",
    "examples",
    "extra",
    "extras",
    "format",
    "formatting",
    "integration",
    "lint",
    "linters",
    "linting",
    "local",
    "mypy",
    "notebook",
    "notebooks",
    "optional",
    "precommit",
    "qa",
    "quality",
    "release",
    "style",
    "test",
    "testing",
    "tests",
    "tools",
    "tox",
    "type",
    "types",
    "typing",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manifests_by_name() {
        for name in [
            "requirements.txt",
            "requirements-dev.in",
            "dev_requirements.txt",
            "requirements3.txt",
        ] {
            assert_eq!(format_of(name), Some(Format::Requirements), "{name}");
        }
        for name in [
            "requirements.lock",
            "constraints.txt",
            "notes.txt",
            "requirements",
            "environment.yml",
        ] {
            assert_eq!(format_of(name), None, "{name}");
        }
        assert!(is_list("base.txt") && !is_list("constraints-3.11.txt") && !is_list("README.txt"));
    }

    #[test]
    fn groups_by_name() {
        let group = |name: &str| Kind::Group(name.to_owned());
        assert_eq!(kind_by_name("requirements-dev.txt".into()), group("dev"));
        assert_eq!(kind_by_name("requirements/Tests.in".into()), group("tests"));
        assert_eq!(kind_by_name("docs_requirements.txt".into()), group("docs"));
        for name in [
            "requirements.txt",
            "requirements/prod.txt",
            "requirements-latest.txt",
            "dev/requirements.txt",
        ] {
            assert_eq!(kind_by_name(name.into()), Kind::Runtime, "{name}");
        }
    }
}
