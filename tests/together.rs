//! Codemods of single files go over the files together: what comes of a run is what comes of one run for each.

#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "outside/mod.rs"]
mod outside;

use outside::Project;

/// The codemods that go together, in the order in which they run.
const TOGETHER: [&str; 4] = [
    "raise-from",
    "log-swallowed",
    "unreachable-code",
    "async-blocking",
];

/// Something for one codemod, for several in one file, for several in one function, and for none.
const FILES: [(&str, &str); 6] = [
    (
        "app/cause.py",
        "def f(x):\n    try:\n        return x[0]\n    except KeyError:\n        raise ValueError('x')\n",
    ),
    ("app/dead.py", "def f(x):\n    return x\n    x = 2\n"),
    (
        "app/several.py",
        "import asyncio\nimport time\n\n\nasync def f(x):\n    try:\n        time.sleep(1)\n    except \
         Exception:\n        pass\n    try:\n        return x[0]\n    except KeyError:\n        raise \
         ValueError('x')\n        x = 2\n\n\nasync def g():\n    time.sleep(2)\n    return 1\n    time.sleep(3)\n",
    ),
    (
        "app/log.py",
        "def f(x):\n    try:\n        x()\n    except Exception:\n        pass\n",
    ),
    ("app/nothing.py", "def f(x):\n    return x\n"),
    ("app/broken.py", "def f(x:\n    return x\n    x = 2\n"),
];

#[test]
fn together_they_do_what_they_do_one_after_the_other() {
    let whole = Project::of(&FILES);
    let all = TOGETHER.join(",");
    let said = whole.codemend(&["--select", &all, "--unsafe-fixes", "--apply"]);
    assert!(said.err.contains("Changed 4 of 6 files"), "{}", said.err);

    let single = Project::of(&FILES);
    for name in TOGETHER {
        single.codemend(&["--select", name, "--unsafe-fixes", "--apply"]);
    }
    for (path, before) in FILES {
        assert_eq!(whole.read(path), single.read(path), "{path}");
        let is_whole = matches!(path, "app/nothing.py" | "app/broken.py");
        assert_eq!(whole.read(path) == before, is_whole, "{path}");
    }
    let text = whole.read("app/several.py");
    for wanted in [
        "await asyncio.sleep(1)",
        "from exc",
        "exc_info=True",
        "await asyncio.sleep(2)\n    return 1\n",
    ] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
}

/// What one of them finds and the run does not ask for keeps no other from looking at the file.
#[test]
fn what_is_passed_over_is_left_to_the_others() {
    let run = |project: &Project, names: &str| {
        let accept = [
            "--select",
            "raise-from",
            "--unsafe-fixes",
            "--write-baseline",
            "accepted.json",
        ];
        project.codemend(&accept);
        for name in names.split(' ') {
            let args = ["--select", name, "--unsafe-fixes", "--baseline"];
            project.codemend(&[&args[..], &["accepted.json", "--apply"]].concat());
        }
        FILES.map(|(path, _)| project.read(path))
    };
    let whole = Project::of(&FILES);
    let single = Project::of(&FILES);
    let after = run(&whole, &TOGETHER.join(","));
    assert_eq!(after, run(&single, &TOGETHER.join(" ")));
    let text = whole.read("app/several.py");
    assert!(!text.contains("from exc"), "{text}");
    for wanted in ["await asyncio.sleep(1)", "exc_info=True"] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }

    let safe = Project::of(&FILES);
    let one = Project::of(&FILES);
    safe.codemend(&["--select", &TOGETHER.join(","), "--apply"]);
    for name in TOGETHER {
        one.codemend(&["--select", name, "--apply"]);
    }
    for (path, _) in FILES {
        assert_eq!(safe.read(path), one.read(path), "{path}");
    }
}

/// Each codemod has its own step, though they go together: a commit for each.
#[test]
fn each_has_its_own_changes() {
    let project = Project::of(&FILES);
    let all = TOGETHER.join(",");
    let said = project.codemend(&["--select", &all, "--unsafe-fixes", "--series", "series"]);
    let patches = project.tree();
    for name in TOGETHER {
        let is_named = |path: &str| path.starts_with("series/") && path.contains(name);
        let found = patches.keys().filter(|path| is_named(path)).count();
        assert_eq!(found, 1, "{name}: {}", said.err);
    }
}
