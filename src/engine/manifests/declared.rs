//! Whether a project says that it requires a distribution.

use camino::{Utf8Path, Utf8PathBuf};

use super::model::Kind;
use super::{Found, Manifests};

/// What the manifests of a project say about a distribution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Declared {
    /// Always installed with the project.
    Runtime {
        path: Utf8PathBuf,
        line: usize,
    },
    /// A runtime requirement for some environments only.
    Limited {
        path: Utf8PathBuf,
        line: usize,
        marker: String,
    },
    /// Only in the extra of this name.
    Extra(String),
    /// Only in the group of this name, for those who work on the project.
    Group(String),
    Undeclared,
    NoManifest,
    /// Nobody can tell, for this reason: one line, lower case.
    Unknown(String),
}

impl Manifests {
    /// Whether one of `distributions` (any spelling) is required by the project that `file` belongs to: the nearest
    /// directory with a manifest, all of its manifests, and what they include.
    pub fn declared(&self, file: &Utf8Path, distributions: &[impl AsRef<str>]) -> Declared {
        let Some(directory) = self.nearest(file) else {
            return Declared::NoManifest;
        };
        let wanted: Vec<String> = distributions
            .iter()
            .map(|name| super::normalise(name.as_ref()))
            .collect();
        let found = self
            .requirements(directory)
            .filter(|found| wanted.contains(&found.requirement.name))
            .filter_map(|found| said(&found))
            .min_by_key(|(rank, _)| *rank);
        if let Some((_, declared)) = found {
            return declared;
        }
        let computed = self.lists(directory).find_map(|(manifest, kind, list)| {
            let closed = list.closed()?;
            let computes = closed.reason.starts_with("computes") && *kind == Kind::Runtime;
            let file = crate::paths::relative(&manifest.path, &directory.path);
            computes.then(|| format!("{file} {}", closed.reason))
        });
        match directory.unknown.clone().or(computed) {
            Some(reason) => Declared::Unknown(reason),
            None => Declared::Undeclared,
        }
    }
}

/// What one requirement says, behind its rank: the lower, the more certain.
fn said(found: &Found<'_>) -> Option<(u8, Declared)> {
    let path = found.manifest.path.clone();
    let line = found.requirement.line;
    Some(match (found.kind, &found.requirement.marker) {
        (Kind::Runtime, None) => (0, Declared::Runtime { path, line }),
        (Kind::Runtime, Some(marker)) => {
            let marker = marker.clone();
            (1, Declared::Limited { path, line, marker })
        }
        (Kind::Extra(name), _) => (2, Declared::Extra(name.clone())),
        (Kind::Group(name), _) => (3, Declared::Group(name.clone())),
        (Kind::Constraint, _) => return None,
    })
}
