//! Who uses what a module defines, and which modules and functions lead to an exception.

use super::super::Goal;
use super::{Tree, tree};

const ERRORS: &str = "from fastapi import HTTPException\nclass NotFound(HTTPException): pass\n";

fn goal() -> Goal {
    Goal {
        packages: vec!["fastapi".to_owned()],
        names: vec!["HTTPException".to_owned()],
        modules: Vec::new(),
    }
}

fn paths(tree: &Tree, users: &[(super::ModuleId, String)]) -> Vec<String> {
    let one = |(module, path): &(super::ModuleId, String)| {
        format!("{}:{path}", tree.project.file(*module))
    };
    users.iter().map(one).collect()
}

#[test]
fn dependencies_are_found_behind_imports_and_annotations() {
    let tree = tree(&[
        (
            "deps.py",
            "def a(): yield\ndef b(): yield\ndef c(): yield\n",
        ),
        (
            "main.py",
            "import deps\nfrom deps import b as other\nfrom fastapi import Depends\n\
             def f(x=Depends(deps.a), y: Annotated[int, Depends(other)] = 1, z=deps.c()): pass\n",
        ),
    ]);
    let deps = tree.id("deps.py");
    let given = ["a", "b", "c"].map(|name| tree.project.is_dependency(deps, name));
    assert_eq!(given, [true, true, false]);
}

#[test]
fn something_else_called_depends_is_none() {
    let tree = tree(&[(
        "m.py",
        "from mine import Depends\ndef a(): yield\nDepends(a)\n",
    )]);
    assert!(!tree.project.is_dependency(tree.id("m.py"), "a"));
}

#[test]
fn wearers_and_subclasses_are_found_in_other_modules() {
    let tree = tree(&[
        ("base.py", "def deco(f): return f\nclass Base: pass\n"),
        (
            "user.py",
            "import base\nclass Sub(base.Base):\n    @base.deco\n    def run(self): pass\n\
             @base.deco\ndef go(): pass\n",
        ),
    ]);
    let base = tree.id("base.py");
    let wearers = tree.project.wearers(base, "deco");
    assert_eq!(paths(&tree, wearers), ["user.py:Sub.run", "user.py:go"]);
    let subclasses = tree.project.subclasses(base, "Base");
    assert_eq!(paths(&tree, subclasses), ["user.py:Sub"]);
}

#[test]
fn modules_lead_by_imports_subclasses_and_decorators() {
    let tree = tree(&[
        ("errors.py", ERRORS),
        ("late.py", "def f():\n    import errors\n"),
        ("far.py", "import late\n"),
        (
            "plain.py",
            "from fastapi import APIRouter\nclass Base: pass\n",
        ),
        (
            "sub.py",
            "from plain import Base\nimport errors\nclass Sub(Base): pass\n",
        ),
        ("cold.py", "import json\n"),
    ]);
    let leaders = tree.project.leading_to(&goal());
    let leads = |path: &str| leaders.contains(tree.id(path));
    let files = [
        "errors.py",
        "late.py",
        "far.py",
        "sub.py",
        "plain.py",
        "cold.py",
    ];
    assert_eq!(files.map(leads), [true, true, true, true, true, false]);
}

#[test]
fn functions_lead_by_what_they_raise_and_call() {
    let tree = tree(&[
        ("errors.py", ERRORS),
        (
            "app.py",
            "from errors import NotFound\n\
             class Store:\n    def __init__(self): raise NotFound\n    def load(self): self.find()\n\
             \x20   def find(self): raise ValueError\n\
             class Sub(Store): pass\n\
             def make(): return Sub()\n\
             def plain():\n    try:\n        f()\n    except KeyError as e:\n        raise e\n\
             def unknown(x): raise x\n",
        ),
    ]);
    let leaders = tree.project.leading_to(&goal());
    let leads = ["make", "unknown", "plain", "__init__"].map(|name| leaders.has_function(name));
    assert_eq!(leads, [true, true, false, false]);
    let leads = ["__init__", "load", "find", "make"].map(|name| leaders.has_method(name));
    assert_eq!(leads, [true, false, false, false]);
}

#[test]
fn a_value_has_methods_and_no_functions_of_modules() {
    let tree = tree(&[
        ("errors.py", ERRORS),
        (
            "app.py",
            "import errors, views\n\
             def f(d): d.get()\n\
             def g(): views.get()\n\
             def h(d): d.load()\n",
        ),
        (
            "views.py",
            "from errors import NotFound\ndef get(): raise NotFound\n\
             class Store:\n    def load(self): raise NotFound\n",
        ),
    ]);
    let leaders = tree.project.leading_to(&goal());
    let leads = ["f", "g", "h", "get"].map(|name| leaders.has_function(name));
    assert_eq!(leads, [false, true, true, true]);
}
