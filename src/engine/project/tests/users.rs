//! Who uses what a module defines, and which modules and functions lead to an exception.

use super::super::{Goal, Spread};
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

/// `app.py:make` for all that is to be looked at.
fn asked(tree: &Tree, spread: &mut Spread) -> Vec<String> {
    let tasks = spread.tasks().into_iter();
    let shown = tasks.flat_map(|(module, paths)| {
        let file = tree.project.file(module);
        paths.into_iter().map(move |path| format!("{file}:{path}"))
    });
    shown.collect()
}

#[test]
fn functions_are_asked_by_what_they_raise_and_call() {
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
    let mut spread = tree.project.spread(&goal());
    let first = asked(&tree, &mut spread);
    assert_eq!(first, ["app.py:Store.__init__", "app.py:unknown"]);
    let app = tree.id("app.py");
    assert!(!spread.has_method(app, "__init__"));
    spread.found(&tree.project, app, "Store.__init__");
    assert_eq!(asked(&tree, &mut spread), ["app.py:make"]);
    assert!(spread.has_method(app, "__init__"));
    assert!(asked(&tree, &mut spread).is_empty());
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
        ("apart.py", "import errors\ndef h(d): d.load()\n"),
    ]);
    let mut spread = tree.project.spread(&goal());
    spread.tasks();
    let views = tree.id("views.py");
    spread.found(&tree.project, views, "get");
    assert_eq!(asked(&tree, &mut spread), ["app.py:g"]);
    // A module that cannot get to the class has no value of it.
    spread.found(&tree.project, views, "Store.load");
    assert_eq!(asked(&tree, &mut spread), ["app.py:h"]);
    let leads =
        ["app.py", "apart.py"].map(|at| spread.may_get_to(&tree.project, tree.id(at), "load"));
    assert_eq!(leads, [true, false]);
}

#[test]
fn a_subclass_elsewhere_is_reached_through_its_base() {
    let tree = tree(&[
        ("errors.py", ERRORS),
        (
            "base.py",
            "class Base:\n    def run(self): self.step()\n    def step(self): pass\n",
        ),
        (
            "sub.py",
            "from base import Base\nfrom errors import NotFound\n\
             class Sub(Base):\n    def step(self): raise NotFound\n",
        ),
    ]);
    let mut spread = tree.project.spread(&goal());
    assert_eq!(asked(&tree, &mut spread), ["sub.py:Sub.step"]);
    spread.found(&tree.project, tree.id("sub.py"), "Sub.step");
    assert_eq!(asked(&tree, &mut spread), ["base.py:Base.run"]);
}

#[test]
fn other_names_are_followed_and_decorators_reach_their_wearers() {
    let tree = tree(&[
        ("errors.py", ERRORS),
        (
            "app.py",
            "import errors\n\
             class Check:\n    def __call__(self): raise errors.NotFound\n\
             check = Check()\n\
             def f(): check()\n\
             def deco(f):\n    def inner(): return f()\n    return inner\n\
             @deco\ndef worn(): pass\n\
             def g(): worn()\n",
        ),
    ]);
    let mut spread = tree.project.spread(&goal());
    spread.tasks();
    let app = tree.id("app.py");
    spread.found(&tree.project, app, "Check.__call__");
    assert_eq!(asked(&tree, &mut spread), ["app.py:", "app.py:f"]);
    spread.worn(&tree.project, app, "deco");
    let then = asked(&tree, &mut spread);
    assert_eq!(then, ["app.py:deco", "app.py:g"]);
    assert!(spread.concerns(app));
}
