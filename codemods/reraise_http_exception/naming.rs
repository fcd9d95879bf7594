//! How the new clause spells what it catches: as a `raise` of the same `try` does, else as the module has it, else by a
//! new import.

use codemend_engine::imports::{Import, Members, Placed};
use codemend_engine::module::Module;
use codemend_engine::project::{ImportRef, Imported, Project};
use codemend_engine::semantic::{FASTAPI_ERROR, STARLETTE_ERROR, named};
use codemend_engine::syntax::Ranged;
use codemend_engine::syntax::ast::statement_visitor::{StatementVisitor, walk_stmt};
use codemend_engine::syntax::ast::{Alias, Expr, Stmt, StmtImportFrom};

use super::errors::Extra;
use super::seen::{is_guarded, is_seen, meanings, means, module_imports};
use super::sites::Site;
use super::spelled::{Needed, Spelled};

/// A class that the clause names.
#[derive(Debug, Clone, Copy)]
pub enum Wanted<'e> {
    FastApi,
    Starlette,
    Extra(&'e Extra),
}

impl Wanted<'_> {
    /// As a lineage has it.
    fn class(&self) -> &str {
        match self {
            Self::FastApi => FASTAPI_ERROR,
            Self::Starlette => STARLETTE_ERROR,
            Self::Extra(extra) => &extra.class,
        }
    }

    /// Modules that have it, and its name there, the usual one first.
    fn homes(&self) -> Vec<(&str, &str)> {
        match self {
            Self::FastApi => vec![
                ("fastapi", "HTTPException"),
                ("fastapi.exceptions", "HTTPException"),
            ],
            Self::Starlette => vec![
                ("starlette.exceptions", "HTTPException"),
                ("fastapi.exceptions", "StarletteHTTPException"),
            ],
            Self::Extra(extra) => vec![(&extra.module, &extra.name)],
        }
    }
}

/// The names that new imports of a module take, each with its class.
pub type Taken = Vec<(String, String)>;

/// How the handlers of `site` spell `wanted`.
///
/// # Errors
/// Why they cannot.
pub fn spell(
    module: &Module<'_>,
    project: &Project,
    site: &Site<'_>,
    wanted: Wanted<'_>,
    taken: &mut Taken,
) -> Result<Spelled, String> {
    let known = raised_here(module, site, wanted)
        .or_else(|| imported_here(module, project, site, wanted))
        .or_else(|| imported(module, project, site, wanted));
    if let Some(text) = known {
        return Ok(Spelled::known(text));
    }
    let class = wanted.class();
    let last = class.rsplit('.').next().unwrap_or(class);
    let spelled = by_import(module, project, site, wanted, taken)
        .ok_or_else(|| format!("no name is sure to be `{last}` here"))?;
    if let Some(why) = spelled.fault(module, project) {
        return Err(why);
    }
    taken.push((spelled.text.clone(), class.to_owned()));
    Ok(spelled)
}

/// The name that an import of the functions around gives `wanted`, above the `try`.
fn imported_here(
    module: &Module<'_>,
    project: &Project,
    site: &Site<'_>,
    wanted: Wanted<'_>,
) -> Option<String> {
    let bodies: Vec<&[Stmt]> = site
        .functions()
        .rev()
        .map(|one| one.body.as_slice())
        .collect();
    let statements = bodies.into_iter().flatten();
    let imports = statements
        .filter(|one| one.end() <= site.attempt.start())
        .filter_map(Stmt::as_import_from_stmt);
    for import in imports {
        for alias in &import.names {
            let bound = alias.asname.as_ref().unwrap_or(&alias.name);
            if gives(module, project, import, alias, wanted)
                && means(module, site, bound, wanted.class())
            {
                return Some(bound.to_string());
            }
        }
    }
    None
}

