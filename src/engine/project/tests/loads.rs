//! What modules load when they are imported, and the cycles in that.

use ruff_text_size::TextSize;

use super::tree;

/// Modules `b` to `f`, for `a` to import.
fn loads_of(text: &str) -> Vec<String> {
    let mut files = vec![("a.py", text)];
    files.extend(["b.py", "c.py", "d.py", "e.py", "f.py"].map(|path| (path, "")));
    tree(&files).loads("a.py")
}

#[test]
fn type_checking_blocks() {
    let text = "\
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    import b
else:
    import c
if not TYPE_CHECKING:
    import d
else:
    import e
if TYPE_CHECKING and x:
    import f
";
    assert_eq!(
        loads_of(text),
        [
            "3 TypeChecking b.py",
            "5 Conditional c.py",
            "7 Conditional d.py",
            "9 TypeChecking e.py",
            "11 TypeChecking f.py",
        ]
    );
}

#[test]
fn conditions_classes_and_the_main_guard() {
    let text = "\
try:
    import b
except ImportError:
    import c
class A:
    import d
if __name__ == '__main__':
    import e
if __name__ != '__main__':
    import f
";
    assert_eq!(
        loads_of(text),
        [
            "2 Conditional b.py",
            "4 Conditional c.py",
            "6 Always d.py",
            "10 Conditional f.py"
        ]
    );
    // A handler that raises guards nothing.
    let text = "\
try:
    import b
except ImportError as error:
    raise RuntimeError('no b') from error
finally:
    import c
with x:
    import d
def f():
    import e
";
    assert_eq!(
        loads_of(text),
        ["2 Always b.py", "6 Always c.py", "8 Conditional d.py"]
    );
}

#[test]
fn imports_by_strings() {
    let tree = tree(&[
        (
            "app/__init__.py",
            "from importlib import import_module as load\nload('.b', __name__)\n",
        ),
        (
            "app/b.py",
            "import importlib\nx = importlib.import_module('app.c')\n",
        ),
        ("app/c.py", "__import__('app.d')\n"),
        ("app/d.py", ""),
        (
            "app/plugins/__init__.py",
            "import importlib\nfor n in NAMES:\n    importlib.import_module(n)\n",
        ),
        ("app/plugins/one.py", ""),
        ("app/plugins/two/__init__.py", ""),
        (
            "main.py",
            "import importlib\nfor n in NAMES:\n    importlib.import_module(f'app.plugins.{n}')\n",
        ),
        (
            "other.py",
            "import importlib\nimportlib.import_module(NAME)\n",
        ),
        (
            "late.py",
            "import importlib\ndef f():\n    importlib.import_module('app.' + NAME)\nf()\n",
        ),
    ]);
    assert_eq!(tree.loads("app/__init__.py"), ["2 Always app/b.py"]);
    assert_eq!(tree.loads("app/b.py"), ["2 Always app/c.py"]);
    assert_eq!(tree.loads("app/c.py"), ["1 Always app/d.py"]);
    let both = ["app/plugins/one.py", "app/plugins/two/__init__.py"];
    let want = both.map(|path| format!("3 Computed {path}"));
    assert_eq!(tree.loads("app/plugins/__init__.py"), want);
    assert_eq!(tree.loads("main.py"), want);
    assert!(tree.loads("other.py").is_empty());
    assert_eq!(tree.project.dynamic_import(tree.id("other.py")), Some(2));
    let late = tree.loads("late.py");
    assert!(late.contains(&"4 Call app/c.py".to_owned()), "{late:?}");
}

#[test]
fn cycles_through_packages() {
    let tree = tree(&[
        ("a/__init__.py", "from a.core import x\n"),
        ("a/core.py", "import b.deep\n"),
        ("b/__init__.py", "import a.core\n"),
        ("b/deep.py", ""),
    ]);
    assert_eq!(tree.cycles(), ["a/__init__.py a/core.py b/__init__.py"]);
    assert_eq!(
        tree.loads("a/core.py"),
        ["1 Always b/deep.py", "1 Parent b/__init__.py"]
    );
}

/// A main module that makes an application while it is imported, and a function somewhere that imports `late`.
fn by_call(main: &str, factory: &str) -> bool {
    let tree = tree(&[
        ("app/__init__.py", ""),
        ("app/late.py", "import main\n"),
        ("app/factory.py", factory),
        (
            "app/again.py",
            "from app.factory import create as make\nfrom .factory import *\n",
        ),
        ("main.py", main),
    ]);
    let cycles = tree.cycles();
    let has_both = |cycle: &String| cycle.contains("late.py") && cycle.contains("main.py");
    cycles.iter().any(has_both)
        && tree
            .loads("main.py")
            .iter()
            .any(|one| one.contains("Call app/late.py"))
}

