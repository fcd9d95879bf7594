//! Every call to the disk fails once: an error is said, and the project is as before, or as it shall be.

use std::io::ErrorKind;

use super::faulty::{Fault, Faulty};
use super::*;

/// What the system says when the disk is full, a directory read-only, a quota used up, a device gone.
const KINDS: [ErrorKind; 6] = [
    ErrorKind::StorageFull,
    ErrorKind::PermissionDenied,
    ErrorKind::ReadOnlyFilesystem,
    ErrorKind::CrossesDevices,
    ErrorKind::QuotaExceeded,
    ErrorKind::NotFound,
];

/// Changed in place, by a rename, made with its folder, removed.
pub(super) const WISHES: [Wish<'static>; 5] = [
    ("a.py", Some("a\n"), Some("A, longer than before\n")),
    ("pkg/b.py", Some("b\n"), Some("B\n")),
    ("pkg/linked.py", Some("linked\n"), Some("LINK\n")),
    ("new/deep/c.py", None, Some("c\n")),
    ("gone.py", Some("gone\n"), None),
];

/// A project in which all of [`WISHES`] can be fulfilled.
pub(super) fn project() -> Project {
    let mut project = Project::of(&[
        ("a.py", "a\n"),
        ("pkg/b.py", "b\n"),
        ("pkg/linked.py", "linked\n"),
        ("gone.py", "gone\n"),
        ("other.py", "untouched\n"),
    ]);
    project.set_mode("a.py", 0o755);
    let twin = project.root.join("twin.py");
    fs::hard_link(project.root.join("pkg/linked.py"), twin).unwrap();
    project.hard_links = HardLinks::Overwrite;
    project
}

/// The project as it shall be.
pub(super) fn wanted(exchanges: bool) -> Tree {
    let project = project();
    let mut disk = Faulty::new(Fault::None);
    disk.exchanges = exchanges;
    let applied = project.write_on(&WISHES, &disk);
    assert_eq!((applied.end, applied.written), (End::Written, WISHES.len()));
    assert_eq!(applied.problems, []);
    assert_eq!(project.text("twin.py"), "LINK\n");
    relative(&project)
}

/// The tree with paths from the root on.
pub(super) fn relative(project: &Project) -> Tree {
    let below = |path: Utf8PathBuf| path.strip_prefix(&project.root).unwrap().to_owned();
    project
        .tree()
        .into_iter()
        .map(|(path, file)| (below(path), file))
        .collect()
}

/// How many calls a run without faults makes, on a disk where names can be exchanged or not.
pub(super) fn calls(exchanges: bool) -> usize {
    let mut disk = Faulty::new(Fault::None);
    disk.exchanges = exchanges;
    project().write_on(&WISHES, &disk);
    disk.calls()
}

#[test]
fn one_failing_call_loses_nothing() {
    let mut runs = 0;
    for exchanges in [true, false] {
        let (before, after) = (relative(&project()), wanted(exchanges));
        for call in 0..calls(exchanges) {
            for kind in KINDS {
                let project = project();
                let mut disk = Faulty::new(Fault::Once(call, kind));
                disk.exchanges = exchanges;
                let applied = project.write_on(&WISHES, &disk);
                let place = format!(
                    "call {call} ({}) fails: {kind}, {applied:?}",
                    disk.name(call)
                );
                // No disk says of a file that is there that it is not.
                if kind == ErrorKind::NotFound && ["look", "read"].contains(&disk.name(call)) {
                    continue;
                }
                // What could not be removed at the end goes with the next run, and that has nothing else to do.
                project.recover();
                project.insist_tidy();
                let tree = relative(&project);
                match applied.end {
                    End::Written => assert_eq!(tree, after, "{place}"),
                    End::TakenBack => assert_eq!(tree, before, "{place}"),
                    End::Interrupted | End::Unfinished => panic!("{place}"),
                }
                assert!(
                    applied.end == End::Written || !applied.problems.is_empty(),
                    "{place}"
                );
                runs += 1;
            }
        }
    }
    announce!("fault injection: {runs} runs with one failing call each");
    assert!(runs > 600, "{runs}");
}

#[test]
fn a_run_that_keeps_going_writes_each_file_whole_or_leaves_it() {
    let mut runs = 0;
    for exchanges in [true, false] {
        let (before, after) = (relative(&project()), wanted(exchanges));
        for call in 0..calls(exchanges) {
            let project = project().keeping_going();
            let mut disk = Faulty::new(Fault::Once(call, ErrorKind::StorageFull));
            disk.exchanges = exchanges;
            let applied = project.write_on(&WISHES, &disk);
            let place = format!("call {call} ({}) fails: {applied:?}", disk.name(call));
            project.recover();
            project.insist_tidy();
            let tree = relative(&project);
            for (path, file) in &tree {
                let is_whole = before.get(path) == Some(file) || after.get(path) == Some(file);
                assert!(is_whole || path.starts_with("new"), "{path}: {place}");
            }
            // What was written can be undone, whatever was left out.
            if let Some(run) = applied.run {
                let undone = project.undo(run, super::super::Changed::Refuse);
                assert_eq!(undone.end, End::Written, "{place}");
                assert_eq!(texts(&relative(&project)), texts(&before), "{place}");
            } else {
                assert_eq!(texts(&tree), texts(&before), "{place}");
            }
            runs += 1;
        }
    }
    announce!("fault injection: {runs} runs that keep going");
    assert!(runs > 100, "{runs}");
}

