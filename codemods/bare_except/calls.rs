//! What a call may raise: by its row of the table, or by the function of the project that it runs.

use codemend_engine::semantic::{
    DefinitionKind, Kind as OutsideKind, Meaning, Names, Origin, Where,
};
use codemend_engine::syntax::ast::{Expr, ExprCall, Stmt, StmtClassDef};
use codemend_engine::syntax::{Ranged, TextRange};

use super::arguments::row_for;
use super::body::Body;
use super::effects::Effects;
use super::everywhere::is_everywhere;
use super::kind::Kind;
use super::raised::binds;
use super::table::{Doubt, Row};

/// How far the bases of a class are followed.
const DEPTH: usize = 8;

impl<'db> Body<'_, '_, 'db> {
    /// `call`, which is `whole`, or awaited by it.
    pub fn call(&mut self, call: &ExprCall, whole: &Expr) {
        let (key, receiver) = self.scene.callee(&call.func);
        if receiver.is_known()
            && let Expr::Attribute(method) = &*call.func
        {
            self.expr(&method.value);
        }
        self.root(&call.func);
        self.arguments(call);
        if let Some(row) = key
            .as_deref()
            .and_then(|key| row_for(self.scene, key, call, &receiver))
        {
            // `await json.loads(text)`
            if whole.is_await_expr() && !key.as_deref().is_some_and(|key| is_awaited(key, row)) {
                self.opaque(whole);
            }
            return self.called(row, call, whole);
        }
        if let Some((base, member)) = self.library_class(&call.func) {
            let key = match member {
                Some(member) => format!("{base}.{member}"),
                None => base.to_owned(),
            };
            if let Some(row) = row_for(self.scene, &key, call, &Kind::Unknown)
                && !whole.is_await_expr()
            {
                return self.by_row(row, whole.range(), call.arguments.args.first());
            }
        }
        if !self.follow(call, whole) {
            self.opaque(whole);
        }
    }

    /// `await` of `value`: of a call that the table knows, or of a coroutine of the project.
    pub fn wait(&mut self, value: &Expr, whole: &Expr) {
        match value {
            Expr::Call(call) => self.call(call, whole),
            _ => {
                self.expr(value);
                self.opaque(whole);
            }
        }
    }

    /// What `row` says of the operation at `whole`, whose first operand is `operand`.
    pub fn by_row(&mut self, row: &Row, whole: TextRange, operand: Option<&Expr>) {
        self.raises(whole, row.raises.iter().map(String::as_str));
        let doubt = match &row.doubt {
            None => {
                let name = operand.filter(|one| one.is_name_expr() && !row.raises.is_empty());
                let facts = name.map(|one| {
                    let kind = self.scene.kind(one);
                    format!("`{}` is `{}`", self.text(one), kind.name())
                });
                return self.effects.facts.extend(facts);
            }
            Some(Doubt::Operand(why)) => {
                let operand = operand.map_or_else(|| self.text(whole), |one| self.text(one));
                format!("`{operand}` {why}")
            }
            Some(Doubt::Library(library)) => {
                format!("what {library} raises is known of released versions only")
            }
            Some(Doubt::Configured) => {
                format!(
                    "what `{}` raises is known by the option `raises`",
                    self.text(whole)
                )
            }
        };
        self.effects.add(Effects {
            doubts: vec![doubt],
            ..Effects::default()
        });
    }

    /// Reading an attribute.
    pub fn attribute(&mut self, expr: &Expr) {
        let Expr::Attribute(attribute) = expr else {
            return;
        };
        self.root(expr);
        let meanings = self.scene.names.meanings(expr, Where::default());
        let harmless = !meanings.is_empty()
            && meanings.iter().all(|meaning| match meaning {
                Meaning::Outside { name, origin } => {
                    *origin == Origin::StandardLibrary
                        && is_everywhere(name)
                        && self.scene.names.outside_kind(name) != OutsideKind::Unknown
                }
                Meaning::Module(_) => true,
                Meaning::Definition(definition) => {
                    !definition.in_class_body() || self.is_plain_member(&attribute.value, attribute)
                }
                Meaning::Builtin(_) | Meaning::Unknown => false,
            });
        if harmless {
            return;
        }
        let owner = self.scene.kind(&attribute.value);
        let key = format!("{}.{}", owner.name(), attribute.attr);
        let rows = self.scene.table.rows(&key);
        match rows.iter().find(|row| row.given.is_none()) {
            Some(row) if owner.is_known() => {
                self.expr(&attribute.value);
                self.by_row(row, expr.range(), Some(&attribute.value));
            }
            _ => self.opaque(expr),
        }
    }

    /// Whether `expr` is an enumeration of the project.
    pub fn is_enumeration(&self, expr: &Expr) -> bool {
        self.library_base(expr) == Some("enum.Enum")
    }

    /// Whether `expr` names a class or a module: brackets behind it look nothing up.
    pub fn is_class_or_module(&self, expr: &Expr) -> bool {
        let meanings = self.scene.names.meanings(expr, Where::default());
        meanings.iter().any(|meaning| match meaning {
            Meaning::Module(_) | Meaning::Builtin(_) => true,
            Meaning::Outside { name, .. } => {
                self.scene.names.outside_kind(name) != OutsideKind::Value
            }
            Meaning::Definition(definition) => matches!(
                definition.kind(),
                DefinitionKind::Class(_)
                    | DefinitionKind::Function(_)
                    | DefinitionKind::TypeAlias
                    | DefinitionKind::TypeParameter
            ),
            Meaning::Unknown => false,
        })
    }