#[test]
fn cycles_through_calls() {
    let function = "def create():\n    from app import late\n";
    for main in [
        "from app.factory import create\napp = create()\n",
        "from app.factory import create as c\nc()\n",
        "import app.factory\napp.factory.create()\n",
        "from app import factory as f\nx = [f.create() for _ in y]\n",
        "from app.again import make\nmake()\n",
        "from app.again import create\ncreate()\n",
        "from app.factory import create\n@create\ndef f(): pass\n",
        "from app.factory import create\n@create()\ndef f(): pass\n",
        "from app.factory import create\nclass A:\n    x = create()\n",
        "from app.factory import create\ndef f(x=create()): pass\n",
        "from app.factory import create\ndef g():\n    create()\ng()\n",
        "def g():\n    from app.factory import create\n    create()\ng()\n",
        "from functools import partial\nfrom app.factory import create\nmake = partial(create)\nmake()\n",
        "from app.factory import create\nmake = create\nmake()\n",
        "from app.factory import create\nMAKERS = {'a': create}\nMAKERS['a']()\n",
        "from app.factory import create\nmake = lambda: create()\nmake()\n",
        "try:\n    from app.factory import create\nexcept ImportError:\n    from fast import create\ncreate()\n",
        "from app.factory import create\ntry:\n    x = 1\nexcept Exception:\n    create()\n",
        "from app.factory import create\nif x:\n    pass\nelse:\n    create()\n",
        "from importlib import import_module\nf = import_module('app.factory')\nf.create()\n",
    ] {
        assert!(by_call(main, function), "{main}");
    }
    // Nothing runs.
    for main in [
        "from app.factory import create\ndef f():\n    create()\n",
        "from app.factory import create\nif __name__ == '__main__':\n    create()\n",
        "from app.factory import create\nf = lambda: create()\n",
    ] {
        assert!(!by_call(main, function), "{main}");
    }
}

#[test]
fn cycles_through_classes() {
    let class = "class App:\n    def __init__(self):\n        self.run()\n    def run(self):\n        from app import late\nclass Sub(App):\n    pass\napp = App()\n";
    for main in [
        "from app.factory import App\nApp().run()\n",
        "from app.factory import App\nx = App()\nx.run()\n",
        "from app.factory import app\napp.run()\n",
        "from app.factory import app\n@app.route('/')\ndef f(): pass\n",
        "from app.factory import app\n@app\ndef f(): pass\n",
        "from app.factory import App\nApp.run(None)\n",
        "from app.factory import Sub\nSub()\n",
    ] {
        assert!(by_call(main, class), "{main}");
    }
    let hook = "class Base:\n    def __init_subclass__(cls):\n        import app.late\nclass Other(Base): pass\n";
    assert!(by_call(
        "from app.factory import Base\nclass A(Base): pass\n",
        hook
    ));
    assert!(by_call(
        "from app.factory import Other\nclass A(Other): pass\n",
        hook
    ));
    // Making an instance runs `__init__` and what that calls, here or in a class derived from it; nothing else.
    let made = |class: &str| by_call("from app.factory import B\nx = B()\n", class);
    assert!(made(
        "class A:\n    def __init__(self):\n        self.late()\nclass B(A):\n    def late(self):\n        import app.late\n"
    ));
    assert!(made(
        "class A:\n    def late(self):\n        import app.late\nclass B:\n    def __init__(self):\n        self.a = A()\n        self.a.late()\n"
    ));
    assert!(!made(
        "class B:\n    def __init__(self): ...\n    def late(self):\n        import app.late\n"
    ));
    let method = "class Base:\n    def late(self):\n        import app.late\n";
    assert!(!by_call(
        "from app.factory import Base\nclass A(Base): pass\n",
        method
    ));
    let init = "class Base:\n    def __init__(self):\n        import app.late\n";
    assert!(!by_call(
        "from app.factory import Base\nclass A(Base): pass\n",
        init
    ));
    assert!(by_call(
        "from app.factory import Base\nclass A(Base): pass\nA()\n",
        init
    ));
    let meta = "class Meta(type):\n    def __new__(cls, *a):\n        import app.late\n";
    assert!(by_call(
        "from app.factory import Meta\nclass A(metaclass=Meta): pass\n",
        meta
    ));
}

