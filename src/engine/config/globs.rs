//! Globs of paths, as ruff reads them.
//!
//! A glob without `/` is held against the name of the file and of each directory above it. A glob with `/` is held
//! against the path from the root, and a match on a directory holds for all that is below. `build/` matches
//! directories only. `*` also matches `/`, as in ruff.

use camino::{Utf8Path, Utf8PathBuf};
use globset::{Glob, GlobSet, GlobSetBuilder};

/// A set of globs, compiled once.
#[derive(Debug, Clone, Default)]
pub struct Globs {
    any: Sets,
    /// Of globs such as `build/`.
    directories: Sets,
}

/// Globs by what they are held against.
#[derive(Debug, Clone, Default)]
struct Sets {
    name: GlobSet,
    from_root: GlobSet,
    absolute: GlobSet,
}

#[derive(Debug, Clone)]
struct Pattern {
    glob: Glob,
    against: Against,
    kind: Option<Kind>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Against {
    Name,
    FromRoot,
    Absolute,
}

/// What a path names; a glob such as `build/` asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    File,
    Directory,
}

impl Globs {
    /// Compile `globs`, leaving out those that are none: [`check`] has reported them.
    pub fn new<'a>(globs: impl IntoIterator<Item = &'a str>) -> Self {
        let patterns: Vec<Pattern> = globs
            .into_iter()
            .filter_map(|glob| compile(glob).ok())
            .collect();
        let set = |kind: Option<Kind>, against: Against| {
            let mut builder = GlobSetBuilder::new();
            for pattern in patterns
                .iter()
                .filter(|one| one.kind == kind && one.against == against)
            {
                builder.add(pattern.glob.clone());
            }
            builder.build().unwrap_or_default()
        };
        let sets = |kind: Option<Kind>| Sets {
            name: set(kind, Against::Name),
            from_root: set(kind, Against::FromRoot),
            absolute: set(kind, Against::Absolute),
        };
        Self {
            any: sets(None),
            directories: sets(Some(Kind::Directory)),
        }
    }

    /// Whether one of them matches `path` or a directory between it and `root`.
    ///
    /// Of a path that is not below `root` only the name and the whole path are looked at: what lies above the root is
    /// no business of its globs.
    pub fn is_match(&self, root: &Utf8Path, path: &Utf8Path, kind: Kind) -> bool {
        let Ok(relative) = path.strip_prefix(root) else {
            return self.matches_one(path, path, kind);
        };
        relative
            .ancestors()
            .filter(|part| !part.as_str().is_empty())
            .enumerate()
            .any(|(above, part)| {
                let kind = if above == 0 { kind } else { Kind::Directory };
                self.matches_one(part, &root.join(part), kind)
            })
    }

    /// Whether one of them matches `path` itself, whatever they say of the directories above it.
    pub fn is_match_itself(&self, root: &Utf8Path, path: &Utf8Path, kind: Kind) -> bool {
        self.matches_one(path.strip_prefix(root).unwrap_or(path), path, kind)
    }

    fn matches_one(&self, relative: &Utf8Path, absolute: &Utf8Path, kind: Kind) -> bool {
        self.any.is_match(relative, absolute)
            || (kind == Kind::Directory && self.directories.is_match(relative, absolute))
    }
}

impl Sets {
    fn is_match(&self, relative: &Utf8Path, absolute: &Utf8Path) -> bool {
        relative
            .file_name()
            .is_some_and(|name| self.name.is_match(name))
            || self.from_root.is_match(relative)
            || self.absolute.is_match(absolute)
    }
}

/// What is wrong with `glob`, in a few words.
///
/// # Errors
/// It is no glob.
pub fn check(glob: &str) -> Result<(), String> {
    compile(glob).map(drop)
}

/// `glob` of the command line as seen from `root`: one with a `/` starts at the directory `here`, if that lies below.
pub fn from_here(glob: &str, here: &Utf8Path, root: &Utf8Path) -> String {
    let is_path = glob.trim_end_matches('/').contains('/') && !glob.starts_with('/');
    match here.strip_prefix(root) {
        Ok(below) if is_path && !below.as_str().is_empty() => {
            let below = Utf8PathBuf::from(globset::escape(below.as_str()));
            below
                .join(glob.strip_prefix("./").unwrap_or(glob))
                .into_string()
        }
        _ => glob.to_owned(),
    }
}

fn compile(glob: &str) -> Result<Pattern, String> {
    let plain = glob.strip_prefix("./").unwrap_or(glob);
    let body = plain.trim_end_matches('/');
    if body.is_empty() {
        return Err("it is empty".to_owned());
    }
    let against = match body {
        _ if body.starts_with('/') => Against::Absolute,
        _ if body.contains('/') || plain.len() < glob.len() => Against::FromRoot,
        _ => Against::Name,
    };
    let glob = Glob::new(body).map_err(|error| error.kind().to_string())?;
    Ok(Pattern {
        glob,
        against,
        kind: plain.ends_with('/').then_some(Kind::Directory),
    })
}

#[cfg(test)]
mod tests {
    use super::{Globs, Kind, check, from_here};
    use camino::Utf8Path;

    fn file(glob: &str, path: &str) -> bool {
        Globs::new([glob]).is_match("/build/p".into(), Utf8Path::new(path), Kind::File)
    }

    #[test]
    fn a_name_matches_anywhere_below_the_root() {
        assert!(file("venv", "/build/p/venv/lib/a.py"));
        assert!(file("*_pb2.py", "/build/p/gen/x_pb2.py"));
        assert!(!file("build", "/build/p/a.py"));
        assert!(!file("venv", "/build/p/venv2/a.py"));
        assert!(!file("build", "/build/q/a.py"));
    }

    #[test]
    fn a_path_starts_at_the_root() {
        assert!(file("src/gen", "/build/p/src/gen/deep/a.py"));
        assert!(file("./src/*.py", "/build/p/src/a.py"));
        assert!(!file("./gen", "/build/p/src/gen/a.py"));
        assert!(file("**/gen/*", "/build/p/x/gen/a.py"));
        assert!(file("/build/p/src", "/build/p/src/a.py"));
        assert!(!file("src/gen", "/build/p/x/src/gen/a.py"));
    }

    #[test]
    fn a_slash_at_the_end_asks_for_a_directory() {
        assert!(file("gen/", "/build/p/gen/a.py"));
        assert!(!file("gen/", "/build/p/gen"));
        assert!(Globs::new(["gen/"]).is_match("/p".into(), "/p/gen".into(), Kind::Directory));
    }

    #[test]
    fn says_what_is_no_glob() {
        assert_eq!(
            check("[a").unwrap_err(),
            "unclosed character class; missing ']'"
        );
        assert_eq!(check("").unwrap_err(), "it is empty");
        assert!(check("a/**/b").is_ok());
    }

    #[test]
    fn the_command_line_starts_where_it_was_typed() {
        let glob = |glob: &str, here: &str| from_here(glob, here.into(), "/p".into());
        assert_eq!(glob("gen/x", "/p/sub"), "sub/gen/x");
        assert_eq!(glob("./x", "/p/sub"), "sub/x");
        assert_eq!(glob("gen/x", "/p"), "gen/x");
        assert_eq!(glob("gen/x", "/elsewhere"), "gen/x");
        assert_eq!(glob("gen/", "/p/sub"), "gen/");
        assert_eq!(glob("/gen/x", "/p/sub"), "/gen/x");
    }
}