/// The spelling of the first `raise` in the `try` whose name is bound before it.
fn raised_here(module: &Module<'_>, site: &Site<'_>, wanted: Wanted<'_>) -> Option<String> {
    let mut raises = Raises(Vec::new());
    raises.visit_stmt_parts(site);
    let found = raises.0.into_iter().map(named).find(|class| {
        let lineage = module.names().lineage(class);
        lineage.is_some_and(|one| one.class() == wanted.class()) && is_there(module, site, class)
    });
    found.map(|class| module.slice(class.range()).to_owned())
}

/// Whether the name at the root of `class` is bound when the `try` begins, whatever happens in it.
fn is_there(module: &Module<'_>, site: &Site<'_>, class: &Expr) -> bool {
    let mut root = class;
    while let Expr::Attribute(attribute) = root {
        root = &attribute.value;
    }
    let Expr::Name(name) = root else {
        return false;
    };
    let text = module.slice(class.range());
    if text.contains(['\n', '\r', '\\']) {
        return false;
    }
    if module.names().means_one_thing(&name.id) {
        return true;
    }
    let at_top = module_imports(module);
    let mut aliases = at_top.iter().flat_map(|one| match one {
        Stmt::Import(import) => import.names.as_slice(),
        Stmt::ImportFrom(import) => import.names.as_slice(),
        _ => &[],
    });
    if aliases.any(|alias| {
        let bound = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
        let binds = bound == "*" || bound.split('.').next() == Some(name.id.as_str());
        binds && module.names().is_bound_by(root, &name.id, alias)
    }) {
        return true;
    }
    let bodies = site.functions().map(|function| function.body.as_slice());
    let mut statements = bodies
        .flatten()
        .filter(|one| one.end() <= site.attempt.start());
    statements.any(|one| binds(one, &name.id))
}

/// Whether `statement` is an import that binds `name`.
fn binds(statement: &Stmt, name: &str) -> bool {
    let of = |alias: &Alias| alias.asname.as_ref().unwrap_or(&alias.name).as_str() == name;
    match statement {
        Stmt::Import(import) => import.names.iter().any(of),
        Stmt::ImportFrom(import) => import.names.iter().any(of),
        _ => false,
    }
}

/// What `raise` statements raise.
struct Raises<'a>(Vec<&'a Expr>);

impl<'a> Raises<'a> {
    /// Those of the body first.
    fn visit_stmt_parts(&mut self, site: &Site<'a>) {
        self.visit_body(&site.attempt.body);
        for handler in super::sites::handlers(site.attempt) {
            self.visit_body(&handler.body);
        }
    }
}

impl<'a> StatementVisitor<'a> for Raises<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Raise(raise) => self.0.extend(raise.exc.as_deref()),
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
            _ => walk_stmt(self, statement),
        }
    }
}

/// The name that an import at the top of the module gives `wanted`, or the class statement itself.
fn imported(
    module: &Module<'_>,
    project: &Project,
    site: &Site<'_>,
    wanted: Wanted<'_>,
) -> Option<String> {
    let names = module.names();
    if let Wanted::Extra(extra) = wanted
        && extra.home.is_some()
        && extra.home == project.module(module.path())
        && names.means_one_thing(&extra.name)
    {
        return Some(extra.name.clone());
    }
    let mut through = None;
    for statement in module_imports(module) {
        match statement {
            Stmt::ImportFrom(import) => {
                for alias in &import.names {
                    let bound = alias.asname.as_ref().unwrap_or(&alias.name);
                    let is_plain = gives(module, project, import, alias, wanted)
                        && names.means_one_thing(bound);
                    let name = match alias.name.as_str() {
                        "*" => wanted.homes().first().map_or("", |(_, name)| *name),
                        _ => bound.as_str(),
                    };
                    let may = alias.name.as_str() == "*"
                        || wanted
                            .homes()
                            .iter()
                            .any(|(_, name)| alias.name.as_str() == *name);
                    if is_plain
                        || may
                            && means(module, site, name, wanted.class())
                            && is_seen(module, site, name, alias)
                    {
                        return Some(name.to_owned());
                    }
                }
            }
            Stmt::Import(import) if !matches!(wanted, Wanted::Extra(_)) => {
                for alias in &import.names {
                    let homes = wanted.homes();
                    let home = homes.iter().find(|(home, _)| *home == alias.name.as_str());
                    let bound = alias.asname.as_ref().unwrap_or(&alias.name);
                    let root = bound.split('.').next().unwrap_or_default();
                    let is_here =
                        || names.means_one_thing(root) || is_seen(module, site, root, alias);
                    if let Some((_, name)) = home.filter(|_| is_here()) {
                        through.get_or_insert_with(|| format!("{bound}.{name}"));
                    }
                }
            }
            _ => {}
        }
    }
    through
}

