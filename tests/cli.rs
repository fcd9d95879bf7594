//! The binary seen from outside: verbs, wrong arguments, exit codes, streams.

use std::ffi::OsString;
use std::io::Write;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

fn command(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_codemend"));
    command.current_dir(dir);
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(variable);
    }
    command
}

fn codemend_in(dir: &Path, arguments: &[&str]) -> Said {
    command(dir)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap()
        .into()
}

/// In an empty directory.
fn codemend(arguments: &[&str]) -> Said {
    codemend_in(tempfile::tempdir().unwrap().path(), arguments)
}

fn piped(dir: &Path, arguments: &[&str], input: &[u8]) -> Output {
    let mut child = command(dir)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn help_is_short_or_long() {
    let short = codemend(&["-h"]);
    assert_eq!((short.code, short.err.as_str()), (Some(0), ""));
    assert!(short.out.contains("--unsafe-fixes") && !short.out.contains("Example"));
    let long = codemend(&["--help"]);
    assert_eq!(long.code, Some(0));
    let options = long
        .out
        .lines()
        .filter(|line| line.trim_start().starts_with("--"));
    let examples = long.out.matches("Example: ").count();
    assert!(examples + 1 >= options.count(), "{}", long.out);
    assert!(long.out.contains("Exit codes"));
}

#[test]
fn version_is_one_line() {
    let said = codemend(&["--version"]);
    assert_eq!(said.code, Some(0));
    assert_eq!(
        said.out,
        concat!("codemend ", env!("CARGO_PKG_VERSION"), "\n")
    );
}

#[test]
fn list_has_a_line_for_each_codemod() {
    let said = codemend(&["list"]);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    for codemod in codemend_codemods::ALL {
        let about = codemod.about();
        let line = said
            .out
            .lines()
            .find(|line| line.split_whitespace().next() == Some(about.name));
        let line = line.unwrap_or_else(|| panic!("{} is missing", about.name));
        assert!(line.contains(&about.since.to_string()), "{line}");
        assert!(line.ends_with(about.summary.trim_end()), "{line}");
    }
}

#[test]
fn a_path_may_be_called_like_a_verb() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("list")).unwrap();
    let said = codemend_in(dir.path(), &["./list"]);
    assert_eq!((said.code, said.out.as_str()), (Some(0), ""));
}

#[test]
fn explain_prints_the_page() {
    let about = codemend_codemods::ALL[0].about();
    let said = codemend(&["explain", about.name]);
    assert_eq!(said.code, Some(0));
    assert_eq!(said.out.trim_end(), about.page.trim_end());
}

#[test]
fn a_wrong_name_gets_the_nearest() {
    let name = codemend_codemods::ALL[0].about().name;
    let wrong = name.replace('-', "_") + "x";
    for arguments in [
        ["explain", &wrong],
        ["--select", &wrong],
        ["--ignore", &format!("{name},{wrong}")],
    ] {
        let said = codemend(&arguments);
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""));
        assert!(said.err.contains(&wrong), "{}", said.err);
        assert!(
            said.err.contains(&format!("did you mean `{name}`?")),
            "{}",
            said.err
        );
    }
    assert!(codemend(&["explain", "zzz"]).err.contains("codemend list"));
    assert_eq!(codemend(&["explain", "all"]).code, Some(2));
    let said = codemend(&["--select", "al"]);
    assert!(said.err.contains("did you mean `all`?"), "{}", said.err);
}

#[test]
fn completions_know_options_and_names() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let said = codemend(&["completions", shell]);
        assert_eq!(said.code, Some(0), "{shell}");
        assert!(said.out.contains("unsafe-fixes"), "{shell}");
    }
    let name = codemend_codemods::ALL[0].about().name;
    assert!(codemend(&["completions", "zsh"]).out.contains(name));
    assert_eq!(codemend(&["completions", "tcsh"]).code, Some(2));
}

#[test]
fn a_graph_has_the_same_cycles_in_every_format() {
    let dir = tempfile::Builder::new().prefix("graph-").tempdir().unwrap();
    for (path, text) in [
        ("a.py", "import b\n"),
        ("b.py", "import a\n"),
        ("c.py", "import a\n"),
    ] {
        std::fs::write(dir.path().join(path), text).unwrap();
    }
    let graph = |more: &[&str]| codemend_in(dir.path(), &[&["graph"], more].concat());
    let text = graph(&["--quiet"]);
    assert_eq!((text.code, text.err.as_str()), (Some(0), ""));
    assert!(
        text.out.starts_with("3 modules, 3 imports, 1 cycle\n"),
        "{}",
        text.out
    );
    assert!(
        text.out
            .contains("a -> b -> a\n  a.py:1: imports b\n  b.py:1: imports a\n")
    );
    let json = graph(&["--format", "json"]).out;
    assert!(
        json.contains("\"version\": 1") && json.contains("\"cycles\": [\n    {"),
        "{json}"
    );
    let dot = graph(&["--format", "dot"]).out;
    assert!(dot.contains("\"a.py\" -> \"b.py\" [color=red];"), "{dot}");
    assert!(dot.contains("\"c.py\" -> \"a.py\";"), "{dot}");
    assert_eq!(dot.matches('{').count(), dot.matches('}').count());
    assert_eq!(graph(&["--threads", "1", "--format", "json"]).out, json);
    assert_eq!(
        graph(&["c.py", "--quiet"]).out,
        "1 module, 1 import, no cycles\n"
    );
    assert_eq!(graph(&["nowhere.py"]).code, Some(2));
    assert_eq!(graph(&["--format", "svg"]).code, Some(2));
}

