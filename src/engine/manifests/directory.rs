//! The manifests of one directory: which files they are, what they include, and what each counts for.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use super::file_names::{LOCKS, format_of, is_list, kind_by_name};
use super::model::{Format, Include, Kind, Manifest};
use super::{pip, pipfile, pyproject, setup_cfg, setup_py, text};
use crate::disk::{self, Listing};
use crate::paths::relative;
use crate::problem::{LineColumn, Problem};
use crate::source::{SizeLimit, read_regular, reason};
use crate::tree::{Tree, real};

/// Manifests of one directory, those included with them, beyond which no include is followed: what each brings along
/// is kept for each.
const INCLUDED: usize = 300;

/// A directory that says what its project requires.
#[derive(Debug, Clone)]
pub struct Directory {
    pub path: Utf8PathBuf,
    /// Lock files: noted, never read.
    pub locks: Vec<Utf8PathBuf>,
    /// Why what it requires is not fully known: one line, lower case.
    pub unknown: Option<String>,
    pub(super) members: BTreeMap<Utf8PathBuf, Member>,
}

/// A manifest of a directory.
#[derive(Debug, Clone)]
pub(super) struct Member {
    /// What the requirements of a file for pip are for; other formats say it themselves.
    pub(super) kind: Kind,
    /// The files whose requirements it brings along, near and far, without itself.
    pub(super) brings: BTreeSet<Utf8PathBuf>,
}

/// A directory that was read, with its files and with what was wrong with them.
pub(super) struct Reading {
    /// The repository: nothing outside is read.
    tree: Tree,
    pub(super) directory: Directory,
    pub(super) files: BTreeMap<Utf8PathBuf, Manifest>,
    pub(super) problems: Vec<Problem>,
    limit: SizeLimit,
}

/// Read the manifests in `path`, and the files that they include from within `repository`. `None` when there are none.
///
/// A manifest that is a symbolic link goes by the name of the file that it leads to. One that leads out of the
/// repository is a problem, and is not read.
pub(super) fn read(path: &Utf8Path, repository: &Utf8Path, limit: SizeLimit) -> Option<Reading> {
    let names = disk::names(Listing::Manifests, path);
    let mut reading = Reading {
        tree: Tree::below(repository),
        directory: Directory {
            path: path.to_owned(),
            locks: Vec::new(),
            unknown: None,
            members: BTreeMap::new(),
        },
        files: BTreeMap::new(),
        problems: Vec::new(),
        limit,
    };
    let mut candidates: Vec<(Utf8PathBuf, Format)> = Vec::new();
    for name in &names {
        let file = path.join(name);
        if LOCKS.contains(&name.as_str()) {
            reading.directory.locks.push(file);
        } else if let Some(format) = format_of(name) {
            candidates.push((file, format));
        }
    }
    let folder = path.join("requirements");
    let listed = disk::names(Listing::Requirements, &folder).into_iter();
    candidates.extend(listed.map(|name| (folder.join(name), Format::Requirements)));

    let mut own = BTreeSet::new();
    for (file, format) in candidates {
        let file = reading.own_name(file, format);
        if reading.take(&file, format) {
            own.insert(file);
        }
    }
    if own.is_empty() {
        return None;
    }
    reading.follow(&own);
    Some(reading)
}

impl Reading {
    /// The name under which the manifest at `file` is edited: that of the file which a symbolic link leads to, when
    /// that is a manifest of the same format by its name, in the repository.
    fn own_name(&self, file: Utf8PathBuf, format: Format) -> Utf8PathBuf {
        let own = real(&file);
        if own == file || !file.starts_with(self.tree.top()) || !own.starts_with(self.tree.top()) {
            return file;
        }
        let named = own.file_name().unwrap_or_default();
        let alike = match format {
            Format::Requirements => is_list(named),
            format => format_of(named) == Some(format),
        };
        if alike { own } else { file }
    }

