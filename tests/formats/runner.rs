//! What a runner of GitHub Actions takes for a command in what a step says.
//!
//! Leading blanks are skipped; `::name key=value,key=value::message` at the start of a line is a command, and so is the
//! old `##[name key=value]message` anywhere in it.

use std::collections::BTreeMap;

/// One command.
#[derive(Debug)]
pub struct Command {
    pub name: String,
    pub properties: BTreeMap<String, String>,
}

/// Hears a log line by line.
#[derive(Debug, Default)]
pub struct Runner {
    pub heard: Vec<Command>,
    pub is_stopped: bool,
    /// Commands while it was stopped.
    pub ignored: usize,
    word: String,
}

impl Runner {
    pub fn hear(&mut self, line: &str) {
        let Some((command, message)) = new_style(line).or_else(|| old_style(line)) else {
            return;
        };
        if self.is_stopped {
            self.is_stopped = command.name != self.word;
            self.ignored += usize::from(self.is_stopped);
            return;
        }
        if command.name == "stop-commands" {
            (self.is_stopped, self.word) = (true, message);
        }
        self.heard.push(command);
    }
}

fn new_style(line: &str) -> Option<(Command, String)> {
    let rest = line.trim_start().strip_prefix("::")?;
    let (head, message) = rest.split_once("::")?;
    Some((command(head, ',')?, message.to_owned()))
}

fn old_style(line: &str) -> Option<(Command, String)> {
    let (_, rest) = line.split_once("##[")?;
    let (head, message) = rest.split_once(']')?;
    Some((command(head, ';')?, message.to_owned()))
}

fn command(head: &str, between: char) -> Option<Command> {
    let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
    let properties = properties
        .split(between)
        .filter_map(|one| one.split_once('='));
    let properties = properties.map(|(key, value)| (key.trim().to_owned(), unescaped(value)));
    Some(Command {
        name: (!name.is_empty()).then(|| name.to_owned())?,
        properties: properties.collect(),
    })
}

fn unescaped(value: &str) -> String {
    let value = value.replace("%0D", "\r").replace("%0A", "\n");
    let value = value.replace("%3A", ":").replace("%2C", ",");
    value.replace("%25", "%")
}
