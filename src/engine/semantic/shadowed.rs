//! Whether a module of the standard library is what an import of its name loads, and which names a package's own
//! modules take.

use ruff_db::files::FilePath;
use ty_module_resolver::ModuleName;

use super::modules::Place;
use super::names::{Meaning, Names, Origin};
use super::quietly;

impl Names<'_> {
    /// Whether the file is a package that has a module `name` in it: whoever imports that binds the name in the package.
    pub fn has_submodule(&self, name: &str) -> bool {
        let FilePath::System(path) = self.file_path() else {
            return false;
        };
        if path.as_utf8_path().file_stem() != Some("__init__") {
            return false;
        }
        let has = quietly(|| {
            let package = self.absolute(None, 1)?;
            Some(matches!(self.submodule(&package, name), Meaning::Module(_)))
        });
        has.flatten().unwrap_or(true)
    }

    /// Whether `import {module}` in this file loads the standard library's module of that name. A file of the project
    /// stands before it only where its directory is one that imports start from: not in a package, whose modules are
    /// imported through it.
    pub fn loads_standard(&self, module: &str) -> bool {
        quietly(|| {
            let name = ModuleName::new(module)?;
            Some(match self.origin(&name) {
                Place::Outside(origin) => origin == Origin::StandardLibrary,
                // Any other module of the name comes before a directory without a file.
                Place::Namespace => true,
                Place::Project(file) => {
                    let FilePath::System(path) = file.file(self.database).path(self.database)
                    else {
                        return Some(true);
                    };
                    let path = path.as_utf8_path();
                    let is_package = path.file_stem() == Some("__init__");
                    let above = path.ancestors().nth(1 + usize::from(is_package))?;
                    crate::disk::is_file(&above.join("__init__.py"))
                }
            })
        })
        .flatten()
        .unwrap_or(false)
    }
}
