//! What the project remembers of one module. The syntax tree that it was read from is not kept.

use std::collections::{BTreeMap, BTreeSet};

use ruff_text_size::TextSize;

use super::origins::Origins;

/// An import statement, or one name of it, as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRef {
    /// The module behind `from` without its dots, or the whole of `import a.b`. Empty in `from . import x`.
    pub module: String,
    /// The dots of a relative import; 0 for an absolute one.
    pub level: u32,
    /// The names that a from-import takes; empty for `import a.b`.
    pub names: Vec<String>,
    /// `from module import *`
    pub star: bool,
}

impl ImportRef {
    /// `a.b`, `..a`, `.`, as it is written.
    pub fn written(&self) -> String {
        format!("{}{}", ".".repeat(self.level as usize), self.module)
    }
}

/// When an import statement of a module runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Runs {
    /// Whenever the module is imported.
    Always,
    /// When the module is imported, if a condition holds.
    Perhaps,
    /// Only for type checkers.
    Never,
}

/// An import at module level, or in the body of a class there.
#[derive(Debug, Clone)]
pub(super) struct LoadImport {
    pub(super) import: ImportRef,
    pub(super) at: TextSize,
    /// From 1.
    pub(super) line: u32,
    pub(super) runs: Runs,
    /// Its failure is caught: `try: import x`.
    pub(super) guarded: bool,
    /// Loaded on first use (PEP 810).
    pub(super) lazy: bool,
}

impl LoadImport {
    /// Whether it runs whenever the module is imported, and what fails in it is not caught.
    pub(super) fn surely_runs(&self) -> bool {
        self.runs == Runs::Always && !self.guarded
    }
}

/// Whether the module level binds a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    Surely,
    /// Under a condition, or unbound again.
    Perhaps,
}

/// A call, or another thing that happens when the module is imported, that somebody has to judge.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Effect {
    /// The callee by its qualified name as far as the file tells: `re.compile`, `builtins.print`, `<here>.connect`.
    Call(String),
    /// A value of another module is looked into, which may run code: `settings.url`, by its qualified name.
    Access(String),
    /// An operator, a condition or a conversion asks this for something, by its qualified name.
    Operand(String),
    /// The same of what a call gives; the callee.
    Result(String),
    /// Something is looked up in this.
    Subscript(String),
    /// An attribute is read, by its whole qualified name.
    Attribute(String),
    /// A class is derived from this.
    Derives(String),
    /// A class with methods that run when members of an enum are made has this base.
    EnumHooks(String),
    /// A class body gives this another name, of which it may be told.
    Descriptor(String),
    /// Something else, in words.
    Other(&'static str),
}

/// What is assigned to a name, as far as that can be told without following names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// A literal or a display.
    Plain,
    /// Made of other names by `[]` and operators, or another name for something.
    Built,
    /// What a call gives.
    Made,
    Other,
}

/// What the body of a function or method may do when it is called.
#[derive(Debug, Clone, Default)]
pub(super) struct Body {
    pub(super) imports: Vec<ImportRef>,
    /// Qualified names of what it calls, as far as the file tells; each possibility of a name that stands for several.
    pub(super) calls: Vec<String>,
    /// Methods that it calls on what cannot be told: `self.connect()`, `make().run()`; hashes of their names, for most
    /// bodies call some, and few of them ever matter.
    pub(super) methods: Vec<u64>,
    /// Packages below which it imports by computed names; `None` when nothing is known of the name.
    pub(super) computed: Vec<Option<ImportRef>>,
}

/// A class at module level.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Class {
    /// Qualified names of its bases and of its decorators; `None` for those that are no plain names.
    pub(super) bases: Vec<Option<String>>,
    pub(super) decorators: Vec<Option<String>>,
    /// Making an instance runs code of the project: `__init__`, a validator, a default factory.
    pub(super) has_hooks: bool,
    /// The qualified name of its metaclass, if it says one; the inner `None` when that cannot be told.
    pub(super) metaclass: Option<Option<String>>,
    /// Deriving a class from it runs code: `__init_subclass__`.
    pub(super) on_derive: bool,
    pub(super) has_class_getitem: bool,
    /// Methods that run when members are made, if it is an enum.
    pub(super) has_enum_hooks: bool,
    /// Special methods that operators run.
    pub(super) has_operators: bool,
    /// What its body binds.
    pub(super) names: BTreeSet<String>,
}

