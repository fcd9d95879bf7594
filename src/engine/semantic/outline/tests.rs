//! What binds a name once, and what binds it otherwise.

use ruff_python_parser::parse_module;

use ruff_text_size::TextSize;

use super::{Bound, Outline, Site};

fn bound(text: &str, name: &str) -> Bound {
    Outline::of(parse_module(text).unwrap().suite(), false).bound(name)
}

#[test]
fn one_statement_at_the_top_binds_once() {
    let once = |statement, alias| {
        Bound::Once(Site {
            statement,
            below: None,
            alias,
        })
    };
    assert_eq!(bound("from a import b, c as d\n", "d"), once(0, 1));
    assert_eq!(bound("import x\nimport a.b\n", "a"), once(1, 0));
    assert_eq!(bound("class A: pass\ndef f(): return A\n", "A"), once(0, 0));
    assert_eq!(bound("x = 1\nprint(x)\n", "x"), once(0, 0));
    assert_eq!(bound("x: int = 1\n", "x"), once(0, 0));
    assert_eq!(bound("import a\n", "b"), Bound::Never);
    assert_eq!(bound("x: int\n", "x"), Bound::Otherwise);
    let guarded = "if TYPE_CHECKING:\n    import y\n    from a import b, c\n";
    assert!(
        matches!(bound(guarded, "c"), Bound::Once(site) if (site.below, site.alias) == (Some(1), 1))
    );
    assert_eq!(
        bound(&format!("{guarded}else:\n    c = 1\n"), "b"),
        Bound::Otherwise
    );
    assert_eq!(bound("if CHECKING:\n    import b\n", "b"), Bound::Otherwise);
    assert_eq!(bound("from a import b as c\n", "b"), Bound::Never);
}

#[test]
fn whatever_binds_it_again_or_elsewhere_is_seen() {
    for again in [
        "X = 1\n",
        "import X\n",
        "import X.y\n",
        "from m import a as X\n",
        "def f(X): pass\n",
        "def f(*X): pass\n",
        "def f():\n    X = 1\n",
        "def f():\n    global X\n    X = 1\n",
        "def f():\n    import X\n",
        "class C:\n    X = 1\n",
        "class C:\n    def X(self): pass\n",
        "class C:\n    class X: pass\n",
        "y = [X for X in []]\n",
        "y = lambda X: 1\n",
        "y = (X := 1)\n",
        "for X in []: pass\n",
        "with a as X: pass\n",
        "try:\n    pass\nexcept E as X: pass\n",
        "if a:\n    from m import X\n",
        "try:\n    import X\nexcept E: pass\n",
        "del X\n",
        "X += 1\n",
        "X, y = 1, 2\n",
        "X = y = 1\n",
        "match y:\n    case X: pass\n",
        "match y:\n    case [*X]: pass\n",
        "match y:\n    case {**X}: pass\n",
        "match y:\n    case int() as X: pass\n",
        "def f[X](): pass\n",
        "class C[X]: pass\n",
        "type X = int\n",
        "type T[X] = int\n",
        "from m import *\n",
        "def f(a=(X := 1)): pass\n",
        "class C(a, b=(X := 1)): pass\n",
        "@(X := 1)\ndef f(): pass\n",
        "y: (X := int) = 1\n",
    ] {
        let text = format!("from typing import X\n{again}");
        assert_eq!(bound(&text, "X"), Bound::Otherwise, "{text}");
    }
}

#[test]
fn a_function_binds_for_itself() {
    let text = "import X\n\ndef f(X): pass\n\nclass C:\n    def X(self): pass\n\nx = X\n";
    let suite = parse_module(text).unwrap();
    let outline = Outline::of(suite.suite(), false);
    let at = |word: &str| TextSize::try_from(text.find(word).unwrap()).unwrap();
    let is_once = |bound: Bound| matches!(bound, Bound::Once(_));
    assert!(is_once(outline.bound_at("X", at("x = X"))));
    assert!(is_once(outline.bound_by_module("X")));
    assert!(!is_once(outline.bound("X")));
    assert!(!is_once(outline.bound_at("X", at("pass"))));
    assert!(!is_once(outline.bound_at("X", at("self"))));
    for text in [
        "import X\ndef f():\n    global X\n    X = 1\n",
        "import X\ndef f(a=(X := 1)): pass\n",
        "import X\ntype X = int\n",
        "import X\nif a:\n    def X(): pass\n",
        "import X\ny = [(X := 1) for z in []]\n",
    ] {
        let outline = Outline::of(parse_module(text).unwrap().suite(), false);
        assert_eq!(outline.bound_by_module("X"), Bound::Otherwise, "{text}");
    }
}

#[test]
fn a_package_binds_what_it_imports_from() {
    let text = "from .sub import a\n";
    let suite = parse_module(text).unwrap();
    let of = |is_package| Outline::of(suite.suite(), is_package).bound("sub");
    assert_eq!(of(true), Bound::Otherwise);
    assert_eq!(of(false), Bound::Never);
}

#[test]
fn the_one_function_that_binds_a_name_is_known() {
    let of = |text: &str| {
        let module = parse_module(text).unwrap();
        let outline = Outline::of(module.suite(), false);
        let at = |word: &str| TextSize::try_from(text.find(word).unwrap()).unwrap();
        let [import, read] = [at("import X"), at("(X)")];
        let binding = |at: TextSize| outline.function_binding("X", at);
        binding(import).is_some() && binding(import) == binding(read)
    };
    for text in [
        "def f():\n    import X\n    g(X)\n",
        "def f():\n    import X\n    def g():\n        h(X)\n",
        "class C:\n    def f(self):\n        import X\n        h(X)\n",
        "Y = 1\ndef f():\n    import X\n    h(X)\ndef k(X): pass\n",
        "def f():\n    import X\n    h(X)\n    y = [X for X in z]\n",
        "X = 1\ndef f():\n    import X\n    h(X)\n",
    ] {
        assert!(of(text), "{text}");
    }
    for text in [
        "def f():\n    import X\n    y = [h(X) for X in z]\n",
        "def f():\n    import X\n    y = lambda X: h(X)\n",
        "def f():\n    import X\n    def g(X):\n        h(X)\n",
        "def f():\n    import X\n    class C:\n        X = 1\n        h(X)\n",
        "class C:\n    import X\n    h(X)\n",
        "class C:\n    import X\n    def f(self):\n        h(X)\n",
        "def f():\n    global X\n    import X\n    h(X)\n",
        "def f():\n    import X\ndef k():\n    h(X)\n",
    ] {
        assert!(!of(text), "{text}");
    }
}