/// Whether `alias` of `import` is `wanted`.
fn gives(
    module: &Module<'_>,
    project: &Project,
    import: &StmtImportFrom,
    alias: &Alias,
    wanted: Wanted<'_>,
) -> bool {
    let from = import.module.as_deref().unwrap_or_default();
    let mut homes = wanted.homes().into_iter();
    if homes.any(|(home, name)| import.level == 0 && home == from && &alias.name == name) {
        return true;
    }
    let (Wanted::Extra(extra), Some(own)) = (wanted, project.module(module.path())) else {
        return false;
    };
    let (Some(home), true) = (extra.home, alias.name == *extra.name) else {
        return false;
    };
    let written = ImportRef {
        module: from.to_owned(),
        level: import.level,
        names: vec![alias.name.to_string()],
        star: false,
    };
    match project.resolve(own, &written) {
        Imported::Project(targets) => targets.members.contains(&(home, extra.name.clone())),
        _ => false,
    }
}

/// A new import; under another name where the usual one means something else here.
fn by_import(
    module: &Module<'_>,
    project: &Project,
    site: &Site<'_>,
    wanted: Wanted<'_>,
    taken: &Taken,
) -> Option<Spelled> {
    let names = module.names();
    let homes = wanted.homes();
    if homes.iter().any(|(home, _)| is_guarded(module, home)) {
        return None;
    }
    let (name, other, plain) = match wanted {
        Wanted::FastApi => ("HTTPException", "FastAPIHTTPException", Some("fastapi")),
        Wanted::Starlette => (
            "HTTPException",
            "StarletteHTTPException",
            Some("starlette.exceptions"),
        ),
        Wanted::Extra(extra) => (extra.name.as_str(), "", None),
    };
    let has_class = |(text, class): &(String, String)| text == name && class != wanted.class();
    let has_other = taken.iter().any(has_class);
    let is_unseen = |name: &str| meanings(module, site, name).is_some_and(|found| found.is_empty());
    let is_free = |one: &str| {
        let is_other = one == name && has_other;
        let is_unbound = || !names.is_bound_anywhere(one) || is_unseen(one);
        !one.is_empty() && !is_other && is_unbound()
    };
    if let (Some(from), true) = (plain, is_free(name)) {
        let import = Import {
            module: from,
            name: Some("HTTPException"),
        };
        return Some(Spelled {
            text: name.to_owned(),
            import: Needed::Plain(import),
        });
    }
    let (text, taken) = match is_free(name) {
        true => (name, name.to_owned()),
        false if is_free(other) => (other, format!("{name} as {other}")),
        false => return None,
    };
    let home = match wanted {
        Wanted::Extra(extra) => match extra.home {
            Some(home) => project.name(home),
            None => &extra.module,
        },
        _ => plain?,
    };
    let members = Members {
        module: home.to_owned(),
        names: vec![taken.clone()],
    };
    Some(Spelled {
        text: text.to_owned(),
        import: Needed::Renamed(Placed {
            text: format!("from {home} import {taken}"),
            comments: Vec::new(),
            members: Some(members),
        }),
    })
}
