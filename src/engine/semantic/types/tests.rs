//! Types of the values that `shown(...)` is given, and why they are believed.

use camino::Utf8PathBuf;
use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, PythonVersion};

use super::{Annotated, Declared, Provenance};
use crate::semantic::{Names, Semantics};
use crate::source::SizeLimit;

#[derive(Default)]
struct Shown<'a> {
    found: Vec<&'a Expr>,
}

impl<'a> Visitor<'a> for Shown<'a> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(call) if matches!(&*call.func, Expr::Name(name) if name.id == "shown") => {
                self.found.extend(&call.arguments.args);
            }
            _ => walk_expr(self, expr),
        }
    }
}

/// One line for each value: what `tell` says of it.
fn told(files: &[(&str, &str)], tell: impl Fn(&Names<'_>, &Expr) -> String) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let root = Utf8PathBuf::from_path_buf(folder.path().canonicalize().unwrap()).unwrap();
    for (path, text) in files {
        std::fs::write(root.join(path), text).unwrap();
    }
    let semantics = Semantics::new(&root, vec![root.clone()], None, SizeLimit::default());
    let main = root.join("main.py");
    let text = std::fs::read_to_string(&main).unwrap();
    let parsed = semantics.parse(&main, &text, PythonVersion::PY310).unwrap();
    let mut shown = Shown::default();
    shown.visit_body(parsed.syntax.suite());
    let told = shown.found.into_iter();
    told.map(|expr| tell(&parsed.names, expr)).collect()
}

/// `str: inferred`
fn facts(files: &[(&str, &str)]) -> Vec<String> {
    told(files, |names, expr| {
        let fact = names.type_of(expr);
        let why = match fact.provenance {
            Provenance::Inferred => "inferred".to_owned(),
            Provenance::Typeshed => "typeshed".to_owned(),
            Provenance::Unknown => "unknown".to_owned(),
            Provenance::Annotated { what, name } => {
                let what = match what {
                    Annotated::Parameter => "parameter",
                    Annotated::Variable => "variable",
                    Annotated::Attribute => "attribute",
                    Annotated::Return => "return",
                };
                format!("{what} {name}")
            }
        };
        format!("{}: {why}", fact.kind)
    })
}

fn main(text: &str) -> Vec<String> {
    facts(&[("main.py", text)])
}

#[test]
fn literals_and_operators_show_themselves() {
    let shown = main(
        "n = 3\nshown(1, 1.5, 'a', b'b', True, None, [1, 2], {'a': 1}, n + 1, n / 2, n > 1, not n, f'{n}', (1, 'a'), [])\n",
    );
    let expected = [
        "int: inferred",
        "float: inferred",
        "str: inferred",
        "bytes: inferred",
        "bool: inferred",
        "None: inferred",
        "list[int]: inferred",
        "dict[str, int]: inferred",
        "int: inferred",
        "float: inferred",
        "bool: inferred",
        "bool: inferred",
        "str: inferred",
        "tuple[int | str, ...]: inferred",
    ];
    assert_eq!(shown[..expected.len()], expected);
}

#[test]
fn signatures_of_the_standard_library_are_exact() {
    let shown = main(concat!(
        "import json, math, os, statistics, time\n",
        "from datetime import datetime\n",
        "shown(time.time(), datetime.now().isoformat(), datetime.now(), len('a'), math.sqrt(2), json.dumps({}))\n",
        "shown('a'.upper(), 'a,b'.split(','), os.getpid(), str(1), int('1'), sorted(['b']), json.loads('1'))\n",
        "shown(statistics.mean([1, 2]))\n",
    ));
    let expected = [
        "float: typeshed",
        "str: typeshed",
        "datetime.datetime: typeshed",
        "int: typeshed",
        "float: typeshed",
        "str: typeshed",
        "str: typeshed",
        "list[str]: typeshed",
        "int: typeshed",
        "str: inferred",
        "int: inferred",
        "list[str]: typeshed",
        "unknown: unknown",
    ];
    assert_eq!(shown[..expected.len()], expected);
    assert!(
        !shown[13].ends_with("typeshed") && !shown[13].ends_with("inferred"),
        "{}",
        shown[13]
    );
}

#[test]
fn an_annotation_is_a_promise() {
    let shown = main(concat!(
        "limit: int\n",
        "def f(a: int, b: float, c: str | None, d):\n",
        "    shown(a, b, c, d, a + 1, limit)\n",
        "    if c is not None:\n",
        "        shown(c)\n",
        "    a = d\n",
        "    shown(a)\n",
    ));
    assert_eq!(
        shown,
        [
            "int: parameter a",
            "int | float: parameter b",
            "str | None: parameter c",
            "unknown: unknown",
            "int: parameter a",
            "int: unknown",
            "str: parameter c",
            "unknown: unknown",
        ]
    );
}

#[test]
fn functions_of_the_project_show_what_they_return() {
    let shown = facts(&[
        (
            "main.py",
            concat!(
                "from other import made, promised, User, kept, later, NAME\n",
                "shown(made(), promised(), kept(), User(), NAME)\n",
                "async def f():\n    shown(await later())\n",
            ),
        ),
        (
            "other.py",
            concat!(
                "NAME = 'x'\n",
                "class User: ...\n",
                "class Admin(User): ...\n",
                "def made():\n    return User()\n",
                "def promised() -> User:\n    return Admin()\n",
                "def kept() -> User:\n    return User()\n",
                "async def later():\n    return 1\n",
            ),
        ),
    ]);
    assert_eq!(
        shown,
        [
            "other.User: inferred",
            "other.User: return promised",
            "other.User: inferred",
            "other.User: inferred",
            "str: inferred",
            "int: inferred",
        ]
    );
}

#[test]
fn what_cannot_be_known_is_unknown() {
    let shown = main(concat!(
        "import requests\n",
        "def f(x):\n    return x\n",
        "class A:\n    def __init__(self, n):\n        self.n = n\n        self.m: int = n\n",
        "a = A(1)\n",
        "shown(requests.get('u'), f(1), a.n, a.m, missing)\n",
        "count = 0\n",
        "def more():\n    global count\n    count += 1\n    shown(count)\n",
    ));
    assert_eq!(shown[0], "unknown: unknown");
    assert!(shown[1].ends_with(": unknown"), "{}", shown[1]);
    assert!(shown[2].ends_with(": unknown"), "{}", shown[2]);
    assert_eq!(shown[3], "int: attribute m");
    assert_eq!(shown[4], "unknown: unknown");
}

/// What plain words say: `Store`, `=str` for a class of a library, `open()` for what a call of it gives, `-` for what has
/// no class, `?` where types have to be asked.
fn declared(text: &str) -> String {
    let shown = told(&[("main.py", text)], |names, expr| {
        let Some(found) = names.declared(expr) else {
            return "?".to_owned();
        };
        let found = found.iter().map(|one| match one {
            Declared::Own(class) => class.name().unwrap_or_default(),
            Declared::Outside(name) => format!("={name}"),
            Declared::MadeBy(name) => format!("{name}()"),
            Declared::Other => "-".to_owned(),
        });
        let found: Vec<String> = found.collect();
        found.join("|")
    });
    shown.join(" ")
}

#[test]
fn plain_words_say_what_a_value_is() {
    let text = concat!(
        "import logging\n",
        "import vendor\n",
        "from typing import Annotated, Callable, Optional, Type\n",
        "from functools import cache\n",
        "class Base:\n    size: Optional['Base'] = None\n    log: logging.Logger\n",
        "class Store(Base):\n    def f(self):\n        shown(self.log, self.size, self.other, self)\n",
        "    def g(self) -> str: ...\n    def h(self): return shown(self.g(), self.h(), self.i())\n",
        "@cache\ndef made() -> Store: ...\n",
        "def open_store(): ...\n",
        "store = Store()\n",
        "def g(a: Store, b: 'Store', c: Annotated[Store, 1], d: str | None, e, f=3, h=store, i: Type[Store] = Store,\n",
        "      j: Callable[[], int] = int, k: vendor.Session = None, *args):\n",
        "    shown(a, b, c, d, e, f, h, i, j, k, args)\n",
        "    local = Store()\n    shown(local, made(), open_store(), vendor.get(), open('x'), next(a), [a], a or local)\n",
        "shown(store, Store, made, 'x', f'{store}', logging)\n",
    );
    assert_eq!(
        declared(text),
        "=logging.Logger ? ? - =builtins.str ? ? Store ? Store =builtins.str|- - - ? Store =typing.Callable =vendor.Session ? Store Store ? \
         vendor.get() builtins.open() ? =builtins.list Store|Store Store Store - - =builtins.str -"
    );
}

/// What a test tells of a value, what is bound twice, and what makes other things than instances, types have to tell.
#[test]
fn plain_words_do_not_say_everything() {
    let text = concat!(
        "import copy\n",
        "from typing import Protocol, TypedDict\n",
        "class Store: ...\n",
        "class Meta(type): ...\n",
        "class Odd(metaclass=Meta): ...\n",
        "class New:\n    def __new__(cls): return Store()\n",
        "class Shape(Protocol): ...\n",
        "class Row(TypedDict): ...\n",
        "Alias = Store | None\n",
        "def f(a: object, b: Shape, c: Row, d: Alias, e: Store):\n",
        "    shown(a, b, c, d)\n",
        "    if isinstance(e, Odd):\n        shown(e)\n",
        "    g = Store()\n    g = Odd()\n    shown(g, Odd(), New(), copy.copy(g))\n",
        "    for h in [e]:\n        shown(h)\n",
        "    with e as i:\n        shown(i)\n",
        "    j, k = e, e\n    shown(j)\n",
        // What comes first may be in a class that nobody knows.
        "import vendor\n",
        "class Named:\n    name: str\n    def get(self) -> str: ...\n",
        "class Mixed(vendor.Mixin, Named):\n    def f(self): shown(self.name, self.get())\n",
        "class Hidden:\n    name = vendor.get()\n",
        "class Both(Hidden, Named):\n    def f(self): shown(self.name, self.get())\n",
    );
    assert_eq!(
        declared(text),
        "? ? ? ? ? ? ? ? ? ? ? ? ? ? ? =builtins.str"
    );
}
