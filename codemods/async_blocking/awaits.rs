//! The changes: a call is awaited, as one of asyncio or in a thread.

use codemend_engine::change::{Change, Changes};
use codemend_engine::imports::{Import, spell};
use codemend_engine::module::Module;
use codemend_engine::semantic::{Declared, DefinitionKind, Meaning, Type, Where};
use codemend_engine::syntax::ast::helpers::ReturnStatementVisitor;
use codemend_engine::syntax::ast::visitor::Visitor;
use codemend_engine::syntax::ast::{Expr, ExprCall};
use codemend_engine::syntax::{Ranged, TextRange, TextSize, TokenKind};
use codemend_engine::target::PythonVersion;

use super::sites::Sites;
use super::spelled::{Spelled, Spot};

/// How a call that sleeps is written at `spot`.
///
/// # Errors
/// Why it cannot be.
pub fn sleep(spot: Spot<'_, '_, '_>) -> Result<Spelled, String> {
    const LIBRARIES: [&str; 3] = ["asyncio", "anyio", "trio"];
    if let Some(text) = spot.there(&["asyncio"], "sleep") {
        return Ok(Spelled { text, import: None });
    }
    for library in &LIBRARIES[1..] {
        if !spot.imports(library) {
            continue;
        }
        if let Some(text) = spot.there(&[library], "sleep") {
            return Ok(Spelled { text, import: None });
        }
        return with_import(spot, library, "sleep");
    }
    asyncio(spot, "sleep")
}

/// `asyncio.member`, with `import asyncio`.
fn asyncio(spot: Spot<'_, '_, '_>, member: &str) -> Result<Spelled, String> {
    match spot.is_free("asyncio") || spot.means_module("asyncio") {
        true => Ok(Spelled {
            text: format!("asyncio.{member}"),
            import: Some(Import {
                module: "asyncio",
                name: None,
            }),
        }),
        false => Err("the name `asyncio` means something else here".to_owned()),
    }
}

/// `name` of `library` by an import that is added.
fn with_import(
    spot: Spot<'_, '_, '_>,
    library: &'static str,
    name: &'static str,
) -> Result<Spelled, String> {
    let spelling = spell(spot.module, library, name, &[]);
    let root = spelling.text.split('.').next().unwrap_or_default();
    match spot.is_free(root) {
        true => Ok(Spelled {
            text: spelling.text,
            import: spelling.import,
        }),
        false => Err(format!("the name `{root}` means something else here")),
    }
}

/// Which threads calls move into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threadpool {
    Auto,
    Asyncio,
    Starlette,
    Anyio,
}

const CONCURRENCY: [&str; 2] = ["fastapi.concurrency", "starlette.concurrency"];

/// How a call with or without keywords is moved into a thread at `spot`.
///
/// # Errors
/// Why it cannot be.
pub fn pool(spot: Spot<'_, '_, '_>, wish: Threadpool, call: &ExprCall) -> Result<Spelled, String> {
    match wish {
        Threadpool::Asyncio => to_thread(spot),
        Threadpool::Starlette => starlette(spot),
        Threadpool::Anyio => anyio(spot, call),
        Threadpool::Auto => {
            if let Some(text) = spot.there(&CONCURRENCY, "run_in_threadpool") {
                return Ok(Spelled { text, import: None });
            }
            if spot.imports("anyio") {
                return anyio(spot, call);
            }
            let has_web = spot.imports("fastapi") || spot.imports("starlette");
            match spot.module.target() < PythonVersion::PY39 && has_web {
                true => starlette(spot),
                false => to_thread(spot),
            }
        }
    }
}

fn to_thread(spot: Spot<'_, '_, '_>) -> Result<Spelled, String> {
    if spot.module.target() < PythonVersion::PY39 {
        return Err("`asyncio.to_thread` came with Python 3.9".to_owned());
    }
    let other_loop = spot.imports("trio") && !spot.imports("asyncio") && !spot.imports("anyio");
    if other_loop {
        return Err("the module runs on trio".to_owned());
    }
    match spot.there(&["asyncio"], "to_thread") {
        Some(text) => Ok(Spelled { text, import: None }),
        None => asyncio(spot, "to_thread"),
    }
}

