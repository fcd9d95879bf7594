//! The conversation: shows a change, waits for a key, does what it says, until all is decided or the person stops.

use std::collections::BTreeSet;

use codemend_engine::review::ChangeId;

use super::super::summary::count;
use super::super::terminal::{CYAN, Terminal};
use super::keyboard::{Key, Keyboard, Stopped};
use super::screen::Screen;
use super::walk::{Reach, Verdict, Walk};

/// What becomes of the accepted changes, as the last question names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    /// The files are written.
    Files,
    /// The files are written and committed.
    Commits,
    /// Only what was asked for beside them: a patch, a page.
    Beside,
}

/// How a conversation ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// Go on with these.
    Go(BTreeSet<ChangeId>),
    /// Write nothing.
    Leave,
}

/// Where the walk stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    Decided,
    Quit,
}

pub struct Session<'a> {
    pub walk: Walk<'a>,
    pub screen: Screen<'a>,
    pub keyboard: &'a Keyboard,
    pub terminal: &'a Terminal,
    pub goal: Goal,
}

impl<'a> Session<'a> {
    /// Ask about every change, and at last whether to write.
    ///
    /// # Errors
    /// A signal ended it.
    pub fn run(&mut self) -> Result<Ending, Stopped> {
        self.terminal.say(&self.screen.opening(&self.walk));
        loop {
            let stop = self.ask_about_all()?;
            if let Some(ending) = self.conclude(stop)? {
                return Ok(ending);
            }
        }
    }

    fn ask_about_all(&mut self) -> Result<Stop, Stopped> {
        while let Some(id) = self.walk.current() {
            self.terminal.say(&self.screen.change(&self.walk, id));
            if self.ask_about(id)? == Some(Stop::Quit) {
                return Ok(Stop::Quit);
            }
        }
        Ok(Stop::Decided)
    }

    /// Ask about the change `id` until there is something else to show.
    fn ask_about(&mut self, id: ChangeId) -> Result<Option<Stop>, Stopped> {
        loop {
            let key = self.question("Apply this change? [y,n,a,d,c,e,u,q,?]")?;
            let moved = match key {
                Key::Char('y') => self.accept(Reach::One)?,
                Key::Char('a') => self.accept(Reach::File)?,
                Key::Char('c') => self.accept(Reach::Codemod)?,
                Key::Char('n') => self.reject(Reach::One),
                Key::Char('d') => self.reject(Reach::File),
                Key::Char('e') => self.reject(Reach::Codemod),
                Key::Char('u') => self.travel(Walk::undo, "This is the first answer."),
                Key::Char('j') | Key::Down => self.travel(Walk::later, "All others are decided."),
                Key::Char('k') | Key::Up => self.travel(Walk::earlier, "This is the first change."),
                Key::Char('q') | Key::End => return Ok(Some(Stop::Quit)),
                Key::Char('p') => self.tell(&self.screen.so_far(&self.walk, id)),
                Key::Char('?' | 'h') => self.tell(&self.screen.help(&self.walk, id)),
                Key::Char(_) | Key::Unknown => {
                    self.tell("This key does nothing; ? shows those that do.\n")
                }
                Key::Enter | Key::Again => false,
            };
            if moved {
                return Ok(None);
            }
        }
    }

    fn tell(&self, text: &str) -> bool {
        self.terminal.say(text);
        false
    }

