//! What other files put in the place of a name, or of a module, at run time.

use super::Project;
use super::digest::Replaced;
use super::layout::ModuleId;

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
        let found = self.modules().find_map(|from| {
            let mut replaced = self.digest(from)?.replaced.iter();
            let hit = replaced.find(|one| self.is_hit(from, one, &sought, name))?;
            Some((from, hit.line))
        });
        found.or_else(|| {
            self.computes(|digest| digest.replaces_computed)?;
            self.mentioned(|from, text| {
                let one = text.rsplit_once('.').filter(|(_, last)| *last == name);
                one.is_some_and(|(module, _)| self.is_sought(from, module, &sought))
            })
        })
    }

    fn is_hit(&self, from: ModuleId, one: &Replaced, sought: &Sought<'_>, name: &str) -> bool {
        one.name.as_deref().is_none_or(|known| known == name)
            && match &one.module {
                None => true,
                Some(module) => self.is_sought(from, module, sought),
            }
    }

    /// Whether `module`, as written in `from`, may be what is sought.
    fn is_sought(&self, from: ModuleId, module: &str, sought: &Sought<'_>) -> bool {
        let is_close =
            |name: &&str| !name.is_empty() && (ends_with(module, name) || ends_with(name, module));
        is_close(&sought.written)
            || sought.names.iter().any(is_close)
            || self
                .also_named(from, module)
                .iter()
                .any(|name| name == sought.written)
            || self
                .modules_named(from, module)
                .iter()
                .any(|one| sought.modules.contains(one))
    }

    /// Where some file puts `module` (dotted), one of its parents or one of its submodules into `sys.modules`.
    pub fn stubbed(&self, module: &str) -> Option<(ModuleId, u32)> {
        let module = module.trim_start_matches('.');
        let is_sought = |from: ModuleId, name: &str| {
            is_related(name, module) || {
                let mut named = self.modules_named(from, name).into_iter();
                named.any(|one| is_related(self.name(one), module))
            }
        };
        let found = self.modules().find_map(|from| {
            let mut stubbed = self.digest(from)?.stubbed.iter();
            let hit = stubbed.find(|(name, _)| is_sought(from, name))?;
            Some((from, hit.1))
        });
        found.or_else(|| {
            self.computes(|digest| digest.stubs_computed)?;
            self.mentioned(is_sought)
        })
    }

    /// Some file for which `computed` gives a line.
    fn computes(
        &self,
        computed: impl Fn(&super::Digest) -> Option<u32>,
    ) -> Option<(ModuleId, u32)> {
        self.modules()
            .find_map(|from| Some((from, computed(self.digest(from)?)?)))
    }

    /// The first dotted name in a string of a test for which `is_sought` holds.
    fn mentioned(&self, is_sought: impl Fn(ModuleId, &str) -> bool) -> Option<(ModuleId, u32)> {
        self.modules().find_map(|from| {
            let mut mentions = self.digest(from)?.mentions.iter();
            let hit = mentions.find(|(text, _)| is_sought(from, text))?;
            Some((from, hit.1))
        })
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

/// Whether one of two dotted names is the other one, or a parent of it.
fn is_related(one: &str, other: &str) -> bool {
    let is_below = |below: &str, above: &str| {
        below
            .strip_prefix(above)
            .is_some_and(|rest| rest.starts_with('.'))
    };
    !one.is_empty() && (one == other || is_below(one, other) || is_below(other, one))
}
