//! Keys from the terminal that standard input is.
//!
//! One key is one answer, without Enter, wherever the terminal can do that; on a dumb one an answer is a line. The mode
//! is set once and not for each key, so that what is typed ahead is not shown twice, and it is put back however the walk
//! ends. Signals stay the terminal's business: Ctrl-C is one, and ends the wait at once.
//!
//! The crate that draws the progress bar could read keys too, but changes the mode for every key, and waits on when the
//! terminal is gone.

use std::io::Stdin;

use anyhow::Context;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::termios::{
    LocalModes, OptionalActions, QueueSelector, SpecialCodeIndex, Termios, tcflush, tcgetattr,
    tcsetattr,
};
use signal_hook::consts::{SIGINT, SIGTSTP};
use signal_hook::low_level::raise;

use super::super::interrupt::Interrupt;

/// A key, or on a dumb terminal a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// In lower case.
    Char(char),
    Enter,
    Up,
    Down,
    /// Ctrl-D, or the terminal is gone.
    End,
    /// The process was away (Ctrl-Z): what was asked has to be asked again.
    Again,
    Unknown,
}

/// This signal asks for the end of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped(pub u8);

const CTRL_D: u8 = 0x04;
const CTRL_Z: u8 = 0x1a;
const CTRL_BACKSLASH: u8 = 0x1c;
const ESCAPE: u8 = 0x1b;

/// The keyboard, from [`Keyboard::open`] until it is dropped: then the terminal is as it was.
pub struct Keyboard {
    input: Stdin,
    interrupt: Interrupt,
    /// The modes before and meanwhile; `None` where an answer is a line.
    modes: Option<(Termios, Termios)>,
}

impl Keyboard {
    /// Take the keyboard. What was typed before counts for nothing.
    ///
    /// # Errors
    /// Signals cannot be listened for.
    pub fn open() -> anyhow::Result<Self> {
        let input = std::io::stdin();
        let interrupt = Interrupt::listen().context("cannot listen for signals")?;
        let is_dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
        let modes = match is_dumb {
            true => None,
            false => modes(&input),
        };
        let keyboard = Self {
            input,
            interrupt,
            modes,
        };
        keyboard.take();
        keyboard.forget_typed();
        Ok(keyboard)
    }

    /// Whether each key is an answer, and is not shown by the terminal.
    pub fn is_immediate(&self) -> bool {
        self.modes.is_some()
    }

    /// Forget what was typed before the question that comes now could be read.
    pub fn forget_typed(&self) {
        let _ = tcflush(&self.input, QueueSelector::IFlush);
    }

    /// Wait for a key.
    ///
    /// # Errors
    /// A signal came first.
    pub fn key(&self) -> Result<Key, Stopped> {
        let Some((before, meanwhile)) = &self.modes else {
            return self.line();
        };
        let Some(byte) = self.byte()? else {
            return Ok(Key::End);
        };
        match byte {
            CTRL_BACKSLASH => Err(Stopped(u8::try_from(SIGINT).unwrap_or(2))),
            CTRL_Z => {
                self.set(before);
                let _ = raise(SIGTSTP);
                self.set(meanwhile);
                Ok(Key::Again)
            }
            ESCAPE => Ok(self.escape()),
            // The rest of a character of several bytes is part of the same key.
            0x80.. => {
                self.pending();
                Ok(Key::Unknown)
            }
            byte => Ok(key_of(byte)),
        }
    }

    /// A line. One character is a key; `yes` and `no` are what they say.
    fn line(&self) -> Result<Key, Stopped> {
        let mut line = Vec::new();
        loop {
            match self.byte()? {
                None if line.is_empty() => return Ok(Key::End),
                None | Some(b'\n') => return Ok(key_of_line(&line)),
                Some(byte) => line.push(byte),
            }
        }
    }