    /// Move by `step`; say `otherwise` where there is nowhere to go.
    fn travel(&mut self, step: fn(&mut Walk<'a>) -> bool, otherwise: &str) -> bool {
        let moved = step(&mut self.walk);
        if !moved {
            self.terminal.say(&format!("{otherwise}\n"));
        }
        moved
    }

    fn accept(&mut self, reach: Reach) -> Result<bool, Stopped> {
        let overturned = self.walk.overturned();
        if !overturned.is_empty() {
            let label = "needs these, which you left alone:";
            let named = self.screen.named(&self.walk, label, &overturned);
            self.terminal.say(&named);
            self.keyboard.forget_typed();
            if !self.yes("Accept these too? [y,n]")? {
                return Ok(false);
            }
        }
        let done = self.walk.accept(reach);
        let said = self.screen.done(&self.walk, &done, Verdict::Accepted);
        self.terminal.say(&said);
        Ok(true)
    }

    fn reject(&mut self, reach: Reach) -> bool {
        let done = self.walk.reject(reach);
        let said = self.screen.done(&self.walk, &done, Verdict::Rejected);
        self.terminal.say(&said);
        true
    }

    /// Say what is accepted, and ask before anything is written. `None` goes back to the changes.
    fn conclude(&mut self, stop: Stop) -> Result<Option<Ending>, Stopped> {
        self.terminal.say(&self.screen.accepted(&self.walk));
        let accepted = self.walk.accepted();
        let Some(question) = self.last_question(stop, &accepted) else {
            return Ok(Some(Ending::Go(accepted)));
        };
        // A key that was held down at the last change is no answer to this.
        self.keyboard.forget_typed();
        loop {
            match self.question(&question)? {
                Key::Char('y') => return Ok(Some(Ending::Go(accepted))),
                Key::Char('n' | 'q') | Key::End => return Ok(Some(Ending::Leave)),
                Key::Char('u') => {
                    if stop == Stop::Decided {
                        self.walk.undo();
                    }
                    return Ok(None);
                }
                Key::Char('?' | 'h') => {
                    self.terminal
                        .say("y  yes\nn  no: nothing is written\nu  go back to the changes\n");
                }
                _ => {}
            }
        }
    }

    /// `None` where nothing needs to be asked.
    fn last_question(&self, stop: Stop, accepted: &BTreeSet<ChangeId>) -> Option<String> {
        if accepted.is_empty() {
            // Whoever has decided all has said it; whoever stops may have hit the wrong key.
            return (stop == Stop::Quit)
                .then(|| "Stop here, with nothing accepted? [y,n,u,?]".to_owned());
        }
        let files = self.walk.review().compose(accepted).len();
        let (changes, files) = (count(accepted.len(), "change"), count(files, "file"));
        match self.goal {
            Goal::Files => Some(format!("Write {changes} to {files}? [y,n,u,?]")),
            Goal::Commits => Some(format!("Write and commit {changes} of {files}? [y,n,u,?]")),
            Goal::Beside if stop == Stop::Quit => {
                Some(format!("Go on with {changes} of {files}? [y,n,u,?]"))
            }
            Goal::Beside => None,
        }
    }

    fn yes(&self, question: &str) -> Result<bool, Stopped> {
        yes(self.keyboard, self.terminal, question)
    }

    fn question(&self, question: &str) -> Result<Key, Stopped> {
        ask(self.keyboard, self.terminal, question)
    }
}

/// Ask until the answer is yes or no.
///
/// # Errors
/// A signal came first.
pub fn yes(keyboard: &Keyboard, terminal: &Terminal, question: &str) -> Result<bool, Stopped> {
    loop {
        match ask(keyboard, terminal, question)? {
            Key::Char('y') => return Ok(true),
            Key::Char('n' | 'q') | Key::End => return Ok(false),
            _ => {}
        }
    }
}

/// Show `question` as the last line and wait for a key, which is then shown behind it.
fn ask(keyboard: &Keyboard, terminal: &Terminal, question: &str) -> Result<Key, Stopped> {
    let question = terminal.err.paint(CYAN.bold(), question);
    terminal.say(&format!("{question} "));
    let pressed = loop {
        match keyboard.key() {
            // Whoever is used to Enter after each answer does not want to see the question again.
            Ok(Key::Enter) if keyboard.is_immediate() => {}
            pressed => break pressed,
        }
    };
    let shown = match pressed {
        Ok(Key::Char(key)) if keyboard.is_immediate() => {
            terminal.err.text(&key.to_string()).into_owned() + "\n"
        }
        Ok(_) if !keyboard.is_immediate() && pressed != Ok(Key::End) => String::new(),
        _ => "\n".to_owned(),
    };
    terminal.say(&shown);
    pressed
}