fn starlette(spot: Spot<'_, '_, '_>) -> Result<Spelled, String> {
    if let Some(text) = spot.there(&CONCURRENCY, "run_in_threadpool") {
        return Ok(Spelled { text, import: None });
    }
    let home = CONCURRENCY[usize::from(!spot.imports("fastapi"))];
    with_import(spot, home, "run_in_threadpool")
}

fn anyio(spot: Spot<'_, '_, '_>, call: &ExprCall) -> Result<Spelled, String> {
    if !call.arguments.keywords.is_empty() {
        return Err("`anyio.to_thread.run_sync` takes no keyword arguments".to_owned());
    }
    if let Some(text) = spot.there(&["anyio.to_thread"], "run_sync") {
        return Ok(Spelled { text, import: None });
    }
    let spelled = with_import(spot, "anyio", "to_thread")?;
    Ok(Spelled {
        text: format!("{}.run_sync", spelled.text),
        ..spelled
    })
}

/// Why `call` cannot move into a thread because of its arguments.
pub fn unfit(module: &Module<'_>, sites: &Sites<'_>, call: &ExprCall) -> Option<String> {
    let plain = |value: &Expr| {
        let name = module.qualified_name(value, Where::default());
        let known = ["PIPE", "DEVNULL", "STDOUT"].map(|one| format!("subprocess.{one}"));
        value.is_none_literal_expr() || name.is_some_and(|name| known.contains(&name))
    };
    for keyword in &call.arguments.keywords {
        let name = keyword.arg.as_ref().map(|name| name.as_str());
        let is_stream =
            matches!(name, Some("stdin" | "stdout" | "stderr")) && !plain(&keyword.value);
        if name == Some("files") || is_stream {
            return Some("it is given a file".to_owned());
        }
    }
    let keywords = call.arguments.keywords.iter().map(|one| &one.value);
    let mut all = call.arguments.args.iter().chain(keywords);
    all.find_map(|argument| odd(module, sites, argument))
}

/// Functions of Python whose results are worked out as they are read.
const ITERATORS: &[&str] = &["enumerate", "filter", "iter", "map", "reversed", "zip"];

/// Whether `call` gives something that runs code as it is read: a generator of the project, or `map`.
fn gives_iterator(module: &Module<'_>, call: &ExprCall) -> bool {
    let name = module.qualified_name(&call.func, Where::default());
    if let Some(name) = name {
        let builtin = name.strip_prefix("builtins.");
        return builtin.is_some_and(|name| ITERATORS.contains(&name))
            || name.starts_with("itertools.");
    }
    let meanings = module.names().meanings(&call.func, Where::default());
    meanings.iter().any(|meaning| match meaning {
        Meaning::Definition(definition) => match definition.kind() {
            DefinitionKind::Function(function) => {
                let mut returns = ReturnStatementVisitor::default();
                returns.visit_body(&function.body);
                returns.is_generator
            }
            _ => false,
        },
        _ => false,
    })
}

