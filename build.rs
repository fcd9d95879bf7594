//! A digest of what decides about the outcome of a run: the engine, the codemods and their dependencies.
//!
//! A remembered run must not be told again by a codemend that would do another one. The version does not say that while
//! somebody works on codemend.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// Where that stands. Tests and pages are in there too: nobody is hurt by a digest that changes too often.
const PLACES: [&str; 4] = ["src/engine", "codemods", "Cargo.lock", "Cargo.toml"];

fn main() -> io::Result<()> {
    let mut files = Vec::new();
    for place in PLACES {
        println!("cargo::rerun-if-changed={place}");
        collect(Path::new(place), &mut files)?;
    }
    files.sort();
    let mut hashers = [DefaultHasher::new(), DefaultHasher::new()];
    hashers[1].write_u8(1);
    for file in files {
        let bytes = fs::read(&file)?;
        for hasher in &mut hashers {
            (&file, &bytes).hash(hasher);
        }
    }
    let target = env::var("TARGET").unwrap_or_default();
    let [one, two] = hashers.map(|hasher| hasher.finish());
    println!("cargo::rustc-env=CODEMEND_SOURCES={one:016x}{two:016x}-{target}");
    Ok(())
}

/// All files at and below `path`.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    // A source distribution may come without some of them.
    if !path.is_dir() {
        files.extend(path.is_file().then(|| path.to_owned()));
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        collect(&entry?.path(), files)?;
    }
    Ok(())
}
