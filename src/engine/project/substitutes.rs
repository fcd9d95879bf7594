//! What other files put in the place of a name, or of a module, at run time.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use super::Project;
use super::layout::ModuleId;

/// All that the files of a project replace at run time, gathered once.
#[derive(Debug, Default)]
pub(super) struct Substitutes {
    /// By the name that is replaced.
    names: FxHashMap<String, Vec<Replacement>>,
    /// Any name of a module.
    any: Vec<Replacement>,
    /// Modules that are replaced as attributes of their packages: `patch("app.mail")`.
    attributes: Stubs,
    /// What is put into `sys.modules`, by the dotted names that the module goes by.
    modules: Stubs,
}

/// Where modules are replaced, by their dotted names: the first place of each.
#[derive(Debug, Default)]
struct Stubs {
    places: Vec<(ModuleId, u32)>,
    /// Places by the names of the modules, and by the names above these.
    names: FxHashMap<String, usize>,
    above: FxHashMap<String, usize>,
}

impl Stubs {
    fn add(&mut self, from: ModuleId, line: u32, names: Vec<String>) {
        let at = self.places.len();
        self.places.push((from, line));
        for name in names.into_iter().filter(|name| !name.is_empty()) {
            for above in names_above(&name) {
                if !self.above.contains_key(above) {
                    self.above.insert(above.to_owned(), at);
                }
            }
            self.names.entry(name).or_insert(at);
        }
    }

    /// Where a module of this name is replaced.
    fn of(&self, name: &str) -> Option<(ModuleId, u32)> {
        self.places.get(*self.names.get(name)?).copied()
    }

    /// Where a module of this name, or one above it or below it, is replaced.
    fn around(&self, name: &str) -> Option<(ModuleId, u32)> {
        let itself = self.names.get(name).into_iter();
        let below = self.above.get(name);
        let above = names_above(name).filter_map(|above| self.names.get(above));
        let first = itself.chain(below).chain(above).min()?;
        self.places.get(*first).copied()
    }
}

/// The dotted names above `name`, whose modules are packages around its own.
fn names_above(name: &str) -> impl Iterator<Item = &str> {
    name.match_indices('.').map(|(dot, _)| &name[..dot])
}

/// That a file replaces a name of some module.
#[derive(Debug)]
struct Replacement {
    from: ModuleId,
    line: u32,
    /// As it is written there. `None`: nobody can tell which.
    module: Option<String>,
    /// What that leads to: worked out when somebody asks.
    meant: OnceLock<Meant>,
}

/// What a dotted name may stand for.
#[derive(Debug)]
struct Meant {
    modules: Vec<ModuleId>,
    /// Names outside of the project.
    others: Vec<String>,
}

impl Project {
    /// Where some file of the project replaces `name` of one of `modules` at run time (`mock.patch`, assignment): its
    /// module and the line. `written` is the dotted name of the module as the import writes it.
    pub fn replaced(
        &self,
        modules: &[ModuleId],
        written: &str,
        name: &str,
    ) -> Option<(ModuleId, u32)> {
        let names: Vec<&str> = modules.iter().map(|one| self.name(*one)).collect();
        let sought = Sought {
            modules,
            names: &names,
            written: written.trim_start_matches('.'),
        };
        let substitutes = self.substitutes();
        let by_name = substitutes.names.get(name).into_iter().flatten();
        let hits = by_name.chain(&substitutes.any).filter(|one| {
            let module = one.module.as_deref();
            module.is_none_or(|module| self.is_sought(one, module, &sought))
        });
        hits.map(|one| (one.from, one.line)).min()
    }

    /// Where a file that is no test binds `name` of `module` anew, and says so by both names.
    pub fn assigned(&self, module: ModuleId, name: &str) -> Option<(ModuleId, u32)> {
        let replacements = self.substitutes().names.get(name)?;
        let hits = replacements.iter().filter(|one| {
            let written = one.module.as_deref();
            !self.is_test(self.path(one.from))
                && written
                    .is_some_and(|written| self.modules_named(one.from, written).contains(&module))
        });
        hits.map(|one| (one.from, one.line)).min()
    }

