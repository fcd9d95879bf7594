//! Which distributions provide an import: `yaml` comes with PyYAML.
//!
//! An environment says it for what is installed there. For the rest there is a table of the names that do not say it
//! themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;

use super::requirement::normalise;
use crate::discover::{Environment, site_packages};
use crate::disk::{self, Listing};
use crate::source::{SizeLimit, read_regular};
use crate::tree::Tree;

/// Looks up distributions by import.
#[derive(Debug, Default)]
pub struct Distributions {
    /// Dotted import names of what is installed.
    installed: BTreeMap<String, BTreeSet<String>>,
    /// By normalised name.
    versions: BTreeMap<String, String>,
}

/// Deeper packages belong to the distribution of the package they stand in.
const DEPTH: usize = 4;

impl Distributions {
    /// What is installed in `environment`, read from its metadata as far as that has no more bytes than `limit`. One
    /// that a repository brings along is read as far as it lies in its own directory.
    pub(crate) fn read(environment: Option<&Environment>, limit: SizeLimit) -> Self {
        let mut folders = environment
            .map(|one| site_packages(&one.directory))
            .unwrap_or_default();
        let tree = match environment {
            Some(own) if !own.is_named => Tree::below(&own.directory),
            _ => Tree::below(Utf8Path::new("/")),
        };
        folders.retain(|folder| tree.holds(folder));
        let metadata: Vec<Utf8PathBuf> = folders
            .iter()
            .flat_map(|folder| {
                let names = disk::names(Listing::Installed, folder).into_iter();
                names.map(|name| folder.join(name))
            })
            .collect();
        let provided: Vec<(String, &str, BTreeSet<String>)> = metadata
            .par_iter()
            .filter_map(|path| {
                let (name, version) = path.file_stem()?.split_once('-')?;
                Some((normalise(name), version, imports(path, &tree, limit)))
            })
            .collect();
        let mut installed = BTreeMap::<String, BTreeSet<String>>::new();
        let mut versions = BTreeMap::new();
        for (distribution, version, imports) in provided {
            versions.insert(distribution.clone(), version.to_owned());
            for import in imports {
                installed
                    .entry(import)
                    .or_default()
                    .insert(distribution.clone());
            }
        }
        Self {
            installed,
            versions,
        }
    }

    /// The version of `distribution` (a normalised name) that is installed.
    pub fn version(&self, distribution: &str) -> Option<&str> {
        self.versions.get(distribution).map(String::as_str)
    }

    /// The distributions (normalised names) that may provide `import`, a dotted name: those that are installed first.
    /// The longest beginning of the name that is known decides; the name itself, when nothing is.
    pub fn of_import(&self, import: &str) -> Vec<String> {
        let known = beginnings(import).find_map(|name| {
            let installed = self.installed.get(name).into_iter().flatten();
            let listed = table().get(name).into_iter().flatten();
            let mut found: Vec<String> = Vec::new();
            for one in installed.chain(listed) {
                if !found.contains(one) {
                    found.push(one.clone());
                }
            }
            (!found.is_empty()).then_some(found)
        });
        known.unwrap_or_else(|| {
            let top = import.split('.').next().unwrap_or(import);
            vec![normalise(top)]
        })
    }
}

/// `a.b.c`, `a.b`, `a`
fn beginnings(import: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(import), |name| Some(name.rsplit_once('.')?.0))
}

fn table() -> &'static BTreeMap<String, Vec<String>> {
    static TABLE: OnceLock<BTreeMap<String, Vec<String>>> = OnceLock::new();
    TABLE.get_or_init(|| toml::from_str(include_str!("distributions.toml")).unwrap_or_default())
}

