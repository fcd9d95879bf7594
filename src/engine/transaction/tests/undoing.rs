//! `codemend undo`, from the side of the disk.

use super::super::{Changed, history, is_undone};
use super::*;

fn two_runs() -> Project {
    let project = Project::of(&[("a.py", "1\n"), ("b.py", "1\n"), ("c.py", "1\n")]);
    project.set_mode("a.py", 0o600);
    assert_eq!(
        project
            .write(&[
                ("a.py", Some("1\n"), Some("2\n")),
                ("b.py", Some("1\n"), Some("2\n"))
            ])
            .run,
        Some(1)
    );
    assert_eq!(
        project
            .write(&[
                ("a.py", Some("2\n"), Some("3\n")),
                ("c.py", Some("1\n"), Some("3\n"))
            ])
            .run,
        Some(2)
    );
    project
}

fn texts(project: &Project) -> [String; 3] {
    ["a.py", "b.py", "c.py"].map(|name| project.text(name).trim_end().to_owned())
}

#[test]
fn runs_are_taken_back_one_after_the_other() {
    let project = two_runs();
    assert_eq!(history(&project.store(), &System).0.len(), 2);
    assert_eq!(project.undo(2, Changed::Refuse).written, 2);
    assert_eq!(texts(&project), ["2", "2", "1"]);
    assert_eq!(project.undo(1, Changed::Refuse).written, 2);
    assert_eq!(texts(&project), ["1", "1", "1"]);
    assert_eq!(project.mode("a.py"), 0o600);
    // Nothing is left, not even the folder.
    assert!(!project.store().cache().exists());
}

#[test]
fn what_changed_since_is_refused() {
    let project = two_runs();
    project.put("c.py", "mine\n");
    let undone = project.undo(2, Changed::Refuse);
    assert_eq!((undone.end, undone.written), (End::TakenBack, 0));
    assert!(
        messages(&undone)[0].contains("has changed since"),
        "{undone:?}"
    );
    assert_eq!(texts(&project), ["3", "2", "mine"]);
    // An older run lies below a newer one.
    let undone = project.undo(1, Changed::Refuse);
    assert_eq!((undone.end, undone.written), (End::TakenBack, 0));
    assert_eq!(project.runs(), 2);
}

#[test]
fn keeping_going_takes_back_the_others_and_can_go_on_later() {
    let project = two_runs().keeping_going();
    project.put("c.py", "mine\n");
    let undone = project.undo(2, Changed::Refuse);
    assert_eq!(
        (undone.end, undone.written, undone.problems.len()),
        (End::Written, 1, 1)
    );
    assert_eq!(texts(&project), ["2", "2", "mine"]);
    assert_eq!(project.runs(), 2);
    project.put("c.py", "3\n");
    assert_eq!(project.undo(2, Changed::Refuse).written, 1);
    assert_eq!(texts(&project), ["2", "2", "1"]);
    assert_eq!(project.runs(), 1);
}

/// Nothing is lost by force either: what was overwritten comes back with another undo.
#[test]
fn force_overwrites_and_can_be_taken_back() {
    let project = two_runs();
    project.put("c.py", "mine\n");
    let undone = project.undo(2, Changed::Overwrite);
    assert_eq!((undone.end, undone.written), (End::Written, 2));
    assert_eq!(texts(&project), ["2", "2", "1"]);
    let last = history(&project.store(), &System).0.last().unwrap().0;
    assert_eq!(project.undo(last, Changed::Refuse).written, 2);
    assert_eq!(texts(&project), ["3", "2", "mine"]);
    // Nor is the first text: the run that was overwritten is still known.
    assert_eq!(project.undo(2, Changed::Overwrite).written, 2);
    assert_eq!(texts(&project), ["2", "2", "1"]);
}

/// A file that is made anew is as private as it was.
#[test]
fn a_file_that_went_comes_back_with_its_mode() {
    let project = two_runs();
    fs::remove_file(project.root.join("a.py")).unwrap();
    assert_eq!(project.undo(2, Changed::Overwrite).written, 2);
    assert_eq!(project.mode("a.py"), 0o600);
}

#[test]
fn what_was_taken_back_by_hand_is_fine() {
    let project = two_runs();
    project.put("a.py", "2\n");
    project.put("c.py", "1\n");
    let undone = project.undo(2, Changed::Refuse);
    assert_eq!(
        (undone.end, undone.written, undone.problems.len()),
        (End::Written, 0, 0)
    );
    // It may come again: `git stash`, and `git stash pop`.
    assert_eq!(project.runs(), 2);
    assert!(is_undone(2, &project.store(), &System));
    assert!(!is_undone(1, &project.store(), &System));
}

#[test]
fn a_file_that_went_since_is_brought_back_by_force_only() {
    let project = two_runs();
    fs::remove_file(project.root.join("c.py")).unwrap();
    assert_eq!(project.undo(2, Changed::Refuse).end, End::TakenBack);
    assert_eq!(project.undo(2, Changed::Overwrite).written, 2);
    assert_eq!(texts(&project), ["2", "2", "1"]);
}

#[test]
fn the_number_of_runs_is_bounded() {
    let project = Project::of(&[("a.py", "0")]);
    for round in 0..30 {
        let (before, after) = (round.to_string(), (round + 1).to_string());
        assert_eq!(
            project
                .write(&[("a.py", Some(&before), Some(&after))])
                .written,
            1
        );
    }
    assert_eq!(project.runs(), 20);
    let kept = history(&project.store(), &System).0;
    assert_eq!((kept[0].0, kept[19].0), (11, 30));
}

/// Somebody has a file open while it is undone, and writes to it: the text from before can still be had.
#[test]
fn what_is_written_through_an_open_file_keeps_the_record() {
    use super::faulty::{Fault, Faulty};
    use std::io::Write;
    let project = two_runs();
    let open = fs::OpenOptions::new()
        .append(true)
        .open(project.root.join("a.py"));
    let open = std::cell::RefCell::new(open.unwrap());
    let mut disk = Faulty::new(Fault::None);
    let save = move || open.borrow_mut().write_all(b"more\n").unwrap();
    disk.saves = vec![(1, Box::new(save))];
    let undone = project.with_terms(|terms| super::super::undo(2, Changed::Refuse, terms, &disk));
    assert_eq!(
        (undone.end, undone.written),
        (End::Written, 1),
        "{undone:?}"
    );
    assert_eq!(texts(&project), ["3\nmore", "2", "1"]);
    project.insist_tidy();
    assert_eq!(project.undo(2, Changed::Overwrite).written, 1);
    assert_eq!(texts(&project), ["2", "2", "1"]);
}

/// A kill in the middle of an undo is taken back like any other.
#[test]
fn an_undo_that_is_killed_leaves_before_or_after() {
    use super::faulty::{Fault, Faulty};
    let mut kills = 0;
    for call in 0.. {
        let project = two_runs();
        let killed = Faulty::new(Fault::KilledAfter(call));
        project.with_terms(|terms| super::super::undo(2, Changed::Refuse, terms, &killed));
        let ended = killed.calls() <= call;
        let (_, problems) = project.recover();
        assert_eq!(problems, [], "killed after {call}");
        project.insist_tidy();
        match texts(&project).each_ref().map(String::as_str) {
            ["3", "2", "3"] => assert_eq!(project.undo(2, Changed::Refuse).written, 2),
            ["2", "2", "1"] => {}
            other => panic!("killed after {call}: {other:?}"),
        }
        kills += 1;
        if ended {
            break;
        }
    }
    announce!("kill injection: {kills} kills of an undo");
    assert!(kills > 20, "{kills}");
}