#[test]
fn names_that_a_package_loads_when_asked() {
    let lazy = "def __getattr__(name):\n    from app import late\n    return late\n";
    assert!(by_call("from app.factory import thing\n", lazy));
    let tree = tree(&[
        (
            "pkg/__init__.py",
            "__all__ = ['one', 'Two']\nclass Two: pass\n",
        ),
        ("pkg/one.py", ""),
        ("main.py", "from pkg import *\n"),
    ]);
    assert_eq!(
        tree.loads("main.py"),
        ["1 Always pkg/__init__.py", "1 Always pkg/one.py"]
    );
}

#[test]
fn a_call_of_itself_ends() {
    let tree = tree(&[
        (
            "a.py",
            "from b import g\ndef f():\n    import c\n    g()\nf()\n",
        ),
        ("b.py", "def g():\n    from a import f\n    f()\n"),
        (
            "c.py",
            "from c import x\ndef __getattr__(n):\n    from c import y\n",
        ),
    ]);
    assert!(tree.loads("a.py").iter().any(|one| one == "5 Call c.py"));
}

/// Names that stand for each other, values that are made of each other.
#[test]
fn circles_of_names_end() {
    let tree = tree(&[
        ("pkg/__init__.py", "from .b import b\nfrom pkg.b import *\n"),
        (
            "pkg/b.py",
            "from pkg import b\nfrom pkg import *\nx = x.y\ny = x.run\nx.go()\n@y.a.b\ndef f(): ...\n",
        ),
        (
            "main.py",
            "from pkg import b, c\nb.b.c.d()\nc.d.e()\nimport pkg\npkg.b.b.b.q()\n",
        ),
    ]);
    assert_eq!(tree.loads("main.py").len(), 2);
    assert!(tree.project.replaced(&[], "x", "y").is_none());
    let main = tree.id("main.py");
    assert!(
        tree.project
            .impurity(main, &crate::project::PurityRules::default())
            .is_some()
    );
}

#[test]
fn loaded_by_the_time() {
    let text = "import b\ntry:\n    import c\nexcept ImportError:\n    pass\nimport d\n";
    let tree = tree(&[
        ("pkg/__init__.py", ""),
        ("pkg/a.py", text),
        ("b.py", "import e\n"),
        ("c.py", ""),
        ("d.py", ""),
        ("e.py", "def f():\n    import c\n"),
    ]);
    let until = |at: &str| {
        let at = TextSize::try_from(text.find(at).unwrap()).unwrap();
        let loaded = tree.project.loaded_before(tree.id("pkg/a.py"), at);
        tree.files(&loaded.iter().collect::<Vec<_>>())
    };
    assert_eq!(until("import b"), ["pkg/__init__.py"]);
    assert_eq!(until("import d"), ["b.py", "e.py", "pkg/__init__.py"]);
}

#[test]
fn needs_are_what_nothing_guards() {
    let text = "\
import redis
try:
    import orjson
except ImportError:
    orjson = None
try:
    import ujson
except ImportError:
    raise SystemExit('no ujson')
import json, a
if x:
    import boto3
from sqlalchemy.orm import Session
";
    let tree = tree(&[("a.py", text)]);
    let needs = tree.project.needs(tree.id("a.py"));
    let needs: Vec<_> = needs
        .iter()
        .map(|need| (need.line, need.import.as_str()))
        .collect();
    assert_eq!(needs, [(1, "redis"), (7, "ujson"), (13, "sqlalchemy.orm")]);
}

/// What a call is given, it may call.
#[test]
fn what_is_passed_may_be_called() {
    let models = "def get(): ...\n";
    let create = "def create(x=0):\n    if 1:\n        from pk import models\n";
    for use_of_it in [
        "app = list(map(create, [1]))\n",
        "import threading\nt = threading.Thread(target=create)\n",
        "import functools\napp = functools.partial(create)()\n",
        "app = (lambda: create())()\n",
        "import sys\napp = getattr(sys.modules[__name__], 'create')()\n",
        "def deco(f): return f\n@deco(create)\ndef app(): ...\n",
    ] {
        let main = format!("{create}{use_of_it}");
        let tree = tree(&[
            ("pk/__init__.py", ""),
            ("pk/models.py", models),
            ("pk/main.py", &main),
        ]);
        let loads = tree.project.loads(tree.id("pk/main.py"));
        let to = tree.id("pk/models.py");
        assert!(loads.iter().any(|one| one.to == to), "{main}");
    }
    let tree = tree(&[
        ("pk/__init__.py", ""),
        ("pk/models.py", models),
        ("pk/fact.py", create),
        ("pk/main.py", "from pk.fact import *\napp = create()\n"),
    ]);
    let loads = tree.project.loads(tree.id("pk/main.py"));
    let to = tree.id("pk/models.py");
    assert!(loads.iter().any(|one| one.to == to));
}
