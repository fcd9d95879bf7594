//! The configuration, seen through what a run changes.

use crate::outside::Project;

const TEXT: &str = "import os\nfrom typing import Optional\n\nx: Optional[str] = os.sep\n";
const ALIAS: &str = "import os\nfrom typing import Optional\n\nX = Optional[str]\nprint(os.sep)\n";

/// A module in each of these folders, all with a change to make.
fn project(files: &[(&str, &str)]) -> Project {
    let modules = ["app/a.py", "app/api/b.py", "tests/c.py"].map(|path| (path, TEXT));
    Project::of(&[&modules, files].concat())
}

/// The files that a run would change.
fn changed(project: &Project, options: &[&str]) -> Vec<String> {
    let said = project.codemend(options);
    assert_eq!(said.code, Some(0), "{options:?}: {}", said.err);
    let names = said
        .out
        .lines()
        .filter_map(|line| line.strip_prefix("+++ b/"));
    names.map(str::to_owned).collect()
}

const EVERY: [&str; 3] = ["app/a.py", "app/api/b.py", "tests/c.py"];

#[test]
fn exclude_takes_files_out() {
    for (toml, want) in [
        ("exclude = [\"tests\"]\n", &EVERY[..2]),
        ("exclude = [\"app/api\"]\n", &["app/a.py", "tests/c.py"]),
        ("extend-exclude = [\"b.py\"]\n", &["app/a.py", "tests/c.py"]),
        ("exclude = [\"app/**\"]\n", &EVERY[2..]),
        ("exclude = [\"*.py\"]\n", &[]),
    ] {
        let project = project(&[("codemend.toml", toml)]);
        assert_eq!(changed(&project, &[]), want, "{toml}");
    }
    let plain = project(&[]);
    assert_eq!(changed(&plain, &[]), EVERY);
    assert_eq!(changed(&plain, &["--exclude", "tests,b.py"]), EVERY[..1]);
}

#[test]
fn per_file_ignores_name_codemods() {
    let toml = "[per-file-ignores]\n\"tests/**\" = [\"optional-to-union\"]\n";
    let one = project(&[("codemend.toml", toml)]);
    assert_eq!(changed(&one, &[]), EVERY[..2]);
    let toml = "[per-file-ignores]\n\"!tests/**\" = [\"all\"]\n";
    let other = project(&[("codemend.toml", toml)]);
    assert_eq!(changed(&other, &[]), EVERY[2..]);
}

#[test]
fn select_and_ignore_choose() {
    let idle = project(&[("codemend.toml", "select = [\"union-to-optional\"]\n")]);
    assert_eq!(changed(&idle, &[]), [""; 0]);
    assert_eq!(changed(&idle, &["--select", "optional-to-union"]), EVERY);
    let less = project(&[("codemend.toml", "ignore = [\"optional-to-union\"]\n")]);
    assert_eq!(changed(&less, &[]), [""; 0]);
    assert_eq!(changed(&less, &["--select", "optional-to-union"]), EVERY);
    assert_eq!(
        changed(&project(&[]), &["--ignore", "optional-to-union"]),
        [""; 0]
    );
}

#[test]
fn all_stands_for_every_codemod() {
    let less = project(&[("codemend.toml", "select = [\"union-to-optional\"]\n")]);
    assert_eq!(changed(&less, &["--select", "all"]), EVERY);
    assert_eq!(changed(&project(&[]), &["--ignore", "all"]), [""; 0]);
    assert_eq!(
        changed(&project(&[]), &["--select", "all,union-to-optional"]),
        EVERY
    );
}

#[test]
fn a_version_is_spelled_alike_in_files_and_options() {
    for (version, want) in [
        ("3.9.2", &[""; 0][..]),
        ("3.10.2", &EVERY),
        ("py310", &EVERY),
    ] {
        let options = ["--target-version", version];
        assert_eq!(changed(&project(&[]), &options), want, "{version}");
        let toml = format!("target-version = \"{version}\"\n");
        let inside = project(&[("codemend.toml", &toml)]);
        assert_eq!(changed(&inside, &[]), want, "{version}");
    }
    let fault =
        "'3.20' is not a version of Python that codemend knows; did you mean '3.15'? (it knows ";
    let outside = project(&[]).codemend(&["--target-version", "3.20"]);
    let inside = project(&[("codemend.toml", "target-version = \"3.20\"\n")]).codemend(&[]);
    for said in [outside, inside] {
        assert_eq!(said.code, Some(2));
        assert!(said.err.contains(fault), "{}", said.err);
    }
}

