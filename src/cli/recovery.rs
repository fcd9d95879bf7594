//! Before anything else: a run that was cut short is taken back, or finished, and that is said.

use camino::{Utf8Path, Utf8PathBuf};
use codemend_engine::problem::Problem;
use codemend_engine::transaction::{Recovered, Store, System, recover};

use super::terminal::Terminal;

/// Look for runs that were cut short in the projects that `paths` and `cwd` (absolute) lie in. Gives what could not be
/// put in order.
pub fn of_projects(paths: &[Utf8PathBuf], cwd: &Utf8Path, terminal: &Terminal) -> Vec<Problem> {
    let mut stores: Vec<Store> = Vec::new();
    let mut problems = Vec::new();
    for path in paths.iter().map(Utf8PathBuf::as_path).chain([cwd]) {
        problems.extend(Store::of_others(path, &System));
        for store in Store::above(path, &System) {
            if !stores.contains(&store) {
                stores.push(store);
            }
        }
    }
    let waits = || terminal.note("waiting for another codemend that writes here");
    for store in stores {
        let (recovered, mut found) = recover(&store, &waits, &System);
        for one in recovered {
            terminal.note(&told(&one, !found.is_empty()));
        }
        problems.append(&mut found);
    }
    problems.sort();
    problems.dedup();
    problems
}

fn told(one: &Recovered, has_problems: bool) -> String {
    let when = super::undo::when(one.time);
    let files = super::summary::count(one.files, "file");
    let begin = format!("a run of {when} over {files} was cut short");
    match one.taken_back {
        _ if has_problems => begin,
        None => format!("{begin} after it had written them; they keep their changes"),
        Some(0) => format!("{begin} before it changed any; nothing is lost"),
        Some(1) => format!("{begin}; 1 that it had changed is as it was before"),
        Some(n) => format!("{begin}; {n} that it had changed are as they were before"),
    }
}
