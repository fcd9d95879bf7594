//! Names that are loose, in each way that is told apart, and names that are not.

use ruff_python_ast::{PySourceType, PythonVersion};
use ruff_python_parser::parse_module;

use super::Loose;

fn loose(text: &str) -> Loose {
    let parsed = parse_module(text).unwrap();
    Loose::of(parsed.suite(), PySourceType::Python, PythonVersion::PY310)
}

/// What is new in `after`.
fn new(before: &str, after: &str) -> Option<String> {
    loose(after).new_since(&loose(before))
}

fn assert_fine(text: &str) {
    assert_eq!(new("", text), None, "{text}");
}

#[test]
fn a_name_must_be_bound_where_the_use_sees_it() {
    for text in [
        // In another function, in a class, in a comprehension, in a lambda.
        "def f():\n    import os\ndef g():\n    os\n",
        "def f():\n    import os\nos\n",
        "class A:\n    import os\n    def f(self): os\n",
        "class A:\n    import os\n    x = [os for _ in ()]\n",
        "[os for os in ()]\nos\n",
        "f = lambda os: 1\nos\n",
        "def f[os](): pass\nos\n",
        "def f():\n    global os\n    os\n",
        "def f(os):\n    def g():\n        nonlocal os\nos\n",
        // Within a string.
        "x: 'os.Path'\n",
        "def f(a: 'list[os]'): pass\n",
    ] {
        let said = new("", text);
        assert_eq!(
            said.as_deref(),
            Some("nothing would bind the name `os`"),
            "{text}"
        );
    }
}

#[test]
fn what_is_for_type_checkers_is_not_there_at_run_time() {
    let head = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import os\n";
    for text in [
        "os\n",
        "def f(): os\n",
        "x: os\n",
        "def f(a: os): pass\n",
        "class A(os): pass\n",
    ] {
        let said = new("", &format!("{head}{text}"));
        let want = "the name `os` would be used at run time and bound for type checkers only";
        assert_eq!(said.as_deref(), Some(want), "{text}");
    }
    for text in [
        "x: 'os'\n",
        "def f():\n    a: os = 1\n",
        "else:\n    os = 1\nos\n",
        "if TYPE_CHECKING:\n    os\n",
    ] {
        assert_fine(&format!("{head}{text}"));
    }
    assert_fine(&format!(
        "from __future__ import annotations\n{head}def f(a: os): pass\n"
    ));
}

#[test]
fn a_name_must_be_bound_before_its_use() {
    for text in [
        "os\nimport os\n",
        "class A:\n    x = os\nimport os\n",
        "class A:\n    x: B\nclass B: pass\n",
        "[os for _ in ()]\nimport os\n",
        "def f(a=os): pass\nimport os\n",
        "def f():\n    os\n    import os\n",
        "if a := 1:\n    os\nimport os\n",
        "import os\ndef f():\n    os\n    import os\n",
    ] {
        let said = new("", text);
        assert!(
            said.is_some_and(|said| said.ends_with("would be used before it is bound")),
            "{text}"
        );
    }
    for text in [
        "def f(): os\nimport os\n",
        "f = lambda: os\nimport os\n",
        "(os for _ in ())\nimport os\n",
        "for _ in ():\n    if _: os\n    import os\n",
        "x = len\nlen = 1\n",
        "class A:\n    len = len\n",
        "import os\nclass A:\n    x = os\n    os = x\n",
        "class A:\n    def f(self) -> 'A': pass\n",
    ] {
        assert_fine(text);
    }
}

#[test]
fn a_name_that_was_deleted_is_gone() {
    for text in [
        "import os\ndel os\nos\n",
        "import os\ndef f(): os\ndel os\n",
        "def f():\n    import os\n    del os\n    os\n",
    ] {
        let said = new("", text);
        assert_eq!(
            said.as_deref(),
            Some("the name `os` would be used after its `del`"),
            "{text}"
        );
    }
    for text in [
        "import os\nos\ndel os\n",
        "import os\ndel os\nimport os\nos\n",
        "import os\nif os:\n    del os\nos\n",
        "for os in ():\n    os\ndel os\n",
    ] {
        assert_fine(text);
    }
}

#[test]
fn what_python_means_by_a_name_is_bound() {
    for text in [
        "import os.path as p, sys.x\np, sys, __name__, print\n",
        "from m import *\nanything\n",
        "class A:\n    x = 1\n    y = x\n    z: 'x'\n    def f(self): __class__\n",
        "class A:\n    a = []\n    b = [1 for _ in a]\n",
        "def f(a, *b, c=1, **d):\n    def g(): return a, b, c, d\n    return g\n",
        "def f():\n    def g():\n        nonlocal x\n        x = 2\n    x = 1\n    x\n",
        "def f():\n    global x\n    x = 1\nx\n",
        "try: pass\nexcept E as e: e\n"
            .replace('E', "OSError")
            .as_str(),
        "match 1:\n    case [a, *b]: a, b\n    case {'k': c, **d}: c, d\n    case int() as e: e\n",
        "with open(1) as (a, b): a, b\n",
        "[y for x in () if (y := x)]\ny\n",
        "def f[T: 'T'](a: T) -> T:\n    T\nclass A[T](list[T]):\n    x: T\n    def f(self) -> T: T\ntype X[T] = T | Y\nY = 1\n",
        "from typing import Literal, Annotated\nx: Literal['a', 'b']\ny: Annotated[int, 'note', print('c')]\n",
    ] {
        assert_fine(text);
    }
}

#[test]
fn what_was_loose_before_may_stay_so() {
    assert_eq!(new("_('a')\n", "_('a')\n_('b')\n"), None);
    assert_eq!(new("def f(): a\n", "def f(): a\nclass A:\n    a\n"), None);
    assert_eq!(
        new(
            "a\n",
            "if TYPE_CHECKING:\n    import a\na\nTYPE_CHECKING = 1\n"
                .replace("TYPE_CHECKING = 1\n", "")
                .as_str()
        ),
        Some("nothing would bind the name `TYPE_CHECKING`".to_owned())
    );
    // In the same scopes, another name of the same spelling.
    let before = "def f(): a\ndef g(a): a\n";
    let said = new(before, "def f(): a\ndef g(b): a\n");
    assert_eq!(said.as_deref(), Some("nothing would bind the name `a`"));
}