#[test]
fn the_nearest_file_wins_whole() {
    let project = project(&[
        (
            "pyproject.toml",
            "[tool.codemend]\nselect = [\"union-to-optional\"]\n",
        ),
        ("app/codemend.toml", "exclude = [\"b.py\"]\n"),
    ]);
    // What the outer file selects says nothing about `app`.
    assert_eq!(changed(&project, &[]), ["app/a.py"]);
    // A `pyproject.toml` without our table is not a nearer one.
    project.write("app/api/pyproject.toml", "[project]\nname = \"api\"\n");
    project.write("app/codemend.toml", "");
    assert_eq!(changed(&project, &[]), EVERY[..2]);
    // Beside a `codemend.toml`, the table of a `pyproject.toml` counts for nothing.
    project.write(
        "app/pyproject.toml",
        "[tool.codemend]\nignore = [\"all\"]\n",
    );
    assert_eq!(changed(&project, &[]), EVERY[..2]);
}

#[test]
fn a_named_file_is_the_only_one() {
    let project = project(&[
        ("app/codemend.toml", "ignore = [\"all\"]\n"),
        ("other.toml", "exclude = [\"tests\"]\n"),
    ]);
    assert_eq!(changed(&project, &[]), ["tests/c.py"]);
    assert_eq!(changed(&project, &["--config", "other.toml"]), EVERY[..2]);
}

#[test]
fn inline_settings_win_over_files() {
    let project = project(&[("codemend.toml", "ignore = [\"optional-to-union\"]\n")]);
    assert_eq!(changed(&project, &["--config", "ignore = []"]), EVERY);
    let options = ["--config", "ignore = []", "--config", "exclude = ['app']"];
    assert_eq!(changed(&project, &options), EVERY[2..]);
}

#[test]
fn unsafe_fixes_are_a_setting() {
    let project = Project::of(&[("a.py", ALIAS)]);
    assert_eq!(changed(&project, &[]), [""; 0]);
    let said = project.codemend(&[]);
    let withheld = "1 unsafe change withheld, add --unsafe-fixes\n";
    assert!(said.err.contains(withheld), "{}", said.err);
    assert_eq!(changed(&project, &["--unsafe-fixes"]), ["a.py"]);
    project.write("codemend.toml", "unsafe-fixes = true\n");
    assert_eq!(changed(&project, &[]), ["a.py"]);
    assert_eq!(changed(&project, &["--no-unsafe-fixes"]), [""; 0]);
}

#[test]
fn src_says_where_imports_start() {
    // The class is known, and with it the change, only where `python/` is a root.
    let text = "from typing import Optional\n\nfrom shop.kinds import money\n\nx: Optional[money] = None\n";
    let project = Project::of(&[
        ("python/shop/kinds.py", "class money:\n    pass\n"),
        ("jobs/a.py", text),
        ("codemend.toml", "src = [\"python\"]\n"),
    ]);
    assert_eq!(changed(&project, &["jobs"]), ["jobs/a.py"]);
    project.write("codemend.toml", "");
    assert_eq!(changed(&project, &["jobs"]), [""; 0]);
}

#[test]
fn faults_name_file_line_key_and_the_nearest() {
    for (toml, want) in [
        (
            "\nselct = []\n",
            "codemend.toml:2:1: unknown key 'selct'; did you mean 'select'?",
        ),
        (
            "select = [\"optional-to-unoin\"]\n",
            "codemend.toml:1:11: 'select': no codemod is called 'optional-to-unoin'; did you mean 'optional-to-union'?",
        ),
        ("unsafe-fixes = 1\n", "codemend.toml:1:16: "),
        ("target-version = \"py27\"\n", "codemend.toml:1:18: "),
    ] {
        let said = project(&[("codemend.toml", toml)]).codemend(&[]);
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{toml}");
        assert!(said.err.contains(want), "{toml}: {}", said.err);
        assert_eq!(said.errors("error: ").count(), 1, "{}", said.err);
    }
}