    fn called(&mut self, row: &Row, call: &ExprCall, whole: &Expr) {
        let operand = call.arguments.args.first();
        self.by_row(row, whole.range(), operand);
        if let (Some(added), Expr::Attribute(method)) = (&row.odd_path, &*call.func)
            && !self.scene.is_literal_path(&method.value)
        {
            self.raises(whole, [added.as_str()]);
        }
        if let Expr::Attribute(method) = &*call.func
            && self.scene.kind(&method.value).name() == "file.binary"
            && self.scene.may_be_closed(&method.value)
        {
            self.raises(whole, ["ValueError"]);
        }
        for (keyword, added) in &row.loose {
            let value = call.arguments.find_keyword(keyword).map(|one| &one.value);
            let written =
                |value: &Expr| value.is_number_literal_expr() || value.is_none_literal_expr();
            if value.is_some_and(|value| !written(value)) {
                self.raises(whole, added.iter().map(String::as_str));
            }
        }
        for (keyword, added) in &row.keywords {
            let value = call.arguments.find_keyword(keyword).map(|one| &one.value);
            let off = |value: &Expr| {
                value.is_none_literal_expr()
                    || matches!(value, Expr::BooleanLiteral(flag) if !flag.value)
            };
            if value.is_some_and(|value| !off(value)) {
                self.raises(whole, [added.as_str()]);
            }
        }
    }

    fn arguments(&mut self, call: &ExprCall) {
        for argument in call.arguments.args.iter() {
            self.expr(argument);
        }
        for keyword in &call.arguments.keywords {
            self.expr(&keyword.value);
            let is_dict = || matches!(self.scene.kind(&keyword.value), Kind::Dict(..));
            if keyword.arg.is_none() && !is_dict() {
                self.opaque(&keyword.value);
            }
        }
    }

    /// The class of a library that the project's class `func` derives from, and the member of it that is called.
    fn library_class<'e>(&self, func: &'e Expr) -> Option<(&'static str, Option<&'e str>)> {
        if let Some(base) = self.library_base(func) {
            return Some((base, None));
        }
        let Expr::Attribute(member) = func else {
            return None;
        };
        let base = self.library_base(&member.value)?;
        Some((base, Some(member.attr.as_str())))
    }

    fn library_base(&self, expr: &Expr) -> Option<&'static str> {
        let meanings = self.scene.names.meanings(expr, Where::default());
        let [meaning] = meanings.as_slice() else {
            return None;
        };
        let altered = ["_missing_", "__new__", "__init__"]
            .iter()
            .any(|one| self.scene.names.stores_attribute(one));
        base_of(meaning, DEPTH).filter(|_| !altered)
    }
}

/// Whether what `key` gives may be awaited: it belongs to the half of a library that is for coroutines, or the user says
/// so.
fn is_awaited(key: &str, row: &Row) -> bool {
    let library = matches!(row.doubt, Some(Doubt::Library(_)));
    let halves = [
        ".asyncio.",
        ".AsyncClient.",
        ".AsyncSession.",
        ".AsyncConnection.",
    ];
    row.doubt == Some(Doubt::Configured) || library && halves.iter().any(|half| key.contains(half))
}

/// `pydantic.BaseModel` or `enum.Enum`, when `meaning` is a class of the project that derives from it and changes
/// nothing of how its instances are made.
fn base_of(meaning: &Meaning<'_>, depth: usize) -> Option<&'static str> {
    let Meaning::Definition(definition) = meaning else {
        return None;
    };
    let DefinitionKind::Class(class) = definition.kind() else {
        return None;
    };
    let names = definition.names();
    if depth == 0 || changes_making(names, class) {
        return None;
    }
    let has_members = class.body.iter().any(Stmt::is_assign_stmt);
    let mut found = None;
    for base in class.bases() {
        let meanings = names.meanings(base, Where::default());
        let [meaning] = meanings.as_slice() else {
            return None;
        };
        let library = match meaning {
            Meaning::Outside { name, .. } => match name.as_str() {
                "pydantic.BaseModel" | "pydantic.main.BaseModel" => "pydantic.BaseModel",
                // Calling one without members makes another one.
                "enum.Enum" | "enum.IntEnum" | "enum.StrEnum" if has_members => "enum.Enum",
                _ => return None,
            },
            // `class Color(str, Enum)`
            Meaning::Builtin(name) if matches!(name.as_str(), "str" | "int") => continue,
            other => base_of(other, depth - 1)?,
        };
        found = Some(library);
    }
    found
}

fn changes_making(names: &Names<'_>, class: &StmtClassDef) -> bool {
    let own = [
        "__init__",
        "__new__",
        "_missing_",
        "__eq__",
        "__hash__",
        "__getitem__",
        "__class_getitem__",
        "model_validate",
        "model_validate_json",
        "model_post_init",
    ];
    let keywords = class
        .arguments
        .as_deref()
        .is_some_and(|all| !all.keywords.is_empty());
    let decorated = class.decorator_list.iter().any(|one| {
        let name = names.qualified_name(&one.expression, Where::default());
        name.as_deref() != Some("enum.unique")
    });
    keywords || decorated || binds(class, &own)
}
