//! Random edits of a whole project: after each, a run with a memory says what one without says.

use std::fs;
use std::path::{Path, PathBuf};

use fastrand::Rng;

use super::{OLD, Place};

/// Rounds, unless `CODEMEND_CACHE_ROUNDS` says otherwise.
const ROUNDS: usize = 25;

#[test]
fn random_edits_are_seen() {
    let rounds = std::env::var("CODEMEND_CACHE_ROUNDS").ok();
    let rounds = rounds
        .and_then(|rounds| rounds.parse().ok())
        .unwrap_or(ROUNDS);
    let seed = std::env::var("CODEMEND_CACHE_SEED").ok();
    let seed = seed.and_then(|seed| seed.parse().ok()).unwrap_or(7);
    let place = Place::example();
    let mut random = Rng::with_seed(seed);
    let (mut told, mut past) = (0, Vec::new());
    for round in 0..rounds {
        let ways: &[&[&str]] = &[&[], &["--unsafe-fixes"], &["app"], &["--verbose"]];
        let way = ways[random.usize(..ways.len())];
        let what = match random.u8(..4) {
            0 => "nothing".to_owned(),
            _ => edit(place.root(), &mut random, &mut past),
        };
        let (is_told, said) = place.is_told(way);
        told += usize::from(is_told);
        let fresh = place.fresh(way);
        let at = format!("seed {seed}, round {round}, {way:?}: {what}");
        assert_eq!(said.transcript(), fresh.transcript(), "{at}");
    }
    assert!(rounds < ROUNDS || told > 0, "nothing was told from memory");
}

/// Do something to the files below `root`, and say what. `past` holds what may be undone.
fn edit(root: &Path, random: &mut Rng, past: &mut Vec<(PathBuf, Vec<u8>)>) -> String {
    let files = files_below(root);
    let file = files[random.usize(..files.len())].clone();
    let text = fs::read(&file).unwrap();
    past.push((file.clone(), text.clone()));
    let shown = file.display();
    match random.u8(..7) {
        0 => {
            fs::remove_file(&file).unwrap();
            format!("remove {shown}")
        }
        1 => {
            let new = file.with_file_name(format!("new{}.py", random.u8(..9)));
            fs::write(&new, OLD).unwrap();
            format!("make {}", new.display())
        }
        2 => {
            let lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
            let cut = random.usize(..=lines.len());
            let rest = lines.iter().copied().enumerate();
            let rest = rest.filter(|(at, _)| *at != cut).map(|(_, line)| line);
            fs::write(&file, rest.collect::<Vec<_>>().concat()).unwrap();
            format!("drop line {cut} of {shown}")
        }
        3 => {
            fs::write(&file, [&text[..], b"\n# more\n"].concat()).unwrap();
            format!("add to {shown}")
        }
        4 => {
            let other = &files[random.usize(..files.len())];
            fs::copy(other, &file).unwrap();
            format!("{} over {shown}", other.display())
        }
        5 => {
            let folder = root.join(["app", "helper", "fastapi"][random.usize(..3)]);
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("__init__.py"), "x = 1\n").unwrap();
            format!("a package {}", folder.display())
        }
        _ => {
            let (file, text) = past.swap_remove(random.usize(..past.len()));
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, text).unwrap();
            format!("undo {}", file.display())
        }
    }
}

/// All files that a person may have written, sorted.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        let name = entry.file_name();
        match path.is_dir() {
            true if name == ".codemend_cache" => {}
            true => files.extend(files_below(&path)),
            false => files.push(path),
        }
    }
    files.sort();
    files
}
