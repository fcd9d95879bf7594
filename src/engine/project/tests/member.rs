//! Whether a name is there once its module is imported, and stays what it is.

use super::super::Member;
use super::tree;

/// What `x` of a module with this text is, in a word.
fn member(text: &str) -> &'static str {
    member_of(&[("m.py", text)])
}

fn member_of(files: &[(&str, &str)]) -> &'static str {
    let tree = tree(files);
    match tree.project.member(tree.id(files[0].0), "x") {
        Member::Bound => "bound",
        Member::Perhaps => "perhaps",
        Member::Absent => "absent",
        Member::Replaced(..) => "replaced",
    }
}

#[test]
fn bound_on_every_way() {
    for text in [
        "x = 1\n",
        "def x(): pass\n",
        "class x: pass\n",
        "from a import y as x\n",
        "x: int = 1\n",
        "a, (*x, b) = y\n",
        "y = (x := 1)\n",
        "if y:\n    x = 1\nelse:\n    x = 2\n",
        "try:\n    import x\nexcept ImportError:\n    x = None\n",
        "try:\n    import x\nexcept ImportError:\n    raise\n",
        "if TYPE_CHECKING:\n    pass\nelse:\n    x = 1\n",
        "import warnings\nwith warnings.catch_warnings():\n    import x\n",
        "x = 1\ndel x\nx = 2\n",
    ] {
        assert_eq!(member(text), "bound", "{text}");
    }
}

#[test]
fn bound_on_some_ways() {
    for text in [
        "if y:\n    x = 1\n",
        "for x in y: pass\n",
        "while y:\n    x = 1\n",
        "try:\n    import x\nexcept ImportError:\n    pass\n",
        "from contextlib import suppress\nwith suppress(ImportError):\n    import x\n",
        "x = 1\ndel x\n",
        "x = 1\ndel (x, y)\n",
        "x = 1\nif y:\n    del x\n",
        "x = 1\ntry:\n    y\nexcept Exception as x:\n    pass\n",
        "match y:\n    case [x]: pass\n",
        "y = a and (x := b)\n",
        "z = [x := y for y in ()]\n",
        "if TYPE_CHECKING:\n    pass\nelif y:\n    x = 1\n",
        "def __getattr__(name): ...\n",
        "from sqlalchemy import *\n",
        "import x.\n",
    ] {
        assert_eq!(member(text), "perhaps", "{text}");
    }
}

#[test]
fn not_bound() {
    for text in [
        "y = 1\n",
        "x: int\n",
        "if TYPE_CHECKING:\n    from a import x\n",
        "[x for x in y]\n",
        "f(x for x in y)\n",
        "lambda x: x\n",
        "def f():\n    x = 1\n",
        "class A:\n    x = 1\n",
        "from a import x as y\n",
    ] {
        assert_eq!(member(text), "absent", "{text}");
    }
}

#[test]
fn bound_anew_by_a_function() {
    for text in [
        "x = 1\ndef f():\n    global x\n    x = 2\n",
        "x = 1\nclass A:\n    def f(self):\n        global x\n        x = 2\n",
        "x = 1\nif y:\n    def f():\n        global x\n",
        "x = 1\ndef f():\n    globals()['x'] = 2\n",
        "x = 1\ndef f(name):\n    globals()[name] = 2\n",
        "x = 1\ndef f(all):\n    globals().update(all)\n",
        "import sys\nx = 1\ndef f():\n    sys.modules[__name__].x = 2\n",
        "import sys\nx = 1\ndef f():\n    me = sys.modules[__name__]\n    me.x = 2\n",
        "x = 1\ndef f():\n    g = globals()\n    g['x'] = 2\n",
        "x = 1\nfor n in ['x']:\n    globals()[n] = 2\n",
        "import sys\nx = 1\ndef f():\n    setattr(sys.modules[__name__], 'x', 2)\n",
    ] {
        assert_eq!(member(text), "replaced", "{text}");
    }
    assert_eq!(member("x = 1\ndef f():\n    globals()['y'] = 2\n"), "bound");
    assert_eq!(member("x = 1\ndef f():\n    y = globals()['x']\n"), "bound");
}

#[test]
fn through_star_imports() {
    let through = |star: &str, source: &str| {
        member_of(&[
            ("m.py", star),
            ("deep.py", "from src import *\n"),
            ("src.py", source),
        ])
    };
    let star = "from src import *\n";
    assert_eq!(through(star, "x = 1\n"), "bound");
    assert_eq!(through("from deep import *\n", "x = 1\n"), "bound");
    assert_eq!(through(star, "__all__ = ['x']\nx = 1\n"), "bound");
    assert_eq!(through(star, "__all__ = ['y']\nx = 1\n"), "absent");
    assert_eq!(through(star, "__all__ = other.__all__\nx = 1\n"), "perhaps");
    assert_eq!(through(star, "if y:\n    x = 1\n"), "perhaps");
    assert_eq!(
        through(
            "try:\n    from src import *\nexcept ImportError: pass\n",
            "x = 1\n"
        ),
        "perhaps"
    );
    assert_eq!(through(star, "x = 1\ndef f():\n    global x\n"), "replaced");
    assert_eq!(
        through("if TYPE_CHECKING:\n    from src import *\n", "x = 1\n"),
        "absent"
    );
}

#[test]
fn submodules_are_attributes_once_they_are_loaded() {
    let files = [
        ("m/__init__.py", "from .x import y\n"),
        ("m/x.py", "y = 1\n"),
    ];
    assert_eq!(member_of(&files), "perhaps");
}

#[test]
fn star_importers() {
    let taken = |text: &str| {
        let tree = tree(&[("m.py", text), ("other.py", "from m import *\n")]);
        tree.project.star_importer(tree.id("m.py")).is_some()
    };
    assert!(taken("x = 1\n"));
    assert!(!taken("__all__ = ['x']\n"));
    assert!(taken(
        "__all__ = [name for name in dir() if name[0] != '_']\n"
    ));
    assert!(!taken("from a import b\n__all__ = ['x'] + b.__all__\n"));
}
