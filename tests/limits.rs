//! Input that a stranger sends: too deep, too long, too much. Every run ends, nothing panics, and the file beside it is
//! mended. Sizes are such that work that grows with the square, or the stack with the input, would be noticed.

#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "outside/mod.rs"]
mod outside;
#[path = "limits/stars.rs"]
mod stars;

use std::fmt::Write;

use outside::{Project, Said};

const GOOD: &str = "import os\nfrom typing import Optional\n\ngood: Optional[str] = os.sep\n";
const HEAD: &str = "from typing import Optional\nx: Optional[int] = 1\n";

/// Run codemend over `files` and a healthy one. The time is only there to end what hangs.
fn run(files: &[(&str, String)]) -> Said {
    let project = Project::of(files);
    project.write("good.py", GOOD);
    let said = project.shell("timeout -s KILL 60 codemend --unsafe-fixes .");
    assert!(!said.err.contains("panicked"), "{}", said.err);
    assert!(!said.err.contains("fault of codemend"), "{}", said.err);
    assert!(
        said.out.contains("+good: str | None = os.sep\n"),
        "{:?} {}",
        said.code,
        said.err
    );
    said
}

/// The same, and there is no problem. Gives the lines that are added.
fn mended(files: &[(&str, String)]) -> usize {
    let said = run(files);
    assert_eq!(said.code, Some(0), "{}", said.err);
    said.out.matches("\n+").count() - said.out.matches("\n+++ ").count()
}

/// `count` lines, the numbers in them counted up.
fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect()
}

/// `start`, each line of it one level deeper than the one before.
fn indented(levels: usize, start: &str) -> String {
    let levels_of = |level: usize| " ".repeat(level) + start + "\n";
    HEAD.to_owned() + &lines(levels, levels_of) + &" ".repeat(levels) + "pass\n"
}

/// A value that is `open` over and over, then `1`, then as many times `close`.
fn nested(open: &str, close: &str, times: usize) -> String {
    format!("{HEAD}y = {}1{}\n", open.repeat(times), close.repeat(times))
}

#[test]
fn what_no_python_reads_is_left_alone() {
    let files = [
        ("parentheses.py", nested("(", ")", 100_000)),
        ("lists.py", nested("[", "]", 100_000)),
        ("dicts.py", nested("{1: ", "}", 100_000)),
        ("calls.py", nested("f(", ")", 100_000)),
        ("subscripts.py", nested("f[", "]", 100_000)),
        ("open.py", nested("(", "", 100_000)),
        ("chain.py", format!("{HEAD}y = a{}\n", "()".repeat(100_000))),
        ("lambdas.py", nested("lambda: ", "", 100_000)),
        ("conditions.py", nested("1 if b else ", "", 100_000)),
        ("not.py", nested("not ", "", 100_000)),
        ("minus.py", nested("-", "", 100_000)),
        ("power.py", nested("2 ** ", "", 100_000)),
        ("sums.py", nested("1 + ", "", 100_000)),
        ("continued.py", nested("1 + \\\n", "", 100_000)),
        ("strings.py", nested("'a' + ", "", 100_000)),
        ("formats.py", nested("f'{", "}'", 10_000)),
        ("comprehensions.py", nested("[x for x in ", "]", 10_000)),
        ("awaits.py", nested("(await ", ")", 10_000)),
        ("if.py", indented(1_000, "if a:")),
        ("for.py", indented(1_000, "for a in b:")),
        ("def.py", indented(1_000, "def f():")),
        ("class.py", indented(1_000, "class C:")),
        ("with.py", indented(1_000, "with a:")),
    ];
    let said = run(&files);
    assert_eq!(said.code, Some(2), "{}", said.err);
    let errors: Vec<_> = said.errors("error: ").collect();
    assert_eq!(errors.len(), files.len(), "{errors:#?}");
    let known = |line: &&str| line.contains("syntax error: ");
    assert!(errors.iter().all(known), "{errors:#?}");
}

