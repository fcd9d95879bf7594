use ruff_python_ast::{ModModule, PySourceType};
use ruff_python_parser::{ParseOptions, Parsed, parse_unchecked};
use ruff_text_size::{TextRange, TextSize};

use super::{Read, unchanged_around};
use crate::resolve;

fn parsed(text: &str) -> Parsed<ModModule> {
    let parsed = parse_unchecked(text, ParseOptions::from(PySourceType::Python));
    let parsed = parsed.try_into_module().unwrap();
    assert!(
        parsed.errors().is_empty(),
        "{text:?}: {:?}",
        parsed.errors()
    );
    parsed
}

fn read<'a>(text: &'a str, parsed: &'a Parsed<ModModule>) -> Read<'a> {
    Read {
        text,
        tokens: parsed.tokens(),
        suite: parsed.suite(),
    }
}

/// What the check says of `text` with edits `«old→new»` in it, and places `‹...›` that hold no part of an edit or all.
fn said(marked: &str) -> Result<(), String> {
    let mut before = String::new();
    let (mut edits, mut places) = (Vec::new(), Vec::new());
    let (mut edit, mut place) = (TextSize::default(), TextSize::default());
    let mut rest = marked;
    while let Some(at) = rest.find(['«', '→', '‹', '›']) {
        before.push_str(&rest[..at]);
        let mark = rest[at..].chars().next().unwrap();
        rest = &rest[at + mark.len_utf8()..];
        let here = TextSize::of(before.as_str());
        match mark {
            '«' => edit = here,
            '‹' => place = here,
            '›' => places.push(TextRange::new(place, here)),
            _ => {
                let (new, behind) = rest.split_once('»').unwrap();
                edits.push((TextRange::new(edit, here), new.to_owned()));
                rest = behind;
            }
        }
    }
    before.push_str(rest);
    let after = resolve::apply(&before, &edits);
    let (old, new) = (parsed(&before), parsed(&after));
    unchanged_around(read(&before, &old), read(&after, &new), &edits, &places)
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
