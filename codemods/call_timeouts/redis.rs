//! Which redis-py a file may run with: from version 8 on it waits for five seconds of itself.

use codemend_engine::facts::Facts;
use codemend_engine::module::Module;
use codemend_engine::semantic::{DefinitionKind, Meaning, Where};
use codemend_engine::syntax::ast::{Expr, ExprCall};

use super::project::BLOCKS;

/// The versions without a timeout of their own.
const WITHOUT: &str = "<8";

/// Why `call`, which makes a client in `module`, is left alone.
pub fn trouble(module: &Module<'_>, facts: &Facts<'_>, call: &ExprCall) -> Option<String> {
    if let Some(path) = facts.answer(&BLOCKS) {
        return Some(format!("`{path}` uses a command that blocks on purpose"));
    }
    let said = module.slice(codemend_engine::syntax::Ranged::range(&call.arguments));
    if said.contains("socket_timeout=") {
        return Some("the URL has a `socket_timeout`".to_owned());
    }
    let url = call.arguments.find_argument_value("url", 0);
    if url.is_some_and(|url| text_of(module, url).contains("socket_timeout=")) {
        return Some("the URL has a `socket_timeout`".to_owned());
    }
    allows_old(module, facts)
}

/// The string that `url` is, or is a name of; empty when nobody can tell.
fn text_of(module: &Module<'_>, url: &Expr) -> String {
    match url {
        Expr::StringLiteral(text) => text.value.to_str().to_owned(),
        Expr::FString(_) => module
            .slice(codemend_engine::syntax::Ranged::range(url))
            .to_owned(),
        Expr::Name(_) | Expr::Attribute(_) => {
            let meanings = module.names().meanings(url, Where::default());
            let texts = meanings.iter().map(|meaning| match meaning {
                Meaning::Definition(definition) => match definition.kind() {
                    DefinitionKind::Assignment(Expr::StringLiteral(text)) => {
                        text.value.to_str().to_owned()
                    }
                    _ => String::new(),
                },
                _ => String::new(),
            });
            texts.collect()
        }
        _ => String::new(),
    }
}

/// Why redis-py is not known to be allowed below version 8.
fn allows_old(module: &Module<'_>, facts: &Facts<'_>) -> Option<String> {
    let manifests = facts.manifests();
    let directory = manifests.nearest(module.path());
    let mut found = directory
        .into_iter()
        .flat_map(|directory| manifests.requirements(directory))
        .filter(|found| found.requirement.name == "redis")
        .peekable();
    if found.peek().is_some() {
        let old = found.all(|found| found.requirement.versions.allow(WITHOUT));
        return (!old).then(|| "redis 8 and newer have a timeout of their own".to_owned());
    }
    let installed = facts.distributions().version("redis");
    let major = installed.and_then(|version| version.split('.').next()?.parse::<u32>().ok());
    match major {
        Some(major) if major < 8 => None,
        Some(_) => Some("redis 8 and newer have a timeout of their own".to_owned()),
        None => Some("nobody can tell which redis it runs with".to_owned()),
    }
}
