//! What comments keep, and what they do not.

use super::{Names, directive, noqa, nosec, place_in_list, pylint};

fn only(names: &[&str]) -> Option<Names> {
    Some(Names::Only(
        names.iter().map(|&name| name.to_owned()).collect(),
    ))
}

#[test]
fn names_are_found_in_the_list() {
    let place = |comment, name| place_in_list(comment, name).to_usize();
    assert_eq!(place("# codemend: ignore[e, me]", "e"), 19);
    assert_eq!(place("# [e]  # codemend: ignore-file[x, e]", "e"), 34);
}

#[test]
fn comments_are_read_as_their_tools_do() {
    assert_eq!(noqa("# noqa"), Some(Names::All));
    assert_eq!(noqa("#NOQA"), Some(Names::All));
    assert_eq!(
        noqa("# noqa: UP007, E501 because"),
        only(&["UP007", "E501", "because"])
    );
    assert_eq!(noqa("# see noqa"), None);
    assert_eq!(nosec("# nosec"), only(&["nosec"]));
    assert_eq!(
        nosec("# noqa: S110  # nosec: it may fail"),
        only(&["nosec"])
    );
    assert_eq!(
        nosec("#nosec B110, b112 # why"),
        only(&["nosec B110", "nosec b112"])
    );
    assert_eq!(nosec("# a nosec comment"), None);
    assert_eq!(nosec("# nosecret"), None);
    assert_eq!(
        pylint("# pylint: disable=C0415,bare-except"),
        only(&["C0415", "bare-except"])
    );
    assert_eq!(directive("# codemend: ignore"), Some((Names::All, false)));
    assert_eq!(
        directive("# codemend: ignore[a, b-c]"),
        only(&["a", "b-c"]).map(|names| (names, false))
    );
    assert_eq!(
        directive("# codemend: ignore[all]"),
        Some((Names::All, false))
    );
    assert_eq!(
        directive("# codemend: ignore-file"),
        Some((Names::All, true))
    );
    assert_eq!(directive("# codemend: ignored"), None);
}