fn odd(module: &Module<'_>, sites: &Sites<'_>, argument: &Expr) -> Option<String> {
    let file = || Some("it is given a file".to_owned());
    let generator = || Some("it is given a generator".to_owned());
    match argument {
        Expr::Generator(_) => return generator(),
        Expr::Starred(one) => return odd(module, sites, &one.value),
        Expr::List(one) => return one.elts.iter().find_map(|it| odd(module, sites, it)),
        Expr::Tuple(one) => return one.elts.iter().find_map(|it| odd(module, sites, it)),
        Expr::Set(one) => return one.elts.iter().find_map(|it| odd(module, sites, it)),
        Expr::Dict(one) => {
            let mut values = one.items.iter().map(|it| &it.value);
            return values.find_map(|it| odd(module, sites, it));
        }
        Expr::If(one) => {
            let first = odd(module, sites, &one.body);
            return first.or_else(|| odd(module, sites, &one.orelse));
        }
        Expr::Call(call) if gives_iterator(module, call) => return generator(),
        Expr::Name(name) if sites.bound.contains_key(name.id.as_str()) => return file(),
        Expr::Name(_) | Expr::Attribute(_) | Expr::Call(_) => {}
        _ => return None,
    }
    let declared = module.names().declared(argument);
    if declared.is_some_and(|all| all.iter().all(is_plain_value)) {
        return None;
    }
    let kind = module.names().type_of(argument).kind;
    let names = kind.members().iter().filter_map(|one| match one {
        Type::Instance(class) => Some(class.name.as_str()),
        _ => None,
    });
    for name in names {
        if name.starts_with("_io.")
            || matches!(name, "typing.IO" | "typing.TextIO" | "typing.BinaryIO")
        {
            return file();
        }
        if name.ends_with("Generator")
            || name.ends_with("GeneratorType")
            || name.ends_with("Iterator")
        {
            return generator();
        }
    }
    None
}

/// Whether a value is surely no file and no generator, as plain words say.
fn is_plain_value(declared: &Declared<'_>) -> bool {
    match declared {
        Declared::Outside(name) => name.starts_with("builtins.") || name.starts_with("pathlib."),
        Declared::MadeBy(name) => matches!(
            name.as_str(),
            "builtins.str" | "builtins.int" | "builtins.float" | "builtins.bytes" | "pathlib.Path"
        ),
        Declared::Own(_) | Declared::Other => false,
    }
}

/// `call` as `await text(...)`, with its arguments as they are.
pub fn awaited(
    module: &Module<'_>,
    call: &ExprCall,
    spelled: Spelled,
    title: String,
    changes: &Changes,
) -> Change {
    let mut change = changes.draft(call.range(), title);
    wrap(module, call, &spelled.text, &mut change);
    change.requires.extend(spelled.import);
    change
}

/// `call` as `await text(callee, ...)`.
pub fn threaded(
    module: &Module<'_>,
    call: &ExprCall,
    spelled: Spelled,
    title: String,
    changes: &Changes,
) -> Change {
    let mut change = awaited(module, call, spelled, title, changes);
    let callee = module.slice(call.func.range());
    let arguments = &call.arguments;
    let args = arguments.args.iter().map(Ranged::start);
    let first = args
        .chain(arguments.keywords.iter().map(Ranged::start))
        .min();
    let Some(first) = first else {
        let open = arguments.start() + TextSize::of('(');
        change.insert(open, callee);
        return change;
    };
    // What stands before the first argument belongs to it: its own parentheses, a comment.
    let open = arguments.start() + TextSize::of('(');
    let before = module.slice(TextRange::new(open, first));
    let rest = before.trim_start_matches([' ', '\t', '\x0c', '\n', '\r']);
    let gap = &before[..before.len() - rest.len()];
    match gap.contains(['\n', '\r']) {
        true => change.insert(open + TextSize::of(gap), format!("{callee},{gap}")),
        false if rest.starts_with('#') => change.insert(open, format!("{callee},")),
        false => change.insert(open + TextSize::of(gap), format!("{callee}, ")),
    }
    change
}

/// Put `await` before `call` and `text` in the place of what it calls.
fn wrap(module: &Module<'_>, call: &ExprCall, text: &str, change: &mut Change) {
    let next = module.token_after(call.end()).map(|(kind, _)| kind);
    let binds = matches!(
        next,
        Some(TokenKind::Dot | TokenKind::Lsqb | TokenKind::Lpar | TokenKind::DoubleStar)
    );
    let opening = if binds { "(await " } else { "await " };
    match call.func.start() == call.start() {
        true => change.replace(call.func.range(), format!("{opening}{text}")),
        false => {
            change.insert(call.start(), opening);
            change.replace(call.func.range(), text);
        }
    }
    if binds {
        change.insert(call.end(), ")");
        change.regroups.push(call.range());
    }
}