#[test]
fn what_branches_too_often_is_left_alone() {
    let case = |n: usize| format!("    case {n}:\n        pass\n");
    let files = [
        ("and.py", nested("a and ", "", 1_000)),
        ("or.py", nested("(a)or", "", 1_000)),
        (
            "elif.py",
            format!("{HEAD}if a:\n  b\n{}", "elif a:\n  b\n".repeat(10_000)),
        ),
        (
            "case.py",
            format!("{HEAD}match a:\n{}", lines(10_000, case)),
        ),
        (
            "with.py",
            format!("{HEAD}with {}a:\n  pass\n", "a, ".repeat(10_000)),
        ),
        (
            "attributes.py",
            format!("{HEAD}y = a{}\n", ".b".repeat(2_900)),
        ),
    ];
    let said = run(&files);
    assert_eq!(said.code, Some(2), "{}", said.err);
    let errors: Vec<_> = said.errors("error: ").collect();
    let known = |line: &&str| line.ends_with("branches too often to be analysed; left alone");
    assert!(
        errors.len() == files.len() && errors.iter().all(known),
        "{errors:#?}"
    );
}

#[test]
fn what_is_deep_but_python_is_mended() {
    let files = [
        ("brackets.py", nested("(", ")", 190)),
        ("sums.py", nested("1 + ", "", 1_500)),
        ("and.py", nested("a and ", "", 100)),
        ("levels.py", indented(98, "if a:")),
        (
            "elif.py",
            format!("{HEAD}if a:\n  b\n{}", "elif a:\n  b\n".repeat(500)),
        ),
        (
            "decorators.py",
            format!("{HEAD}{}def f(): pass\n", "@a\n".repeat(10_000)),
        ),
        (
            "strings.py",
            format!("{HEAD}y = (\n{})\n", "'a'\n".repeat(20_000)),
        ),
        (
            "handlers.py",
            format!("{HEAD}try: a\n{}", "except A: b\n".repeat(10_000)),
        ),
    ];
    // Each its annotation, and that of the healthy file.
    assert_eq!(mended(&files), files.len() + 1);
}

#[test]
fn whoever_imports_a_hostile_module_is_mended() {
    let files = [
        ("deep.py", nested("(", ")", 1_000_000) + "class A: pass\n"),
        ("branches.py", nested("a and ", "", 2_000) + "class B: pass\n"),
        (
            "user.py",
            "from deep import A\nfrom branches import B\nfrom typing import Optional\n\n\n\
             def f(a: Optional[int], b: A) -> B:\n    try:\n        return b(a)\n    except:\n        raise\n"
                .to_owned(),
        ),
    ];
    let said = run(&files);
    assert_eq!(said.code, Some(2), "{}", said.err);
    assert!(
        said.out.contains("+def f(a: int | None, b: A) -> B:\n"),
        "{}",
        said.out
    );
}

#[test]
fn quoted_types_may_be_deep() {
    let deep = |n: usize| format!("y: '{}int{}' = 1\n", "Optional[".repeat(n), "]".repeat(n));
    let wide = format!("def f(y: 'int{}'): pass\n", " | int".repeat(100_000));
    let files = [
        ("deep.py", HEAD.to_owned() + &deep(100_000)),
        ("wide.py", HEAD.to_owned() + &wide),
    ];
    assert_eq!(mended(&files), 3);
}

#[test]
fn many_changes_in_one_file() {
    let many = lines(20_000, |n| format!("x{n}: Optional[int]\n"));
    let files = [("many.py", format!("from typing import Optional\n{many}"))];
    assert_eq!(mended(&files), 20_001);
    let same = "x: Optional[int]\n".repeat(20_000);
    let files = [("same.py", format!("from typing import Optional\n{same}"))];
    assert_eq!(mended(&files), 20_001);
    let said = run(&[("too_many.py", "x: Optional[int]\n".repeat(100_000))]);
    let reason = "assigns too often to be analysed; left alone";
    assert!(said.err.contains(reason), "{}", said.err);
}

