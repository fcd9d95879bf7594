//! Which files are bound together, and which are not.

use super::*;

fn patched(path: &str, before: &str, after: &str) -> FilePatch {
    FilePatch::new(path, Some(before.into()), after)
}

/// The sets of the files, where those of `loading` load more than before.
fn sets(patch: &[FilePatch], loading: &[&str]) -> Vec<Vec<String>> {
    let bonds = Bonds {
        loading: loading.iter().map(Utf8PathBuf::from).collect(),
        ..Bonds::default()
    };
    let known: Vec<Utf8PathBuf> = patch.iter().map(|file| file.path.clone()).collect();
    let sets = bonds.sets(patch, known.iter(), None).into_iter();
    let names = |set: BTreeSet<Utf8PathBuf>| set.into_iter().map(Utf8PathBuf::into_string);
    sets.map(|set| names(set).collect()).collect()
}

#[test]
fn sets_that_share_a_file_are_one() {
    let set = |paths: &[&str]| paths.iter().map(Utf8PathBuf::from).collect::<BTreeSet<_>>();
    let all = [
        &["a", "b"][..],
        &["e"],
        &["c", "d"],
        &["x", "y"],
        &["d", "b"],
        &["c", "a"],
    ];
    let all = disjoint(all.into_iter().map(set).collect());
    assert_eq!(all, [set(&["a", "b", "c", "d"]), set(&["x", "y"])]);
}

#[test]
fn who_took_a_lost_name_goes_with_who_lost_it() {
    let db = patched(
        "/app/db.py",
        "from typing import Optional\nx: Optional[int]\n",
        "x: int | None\n",
    );
    let package = patched("/app/__init__.py", "from typing import Optional\n", "\n");
    for (text, with) in [
        ("from app.db import Optional\n", "/app/db.py"),
        (
            "def f():\n    from .db import Optional as O\n",
            "/app/db.py",
        ),
        ("from .db import *\n", "/app/db.py"),
        ("import app.db\nx: app.db.Optional[int]\n", "/app/db.py"),
        (
            "from app import db as d\nx: d.Optional[int]\n",
            "/app/db.py",
        ),
        ("from . import Optional\n", "/app/__init__.py"),
    ] {
        let patch = [
            package.clone(),
            patched("/app/api.py", text, "\n"),
            db.clone(),
        ];
        let mut want = vec![with.to_owned(), "/app/api.py".to_owned()];
        want.sort();
        assert_eq!(sets(&patch, &[]), [want], "{text}");
    }
    let own = patched(
        "/app/api.py",
        "from typing import Optional\nx: Optional[int]\n",
        "\n",
    );
    assert_eq!(sets(&[package, own, db], &[]), [[""; 0]; 0]);
}

#[test]
fn who_loads_more_goes_with_who_loads_less() {
    let more = patched(
        "/app/api.py",
        "def f():\n    import app.db\n",
        "import app.db\n",
    );
    let less = |import: &str| patched("/app/db.py", &format!("{import}\n"), "\n");
    for import in [
        "from app.api import Optional",
        "from . import api",
        "import app",
    ] {
        let sets = sets(&[more.clone(), less(import)], &["/app/api.py"]);
        assert_eq!(sets, [["/app/api.py", "/app/db.py"]], "{import}");
    }
    let other = less("from typing import Optional");
    assert_eq!(sets(&[more.clone(), other], &["/app/api.py"]), [[""; 0]; 0]);
    let patch = [more, less("import app")];
    assert_eq!(sets(&patch, &[]), [[""; 0]; 0]);
}
