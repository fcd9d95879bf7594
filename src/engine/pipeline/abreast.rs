//! Let several codemods go over the files together: a file is parsed once, and each looks at it in turn.
//!
//! The files are taken in portions: what the codemods want of one is made before the next begins, so only the trees of
//! changed files of one portion are there at once.

use std::collections::BTreeSet;

use camino::Utf8PathBuf;
use rustc_hash::{FxHashMap, FxHashSet};

use super::course::Course;
use super::look::{Due, Seen, look_through};
use super::make::Trees;
use super::workspace::Workspace;
use crate::patch::Outcome;
use crate::semantic::Semantics;

/// Bytes of the files that are looked at together.
pub(super) const BATCH: usize = 4 * 1024 * 1024;

/// Let `courses` look at their files, those among `paths`, if given; each at what no other before it has changes for.
pub(super) fn look_together(
    courses: &mut [Course<'_, '_>],
    paths: Option<&BTreeSet<Utf8PathBuf>>,
    workspace: &mut Workspace,
    semantics: &mut Semantics,
    outcome: &mut Outcome,
) {
    if let ([course], None) = (&mut *courses, paths) {
        let paths = course.candidates.clone();
        return course.look_at_all(&paths, workspace, semantics, outcome);
    }
    let due = due(courses, paths, workspace);
    for batch in batches(&due, |one| &one.path, workspace) {
        semantics.relieve();
        let mut trees = Trees::default();
        let mut left = look_at(courses, batch, &mut trees, workspace, semantics, outcome);
        while !left.is_empty() {
            left = look_at(courses, &left, &mut trees, workspace, semantics, outcome);
        }
    }
}

/// The files that `courses` have to look at, in order.
fn due(
    courses: &[Course<'_, '_>],
    paths: Option<&BTreeSet<Utf8PathBuf>>,
    workspace: &Workspace,
) -> Vec<Due> {
    let wanted = paths.map(|paths| paths.iter().map(|path| path.as_str()));
    let wanted: Option<FxHashSet<&str>> = wanted.map(Iterator::collect);
    let is_wanted = |path: &&Utf8PathBuf| {
        let wanted = wanted.as_ref();
        wanted.is_none_or(|wanted| wanted.contains(path.as_str()))
    };
    let mut lookers: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
    for (at, course) in courses.iter().enumerate() {
        for path in course.candidates.iter().filter(is_wanted) {
            lookers.entry(path.as_str()).or_default().push(at);
        }
    }
    let due = |path: &Utf8PathBuf| {
        let mut lookers = lookers.remove(path.as_str())?;
        let taken = courses.iter().position(|one| one.touched.contains(path));
        lookers.retain(|at| taken.is_none_or(|taken| *at <= taken));
        let path = path.clone();
        (!lookers.is_empty()).then_some(Due { path, lookers })
    };
    match paths {
        Some(paths) => paths.iter().filter_map(due).collect(),
        None => workspace.files.keys().filter_map(due).collect(),
    }
}

/// Let `courses` look at the files that are due, and take in what they say. Gives those that one of them has left as they
/// are after all, for the others.
fn look_at(
    courses: &mut [Course<'_, '_>],
    due: &[Due],
    trees: &mut Trees,
    workspace: &mut Workspace,
    semantics: &mut Semantics,
    outcome: &mut Outcome,
) -> Vec<Due> {
    for (at, course) in courses.iter_mut().enumerate() {
        if due.iter().any(|one| one.lookers.contains(&at)) {
            course.begin(workspace, semantics, outcome);
        }
    }
    let lookers: Vec<_> = courses.iter().map(Course::looker).collect();
    let all = look_through(&lookers, due, trees, workspace, semantics);
    let mut left = Vec::new();
    let mut seen: Vec<Vec<Seen>> = courses.iter().map(|_| Vec::new()).collect();
    for (due, looks) in due.iter().zip(all) {
        if let Some((last, one)) = looks.last()
            && one.kept.is_some()
        {
            let lookers = due.lookers.iter().copied().filter(|at| at > last);
            left.push(Due {
                path: due.path.clone(),
                lookers: lookers.collect(),
            });
        }
        looks.into_iter().for_each(|(at, one)| seen[at].push(one));
    }
    for (course, seen) in courses.iter_mut().zip(seen) {
        course.take(seen, trees, workspace, semantics, outcome);
    }
    let is_touched = |one: &Due| {
        courses
            .iter()
            .any(|course| course.touched.contains(&one.path))
    };
    left.retain(|one| !one.lookers.is_empty() && !is_touched(one));
    left
}

/// `files` in parts, in order: the trees of one part are there at once, and gone before the next.
pub(super) fn batches<'f, T>(
    files: &'f [T],
    path: impl Fn(&T) -> &Utf8PathBuf,
    workspace: &Workspace,
) -> Vec<&'f [T]> {
    let mut batches = Vec::new();
    let (mut start, mut size) = (0, 0);
    for (at, file) in files.iter().enumerate() {
        size += workspace.text(path(file)).map_or(0, |text| text.len());
        if size >= BATCH {
            batches.push(&files[start..=at]);
            (start, size) = (at + 1, 0);
        }
    }
    batches.extend((start < files.len()).then(|| &files[start..]));
    batches
}