/// Files without their modes: a file that was removed and brought back has those of the record's reader.
pub(super) fn texts(tree: &Tree) -> BTreeMap<Utf8PathBuf, Vec<u8>> {
    let files = tree
        .iter()
        .filter(|(path, (mode, _))| mode & 0o170_000 != 0o040_000 || !path.starts_with("new"));
    files
        .map(|(path, (_, bytes))| (path.clone(), bytes.clone()))
        .collect()
}

/// The disk goes away for good in the middle: the record is there when it comes back.
#[test]
fn a_disk_that_dies_is_put_in_order_by_the_next_run() {
    let mut runs = 0;
    for exchanges in [true, false] {
        let (before, after) = (relative(&project()), wanted(exchanges));
        for call in 0..calls(exchanges) {
            let project = project();
            let mut disk = Faulty::new(Fault::Dead(call));
            disk.exchanges = exchanges;
            let applied = project.write_on(&WISHES, &disk);
            let (recovered, problems) = project.recover();
            let place = format!(
                "dead at {call} ({}): {applied:?}, {recovered:?}",
                disk.name(call)
            );
            assert_eq!(problems, [], "{place}");
            let tree = relative(&project);
            assert!(tree == before || tree == after, "{place}: {tree:?}");
            project.insist_tidy();
            runs += 1;
        }
    }
    announce!("fault injection: {runs} runs on a disk that dies");
}

/// An editor saves a file at the worst moment: between the last look at it and the change of names.
#[test]
fn what_an_editor_saves_meanwhile_is_kept() {
    for exchange in 0..2 {
        let project = project();
        let before = relative(&project);
        let saved = project.root.join(WISHES[exchange].0);
        let mut disk = Faulty::new(Fault::None);
        let path = saved.clone();
        let save = move || {
            // As editors do: a new file with the old one's name.
            fs::write(path.with_extension("swp"), "saved meanwhile\n").unwrap();
            fs::rename(path.with_extension("swp"), &path).unwrap();
        };
        disk.saves = vec![(exchange, Box::new(save))];
        let applied = project.write_on(&WISHES, &disk);
        assert_eq!((applied.end, applied.written), (End::TakenBack, 0));
        assert!(
            messages(&applied)[0].contains("changed on disk"),
            "{applied:?}"
        );
        assert_eq!(fs::read_to_string(&saved).unwrap(), "saved meanwhile\n");
        let mut after = texts(&relative(&project));
        after.insert(
            WISHES[exchange].0.into(),
            before[Utf8Path::new(WISHES[exchange].0)].1.clone(),
        );
        assert_eq!(after, texts(&before));
        project.insist_tidy();
    }
}

/// Another codemend, perhaps: it writes just what this one would. That is theirs, and stays.
#[test]
fn the_same_text_by_another_hand_is_kept() {
    let project = project();
    let path = project.root.join("a.py");
    let theirs = WISHES[0].2.unwrap();
    let mut disk = Faulty::new(Fault::None);
    disk.saves = vec![(0, Box::new(move || fs::write(&path, theirs).unwrap()))];
    let applied = project.write_on(&WISHES, &disk);
    assert_eq!(
        (applied.end, applied.written),
        (End::TakenBack, 0),
        "{applied:?}"
    );
    assert_eq!(project.text("a.py"), theirs);
    assert_eq!(project.text("pkg/b.py"), "b\n");
    project.insist_tidy();
}

/// Half of a set is saved when the other half cannot be written: the change is under the save, and can be undone.
#[test]
fn what_is_saved_upon_a_change_stays_in_the_record() {
    let mut project = project().keeping_going();
    let (a, b) = (project.root.join("a.py"), project.root.join("pkg/b.py"));
    project.together = vec![[a.clone(), b.clone()].into()];
    let mut disk = Faulty::new(Fault::None);
    let save = move || {
        fs::write(&a, "saved upon the change\n").unwrap();
        fs::write(&b, "saved\n").unwrap();
    };
    disk.saves = vec![(1, Box::new(save))];
    let applied = project.write_on(&WISHES, &disk);
    assert_eq!(applied.end, End::Written, "{applied:?}");
    assert_eq!(project.text("a.py"), "saved upon the change\n");
    assert_eq!(project.text("pkg/b.py"), "saved\n");
    let undone = project.undo(applied.run.unwrap(), super::super::Changed::Overwrite);
    assert_eq!(undone.end, End::Written, "{undone:?}");
    assert_eq!(project.text("a.py"), "a\n");
    assert_eq!(project.text("pkg/b.py"), "saved\n");
}

