//! Completions, asked for by the shells themselves: commands, options, names of codemods, words of an option.

#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "outside/mod.rs"]
mod outside;
#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "tools/mod.rs"]
mod tools;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use codemend_codemods::ALL;
use outside::Project;

/// A line as far as it is typed, and what must be offered among others.
const TYPED: &[(&str, &[&str])] = &[
    ("codemend sch", &["schema"]),
    ("codemend ma", &["man"]),
    ("codemend --force", &["--force-exclude"]),
    ("codemend --select opt", &["optional-to-union"]),
    ("codemend --select al", &["all"]),
    ("codemend --ignore hoist", &["hoist-imports"]),
    ("codemend explain bare", &["bare-except"]),
    ("codemend --format git", &["github", "gitlab"]),
    ("codemend undo --li", &["--list"]),
    ("codemend graph --format do", &["dot"]),
    ("codemend schema co", &["config"]),
    ("codemend man --o", &["--out"]),
];

/// Ask `shell` by `ask`, a script that gets the completions in the file `$1` and the line in `$2`, and prints one word
/// a line.
fn offers(shell: &Path, ask: &[&str], project: &Project, line: &str) -> BTreeSet<String> {
    let mut command = Command::new(shell);
    let home = project.root();
    command.args(ask).arg("shell").arg("completions").arg(line);
    command.current_dir(home).env("HOME", home);
    let out = tools::insist(&mut command);
    let words = out
        .lines()
        .filter_map(|line| line.split(['\t', ' ']).next());
    words.map(str::to_owned).collect()
}

fn complete(name: &str, shell: &Path, ask: &[&str]) {
    let project = Project::of::<&str>(&[]);
    project.write("completions", project.codemend(&["completions", name]).out);
    for (line, wanted) in TYPED {
        let offered = offers(shell, ask, &project, line);
        for word in *wanted {
            assert!(offered.contains(*word), "{line}: {offered:?}");
        }
    }
    let names = offers(shell, ask, &project, "codemend explain ");
    for codemod in ALL {
        let name = codemod.about().name;
        assert!(names.contains(name), "{name}: {names:?}");
    }
}

/// As readline does: the words, where the cursor is, and a call of the registered function.
const BASH: &str = r#"
source "$1"
function=$(complete -p codemend | sed 's/.*-F \([^ ]*\).*/\1/')
COMP_LINE=$2 COMP_POINT=${#2}
read -ra COMP_WORDS <<<"$2"
[[ $2 == *' ' ]] && COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
"$function" codemend "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\n' "${COMPREPLY[@]}"
"#;

#[test]
fn bash_completes() {
    let Some(bash) = tools::of_system("bash") else {
        return;
    };
    complete("bash", &bash, &["--norc", "-c", BASH]);
}

#[test]
fn fish_completes() {
    if let Some(fish) = optional("fish") {
        // fish counts its arguments from the one after the script.
        let ask = "source $argv[2]; complete -C $argv[3]";
        complete("fish", &fish, &["--no-config", "-c", ask]);
    }
}

/// A shell that not every machine has, not even one that checks every change.
fn optional(name: &str) -> Option<std::path::PathBuf> {
    let path = std::env::var_os("PATH")?;
    let mut places = std::env::split_paths(&path).map(|folder| folder.join(name));
    places.find(|place| place.is_file())
}
