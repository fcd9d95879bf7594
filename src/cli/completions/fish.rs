//! The script for fish.

use std::fmt::Write;

use clap::Command;
use clap::builder::PossibleValue;
use clap_complete::Shell;

use super::generated;

/// The script that fish reads for `command`.
pub fn script(command: &Command) -> String {
    let mut script = generated(Shell::Fish, command.clone(), "codemend");
    let verbs: Vec<&str> = command.get_subcommands().map(Command::get_name).collect();
    let verbs = format!("{} help", verbs.join(" "));
    script.push_str(&NEEDS_COMMAND.replace("VERBS", &verbs));
    for verb in command.get_subcommands() {
        let values = verb
            .get_positionals()
            .flat_map(|one| one.get_possible_values());
        let values: Vec<PossibleValue> = values.filter(|value| !value.is_hide_set()).collect();
        for value in values {
            let help = value
                .get_help()
                .map(ToString::to_string)
                .unwrap_or_default();
            let _ = writeln!(
                script,
                "complete -c codemend -n '__fish_codemend_using_subcommand {}' -f -a {} -d {}",
                verb.get_name(),
                quoted(value.get_name()),
                quoted(&help)
            );
        }
    }
    script
}

/// In place of clap_complete's own function of that name, which says no in two cases too many: while the value of an
/// option is being typed, so that `codemend --select <TAB>` would offer files; and behind a path, so that
/// `codemend app --<TAB>` would offer nothing.
const NEEDS_COMMAND: &str = "
function __fish_codemend_needs_command
    set -l cmd (commandline -opc)
    set -e cmd[1]
    if not argparse -s (__fish_codemend_global_optspecs) -- $cmd 2>/dev/null
        set -e cmd[-1]
        argparse -s (__fish_codemend_global_optspecs) -- $cmd 2>/dev/null
        or return
    end
    if set -q argv[1]; and contains -- $argv[1] VERBS
        echo $argv[1]
        return 1
    end
    return 0
end
";

/// As fish takes it literally.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', r"\\").replace('\'', r"\'"))
}