/// The packages and modules of a distribution: out of the list of its files, else out of `top_level.txt`.
fn imports(metadata: &Utf8Path, tree: &Tree, limit: SizeLimit) -> BTreeSet<String> {
    let read = |name: &str| {
        let path = metadata.join(name);
        tree.admit(&path).ok()?;
        String::from_utf8(read_regular(&path, limit).ok()?).ok()
    };
    let mut found: BTreeSet<String> = read("RECORD")
        .iter()
        .flat_map(|record| record.lines())
        .filter_map(|line| import_of(line.split(',').next()?.trim_matches('"')))
        .collect();
    if found.is_empty() {
        let top = read("top_level.txt").unwrap_or_default();
        let names = top.lines().map(|line| line.trim().replace('/', "."));
        found.extend(names.filter(|name| !name.is_empty()));
    }
    found
}

/// `yaml` of `yaml/loader.py`, `six` of `six.py`, `_cffi` of `_cffi.cpython-312-x86_64-linux-gnu.so`.
fn import_of(file: &str) -> Option<String> {
    let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
    let (module, ending) = name.split_once('.')?;
    let is_module = matches!(ending.rsplit('.').next(), Some("py" | "so" | "pyd"));
    let is_name =
        |part: &str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '_');
    let parts: Vec<&str> = match folder {
        "" => vec![module],
        folder => folder.split('/').take(DEPTH).collect(),
    };
    (is_module && parts.iter().all(|part| is_name(part))).then(|| parts.join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(import: &str) -> Vec<String> {
        Distributions::read(None, SizeLimit::default()).of_import(import)
    }

    #[test]
    fn the_table_is_read_and_normalised() {
        assert!(table().len() > 150, "{}", table().len());
        for names in table().values() {
            assert!(!names.is_empty());
            for name in names {
                assert_eq!(name, &normalise(name));
            }
        }
    }

    #[test]
    fn names_that_do_not_say_it() {
        assert_eq!(of("yaml"), ["pyyaml"]);
        assert_eq!(of("PIL.Image"), ["pillow"]);
        assert_eq!(of("psycopg2.extras"), ["psycopg2", "psycopg2-binary"]);
        assert_eq!(of("google.cloud.storage.blob"), ["google-cloud-storage"]);
        assert_eq!(of("google.auth.transport"), ["google-auth"]);
        assert_eq!(of("opentelemetry.trace"), ["opentelemetry-api"]);
        assert_eq!(of("fastapi.routing"), ["fastapi"]);
        assert_eq!(of("my_package.x"), ["my-package"]);
    }

    #[test]
    fn an_environment_says_what_is_installed() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        let write = |path: &str, text: &str| {
            let path = root.join("lib/python3.12/site-packages").join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write(
            "Psycopg2_Binary-2.9.dist-info/RECORD",
            "psycopg2/__init__.py,sha256=0,1\npsycopg2/tests/data.json,,\nPsycopg2_Binary-2.9.dist-info/METADATA,,\n",
        );
        write(
            "oddly_named-1.dist-info/RECORD",
            "corp/tools/db/x.py,,\nsolo.cpython-312.so,,\n",
        );
        write("old-1.dist-info/top_level.txt", "ancient\n");
        let mut environment = Environment {
            directory: root.to_owned(),
            is_named: false,
        };
        let known = Distributions::read(Some(&environment), SizeLimit::default());
        assert_eq!(
            known.of_import("psycopg2.extras"),
            ["psycopg2-binary", "psycopg2"]
        );
        assert_eq!(known.of_import("corp.tools.db.x"), ["oddly-named"]);
        assert_eq!(known.of_import("corp.web"), ["corp"]);
        assert_eq!(known.of_import("solo"), ["oddly-named"]);
        assert_eq!(known.of_import("ancient"), ["old"]);

        // A link that leads out of it is followed only when the user has named it.
        let folder = tempfile::tempdir().unwrap();
        let linked = Utf8Path::from_path(folder.path()).unwrap();
        std::os::unix::fs::symlink(root.join("lib"), linked.join("lib")).unwrap();
        environment.directory = linked.to_owned();
        let unknown = Distributions::read(Some(&environment), SizeLimit::default());
        assert_eq!(unknown.of_import("solo"), ["solo"]);
        environment.is_named = true;
        let known = Distributions::read(Some(&environment), SizeLimit::default());
        assert_eq!(known.of_import("solo"), ["oddly-named"]);
    }
}
