//! Completions, asked for by the shells themselves: commands, options, names of codemods, words of an option.

#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "outside/mod.rs"]
mod outside;
#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "tools/mod.rs"]
mod tools;

use std::collections::BTreeSet;
use std::fs;
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
    ("codemend app --forc", &["--force-exclude"]),
    ("codemend app --select al", &["all"]),
    ("codemend --select all --appl", &["--apply"]),
    ("codemend undo --li", &["--list"]),
    ("codemend graph --format do", &["dot"]),
    ("codemend schema co", &["config"]),
    ("codemend man --o", &["--out"]),
    ("codemend merge", &["merge-reports"]),
    ("codemend merge-reports --pa", &["--partial"]),
    ("codemend --sh", &["--shard"]),
    ("codemend ne", &["new"]),
];

/// Ask `shell` by the script in `ask`, which gets the completions in the file `$1` and the line in `$2`, and prints one
/// word a line.
fn offers(shell: &Path, ask: &[&str], project: &Project, line: &str) -> BTreeSet<String> {
    let mut command = Command::new(shell);
    let home = project.root();
    command
        .args(ask)
        .arg(project.root().join("completions"))
        .arg(line);
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
    complete("bash", &bash, &["--norc", "-c", BASH, "bash"]);
}

#[test]
fn fish_completes() {
    let Some(fish) = tools::of_system("fish") else {
        return;
    };
    let ask = "source $argv[1]; complete -C $argv[2]";
    complete("fish", &fish, &["--no-config", "-c", ask]);
}

/// zsh completes in a terminal only: one is made, and what is offered there is printed as it is added.
const ZSH: &str = r#"
zmodload zsh/zpty
zpty inner zsh -f -i
zpty -w inner "source $0.setup $1 && print REA''DY"
zpty -r inner line '*READY*'
zpty -w -n inner "$2"$'\t'
while zpty -r inner line; do
    line=${line%%[$'\r\n']##}
    [[ $line == *'<end>'* ]] && break
    [[ $line == *'<offer>'* ]] && print -r -- "${line##*<offer>}"
done
"#;

const ZSH_SETUP: &str = r#"
PROMPT=
autoload -Uz compinit && compinit -u -D
source $1
bindkey '^I' complete-word
compadd() {
    local -a offers
    # Those calls that only ask.
    if [[ " $* " == *' -[OAD] '* ]]; then
        builtin compadd "$@"
        return
    fi
    builtin compadd -A offers "$@"
    print -rl -- "" "<offer>"${^offers}
    builtin compadd "$@"
}
finish() { print -r -- "" "<end>" }
comppostfuncs=(finish)
"#;

#[test]
fn zsh_completes() {
    let Some(zsh) = tools::of_system("zsh") else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let ask = folder.path().join("ask");
    fs::write(&ask, ZSH).expect("it can be written");
    fs::write(ask.with_extension("setup"), ZSH_SETUP).expect("it can be written");
    let ask = ask.to_str().expect("UTF-8");
    complete("zsh", &zsh, &["-f", "-o", "extendedglob", ask]);
}
