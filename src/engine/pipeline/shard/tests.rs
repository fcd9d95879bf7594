//! Where names put files, and how a shard is written.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use super::{Portion, Shard, home};
use crate::problem::Problem;

fn shard(text: &str) -> Shard {
    text.parse().unwrap()
}

#[test]
fn a_shard_is_one_of_several() {
    for text in ["1/1", "1/3", "3/3", "7/1000"] {
        assert_eq!(shard(text).to_string(), text);
    }
    let error = |text: &str| text.parse::<Shard>().unwrap_err();
    assert_eq!(error("0/3"), "shards are counted from 1");
    assert_eq!(error("4/3"), "the last of 3 shards is 3/3");
    assert_eq!(error("1/0"), "there is at least one shard");
    for text in [
        "",
        "x",
        "1",
        "1/",
        "/3",
        "-1/3",
        "+1/3",
        "1/3/4",
        " 1/3",
        "1/99999999999",
    ] {
        assert_eq!(
            error(text),
            "write the second of five shards as 2/5",
            "{text}"
        );
    }
}

/// Machines that share a run may differ in everything but the names: these numbers must stay.
#[test]
fn names_stay_where_they_are() {
    let homes: Vec<u32> = ["app/main.py", "app/db.py", "tests/test_api.py", "ü.py"]
        .map(|name| home(name, 7))
        .to_vec();
    assert_eq!(homes, NUMBERS);
}

const NUMBERS: [u32; 4] = [5, 4, 6, 4];

#[test]
fn a_name_is_the_same_wherever_the_repository_lies() {
    for of in 1..20 {
        let held = |root: &str| {
            (1..=of)
                .filter(|number| {
                    let root = Utf8Path::new(root);
                    let shard = shard(&format!("{number}/{of}"));
                    Portion::new(shard, root).holds(&root.join("app/main.py"))
                })
                .collect::<Vec<u32>>()
        };
        assert_eq!(held("/home/me/backend"), held("/mnt/1"));
        assert_eq!(held("/mnt/1").len(), 1);
    }
}

#[test]
fn many_names_come_to_equal_shares() {
    let mut shares = [0_usize; 5];
    for number in 0..5000 {
        shares[home(&format!("app/m{number}.py"), 5) as usize - 1] += 1;
    }
    assert!(
        shares.iter().all(|share| (800..1200).contains(share)),
        "{shares:?}"
    );
}

#[test]
fn what_belongs_together_is_where_the_smallest_name_is() {
    let root = Utf8Path::new("/r");
    let paths: Vec<Utf8PathBuf> = (0..9).map(|n| root.join(format!("m{n}.py"))).collect();
    for number in 1..=3 {
        let shard = shard(&format!("{number}/3"));
        let set: BTreeSet<_> = paths[3..].iter().cloned().collect();
        let portion = Portion::of_sets(shard, root, &[set]);
        let alone = Portion::new(shard, root);
        for path in &paths[3..] {
            assert_eq!(portion.holds(path), alone.holds(&paths[3]), "{path}");
        }
        for path in &paths[..3] {
            assert_eq!(portion.holds(path), alone.holds(path), "{path}");
        }
    }
}

#[test]
fn what_is_about_no_module_is_told_by_the_first() {
    let root = Utf8Path::new("/r");
    let tells = |path: &str| {
        (1..=3)
            .filter(|number| {
                let portion = Portion::new(shard(&format!("{number}/3")), root);
                portion.tells(&Problem::new(path, "x"))
            })
            .collect::<Vec<u32>>()
    };
    assert_eq!(tells("/r/pyproject.toml"), [1]);
    assert_eq!(tells("."), [1]);
    assert_eq!(tells("/r/app/main.py").len(), 1);
    assert_eq!(tells("/elsewhere/x.py").len(), 1);
}
