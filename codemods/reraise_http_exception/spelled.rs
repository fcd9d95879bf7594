//! A class as a clause writes it, with the import that this takes.

use codemend_engine::change::Change;
use codemend_engine::imports::{Import, Placed};
use codemend_engine::module::Module;
use codemend_engine::project::Project;

/// How a class is written, and the import that this takes.
#[derive(Debug)]
pub struct Spelled {
    pub text: String,
    pub import: Needed,
}

#[derive(Debug)]
pub enum Needed {
    Nothing,
    Plain(Import),
    /// An import statement, as it is written, and what it takes of which module.
    Renamed(Placed),
}

impl Spelled {
    pub fn known(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            import: Needed::Nothing,
        }
    }

    /// What is wrong with the import that this takes: another file gets the name too, or nothing around `module` has the
    /// library.
    pub fn fault(&self, module: &Module<'_>, project: &Project) -> Option<String> {
        let from = match &self.import {
            Needed::Nothing => return None,
            Needed::Plain(import) => import.module,
            Needed::Renamed(placed) => placed.members.as_ref().map_or("", |it| &it.module),
        };
        let own = project.module(module.path())?;
        if let Some(other) = project.star_importer(own) {
            let (file, text) = (project.file(other), &self.text);
            return Some(format!(
                "`{file}` imports all names of this module, and would get `{text}` too"
            ));
        }
        let library = from.split('.').next().unwrap_or_default();
        let is_library = matches!(library, "fastapi" | "starlette");
        (is_library && !project.has_nearby(own, library))
            .then(|| format!("no module near this one imports `{library}`: it may not be there"))
    }

    /// Let `change` bring what it takes.
    pub fn bring(self, change: &mut Change) -> String {
        match self.import {
            Needed::Nothing => {}
            Needed::Plain(import) => change.requires.push(import),
            Needed::Renamed(placed) => {
                if !change.places.contains(&placed) {
                    change.places.push(placed);
                }
            }
        }
        self.text
    }
}
