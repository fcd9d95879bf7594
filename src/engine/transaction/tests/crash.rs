//! The process ends at every single call to the disk, and the next one ends while it puts things in order. In the end
//! the project is as before or as it shall be, and nothing lies about.

use super::faults::{WISHES, calls, project, relative, wanted};
use super::faulty::{Fault, Faulty};
use super::*;

fn disk(fault: Fault, exchanges: bool) -> Faulty {
    let mut disk = Faulty::new(fault);
    disk.exchanges = exchanges;
    disk
}

#[test]
fn a_kill_at_any_call_leaves_before_or_after() {
    let mut kills = 0;
    for exchanges in [true, false] {
        let (before, after) = (relative(&project()), wanted(exchanges));
        for call in 0..calls(exchanges) {
            for fault in [Fault::Killed(call), Fault::KilledAfter(call)] {
                let project = project();
                let killed = disk(fault, exchanges);
                project.write_on(&WISHES, &killed);
                let (recovered, problems) = project.recover();
                let tree = relative(&project);
                let place = format!("{fault:?} ({}): {recovered:?}", killed.name(call));
                assert_eq!(problems, [], "{place}");
                assert!(tree == before || tree == after, "{place}: {tree:?}");
                project.insist_tidy();
                // Put in order is put in order.
                assert_eq!(project.recover().0, [], "{place}");
                kills += 1;
            }
        }
    }
    announce!("kill injection: {kills} kills, one at each call and one after");
    assert!(kills > 200, "{kills}");
}

/// Both the run and the one that puts it in order are killed.
#[test]
fn a_kill_while_putting_in_order_is_put_in_order() {
    let mut kills = 0;
    for exchanges in [true, false] {
        let (before, after) = (relative(&project()), wanted(exchanges));
        for call in (0..calls(exchanges)).step_by(3) {
            for second in (0..60).step_by(2) {
                let project = project();
                project.write_on(&WISHES, &disk(Fault::KilledAfter(call), exchanges));
                let again = disk(Fault::Killed(second), exchanges);
                recover(&project.store(), &|| {}, &again);
                let ended = again.calls() <= second;
                let (_, problems) = project.recover();
                let place = format!("killed after {call}, then at {second}");
                assert_eq!(problems, [], "{place}");
                let tree = relative(&project);
                assert!(tree == before || tree == after, "{place}: {tree:?}");
                project.insist_tidy();
                kills += 1;
                if ended {
                    break;
                }
            }
        }
    }
    announce!("kill injection: {kills} kills of two runs in a row");
    assert!(kills > 200, "{kills}");
}

/// After a kill somebody works on: what they save is kept, and what they have not touched is as before.
#[test]
fn what_is_saved_after_a_kill_is_kept() {
    for exchanges in [true, false] {
        for call in 0..calls(exchanges) {
            let project = project();
            project.write_on(&WISHES, &disk(Fault::KilledAfter(call), exchanges));
            let path = project.root.join("a.py");
            // Killed at its beginning or at its end, the run has not or has removed the file; a person sees one.
            assert!(path.exists(), "killed after {call}");
            fs::write(&path, "saved by hand\n").unwrap();
            let (_, problems) = project.recover();
            assert_eq!(
                project.text("a.py"),
                "saved by hand\n",
                "killed after {call}"
            );
            assert!(problems.len() <= 1, "killed after {call}: {problems:?}");
            project.insist_tidy();
            // The text from before is not lost: it can be had by force.
            let runs = super::super::history(&project.store(), &System).0;
            if let Some((number, _)) = runs.last() {
                project.undo(*number, super::super::Changed::Overwrite);
                assert_eq!(project.text("a.py"), "a\n", "killed after {call}");
            }
        }
    }
}

/// What another user puts above a project is not looked at: they could have files written that only this user may write.
#[test]
fn a_store_of_another_user_is_not_used() {
    use std::os::unix::fs::lchown;
    let project = project();
    project.write_on(&WISHES, &disk(Fault::KilledAfter(calls(true) / 2), true));
    let store = project.store();
    if lchown(store.folder(), Some(1234), None).is_err() {
        return; // Giving files away needs root.
    }
    assert_eq!(Store::above(&project.root.join("pkg"), &System), []);
    let applied = project.write_on(&WISHES, &System);
    assert_eq!(applied.end, End::TakenBack);
    assert!(
        messages(&applied)[0].contains("belongs to another user"),
        "{applied:?}"
    );
    // The folder is ours again, but not the record.
    lchown(store.folder(), Some(0), None).unwrap();
    let run = store.runs(&System).unwrap()[0];
    lchown(store.file(run), Some(1234), None).unwrap();
    let before = project.tree();
    let (recovered, problems) = project.recover();
    assert_eq!((recovered.len(), problems.len()), (0, 1), "{problems:?}");
    assert_eq!(project.tree(), before);
}

/// A folder that has become a link after the kill may lead anywhere.
#[test]
fn nothing_is_put_in_order_through_a_link() {
    let project = project();
    project.write_on(&WISHES, &disk(Fault::KilledAfter(calls(true) / 2), true));
    let (folder, elsewhere) = (project.root.join("pkg"), project.root.join("../elsewhere"));
    fs::rename(&folder, &elsewhere).unwrap();
    std::os::unix::fs::symlink("../elsewhere", &folder).unwrap();
    let mut before = Tree::new();
    collect(&elsewhere, &mut before);
    let (_, problems) = project.recover();
    assert!(
        problems
            .iter()
            .any(|one| one.message.contains("symbolic link")),
        "{problems:?}"
    );
    let mut after = Tree::new();
    collect(&elsewhere, &mut after);
    assert_eq!(after, before);
    // The record waits for the folder.
    fs::remove_file(&folder).unwrap();
    fs::rename(&elsewhere, &folder).unwrap();
    assert_eq!(project.recover().1, []);
    project.insist_tidy();
}

/// A record that did not grow here is not believed: it could have files of the project written over.
#[test]
fn a_record_of_a_stranger_is_not_used() {
    let ours = project();
    ours.write_on(&WISHES, &disk(Fault::KilledAfter(calls(true) / 2), true));
    let runs = ours.store().runs(&System).unwrap();
    let name = ours.store().file(runs[0]);
    let theirs = project();
    let folder = theirs.store().folder();
    fs::create_dir_all(&folder).unwrap();
    let copy = folder.join(name.file_name().unwrap());
    fs::copy(&name, &copy).unwrap();
    let before = theirs.tree();
    let (recovered, problems) = theirs.recover();
    assert_eq!(recovered, []);
    assert!(
        problems[0].message.contains("not written here"),
        "{problems:?}"
    );
    assert_eq!(theirs.tree(), before);
    // Nor does it stand in the way.
    assert_eq!(theirs.write_on(&WISHES, &System).end, End::Written);
    assert!(copy.exists());
}