#[test]
fn many_changes_in_one_line() {
    let parameters = lines(5_000, |n| format!("é{n}: Optional[int], "));
    let data = "1, ".repeat(200_000);
    let files = [
        ("function.py", format!("{HEAD}def f({parameters}): pass\n")),
        ("data.py", format!("{HEAD}y = [{data}]\n")),
        (
            "text.py",
            format!("{HEAD}y = '{}'\n", "a ".repeat(2_000_000)),
        ),
    ];
    assert_eq!(mended(&files), 5);
}

#[test]
fn many_places_that_stay() {
    let files = [
        (
            "noqa.py",
            HEAD.to_owned() + &"x: Optional[int]  # noqa\n".repeat(10_000),
        ),
        (
            "unknown.py",
            HEAD.to_owned() + &"x: int  # codemend: ignore[foo]\n".repeat(10_000),
        ),
        (
            "value.py",
            HEAD.to_owned() + &"x = Optional['A']\n".repeat(10_000),
        ),
    ];
    mended(&files);
}

#[test]
fn many_imports_in_functions() {
    let own = "def f():\n    import itself\n";
    let one = |n: usize| format!("def f{n}():\n    import json\n    return json\n");
    let other = |n: usize| format!("def f{n}():\n    import mod{n}\n    return mod{n}\n");
    let files = [
        ("itself.py", own.repeat(10_000)),
        ("same.py", lines(3_000, one)),
        ("unknown.py", lines(2_000, other)),
    ];
    assert!(mended(&files) >= 3);
}

#[test]
fn many_functions_and_classes() {
    let class = |n: usize| format!("class C{}(C{n}):\n    x: Optional[int] = None\n", n + 1);
    let function = |n: usize| format!("def f{n}(a: Optional[int]):\n    return a\n");
    let files = [
        (
            "classes.py",
            format!("{HEAD}class C0: pass\n{}", lines(3_000, class)),
        ),
        ("functions.py", HEAD.to_owned() + &lines(3_000, function)),
    ];
    assert_eq!(mended(&files), 6_003);
}

#[test]
fn many_routes() {
    let head = "from fastapi import FastAPI, APIRouter\nfrom pydantic import BaseModel\n\
                app = r0 = FastAPI()\nclass M(BaseModel):\n    a: int\n";
    let route = |n: usize| format!("@app.get('/{n}')\ndef f{n}():\n    return M(a={n})\n");
    let router = |n: usize| {
        let at = n + 1;
        format!(
            "r{at} = APIRouter()\n@r{at}.get('/')\ndef g{n}():\n    return M(a=1)\nr{n}.include_router(r{at})\n"
        )
    };
    let files = [
        ("routes.py", head.to_owned() + &lines(500, route)),
        ("routers.py", head.to_owned() + &lines(200, router)),
    ];
    assert!(mended(&files) > 500);
}

#[test]
fn many_bare_clauses() {
    let one = |n: usize| {
        format!("def f{n}(x):\n    try:\n        return int(x)\n    except:\n        return {n}\n")
    };
    let attempt = "    try:\n        y = int(x)\n    except:\n        y = None\n";
    let files = [
        ("functions.py", lines(1_000, one)),
        ("long.py", format!("def f(x):\n{}", attempt.repeat(20_000))),
    ];
    // Each clause of the long function gets a line in the log, and the file a logger.
    assert_eq!(mended(&files), 21_006);
}