#[test]
fn bad_options_are_refused() {
    for arguments in [
        &["--no-such-option"][..],
        &["--target-version", "2.7"],
        &["--threads", "0"],
        &["--color", "sometimes"],
        &["--quiet", "--verbose"],
        &["--stdin-filename", "x.py", "--apply", "-"],
        &["--stdin-filename", "x.py", "y.py"],
        &["-"],
        &["--config", "word"],
        &["--config", "missing.toml"],
    ] {
        let said = codemend(arguments);
        assert_eq!(
            (said.code, said.out.as_str()),
            (Some(2), ""),
            "{arguments:?}"
        );
        assert!(
            said.err.starts_with("error: "),
            "{arguments:?}: {}",
            said.err
        );
    }
    let said = codemend(&["--config", "missing.toml"]);
    assert_eq!(said.err, "error: missing.toml: no such file or directory\n");
}

#[test]
fn bad_paths_are_problems() {
    let said = codemend(&["nowhere.py", "."]);
    assert_eq!((said.code, said.out.as_str()), (Some(2), ""));
    assert!(
        said.err
            .starts_with("error: nowhere.py: no such file or directory\n")
    );
    assert!(said.err.contains("1 problem\n"), "{}", said.err);
    let dir = tempfile::tempdir().unwrap();
    let odd = OsString::from_vec(b"caf\xe9.py".to_vec());
    let said: Said = command(dir.path()).arg(odd).output().unwrap().into();
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("file name is not UTF-8"), "{}", said.err);
}

#[test]
fn nothing_to_do_is_fine() {
    for arguments in [
        &[][..],
        &["--check"],
        &["--apply", "--check"],
        &["--patch", "-"],
    ] {
        let said = codemend(arguments);
        assert_eq!(
            (said.code, said.out.as_str()),
            (Some(0), ""),
            "{arguments:?}"
        );
        assert!(said.err.contains("No Python files found"), "{}", said.err);
    }
    assert_eq!(codemend(&["--quiet"]).err, "");
}

#[test]
fn an_empty_change_set_is_an_empty_patch() {
    let dir = tempfile::tempdir().unwrap();
    let said = codemend_in(dir.path(), &["--patch", "x.patch"]);
    assert_eq!(said.code, Some(0));
    assert_eq!(std::fs::read(dir.path().join("x.patch")).unwrap(), b"");
    let said = codemend_in(dir.path(), &["--patch", "no/x.patch"]);
    assert_eq!(said.code, Some(2));
    let message = "error: cannot write the patch `no/x.patch`: no such file or directory\n";
    assert!(said.err.ends_with(message), "{}", said.err);
}

#[test]
fn standard_input_comes_out_with_its_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let input = b"\xef\xbb\xbfx = 1\r\ny = 2";
    let output = piped(dir.path(), &["--stdin-filename", "app/x.py", "-"], input);
    assert_eq!(
        (output.status.code(), &output.stdout[..]),
        (Some(0), &input[..])
    );
    assert_eq!(output.stderr, b"");
    let latin = b"# caf\xe9 without a coding line\n";
    let output = piped(dir.path(), &["--stdin-filename", "x.py", "-"], latin);
    assert_eq!(output.stdout, latin);
}

#[test]
fn a_closed_pipe_is_no_error() {
    for arguments in [&["list"][..], &["completions", "zsh"], &["--help"]] {
        let mut child = command(Path::new("/"))
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(
            (output.status.code(), &output.stderr[..]),
            (Some(0), &b""[..]),
            "{arguments:?}"
        );
    }
}

#[test]
fn a_full_disk_is_an_error() {
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let output = command(Path::new("/"))
        .arg("list")
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.starts_with("error: cannot write to standard output"),
        "{said}"
    );
}

#[test]
fn colours_only_where_they_are_wanted() {
    let dir = tempfile::tempdir().unwrap();
    let coloured = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = command(dir.path());
        command
            .args(arguments)
            .arg("nowhere.py")
            .envs(variables.iter().copied());
        let said: Said = command.output().unwrap().into();
        said.err.contains('\u{1b}')
    };
    assert!(!coloured(&[], &[]));
    assert!(coloured(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(
        &[],
        &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]
    ));
    assert!(coloured(&["--color", "always"], &[("NO_COLOR", "1")]));
    assert!(!coloured(&["--color=never"], &[("CLICOLOR_FORCE", "1")]));
}

#[test]
fn escapes_in_names_reach_no_terminal() {
    let said = codemend(&["--color=always", "a\u{1b}[2Jb.py"]);
    assert!(said.err.contains("a\\x1b[2Jb.py"), "{}", said.err);
}