    /// Whether `module`, which `one` replaces a name of, may be what is sought.
    fn is_sought(&self, one: &Replacement, module: &str, sought: &Sought<'_>) -> bool {
        let is_close =
            |name: &&str| !name.is_empty() && (ends_with(module, name) || ends_with(name, module));
        if is_close(&sought.written) || sought.names.iter().any(is_close) {
            return true;
        }
        let meant = one.meant.get_or_init(|| Meant {
            modules: self.modules_named(one.from, module),
            others: self.also_named(one.from, module),
        });
        meant.others.iter().any(|name| name == sought.written)
            || meant.modules.iter().any(|one| sought.modules.contains(one))
    }

    /// Where some file puts `module` (dotted), one of its parents or one of its submodules into `sys.modules`.
    pub fn stubbed(&self, module: &str) -> Option<(ModuleId, u32)> {
        let module = module.trim_start_matches('.');
        let substitutes = self.substitutes();
        let around = substitutes.modules.around(module);
        around.or_else(|| substitutes.attributes.of(module))
    }

    fn substitutes(&self) -> &Substitutes {
        self.substitutes.get_or_init(|| self.gather())
    }

    fn gather(&self) -> Substitutes {
        let digests = || {
            self.modules()
                .filter_map(|one| Some((one, self.digest(one)?)))
        };
        // Where one file computes what it replaces, a dotted name in any test may be what it is given.
        let replaces_computed = digests().any(|(_, one)| one.replaces_computed.is_some());
        let stubs_computed = digests().any(|(_, one)| one.stubs_computed.is_some());
        let mut all = Substitutes::default();
        for (from, digest) in digests() {
            for one in &digest.replaced {
                if let (Some(module), Some(name)) = (&one.module, &one.name) {
                    let path = format!("{module}.{name}");
                    if !self.modules_named(from, &path).is_empty() {
                        let names = self.known_as(from, &path);
                        all.attributes.add(from, one.line, names);
                    }
                }
                all.replace(from, one.line, one.module.clone(), one.name.as_deref());
            }
            for (name, line) in &digest.stubbed {
                all.modules.add(from, *line, self.known_as(from, name));
            }
            for (text, line) in &digest.mentions {
                if let Some((module, name)) = text.rsplit_once('.').filter(|_| replaces_computed) {
                    all.replace(from, *line, Some(module.to_owned()), Some(name));
                }
                if stubs_computed {
                    all.modules.add(from, *line, self.known_as(from, text));
                }
            }
        }
        all
    }

    /// The dotted names of the module that `name`, as written in `from`, means.
    fn known_as(&self, from: ModuleId, name: &str) -> Vec<String> {
        let named = self.modules_named(from, name).into_iter();
        let mut names: Vec<String> = named.map(|one| self.name(one).to_owned()).collect();
        names.push(name.to_owned());
        names
    }
}

impl Substitutes {
    fn replace(&mut self, from: ModuleId, line: u32, module: Option<String>, name: Option<&str>) {
        let one = Replacement {
            from,
            line,
            module,
            meant: OnceLock::new(),
        };
        match name {
            Some(name) => self.names.entry(name.to_owned()).or_default().push(one),
            None => self.any.push(one),
        }
    }
}

/// The modules whose name may be replaced, with their names.
struct Sought<'s> {
    modules: &'s [ModuleId],
    names: &'s [&'s str],
    written: &'s str,
}

/// Whether `long` is `short`, or ends in it after a dot: `src.app.mail` and `app.mail`.
fn ends_with(long: &str, short: &str) -> bool {
    long == short
        || long
            .strip_suffix(short)
            .is_some_and(|rest| rest.ends_with('.'))
}