#[test]
fn modules_in_a_circle() {
    let circle = 400;
    let mut files: Vec<(String, String)> = (0..circle)
        .map(|n| {
            let (next, far) = ((n + 1) % circle, (n + 7) % circle);
            let text = format!("import m{next}\ndef f():\n    import m{far}\n    return m{far}\n");
            (format!("m{n}.py"), text)
        })
        .collect();
    let star = |n: usize| {
        let text = format!("from s{} import *\nx{n}: Optional[int] = 1\n", (n + 1) % 30);
        (format!("s{n}.py"), text)
    };
    files.extend((0..30).map(star));
    let files: Vec<(&str, String)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.clone()))
        .collect();
    mended(&files);
}

const MODEL: &str =
    "from pydantic import BaseModel, EmailStr\nclass A(BaseModel):\n    e: EmailStr\n";

#[test]
fn long_manifests() {
    let package = |n: usize| format!("package-{n}>=1");
    let requirements = lines(20_000, |n| package(n) + "\n");
    let strings = lines(20_000, |n| format!("  \"{}\",\n", package(n)));
    let manifests = [
        ("requirements.txt", format!("pydantic\n{requirements}")),
        (
            "pyproject.toml",
            format!(
                "[project]\nname = \"x\"\nversion = \"1\"\ndependencies = [\"pydantic\",\n{strings}]\n"
            ),
        ),
        (
            "setup.py",
            format!(
                "from setuptools import setup\nsetup(install_requires=[\"pydantic\",\n{strings}])\n"
            ),
        ),
    ];
    for manifest in manifests {
        let added = mended(&[("app.py", MODEL.to_owned()), manifest]);
        assert!(added >= 2, "{added}");
    }
}

#[test]
fn includes_in_a_circle_and_in_a_fan() {
    let circle = [
        ("app.py", MODEL.to_owned()),
        ("requirements.txt", "pydantic\n-r a.txt\n".to_owned()),
        ("a.txt", "-r b.txt\n-r a.txt\n".to_owned()),
        ("b.txt", "-r requirements.txt\n".to_owned()),
    ];
    assert_eq!(run(&circle).code, Some(2));
    let mut fan = String::new();
    let project = Project::of(&[("app.py", MODEL), ("good.py", GOOD)]);
    for n in 0..2_000 {
        let _ = writeln!(fan, "-r r{n}.txt");
        project.write(
            &format!("r{n}.txt"),
            format!("-r r{}.txt\n-r r{}.txt\n", n + 1, n + 2),
        );
    }
    project.write("requirements.txt", format!("pydantic\n{fan}"));
    let said = project.shell("timeout -s KILL 60 codemend .");
    assert_eq!(said.code, Some(2), "{}", said.err);
    assert!(
        said.err.contains("includes more than 300 files"),
        "{}",
        said.err
    );
    assert!(said.out.contains("+good: str | None"), "{}", said.err);
}

#[test]
fn many_small_files() {
    let files: Vec<(String, String)> = (0..3_000)
        .map(|n| (format!("p{}/m{n}.py", n % 50), format!("x{n} = {n}\n")))
        .collect();
    let files: Vec<(&str, String)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.clone()))
        .collect();
    assert_eq!(mended(&files), 1);
}

/// The patch of a file in which nearly every line changes is the one that git makes the same text out of.
#[test]
fn git_applies_a_huge_patch() {
    let line = |n: usize| match n % 3 {
        0 => format!("y{n} = 1\n"),
        _ => format!("x{n}: Optional[int] = {n}\n"),
    };
    let text = format!("from typing import Optional\n{}", lines(10_000, line));
    let project = Project::of(&[("many.py", text.as_str())]);
    project.insist("git", &["init", "-q"], b"");
    let patch = project.codemend(&[]).out;
    let applied = Project::of(&[("many.py", text.as_str())]);
    applied.insist("git", &["init", "-q"], b"");
    applied.insist("git", &["apply", "-"], patch.as_bytes());
    let want = text
        .replace("from typing import Optional\n", "")
        .replace("Optional[int]", "int | None");
    assert_eq!(applied.read("many.py"), want);
}