/// And once more while what it saved is put back: the last save counts.
#[test]
fn what_an_editor_saves_twice_is_kept() {
    let project = project();
    let path = project.root.join("a.py");
    let mut disk = Faulty::new(Fault::None);
    disk.saves = (0..3)
        .map(|exchange| {
            let path = path.clone();
            let save = move || {
                fs::write(path.with_extension("swp"), format!("save {exchange}\n")).unwrap();
                fs::rename(path.with_extension("swp"), &path).unwrap();
            };
            (exchange, Box::new(save) as Box<dyn Fn()>)
        })
        .collect();
    let applied = project.write_on(&WISHES, &disk);
    assert_eq!((applied.end, applied.written), (End::TakenBack, 0));
    assert_eq!(project.text("a.py"), "save 2\n");
    project.insist_tidy();
}

/// A save while a run is taken back: here the second file has changed, and the first is saved as it goes back.
#[test]
fn what_an_editor_saves_while_a_run_is_taken_back_is_kept() {
    let project = project();
    let (a, b) = (project.root.join("a.py"), project.root.join("pkg/b.py"));
    let mut disk = Faulty::new(Fault::None);
    let save = |path: Utf8PathBuf, text: &'static str| {
        Box::new(move || {
            fs::write(path.with_extension("swp"), text).unwrap();
            fs::rename(path.with_extension("swp"), &path).unwrap();
        }) as Box<dyn Fn()>
    };
    // The exchanges: a, b, b back, a back.
    disk.saves = vec![(1, save(b, "b saved\n")), (3, save(a, "a saved\n"))];
    let applied = project.write_on(&WISHES, &disk);
    assert_eq!(applied.end, End::TakenBack, "{applied:?}");
    assert_eq!(project.text("a.py"), "a saved\n");
    assert_eq!(project.text("pkg/b.py"), "b saved\n");
    project.insist_tidy();
    // By force only what the run had written comes back.
    let run = super::super::history(&project.store(), &System).0[0].0;
    let undone = project.undo(run, super::super::Changed::Overwrite);
    assert_eq!(
        (undone.end, undone.written),
        (End::Written, 1),
        "{undone:?}"
    );
    assert_eq!(project.text("a.py"), "a\n");
    assert_eq!(project.text("pkg/b.py"), "b saved\n");
}

/// Somebody has the file open and writes to it when it has lost its name.
#[test]
fn what_is_written_through_an_open_file_is_kept() {
    use std::io::Write;
    let project = project();
    let open = fs::OpenOptions::new()
        .write(true)
        .open(project.root.join("a.py"));
    let open = std::cell::RefCell::new(open.unwrap());
    let mut disk = Faulty::new(Fault::None);
    // Before the second exchange: the first file has been compared already.
    let save = move || {
        open.borrow_mut()
            .write_all(b"through the open file\n")
            .unwrap()
    };
    disk.saves = vec![(1, Box::new(save))];
    let applied = project.write_on(&WISHES, &disk);
    assert_eq!(applied.end, End::Written, "{applied:?}");
    assert!(
        messages(&applied)[0].contains("was saved while codemend wrote"),
        "{applied:?}"
    );
    assert_eq!(project.text("a.py"), "through the open file\n");
    project.insist_tidy();
}

#[test]
fn what_becomes_a_directory_meanwhile_is_kept() {
    let project = project();
    let path = project.root.join("a.py");
    let mut disk = Faulty::new(Fault::None);
    let target = path.clone();
    let replace = move || {
        fs::remove_file(&target).unwrap();
        fs::create_dir(&target).unwrap();
        fs::write(target.join("inside.py"), "kept\n").unwrap();
    };
    disk.saves = vec![(0, Box::new(replace))];
    let applied = project.write_on(&WISHES, &disk);
    assert_eq!(applied.end, End::TakenBack, "{applied:?}");
    assert_eq!(project.text("a.py/inside.py"), "kept\n");
    project.insist_tidy();
}

#[test]
fn what_goes_meanwhile_stays_gone() {
    let project = project();
    let mut disk = Faulty::new(Fault::None);
    let target = project.root.join("a.py");
    disk.saves = vec![(0, Box::new(move || fs::remove_file(&target).unwrap()))];
    let applied = project.write_on(&WISHES, &disk);
    assert_eq!(applied.end, End::TakenBack, "{applied:?}");
    assert!(messages(&applied)[0].contains("vanished"), "{applied:?}");
    assert!(!project.root.join("a.py").exists());
    project.insist_tidy();
}
