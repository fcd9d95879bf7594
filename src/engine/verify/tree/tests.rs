//! Edits that are wrong about what stands around them, and edits that are right.

use super::super::marked_tests::{Marked, parsed, read};
use super::unchanged_around;

/// What the check says of a marked text.
fn said(text: &str) -> Result<(), String> {
    let marked = Marked::of(text);
    let (old, new) = (parsed(&marked.before), parsed(&marked.after));
    let (old, new) = (read(&marked.before, &old), read(&marked.after, &new));
    unchanged_around(old, new, &marked.edits, &marked.places)
}

#[test]
fn what_changes_how_its_surroundings_read_is_found() {
    for marked in [
        // Precedence.
        "x = a * ‹«X→b + c»›\n",
        "x = -‹«X→b ** c»›.y\n",
        "x = not ‹«X→a if b else c»›\n",
        // A newline too few, or too many.
        "‹x = «1\n→»›-y\n",
        "x = a«→\n»(b)\n",
        "x = a«→\n»-b\n",
        // A string that runs on, or ends too early.
        "x = «'a'→'''a»\ny = 1\nz = «1→'''»\n",
        "x = c * 'a«→' + '»b'\n",
        // A comment that swallows code, or lets it go.
        "x = a «→# »+ b\n",
        "x = 1\n«# →»y = 2\n",
        // Another block.
        "if a:\n    b\n«    →»c\n",
        "if a:\n    ‹«b→pass»›\n«→    »c\n",
        "def f():\n    a\n«    →»b\n",
        "if a:\n    b\n«→else:\n    d\n    »c\n",
        // Two words in one.
        "x = a«→b»\n",
        "x = not« →»a\n",
        // More than what is declared.
        "«→with a: »x = 1\n",
        "x = «→await »f()\n",
        "«→@a\n»def f(): pass\nx = 1 + «→-»y\n",
    ] {
        assert!(said(marked).is_err(), "{marked}");
    }
}

#[test]
fn what_leaves_its_surroundings_alone_is_fine() {
    for marked in [
        "x: ‹«Optional[→»int«]→ | None»› = f(a * b)  # c\n",
        "def f(a: ‹«Union[→»int«,→ |» str«]→»› = 1) -> g: pass\n",
        "try:\n    a\n‹except›«→ Exception»:\n    b\n",
        // An import goes to the top, the last statement of a block, with and without a `pass` in its place.
        "«→import a\n»x = 1\ndef f():\n    y\n«    import a\n→»z\n",
        "«→import a\n\n»def f():\n    y\n«    import a→»\nz\n",
        "def f():\n    «import a→pass»\n\n\nz = 1\n",
        "from a import b«→, c»\nfrom d import (e«, f→»)\n«from g import h\n→»x\n",
        "if T:\n    from a import b\n«→    from c import d\n»x = 1\n",
        "@app.get('/'«→, response_model=A»)\ndef f(): pass\n«→class A:\n    x: int\n»y\n",
        // White space and comments are no code.
        "if a:\n    b«\n→; »«    →»c\n",
        "x = [«\n    →»1,«\n→ »2]«→  # a»\n\n«\n→\n\n\n»y\n",
        "x = '«a→b»'\n".replace("'«a→b»'", "«'a'→'b'»").as_str(),
        "«→»\n",
        "",
    ] {
        assert_eq!(said(marked), Ok(()), "{marked}");
    }
}

#[test]
fn the_place_is_named() {
    let said = said("a\nb\nx = a * ‹«X→b + c»›\n");
    assert_eq!(
        said.unwrap_err(),
        "the code around the edits would read otherwise (line 3)"
    );
}

#[test]
fn many_edits_do_not_take_more_than_many_steps() {
    let line = "x: ‹«Optional[→»int«]→ | None»› = 1\n";
    assert_eq!(said(&line.repeat(20_000)), Ok(()));
}
