//! Paths as programs read them: from the root of the repository on, with `/` between their parts.
//!
//! Code scanning and annotations look files up in the checkout, wherever in it codemend was started.

use std::collections::BTreeMap;
use std::fmt::Write;

use camino::{Utf8Path, Utf8PathBuf};
use codemend_engine::pipeline::home_of;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::super::paths::absolute;
use super::super::root::real;

/// What a URI's path may hold as it is: letters, digits, and these ([RFC 3986](https://www.rfc-editor.org/rfc/rfc3986)).
const IN_URI: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// The directory that names start at for a run over `paths` (absolute): the root of their repository or project.
pub fn root_of(paths: &[Utf8PathBuf], cwd: &Utf8Path) -> Utf8PathBuf {
    let here = [cwd.to_owned()];
    let paths = if paths.is_empty() { &here } else { paths };
    real(&home_of(paths, cwd))
}

/// The names of the files of one run.
#[derive(Debug)]
pub struct Names {
    by_path: BTreeMap<Utf8PathBuf, String>,
}

impl Names {
    /// Of `paths`, each absolute or as it was given in `cwd`. Symbolic links inside of `root` are resolved: the names are
    /// those that a patch has. One that leads out of it has its own name. What lies elsewhere keeps its absolute path.
    pub fn of<'p>(
        paths: impl IntoIterator<Item = &'p Utf8Path>,
        root: &Utf8Path,
        cwd: &Utf8Path,
    ) -> Self {
        let mut by_path = BTreeMap::new();
        for path in paths {
            if !by_path.contains_key(path) {
                by_path.insert(path.to_owned(), name(&absolute(path, cwd), root));
            }
        }
        Self { by_path }
    }

    /// The name of `path`, one of those that `self` was made of.
    pub fn get<'n>(&'n self, path: &'n Utf8Path) -> &'n str {
        self.by_path.get(path).map_or(path.as_str(), String::as_str)
    }
}

/// `path` is absolute.
fn name(path: &Utf8Path, root: &Utf8Path) -> String {
    let real = real(path);
    let below = real.strip_prefix(root).or_else(|_| path.strip_prefix(root));
    let Ok(below) = below else {
        return path.to_string();
    };
    match below.iter().collect::<Vec<_>>().join("/") {
        here if here.is_empty() => ".".to_owned(),
        name => name,
    }
}

/// `name`, as [`Names`] gives it, as a URI: relative, or `file://` when the name is absolute.
pub fn uri(name: &str) -> String {
    let mut uri = match name.starts_with('/') {
        true => "file://".to_owned(),
        false => String::new(),
    };
    let _ = write!(uri, "{}", utf8_percent_encode(name, IN_URI));
    uri
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;

    use super::{Names, uri};

    #[test]
    fn names_start_at_the_root() {
        let paths = ["/no/repo/app/a.py", "b.py", "/else/c.py", "/no/repo"].map(Utf8Path::new);
        let names = Names::of(paths, "/no/repo".into(), "/no/repo/lib".into());
        let got = paths.map(|path| names.get(path));
        assert_eq!(got, ["app/a.py", "lib/b.py", "/else/c.py", "."]);
    }

    #[test]
    fn links_have_the_names_of_their_files_unless_they_lead_away() {
        let guard = tempfile::tempdir().unwrap();
        let top = Utf8Path::from_path(guard.path()).unwrap();
        let top = top.canonicalize_utf8().unwrap();
        let root = top.join("repo");
        std::fs::create_dir(&root).unwrap();
        std::fs::write(root.join("a.py"), "").unwrap();
        std::fs::write(top.join("away.py"), "").unwrap();
        let [inside, away] = ["inside.py", "away.py"].map(|name| root.join(name));
        std::os::unix::fs::symlink("a.py", &inside).unwrap();
        std::os::unix::fs::symlink("../away.py", &away).unwrap();
        let names = Names::of([&*inside, &*away], &root, &top);
        assert_eq!((names.get(&inside), names.get(&away)), ("a.py", "away.py"));
    }

    #[test]
    fn uris_hold_nothing_odd() {
        assert_eq!(uri("app/a-b_c.py"), "app/a-b_c.py");
        assert_eq!(uri("a b/ü%:?#\n.py"), "a%20b/%C3%BC%25%3A%3F%23%0A.py");
        assert_eq!(uri("/else/c d.py"), "file:///else/c%20d.py");
    }
}
