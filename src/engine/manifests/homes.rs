//! Where a new requirement belongs: into the lists that name what it is for.

use camino::Utf8PathBuf;

use super::model::{Closed, Kind, List, Manifest};
use super::{Directory, Manifests};

/// A list that a new requirement belongs to.
#[derive(Debug, Clone, Copy)]
pub struct Home<'m> {
    pub manifest: &'m Manifest,
    pub list: &'m List,
    /// What the list is for.
    pub kind: &'m Kind,
}

impl Home<'_> {
    /// The line of the first requirement on one of `names` (normalised), else the first line.
    pub fn line_of(&self, names: &[&str]) -> usize {
        let mut all = self.list.requirements.iter();
        let named = all.find(|one| names.contains(&one.name.as_str()));
        named.map_or(1, |one| one.line)
    }
}

/// A manifest that a person must look at, and why: lower case, without the name of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub path: Utf8PathBuf,
    pub line: usize,
    pub reason: String,
}

impl Refused {
    pub(super) fn new(manifest: &Manifest, closed: &Closed) -> Self {
        Self {
            path: manifest.path.clone(),
            line: closed.line,
            reason: closed.reason.clone(),
        }
    }
}

impl Manifests {
    /// The lists in `directory` that a requirement belongs to which goes with one of `beside` (normalised names).
    ///
    /// Every hand-written list of runtime requirements that names one of them; of files that include each other, the
    /// innermost. If only one extra or group does, that one. If nothing does, the only manifest.
    ///
    /// # Errors
    /// There is no such place: all is generated, or there are several that nothing tells apart.
    pub fn homes<'m>(
        &'m self,
        directory: &'m Directory,
        beside: &[&str],
    ) -> Result<Vec<Home<'m>>, Refused> {
        let all: Vec<Home<'m>> = self
            .lists(directory)
            .map(|(manifest, kind, list)| Home {
                manifest,
                list,
                kind,
            })
            .collect();
        let written = all.iter().copied().filter(|home| !home.manifest.generated);
        let written: Vec<Home<'m>> = written.collect();
        let names = |home: &&Home<'_>| beside.iter().any(|name| home.list.find(name).is_some());
        let named: Vec<_> = written.iter().filter(names).copied().collect();
        let (runtime, optional): (Vec<_>, Vec<_>) = named
            .into_iter()
            .filter(|home| *home.kind != Kind::Constraint)
            .partition(|home| *home.kind == Kind::Runtime);
        if !runtime.is_empty() {
            return Ok(innermost(directory, runtime));
        }
        if !optional.is_empty() {
            return self.only_optional(directory, optional, beside);
        }
        self.only_manifest(directory, &written, &all, beside)
    }

    fn only_optional<'m>(
        &'m self,
        directory: &Directory,
        optional: Vec<Home<'m>>,
        beside: &[&str],
    ) -> Result<Vec<Home<'m>>, Refused> {
        let has_extra = optional
            .iter()
            .any(|home| matches!(home.kind, Kind::Extra(_)));
        let mut chosen = optional;
        chosen.retain(|home| !has_extra || matches!(home.kind, Kind::Extra(_)));
        let first = chosen[0];
        match chosen.iter().all(|home| home.kind == first.kind) {
            true => Ok(innermost(directory, chosen)),
            false => {
                let line = first.list.requirements.first().map_or(1, |one| one.line);
                let reason = format!(
                    "has {} in {} and in {}",
                    beside.join(" or "),
                    first.kind,
                    chosen[chosen.len() - 1].kind
                );
                Err(Refused::new(first.manifest, &Closed::new(line, reason)))
            }
        }
    }

    /// The only list of runtime requirements; of several, the one that all others include.
    fn only_manifest<'m>(
        &'m self,
        directory: &Directory,
        written: &[Home<'m>],
        all: &[Home<'m>],
        beside: &[&str],
    ) -> Result<Vec<Home<'m>>, Refused> {
        let mut runtime: Vec<Home<'m>> = written.to_vec();
        runtime.retain(|home| *home.kind == Kind::Runtime);
        if runtime.iter().any(|home| home.list.closed().is_none()) {
            runtime.retain(|home| home.list.closed().is_none());
        }
        let shared = runtime.iter().find(|one| {
            runtime.iter().all(|other| {
                let brings = directory.members.get(&other.manifest.path);
                other.manifest.path == one.manifest.path
                    || brings.is_some_and(|member| member.brings.contains(&one.manifest.path))
            })
        });
        if let Some(home) = shared {
            return Ok(vec![*home]);
        }
        let generated = all.iter().find(|home| home.manifest.generated);
        let (home, reason) = match (runtime.first(), generated) {
            (Some(home), _) => {
                let missing = beside.join(" nor ");
                (
                    home,
                    format!("names neither {missing}, and is not the only manifest"),
                )
            }
            (None, Some(home)) => (home, "is generated, and its source is not here".to_owned()),
            (None, None) => match all.first() {
                Some(home) => (home, "has no runtime requirements".to_owned()),
                None => return Ok(Vec::new()),
            },
        };
        Err(Refused::new(home.manifest, &Closed::new(1, reason)))
    }
}

/// Without those whose file brings along another one of them.
fn innermost<'m>(directory: &Directory, homes: Vec<Home<'m>>) -> Vec<Home<'m>> {
    let paths: Vec<_> = homes
        .iter()
        .map(|home| home.manifest.path.clone())
        .collect();
    let mut kept = homes;
    kept.retain(|home| {
        let member = directory.members.get(&home.manifest.path);
        !member.is_some_and(|member| paths.iter().any(|path| member.brings.contains(path)))
    });
    kept
}