/// A name of some module that a file replaces at run time: `mock.patch("app.mail.send")`, `mail.send = fake`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Replaced {
    /// The dotted path of what is replaced. `None` for the module: nobody can tell which.
    pub(super) module: Option<String>,
    /// `None`: any name of the module.
    pub(super) name: Option<String>,
    pub(super) line: u32,
}

/// What is known of one module.
#[derive(Debug, Clone, Default)]
pub(super) struct Digest {
    /// It does not parse; nothing else is known.
    pub(super) broken: bool,
    pub(super) generated: bool,
    pub(super) imports: Vec<LoadImport>,
    pub(super) origins: Origins,
    /// Names that the module level binds. Those of star imports are not here.
    pub(super) bindings: BTreeMap<String, Bound>,
    /// `__all__` says which names a star import takes, and another name in the module does not change that.
    pub(super) has_all: bool,
    /// The names in `__all__`, where it is a plain list of strings.
    pub(super) exports: Option<BTreeSet<String>>,
    /// `__getattr__` at module level (PEP 562): it may have any name.
    pub(super) has_getattr: bool,
    /// What importing it does, with the line (from 1), each thing once.
    pub(super) effects: Vec<(Effect, u32)>,
    /// Qualified names of all that importing it may call, with the line; builtins and the standard library left out.
    pub(super) calls: Vec<(String, u32)>,
    /// Imports by computed names that run with the module: the package below which, where that is known, and the line.
    pub(super) computed: Vec<(Option<ImportRef>, u32)>,
    /// Bodies that import or call something of interest: by the name of a function, `Class.method` for a method, `Class`
    /// for what else is in a class.
    pub(super) bodies: BTreeMap<String, Body>,
    /// Names that a function declares `global` and binds, with the line.
    pub(super) rebinds: BTreeMap<String, u32>,
    /// A function binds names of the module that cannot be told: `globals()[name] = value`.
    pub(super) rebinds_any: Option<u32>,
    /// What names at module level are made by, or are another name for: `router = APIRouter()` gives
    /// `fastapi.APIRouter`. Names that are assigned several things are left out.
    pub(super) made_by: BTreeMap<String, String>,
    /// Qualified names in what is assigned to a name, all of which may run when it is called: `make = partial(f, 1)`.
    pub(super) made_from: BTreeMap<String, Vec<String>>,
    pub(super) classes: BTreeMap<String, Class>,
    /// It assigns to a part of what an import gives: `mail.send = fake`.
    pub(super) assigns_parts: bool,
    /// It calls something that may replace what another module has, or deals with `sys.modules`.
    pub(super) may_replace: bool,
    /// What is assigned to names at module level, and to names in classes there (`Class.name`).
    pub(super) values: BTreeMap<String, Kind>,
    /// Functions at module level.
    pub(super) functions: BTreeSet<String>,
    pub(super) replaced: Vec<Replaced>,
    /// Modules that it looks at as a whole, by their qualified names, with the line.
    pub(super) inspected: Vec<(String, u32)>,
    /// Modules that it puts into `sys.modules` or takes out of it, with the line.
    pub(super) stubbed: Vec<(String, u32)>,
    /// It replaces something by a computed name; where.
    pub(super) replaces_computed: Option<u32>,
    /// It puts something into `sys.modules` by a computed name; where.
    pub(super) stubs_computed: Option<u32>,
    /// Dotted names in strings, in files that are about tests: another file may replace what they name.
    pub(super) mentions: Vec<(String, u32)>,
    /// What it gives to `Depends`, by qualified name.
    pub(super) depends: Vec<String>,
    /// Decorators, by qualified name, with the path of the function or method that wears them.
    pub(super) worn: Vec<(String, String)>,
    /// Functions and methods, by path, with the last names of what they raise; empty for what has none.
    pub(super) raisers: Vec<(String, Vec<String>)>,
    /// The line of an import by a computed name: `importlib.import_module(name)`.
    pub(super) dynamic: Option<u32>,
}