    /// The next byte; `None` at the end of input.
    fn byte(&self) -> Result<Option<u8>, Stopped> {
        loop {
            if let Some(signal) = self.interrupt.signal() {
                return Err(Stopped(signal));
            }
            if !self.is_ready(QUARTER_SECOND) {
                continue;
            }
            let mut byte = [0];
            match rustix::io::read(&self.input, &mut byte) {
                Ok(0) => return Ok(None),
                Ok(_) => return Ok(Some(byte[0])),
                Err(Errno::INTR | Errno::AGAIN) => {}
                Err(_) => return Ok(None),
            }
        }
    }

    /// What stands in the queue now.
    fn pending(&self) -> Vec<u8> {
        let mut bytes = [0; 32];
        match self.is_ready(AT_ONCE) {
            true => {
                let read = rustix::io::read(&self.input, &mut bytes).unwrap_or(0);
                bytes[..read].to_vec()
            }
            false => Vec::new(),
        }
    }

    fn escape(&self) -> Key {
        match self.pending().as_slice() {
            [b'[' | b'O', b'A' | b'D'] => Key::Up,
            [b'[' | b'O', b'B' | b'C'] => Key::Down,
            _ => Key::Unknown,
        }
    }

    /// Whether there is something to read within `time`. A signal may end the wait earlier.
    fn is_ready(&self, time: Timespec) -> bool {
        let mut wanted = [PollFd::new(&self.input, PollFlags::IN)];
        poll(&mut wanted, Some(&time)).is_ok_and(|ready| ready > 0)
    }

    fn take(&self) {
        if let Some((_, meanwhile)) = &self.modes {
            self.set(meanwhile);
        }
    }

    fn set(&self, modes: &Termios) {
        let _ = tcsetattr(&self.input, OptionalActions::Drain, modes);
    }
}

impl Drop for Keyboard {
    fn drop(&mut self) {
        if let Some((before, _)) = &self.modes {
            self.set(before);
        }
    }
}

/// So long may a signal that comes between two waits go unnoticed.
const QUARTER_SECOND: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 250_000_000,
};

const AT_ONCE: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 0,
};

/// The modes of the terminal `input` now, and those in which each key comes at once and unseen.
fn modes(input: &Stdin) -> Option<(Termios, Termios)> {
    let before = tcgetattr(input).ok()?;
    let mut meanwhile = before.clone();
    meanwhile.local_modes -= LocalModes::ICANON | LocalModes::ECHO | LocalModes::ECHONL;
    meanwhile.special_codes[SpecialCodeIndex::VMIN] = 1;
    meanwhile.special_codes[SpecialCodeIndex::VTIME] = 0;
    // These come as keys, so that the mode can be put back before the process stops or ends.
    meanwhile.special_codes[SpecialCodeIndex::VSUSP] = 0;
    meanwhile.special_codes[SpecialCodeIndex::VQUIT] = 0;
    Some((before, meanwhile))
}

fn key_of(byte: u8) -> Key {
    match byte {
        b'\r' | b'\n' | b' ' => Key::Enter,
        CTRL_D => Key::End,
        byte if byte.is_ascii_graphic() => Key::Char(char::from(byte.to_ascii_lowercase())),
        _ => Key::Unknown,
    }
}

fn key_of_line(line: &[u8]) -> Key {
    match line.trim_ascii().to_ascii_lowercase().as_slice() {
        [] => Key::Enter,
        [byte] => key_of(*byte),
        b"yes" => Key::Char('y'),
        b"no" => Key::Char('n'),
        _ => Key::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::{Key, key_of, key_of_line};

    #[test]
    fn keys_and_lines() {
        assert_eq!(key_of(b'Y'), Key::Char('y'));
        assert_eq!(key_of(b'?'), Key::Char('?'));
        assert_eq!(key_of(b'\r'), Key::Enter);
        assert_eq!(key_of(4), Key::End);
        assert_eq!(key_of(1), Key::Unknown);
        assert_eq!(key_of_line(b" y \r"), Key::Char('y'));
        assert_eq!(key_of_line(b"No"), Key::Char('n'));
        assert_eq!(key_of_line(b""), Key::Enter);
        // Not its first letter: nobody knows what was meant.
        assert_eq!(key_of_line(b"yn"), Key::Unknown);
        assert_eq!(key_of_line("ä".as_bytes()), Key::Unknown);
    }
}
