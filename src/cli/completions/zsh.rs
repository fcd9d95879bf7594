//! The script for zsh.
//!
//! `codemend [PATHS]...` and `codemend COMMAND` are two programs to zsh: in one script, the first word is a path, the
//! command is looked for behind it, and so `codemend explain <TAB>` offers commands. So there are two scripts in one,
//! and the first word decides.

use clap::Command;
use clap_complete::Shell;

use super::generated;

/// The script that zsh reads for `command`, as `_codemend` in a folder of `$fpath` or by `source`.
pub fn script(command: &Command) -> String {
    let verbs: Vec<&str> = command.get_subcommands().map(Command::get_name).collect();
    let named = Command::default().name("codemend");
    let run = named
        .clone()
        .args(command.get_arguments().cloned())
        .groups(command.get_groups().cloned());
    let commands = named.subcommands(command.get_subcommands().cloned());
    let parts = [("codemend-run", run), ("codemend-commands", commands)];
    let parts = parts.map(|(name, command)| functions(&generated(Shell::Zsh, command, name)));
    // With two colons all words behind the first path would be paths, and options no more.
    let parts = parts.concat().replace("'*::paths", "'*:paths");
    let dispatch = DISPATCH.replace("VERBS", &format!("{}|help", verbs.join("|")));
    format!("#compdef codemend\n{parts}\n{dispatch}")
}

const DISPATCH: &str = r#"
_codemend() {
    if (( CURRENT > 2 )) && [[ $words[2] == (VERBS) ]]; then
        _codemend-commands "$@"
        return
    fi
    if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
        _codemend-commands_commands
    fi
    _codemend-run "$@"
}

if [ "$funcstack[1]" = "_codemend" ]; then
    _codemend "$@"
else
    compdef _codemend codemend
fi
"#;

/// `script` without the line that says whose it is, and without the end that calls or registers it.
fn functions(script: &str) -> String {
    let script = script
        .split_once("\nif [ \"$funcstack[1]\"")
        .map_or(script, |(all, _)| all);
    let lines = script.lines().filter(|line| !line.starts_with("#compdef"));
    lines.flat_map(|line| [line, "\n"]).collect()
}
