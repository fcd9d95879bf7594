//! Comments that go, move or stay, in hand-made edits.

use camino::Utf8Path;
use ruff_python_trivia::CommentRanges;
use ruff_text_size::TextRange;

use super::super::marked_tests::{Marked, parsed, read};
use super::Comments;
use crate::change::Changes;

/// What the check says of a marked text whose edits are the one change of each of the groups: how many belong to each.
fn said(text: &str, groups: &[usize]) -> Result<(), String> {
    let marked = Marked::of(text);
    let (old, new) = (parsed(&marked.before), parsed(&marked.after));
    let ranges = [
        CommentRanges::from(old.tokens()),
        CommentRanges::from(new.tokens()),
    ];
    let before = (read(&marked.before, &old), &ranges[0]);
    let after = (read(&marked.after, &new), &ranges[1]);
    let changes = Changes::new("test", Utf8Path::new("/a.py"));
    let mut edits = marked.edits.iter();
    let mut change = |count: &usize| {
        let mut change = changes.draft(TextRange::default(), "t");
        for (range, text) in edits.by_ref().take(*count) {
            change.replace(*range, text.as_str());
        }
        change
    };
    let made: Vec<_> = groups.iter().map(&mut change).collect();
    let made: Vec<_> = made.iter().collect();
    Comments::of(before, after, &marked.edits).check(&made)
}

#[test]
fn a_comment_that_goes_is_found() {
    for (text, groups) in [
        ("x = 1«  # a→»\n", &[1][..]),
        ("x = 1«→ # b»\ny = 2«  # a→»\n", &[2]),
        // An equal one is written twice, by another change.
        ("x = 1  # a\n«y = 2  # a\n→»«→z  # a\n»", &[1, 1]),
        // It becomes a part of a string, and an equal one is written.
        ("«→'''»\n# a\n«→'''  # a»\n", &[2]),
    ] {
        let said = said(text, groups);
        assert_eq!(
            said.unwrap_err(),
            "the comment `# a` would be lost",
            "{text}"
        );
    }
}

#[test]
fn a_comment_for_a_tool_stays_behind_its_code() {
    for text in [
        "«x = 1→»  # noqa\n",
        "f(a,«→\n  » b)  # noqa: E501\n",
        "f(a,«\n→ » b)  # type: ignore\n",
        "x = 1«→\n»  # Type: int\n",
        "«→x = 1»  # pylint: disable=all\n",
        "x = 1  # why  # noqa\n"
            .replace("x = 1", "«x = 1→»")
            .as_str(),
    ] {
        let said = said(text, &[1]);
        let said = said.unwrap_err();
        assert!(
            said.ends_with("would stand behind other code"),
            "{text}: {said}"
        );
    }
}

#[test]
fn a_comment_that_stays_or_moves_with_its_change_is_fine() {
    for text in [
        "x: «Optional[→»int«]→ | None» = 1  # noqa\n",
        "«→import a\n»x = 1  # type: int\n«import b\n→»# noqa\n",
        "«→a  # b\n»x\n«a  # b\n→»y\n",
        "«x = 1→»  # why\n",
        "f(a,«→\n  » b)  # noted\n",
        "x = '''\n'''«→[0]»  # noqa\n",
        "x = 1  # noqa\r\ny«→ = 1»\r\n",
        "# type: ignore\n«→import a\n»x\n",
    ] {
        let all = text.matches('«').count();
        assert_eq!(said(text, &[all]), Ok(()), "{text}");
    }
}
