//! The logger that a module gets where it has none.

use codemend_engine::change::Change;
use codemend_engine::imports::{Import, below, below_imports, has_room, landing};
use codemend_engine::module::Module;
use codemend_engine::syntax::ast::Stmt;
use codemend_engine::syntax::{Ranged, TextRange};

use super::logger::{Logger, import_of, is_logging};
use super::scope::{imports_of, times_bound};
use super::stars::{comes_by_no_star, is_star};
use super::table::Style;

/// What a new logger may be called, the first that is free.
const NAMES: [&str; 3] = ["logger", "_logger", "module_logger"];

/// A logger that is to be made, and the edit or the import that makes it.
pub struct New {
    pub logger: Logger,
    edit: Option<(TextRange, String)>,
    import: Option<Import>,
}

impl New {
    /// Let `change` make it too. All changes of a file share that.
    pub fn add_to(&self, change: &mut Change) {
        if let Some((range, text)) = &self.edit {
            change.replace(*range, text.clone());
        }
        change.requires.extend(self.import.clone());
    }
}

/// A new logger of `style`, called as no place that is to write to it `hides`. Where another file takes all public names
/// of the module (`is_taken`) it gets none of these.
///
/// # Errors
/// Why the module cannot have one.
pub fn new_logger(
    module: &Module<'_>,
    style: Style,
    is_taken: bool,
    hides: impl Fn(&str) -> bool,
) -> Result<New, String> {
    let free = NAMES
        .iter()
        .filter(|name| !is_taken || name.starts_with('_'))
        .find(|name| is_free(module, name) && !hides(name));
    let name = *free.ok_or("`logger`, `_logger` and `module_logger` mean something else here")?;
    let logger = Logger {
        text: name.to_owned(),
        name: name.to_owned(),
        style,
        ready: landing(module),
    };
    match style {
        Style::Loguru => imported(module, logger),
        Style::Logging => made(module, logger, "logging", "getLogger"),
        Style::Structlog => made(module, logger, "structlog", "get_logger"),
    }
}

/// `from loguru import logger`.
fn imported(module: &Module<'_>, logger: Logger) -> Result<New, String> {
    let is_plain = logger.name == "logger";
    let import = is_plain.then_some(Import {
        module: "loguru",
        name: Some("logger"),
    });
    let edit = match is_plain {
        true => None,
        false => {
            let line = format!("from loguru import logger as {}", logger.name);
            Some(below_imports(module, &[line]).ok_or(CROWDED)?)
        }
    };
    Ok(New {
        logger,
        edit,
        import,
    })
}

/// Said where a statement has no line of its own.
const CROWDED: &str = "other code shares the line that a logger would go behind";

/// `logger = logging.getLogger(__name__)`, with the import that is missing.
fn made(
    module: &Module<'_>,
    logger: Logger,
    from: &'static str,
    maker: &str,
) -> Result<New, String> {
    let line = |maker: String| format!("{} = {maker}(__name__)", logger.name);
    let Some((import, maker)) = present(module, from, maker) else {
        may_import(module, from)?;
        let line = line(format!("{from}.{maker}"));
        if let Some(edit) = apart(module, &line) {
            let (module, name) = (from, None);
            return Ok(New {
                logger,
                edit: Some(edit),
                import: Some(Import { module, name }),
            });
        }
        let lines = [format!("import {from}"), String::new(), line];
        return Ok(New {
            edit: Some(below_imports(module, &lines).ok_or(CROWDED)?),
            logger,
            import: None,
        });
    };
    let line = line(maker);
    let lines = [String::new(), line.clone()];
    let edit = match import.end() <= landing(module) {
        true => apart(module, &line).or_else(|| below_imports(module, &lines)),
        false => below(module, import, &lines),
    };
    let edit = edit.ok_or(CROWDED)?;
    let ready = logger.ready.max(import.end());
    Ok(New {
        edit: Some(edit),
        logger: Logger { ready, ..logger },
        import: None,
    })
}

/// The edit that puts `line` behind the blank line below the imports, where there is one: new imports go before that,
/// so neither has to wait for the other.
fn apart(module: &Module<'_>, line: &str) -> Option<(TextRange, String)> {
    let last = landing(module);
    let is_import = module.suite().iter().any(|statement| {
        let is_future = matches!(statement, Stmt::ImportFrom(import)
            if import.module.as_deref() == Some("__future__"));
        let is_import = matches!(statement, Stmt::Import(_) | Stmt::ImportFrom(_));
        is_import && !is_future && statement.end() == last
    });
    let blank = module.line_end(last);
    let end = module.line_end(blank);
    let newline = module.slice(TextRange::new(blank, end));
    let is_blank = matches!(newline, "\n" | "\r\n" | "\r");
    (is_import && is_blank && has_room(module))
        .then(|| (TextRange::empty(end), format!("{line}{newline}{newline}")))
}

/// The import of the module level that brings the function that makes loggers, and how it is written there.
fn present<'m>(module: &'m Module<'_>, from: &str, maker: &str) -> Option<(&'m Stmt, String)> {
    module.suite().iter().find_map(|statement| match statement {
        Stmt::Import(import) => import.names.iter().find_map(|alias| {
            let name = alias.asname.as_ref().map_or(from, |name| name.as_str());
            let is_it = match from {
                "logging" => import_of(module, name)?.range() == statement.range(),
                _ => alias.name.as_str() == from,
            };
            let means = from != "logging" || is_logging(module, name);
            (is_it && means && is_once(module, name))
                .then(|| (statement, format!("{name}.{maker}")))
        }),
        Stmt::ImportFrom(import) if import.level == 0 && import.module.as_deref() == Some(from) => {
            import.names.iter().find_map(|alias| {
                let name = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                let means = alias.name.as_str() == maker && is_once(module, name);
                means.then(|| (statement, name.to_owned()))
            })
        }
        _ => None,
    })
}

/// Whether the module level binds `name` once, and no function does it for it.
fn is_once(module: &Module<'_>, name: &str) -> bool {
    let times = times_bound(module.suite(), name);
    // `import logging` and `import logging.handlers` are one module.
    let same = times == imports_of(module.suite(), name);
    (times == 1 || same) && !module.names().rebinds_from_inside(name)
}

/// Whether `import {from}` can be added.
///
/// # Errors
/// Why it cannot.
fn may_import(module: &Module<'_>, from: &str) -> Result<(), String> {
    if from == "logging" && !module.names().loads_standard("logging") {
        return Err("`import logging` would load a module of the project".to_owned());
    }
    // An import below `if TYPE_CHECKING` or `if __name__ == "__main__"` binds the same.
    let is_bound = times_bound(module.suite(), from) > imports_of(module.suite(), from);
    match is_bound || module.names().has_submodule(from) || module.names().rebinds_from_inside(from)
    {
        true => Err(format!("the name `{from}` means something else here")),
        false => Ok(()),
    }
}

/// Whether the module does not bind `name`.
fn is_free(module: &Module<'_>, name: &str) -> bool {
    let names = module.names();
    if times_bound(module.suite(), name) > 0
        || names.rebinds_at_module_level(name)
        || names.has_submodule(name)
    {
        return false;
    }
    !module.suite().iter().any(is_star) || comes_by_no_star(module, name)
}