    /// Read one file. Whether it says anything about a project, be it that nobody can read it.
    fn take(&mut self, path: &Utf8Path, format: Format) -> bool {
        match manifest(path, format, &self.tree, self.limit) {
            Ok(manifest) => {
                let says = manifest.is_project || !manifest.lists.is_empty();
                let is_project = manifest.is_project;
                if let Some(unknown) = &manifest.unknown {
                    let file = relative(path, &self.directory.path);
                    let reason = format!("{file} {}", unknown.reason);
                    self.directory.unknown.get_or_insert(reason);
                }
                if says {
                    self.files.insert(path.to_owned(), manifest);
                }
                is_project
            }
            Err(problem) => {
                self.broken(problem);
                true
            }
        }
    }

    fn broken(&mut self, problem: Problem) {
        let file = relative(&problem.path, &self.directory.path);
        let reason =
            match problem.message.starts_with("is ") || problem.message.starts_with("includes ") {
                true => format!("{file} {}", problem.message),
                false => format!("{file}: {}", problem.message),
            };
        let reason = reason.trim_end_matches("; left alone").to_owned();
        self.directory.unknown.get_or_insert(reason);
        self.problems.push(problem);
    }

    /// Read what the directory's `own` files include, and what that includes, and note who brings what.
    fn follow(&mut self, own: &BTreeSet<Utf8PathBuf>) {
        let mut queue: Vec<Utf8PathBuf> = self.files.keys().cloned().collect();
        let mut seen: BTreeSet<Utf8PathBuf> = queue.iter().cloned().collect();
        let mut links = BTreeMap::<Utf8PathBuf, Vec<(Utf8PathBuf, Include)>>::new();
        let mut known = BTreeSet::new();
        'files: while let Some(path) = queue.pop() {
            let Some(manifest) = self.files.get(&path) else {
                continue;
            };
            for include in manifest.includes.clone() {
                if seen.len() >= INCLUDED {
                    let (line, column) = (include.line, 1);
                    let message =
                        format!("includes more than {INCLUDED} files with those before it");
                    let problem = Problem::new(&path, message);
                    self.broken(problem.at(LineColumn { line, column }));
                    break 'files;
                }
                let Some(target) = self.target(&path, &include) else {
                    continue;
                };
                // What a file includes again and again, it includes once.
                if !known.insert((path.clone(), target.clone(), include.kind.clone())) {
                    continue;
                }
                if seen.insert(target.clone()) && self.take(&target, Format::Requirements) {
                    queue.push(target.clone());
                }
                links
                    .entry(path.clone())
                    .or_default()
                    .push((target, include));
            }
        }
        let files: Vec<Utf8PathBuf> = self.files.keys().cloned().collect();
        let mut loops = BTreeSet::new();
        for file in &files {
            let mut brings = BTreeSet::new();
            let mut trail = BTreeSet::from([file.clone()]);
            collect(file, &links, &mut trail, &mut brings, &mut loops);
            let asked_for = |constrains: bool| {
                let mut includes = links.values().flatten();
                includes.any(|(target, include)| {
                    target == file && (include.kind == Kind::Constraint) == constrains
                })
            };
            let kind = match own.contains(file) && (asked_for(false) || !asked_for(true)) {
                true => kind_by_name(file),
                false => Kind::Constraint,
            };
            let member = Member { kind, brings };
            self.directory.members.insert(file.clone(), member);
        }
        for (path, line, target) in loops {
            let Some(manifest) = self.files.get(&path) else {
                continue;
            };
            let start = text::lines(&manifest.text)
                .get(line - 1)
                .map_or(0, |line| line.start);
            let at = LineColumn::of(&manifest.text, start);
            let problem = Problem::new(&path, format!("includes itself (`{target}`)"));
            self.broken(problem.at(at).help("remove the include"));
        }
        self.share_kinds(&links);
    }

    /// Where an include leads. What leads nowhere, or out of the repository, makes a problem.
    fn target(&mut self, path: &Utf8Path, include: &Include) -> Option<Utf8PathBuf> {
        let target = normal(&path.parent()?.join(&include.target));
        let failure = match self.tree.holds(&target) {
            false => "lies outside of the repository",
            true if disk::is_file(&target) => {
                return Some(self.own_name(target, Format::Requirements));
            }
            true => "is not there",
        };
        let manifest = self.files.get(path)?;
        let at = LineColumn::of(&manifest.text, include.range.start);
        let message = format!("includes `{}`, which {failure}", include.target);
        let problem = Problem::new(path, message).at(at);
        self.broken(problem.help("mend the include"));
        None
    }

    /// What an included file is for: for the runtime if a file for the runtime includes it, else what its own name says,
    /// else what includes it is for.
    fn share_kinds(&mut self, links: &BTreeMap<Utf8PathBuf, Vec<(Utf8PathBuf, Include)>>) {
        loop {
            let mut raised = Vec::new();
            for (path, targets) in links {
                let Some(member) = self.directory.members.get(path) else {
                    continue;
                };
                for (target, include) in targets {
                    // A manifest of another format includes for what its own table says.
                    let kind = match &include.kind {
                        Kind::Runtime => member.kind.clone(),
                        kind => kind.clone(),
                    };
                    raised.push((target.clone(), kind));
                }
            }
            let mut changed = false;
            for (target, kind) in raised {
                if let Some(member) = self.directory.members.get_mut(&target)
                    && kind < member.kind
                {
                    member.kind = kind;
                    changed = true;
                }
            }
            if !changed {
                return;
            }
        }
    }
}

