//! A memory that is damaged, forged, or in nobody's hands is as good as none.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use super::{NEW, OLD, Place};

fn place() -> Place {
    let place = Place::of(&[("a.py", OLD), ("b.py", NEW)]);
    place.settle(&[]);
    place
}

fn memory(place: &Place) -> PathBuf {
    let memories = place.memories();
    assert_eq!(memories.len(), 1);
    memories.into_keys().next().unwrap()
}

/// The run says what it would say without a memory, and that is remembered in the end.
fn heals(place: &Place, what: &str) {
    let (told, said) = place.is_told(&[]);
    assert!(!told, "{what}");
    assert_eq!(said.transcript(), place.fresh(&[]).transcript(), "{what}");
    place.settle(&[]);
}

#[test]
fn a_damaged_memory_is_none() {
    let place = place();
    let file = memory(&place);
    let whole = fs::read(&file).unwrap();
    for at in (0..whole.len()).step_by(whole.len() / 40 + 1) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        fs::write(&file, &bytes).unwrap();
        heals(&place, &format!("byte {at}"));
    }
    for length in [0, 1, 31, 32, 33, whole.len() / 2, whole.len() - 1] {
        fs::write(&file, &whole[..length]).unwrap();
        heals(&place, &format!("{length} bytes"));
    }
    fs::write(&file, [&whole[..], b"x"].concat()).unwrap();
    heals(&place, "one byte more");
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    let said = place.run(&[]);
    assert_eq!(said.transcript(), place.fresh(&[]).transcript());
}

/// Who has written a memory without the user's key is not believed.
#[test]
fn a_forged_memory_is_none() {
    let (place, stranger) = (place(), place());
    let lie = "import os\nos.system('id')\n";
    // Of the same project, with a key of their own, and with other words in it.
    let (file, other) = (memory(&place), memory(&stranger));
    let mut bytes = fs::read(&file).unwrap();
    let key = fs::read(stranger.state().join("codemend/cache.key")).unwrap();
    let at = bytes.windows(5).position(|it| it == b"x: in").unwrap_or(40);
    bytes.splice(at..at, lie.bytes());
    fs::write(&file, &bytes).unwrap();
    heals(&place, "words put in");

    fs::write(&file, fs::read(&other).unwrap()).unwrap();
    heals(&place, "the memory of another project and user");

    // A memory that was made for another request.
    place.run(&["--unsafe-fixes"]);
    let unsafe_one = place.memories().into_keys().find(|one| *one != file);
    fs::copy(unsafe_one.unwrap(), &file).unwrap();
    let said = place.run(&[]);
    assert_eq!(said.transcript(), place.fresh(&[]).transcript());

    // A key that others can read, or that is none, is no key.
    let own = place.state().join("codemend/cache.key");
    fs::write(&own, key).unwrap();
    fs::set_permissions(&own, Permissions::from_mode(0o644)).unwrap();
    let before = place.memories();
    place.run(&[]);
    place.run(&["--select", "hoist-imports"]);
    assert_eq!(place.memories(), before);
    fs::set_permissions(&own, Permissions::from_mode(0o600)).unwrap();
    fs::write(&own, "short").unwrap();
    place.run(&["--select", "hoist-imports"]);
    assert_eq!(place.memories(), before);
}

/// A repository that brings its key along does not get anywhere.
#[test]
fn a_key_in_the_repository_is_none() {
    let place = Place::of(&[("a.py", OLD)]);
    let state = place.root().join("state");
    let variables = [("XDG_STATE_HOME", state.to_str().unwrap())];
    place.run_with(&variables, &[]);
    assert!(!place.folder().exists() && !state.exists());
    // Nor through a link.
    symlink(&state, place.home.path().join("link")).unwrap();
    fs::create_dir(&state).unwrap();
    let link = place.home.path().join("link");
    place.run_with(&[("XDG_STATE_HOME", link.to_str().unwrap())], &[]);
    assert!(!place.folder().exists());
    assert_eq!(fs::read_dir(&state).unwrap().count(), 0);
}

/// Machines that know the same words believe each other.
#[test]
fn a_secret_may_be_said() {
    let place = Place::of(&[("a.py", OLD)]);
    let words = |words| [("CODEMEND_CACHE_KEY", words)];
    place.run_with(&words("too short"), &[]);
    assert!(place.memories().is_empty());
    place.run_with(&words("correct horse battery"), &[]);
    assert!(!place.state().exists());
    let before = place.memories();
    assert_eq!(before.len(), 1);
    place.run_with(&words("correct horse battery"), &[]);
    assert_eq!(place.memories(), before);
    place.run_with(&words("correct horse staple"), &[]);
    assert_ne!(place.memories(), before);
}

