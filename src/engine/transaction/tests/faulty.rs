//! A disk on which one call goes wrong, or after which nothing happens any more.

use std::cell::{Cell, RefCell};
use std::fs::{File, Metadata};
use std::io;

use camino::Utf8Path;

use super::super::disk::{Disk, Mode, System};

/// What goes wrong, and when.
#[derive(Debug, Clone, Copy)]
pub enum Fault {
    /// Nothing: the calls are counted.
    None,
    /// The call with this number fails, with this error; a write after half of its bytes.
    Once(usize, io::ErrorKind),
    /// From the call with this number on, all fail: the disk is gone.
    Dead(usize),
    /// As if the process was killed at this call; a write has put half of its bytes down. The test goes on with all
    /// calls failing, which is to say without any effect.
    Killed(usize),
    /// As if it was killed right after this call.
    KilledAfter(usize),
}

/// The disk itself with a fault.
pub struct Faulty {
    fault: Fault,
    calls: Cell<usize>,
    names: RefCell<Vec<&'static str>>,
    /// Whether names can be exchanged here.
    pub exchanges: bool,
    /// Called before the exchanges with these numbers: somebody saves a file.
    pub saves: Vec<(usize, Box<dyn Fn()>)>,
    exchanged: Cell<usize>,
}

impl Faulty {
    pub fn new(fault: Fault) -> Self {
        Self {
            fault,
            calls: Cell::new(0),
            names: RefCell::default(),
            exchanges: true,
            saves: Vec::new(),
            exchanged: Cell::new(0),
        }
    }

    /// How many calls there were.
    pub fn calls(&self) -> usize {
        self.calls.get()
    }

    /// What the call `number` was.
    pub fn name(&self, number: usize) -> &'static str {
        self.names.borrow().get(number).copied().unwrap_or("none")
    }

    fn call<T>(&self, name: &'static str, act: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        let number = self.calls.get();
        self.calls.set(number + 1);
        self.names.borrow_mut().push(name);
        match self.fault {
            Fault::Once(at, kind) if number == at => Err(kind.into()),
            Fault::Dead(at) | Fault::Killed(at) if number >= at => Err(io::Error::other("dead")),
            Fault::KilledAfter(at) if number > at => Err(io::Error::other("dead")),
            _ => act(),
        }
    }

    fn is_hit(&self, number: usize) -> bool {
        matches!(self.fault, Fault::Once(at, _) | Fault::Killed(at) if at == number)
    }
}

impl Disk for Faulty {
    fn look(&self, path: &Utf8Path) -> io::Result<Metadata> {
        self.call("look", || System.look(path))
    }

    fn read(&self, path: &Utf8Path) -> io::Result<Vec<u8>> {
        self.call("read", || System.read(path))
    }

    fn may_write(&self, path: &Utf8Path) -> io::Result<()> {
        self.call("may_write", || System.may_write(path))
    }

    fn create(&self, path: &Utf8Path, mode: Mode) -> io::Result<File> {
        self.call("create", || System.create(path, mode))
    }

    fn open_to_overwrite(&self, path: &Utf8Path) -> io::Result<File> {
        self.call("open", || System.open_to_overwrite(path))
    }

    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        if self.is_hit(self.calls.get()) {
            System.write(file, &bytes[..bytes.len() / 2])?;
        }
        self.call("write", || System.write(file, bytes))
    }

    fn set_length(&self, file: &File, length: u64) -> io::Result<()> {
        self.call("set_length", || System.set_length(file, length))
    }

    fn dress(&self, file: &File, like: &Utf8Path) -> io::Result<()> {
        self.call("dress", || System.dress(file, like))
    }

    fn set_mode(&self, file: &File, mode: u32) -> io::Result<()> {
        self.call("set_mode", || System.set_mode(file, mode))
    }

    // Waiting for the disk takes its time, and nothing here pulls the plug.
    fn sync(&self, _files: &[File]) -> io::Result<()> {
        self.call("sync", || Ok(()))
    }

    fn sync_directory(&self, _path: &Utf8Path) -> io::Result<()> {
        self.call("sync_directory", || Ok(()))
    }

    fn exchange(&self, one: &Utf8Path, other: &Utf8Path) -> io::Result<()> {
        if !self.exchanges {
            return Err(io::ErrorKind::Unsupported.into());
        }
        let number = self.exchanged.get();
        self.exchanged.set(number + 1);
        for (_, act) in self.saves.iter().filter(|(at, _)| *at == number) {
            act();
        }
        self.call("exchange", || System.exchange(one, other))
    }

    fn rename(&self, from: &Utf8Path, to: &Utf8Path) -> io::Result<()> {
        self.call("rename", || System.rename(from, to))
    }

    fn rename_to_new(&self, from: &Utf8Path, to: &Utf8Path) -> io::Result<()> {
        self.call("rename_to_new", || System.rename_to_new(from, to))
    }

    fn remove(&self, path: &Utf8Path) -> io::Result<()> {
        self.call("remove", || System.remove(path))
    }

    fn make_directory(&self, path: &Utf8Path) -> io::Result<()> {
        self.call("make_directory", || System.make_directory(path))
    }

    fn remove_directory(&self, path: &Utf8Path) -> io::Result<()> {
        self.call("remove_directory", || System.remove_directory(path))
    }

    fn list(&self, path: &Utf8Path) -> io::Result<Vec<String>> {
        self.call("list", || System.list(path))
    }
}