type Links = BTreeMap<Utf8PathBuf, Vec<(Utf8PathBuf, Include)>>;

/// Everything that `path` brings along, without constraints. `trail` leads to it; a step back onto it is a loop.
fn collect(
    path: &Utf8Path,
    links: &Links,
    trail: &mut BTreeSet<Utf8PathBuf>,
    brings: &mut BTreeSet<Utf8PathBuf>,
    loops: &mut BTreeSet<(Utf8PathBuf, usize, String)>,
) {
    for (target, include) in links.get(path).into_iter().flatten() {
        if trail.contains(target) {
            // Said once, of the file whose path comes first.
            if trail.first() == Some(target) {
                loops.insert((path.to_owned(), include.line, include.target.clone()));
            }
            continue;
        }
        if include.kind == Kind::Constraint || !brings.insert(target.clone()) {
            continue;
        }
        trail.insert(target.clone());
        collect(target, links, trail, brings, loops);
        trail.remove(target);
    }
}

/// Read one manifest.
pub(super) fn manifest(
    path: &Utf8Path,
    format: Format,
    tree: &Tree,
    limit: SizeLimit,
) -> Result<Manifest, Problem> {
    let bytes = tree
        .admit(path)
        .and_then(|()| read_regular(path, limit))
        .map_err(|error| Problem::new(path, format!("cannot be read: {}", reason(&error))))?;
    let (text, closed) = text::decode(path, &bytes)?;
    let mut manifest = parse(path, format, text)?;
    manifest.closed = closed.or(manifest.closed);
    if format == Format::Requirements && path.extension() == Some("txt") {
        let source = path.with_extension("in");
        manifest.generated |= manifest.text.contains("# via") && disk::is_file(&source);
    }
    Ok(manifest)
}

/// What `text` says as a manifest of `format`.
pub(super) fn parse(
    path: &Utf8Path,
    format: Format,
    text: std::sync::Arc<str>,
) -> Result<Manifest, Problem> {
    let mut manifest = Manifest::new(path.to_owned(), format, text);
    match format {
        Format::Pyproject => pyproject::read(&mut manifest),
        Format::Requirements => pip::read(&mut manifest),
        Format::SetupCfg => setup_cfg::read(&mut manifest),
        Format::SetupPy => setup_py::read(&mut manifest),
        Format::Pipfile => pipfile::read(&mut manifest),
    }?;
    Ok(manifest)
}

/// `path` without `.` and `..`, without asking the disk.
fn normal(path: &Utf8Path) -> Utf8PathBuf {
    let mut normal = Utf8PathBuf::new();
    for part in path.components() {
        match part {
            camino::Utf8Component::ParentDir => drop(normal.pop()),
            camino::Utf8Component::CurDir => {}
            part => normal.push(part),
        }
    }
    normal
}