#[test]
fn nothing_is_written_through_a_link() {
    for link in [".codemend_cache", ".codemend_cache/memory"] {
        let place = Place::of(&[("a.py", OLD)]);
        let out = place.home.path().join("out");
        fs::create_dir_all(out.join("memory")).unwrap();
        let link = place.root().join(link);
        fs::create_dir_all(link.parent().unwrap()).unwrap();
        symlink(&out, &link).unwrap();
        let said = place.run(&[]);
        assert_eq!(said.transcript(), place.fresh(&[]).transcript());
        assert_eq!(files_below(&out), 0);
    }
    // A memory that is a link to a file elsewhere.
    let place = place();
    let file = memory(&place);
    let elsewhere = place.home.path().join("elsewhere");
    fs::rename(&file, &elsewhere).unwrap();
    let bytes = fs::read(&elsewhere).unwrap();
    symlink(&elsewhere, &file).unwrap();
    heals(&place, "a link");
    assert_eq!(fs::read(&elsewhere).unwrap(), bytes);
}

fn files_below(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).unwrap().flatten();
    entries
        .map(|entry| match entry.path().is_dir() {
            true => files_below(&entry.path()),
            false => 1,
        })
        .sum()
}

#[test]
fn a_folder_of_something_else_is_left_alone() {
    let place = Place::of(&[("a.py", OLD)]);
    place
        .project
        .write(".codemend_cache/memory/thesis.tex", "x");
    let said = place.run(&[]);
    assert_eq!(said.transcript(), place.fresh(&[]).transcript());
    assert_eq!(files_below(&place.folder()), 1);
    let place = Place::of(&[("a.py", OLD)]);
    place.project.write(".codemend_cache", "x");
    let said = place.run(&[]);
    assert_eq!(said.transcript(), place.fresh(&[]).transcript());
}

/// Only root may write where nobody may; `/proc` says no to root too.
#[test]
fn a_place_that_cannot_be_written_is_none() {
    let place = Place::of(&[("a.py", OLD)]);
    for variables in [
        [("CODEMEND_CACHE_DIR", "/proc/codemend")],
        [("XDG_STATE_HOME", "/proc/codemend")],
        [("XDG_STATE_HOME", "/dev/null")],
    ] {
        let said = place.run_with(&variables, &[]);
        assert_eq!(said.transcript(), place.fresh(&[]).transcript());
        assert!(!place.folder().exists(), "{variables:?}");
    }
}

#[test]
fn old_memories_go() {
    let place = Place::of(&[("a.py", OLD)]);
    for file in 0..40 {
        let target = format!("exclude = ['none{file}']");
        place.run(&["--config", &target]);
    }
    assert_eq!(place.memories().len(), 32);
    let unfinished = place.folder().join("new-1");
    fs::write(&unfinished, "x").unwrap();
    let file = fs::File::options().append(true).open(&unfinished).unwrap();
    file.set_modified(std::time::SystemTime::UNIX_EPOCH)
        .unwrap();
    place.run(&[]);
    assert!(!unfinished.exists());
}

#[test]
fn two_runs_at_once_say_the_same() {
    let place = Place::example();
    let want = place.fresh(&[]);
    for _ in 0..4 {
        std::thread::scope(|scope| {
            let runs: Vec<_> = (0..4).map(|_| scope.spawn(|| place.run(&[]))).collect();
            for run in runs {
                assert_eq!(run.join().unwrap().transcript(), want.transcript());
            }
        });
        fs::remove_file(memory(&place)).unwrap();
    }
}

#[test]
fn a_run_that_is_killed_leaves_nothing_that_is_told() {
    let place = Place::example();
    let want = place.fresh(&[]);
    for pause in (0..12).map(|step| Duration::from_millis(step * 70)) {
        let binary = env!("CARGO_BIN_EXE_codemend");
        let mut command = place.project.command(binary, "", &[]);
        command.env("XDG_STATE_HOME", place.state());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        std::thread::sleep(pause);
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(place.run(&[]).transcript(), want.transcript());
        for memory in place.memories().into_keys() {
            fs::remove_file(memory).unwrap();
        }
    }
}
