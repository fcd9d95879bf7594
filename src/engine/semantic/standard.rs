//! What the standard library of a Python has, by typeshed: its stubs say from which version on and on which platform.

use ruff_db::files::FilePath;
use ruff_python_ast::{CmpOp, Expr, Number, Stmt};
use ty_module_resolver::ModuleName;
use ty_python_core::ProgramFile;

use super::names::{DEPTH, Meaning, Names};
use super::quietly;

impl Names<'_> {
    /// Whether the standard library of the file's target Python has `module`, and `member` in it: a name that the
    /// module binds on every platform, or a submodule.
    pub fn is_in_standard_library(&self, module: &str, member: Option<&str>) -> bool {
        quietly(|| {
            let name = ModuleName::new(module)?;
            let library = self.library(&name)?;
            let Some(member) = member else {
                return Some(());
            };
            let submodule = || matches!(self.submodule(&name, member), Meaning::Module(_));
            (library.stub_binds(library.syntax.suite(), &name, member, DEPTH) || submodule())
                .then_some(())
        })
        .flatten()
        .is_some()
    }

    /// The names of a stub of the standard library.
    fn library(&self, name: &ModuleName) -> Option<Self> {
        let file = self.module(name)?.file(self.database)?;
        let vendored = matches!(file.path(self.database), FilePath::Vendored(_));
        let program = self.file.program(self.database);
        vendored.then(|| self.other(ProgramFile::new(self.database, file, program)))
    }

    /// Whether `body`, of the stub of `module`, binds `name` for the target Python, whatever the platform.
    fn stub_binds(&self, body: &[Stmt], module: &ModuleName, name: &str, depth: usize) -> bool {
        let is = |bound: &str| bound == name;
        body.iter().any(|statement| match statement {
            Stmt::FunctionDef(function) => is(&function.name),
            Stmt::ClassDef(class) => is(&class.name),
            Stmt::Assign(one) => one
                .targets
                .iter()
                .any(|target| matches!(target, Expr::Name(one) if is(&one.id))),
            Stmt::AnnAssign(one) => matches!(&*one.target, Expr::Name(one) if is(&one.id)),
            Stmt::TypeAlias(one) => matches!(&*one.name, Expr::Name(one) if is(&one.id)),
            Stmt::Import(import) => import.names.iter().any(|alias| {
                let bound = alias.asname.as_ref().unwrap_or(&alias.name);
                is(bound.split('.').next().unwrap_or_default())
            }),
            Stmt::ImportFrom(import) => import.names.iter().any(|alias| match &*alias.name {
                "*" => {
                    let from = self.absolute(import.module.as_deref(), import.level);
                    let from = from.filter(|from| depth > 0 && from != module);
                    from.and_then(|from| Some((self.library(&from)?, from)))
                        .is_some_and(|(library, from)| {
                            library.stub_binds(library.syntax.suite(), &from, name, depth - 1)
                        })
                }
                own => is(alias.asname.as_ref().map_or(own, |name| name.as_str())),
            }),
            Stmt::If(one) => self.branch_binds(one, module, name, depth),
            Stmt::Try(one) => self.stub_binds(&one.body, module, name, depth),
            _ => false,
        })
    }

    /// The same for a condition. One that the version does not decide must bind it on every way.
    fn branch_binds(
        &self,
        one: &ruff_python_ast::StmtIf,
        module: &ModuleName,
        name: &str,
        depth: usize,
    ) -> bool {
        let minor = self.file.python_version(self.database).minor;
        let first = (Some(&*one.test), one.body.as_slice());
        let others = one.elif_else_clauses.iter();
        let ways = std::iter::once(first)
            .chain(others.map(|clause| (clause.test.as_ref(), clause.body.as_slice())));
        for (test, body) in ways {
            let binds = self.stub_binds(body, module, name, depth);
            match test.map_or(Some(true), |test| holds(test, minor)) {
                Some(true) => return binds,
                Some(false) => {}
                None if !binds => return false,
                None => {}
            }
        }
        false
    }
}

/// Whether `sys.version_info >= (3, 11)` and the like hold for Python 3.`minor`; `None` for what else may be asked.
fn holds(test: &Expr, minor: u8) -> Option<bool> {
    match test {
        Expr::Compare(compare) => {
            let left = matches!(&*compare.left, Expr::Attribute(one) if one.attr.as_str() == "version_info");
            let [Expr::Tuple(version)] = &*compare.comparators else {
                return None;
            };
            let number = |at: usize| match version.elts.get(at) {
                Some(Expr::NumberLiteral(literal)) => match &literal.value {
                    Number::Int(number) => number.as_u8(),
                    _ => None,
                },
                _ => None,
            };
            let asked = (number(0)?, number(1).unwrap_or(0));
            match (left, &*compare.ops) {
                (true, [CmpOp::GtE]) => Some((3, minor) >= asked),
                (true, [CmpOp::Lt]) => Some((3, minor) < asked),
                _ => None,
            }
        }
        Expr::BoolOp(operation) => {
            let parts = operation.values.iter().map(|value| holds(value, minor));
            let parts: Vec<Option<bool>> = parts.collect();
            let decisive = operation.op == ruff_python_ast::BoolOp::Or;
            if parts.contains(&Some(decisive)) {
                return Some(decisive);
            }
            parts.iter().all(Option::is_some).then_some(!decisive)
        }
        Expr::UnaryOp(one) if one.op == ruff_python_ast::UnaryOp::Not => {
            holds(&one.operand, minor).map(|holds| !holds)
        }
        _ => None,
    }
}
