//! Which libraries are at hand where a module is used: those that modules beside it import.

use camino::Utf8Path;

use super::Project;
use super::digest::Digest;
use super::layout::ModuleId;

impl Project {
    /// Whether a module below the directory that `module` is imported from imports `library` (`fastapi`), itself or
    /// something in it, at the module level or in a function that is followed. A package of a repository with several
    /// projects may be installed without the libraries of the others.
    pub fn has_nearby(&self, module: ModuleId, library: &str) -> bool {
        let root = self.root_of(module);
        let mut modules = self.modules();
        modules.any(|one| {
            self.path(one).starts_with(root)
                && self
                    .digest(one)
                    .is_some_and(|digest| imports(digest, library))
        })
    }

    /// The directory that the dotted name of `module` begins in.
    fn root_of(&self, module: ModuleId) -> &Utf8Path {
        let path = self.path(module);
        let parts = self.name(module).split('.').count();
        let is_package = path.file_stem() == Some("__init__");
        let root = path.ancestors().nth(parts + usize::from(is_package));
        root.unwrap_or(path)
    }
}

fn imports(digest: &Digest, library: &str) -> bool {
    let at_top = digest.imports.iter().map(|one| &one.import);
    let within = digest.bodies.values().flat_map(|body| &body.imports);
    at_top
        .chain(within)
        .any(|import| import.level == 0 && import.module.split('.').next() == Some(library))
}
