//! What the standard library of a Python has, by typeshed: its stubs say from which version on and on which platform.

use ruff_db::files::FilePath;
use ruff_python_ast::{CmpOp, Expr, Number, Stmt};
use ty_module_resolver::ModuleName;
use ty_python_core::ProgramFile;

use super::names::{DEPTH, Meaning, Names};
use super::quietly;

/// The newest Python whose standard library typeshed describes.
const NEWEST: u8 = 14;

/// Names that came with Python 3.8, 3.9 and 3.10, by module: typeshed no longer tells. From the “What's New” pages.
const CAME: [(u8, &str, &[&str]); 38] = [
    (8, "ast", &["get_source_segment"]),
    (9, "ast", &["unparse"]),
    (9, "asyncio", &["to_thread", "PidfdChildWatcher"]),
    (10, "contextlib", &["AsyncContextDecorator", "aclosing"]),
    (10, "dataclasses", &["KW_ONLY"]),
    (8, "functools", &["cached_property", "singledispatchmethod"]),
    (9, "functools", &["cache"]),
    (9, "importlib.resources", &["as_file", "files"]),
    (10, "importlib.metadata", &["packages_distributions"]),
    (10, "inspect", &["get_annotations"]),
    (10, "itertools", &["pairwise"]),
    (9, "keyword", &["issoftkeyword", "softkwlist"]),
    (8, "math", &["comb", "dist", "isqrt", "perm", "prod"]),
    (9, "math", &["lcm", "nextafter", "ulp"]),
    (8, "multiprocessing", &["parent_process"]),
    (
        8,
        "os",
        &["add_dll_directory", "memfd_create", "posix_spawnp"],
    ),
    (
        9,
        "os",
        &["pidfd_open", "unshare", "waitstatus_to_exitcode"],
    ),
    (10, "os", &["eventfd", "splice"]),
    (10, "platform", &["freedesktop_os_release"]),
    (8, "pprint", &["pp"]),
    (9, "random", &["randbytes"]),
    (8, "shlex", &["join"]),
    (8, "socket", &["create_server", "has_dualstack_ipv6"]),
    (9, "socket", &["recv_fds", "send_fds"]),
    (
        8,
        "statistics",
        &[
            "NormalDist",
            "fmean",
            "geometric_mean",
            "multimode",
            "quantiles",
        ],
    ),
    (
        10,
        "statistics",
        &["correlation", "covariance", "linear_regression"],
    ),
    (
        8,
        "sys",
        &["addaudithook", "audit", "pycache_prefix", "unraisablehook"],
    ),
    (10, "sys", &["orig_argv", "stdlib_module_names"]),
    (8, "threading", &["excepthook", "get_native_id"]),
    (10, "threading", &["getprofile", "gettrace"]),
    (9, "tracemalloc", &["reset_peak"]),
    (8, "types", &["CellType"]),
    (9, "types", &["GenericAlias"]),
    (
        10,
        "types",
        &[
            "EllipsisType",
            "NoneType",
            "NotImplementedType",
            "UnionType",
        ],
    ),
    (
        8,
        "typing",
        &[
            "Final",
            "Literal",
            "Protocol",
            "SupportsIndex",
            "TypedDict",
            "final",
            "get_args",
            "get_origin",
            "runtime_checkable",
        ],
    ),
    (9, "typing", &["Annotated"]),
    (
        10,
        "typing",
        &[
            "Concatenate",
            "ParamSpec",
            "ParamSpecArgs",
            "ParamSpecKwargs",
            "TypeAlias",
            "TypeGuard",
            "is_typeddict",
        ],
    ),
    (
        8,
        "unittest",
        &[
            "IsolatedAsyncioTestCase",
            "addModuleCleanup",
            "doModuleCleanups",
        ],
    ),
];

/// Whether `member` of `module` came with a later Python than 3.`minor`, up to 3.10.
fn came_after(module: &str, member: &str, minor: u8) -> bool {
    let all = CAME
        .iter()
        .chain(&[(8, "unittest.mock", &["AsyncMock"] as &[&str])]);
    all.into_iter().any(|(since, name, members)| {
        *since > minor && *name == module && members.contains(&member)
    })
}

impl Names<'_> {
    /// Whether the standard library has `module`, and `member` in it, in the file's target Python and in the newest one:
    /// a name that the module binds on every platform, or a submodule.
    pub fn is_in_standard_library(&self, module: &str, member: Option<&str>) -> bool {
        let target = self.file.python_version(self.database).minor;
        if member.is_some_and(|member| came_after(module, member, target)) {
            return false;
        }
        quietly(|| {
            let name = ModuleName::new(module)?;
            let library = self.library(&name)?;
            let Some(member) = member else {
                return Some(());
            };
            let submodule = || matches!(self.submodule(&name, member), Meaning::Module(_));
            let binds =
                |minor| library.stub_binds(library.syntax.suite(), &name, member, (DEPTH, minor));
            (binds(target) && binds(NEWEST.max(target)) || submodule()).then_some(())
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

    /// Whether `body`, of the stub of `module`, binds `name` for Python 3.minor, whatever the platform. `at` is how far
    /// star imports are followed, and the minor.
    fn stub_binds(&self, body: &[Stmt], module: &ModuleName, name: &str, at: (usize, u8)) -> bool {
        let (depth, minor) = at;
        let is = |bound: &str| bound == name;
        body.iter().any(|statement| match statement {
            Stmt::FunctionDef(function) => is(&function.name),
            Stmt::ClassDef(class) => is(&class.name),
            Stmt::Assign(one) if is_all(&one.targets) => lists(&one.value, name),
            Stmt::AugAssign(one) if is_all(std::slice::from_ref(&one.target)) => {
                lists(&one.value, name)
            }
            Stmt::Assign(one) => one
                .targets
                .iter()
                .any(|target| matches!(target, Expr::Name(one) if is(&one.id))),
            Stmt::AnnAssign(one) => matches!(&*one.target, Expr::Name(one) if is(&one.id)),
            Stmt::TypeAlias(one) => matches!(&*one.name, Expr::Name(one) if is(&one.id)),
            // A stub passes on only what it imports `as` itself (PEP 484).
            Stmt::Import(import) => import
                .names
                .iter()
                .any(|alias| alias.asname.as_ref() == Some(&alias.name) && is(&alias.name)),
            Stmt::ImportFrom(import) => import.names.iter().any(|alias| match &*alias.name {
                "*" => {
                    let from = self.absolute(import.module.as_deref(), import.level);
                    let from = from.filter(|from| depth > 0 && from != module);
                    from.and_then(|from| Some((self.library(&from)?, from)))
                        .is_some_and(|(library, from)| {
                            library.stub_binds(
                                library.syntax.suite(),
                                &from,
                                name,
                                (depth - 1, minor),
                            )
                        })
                }
                own => {
                    is(own)
                        && alias
                            .asname
                            .as_ref()
                            .is_some_and(|name| name.as_str() == own)
                }
            }),
            Stmt::If(one) => self.branch_binds(one, module, name, at),
            Stmt::Try(one) => self.stub_binds(&one.body, module, name, at),
            _ => false,
        })
    }

    /// The same for a condition. One that the version does not decide must bind it on every way.
    fn branch_binds(
        &self,
        one: &ruff_python_ast::StmtIf,
        module: &ModuleName,
        name: &str,
        at: (usize, u8),
    ) -> bool {
        let (_, minor) = at;
        let first = (Some(&*one.test), one.body.as_slice());
        let others = one.elif_else_clauses.iter();
        let ways = std::iter::once(first)
            .chain(others.map(|clause| (clause.test.as_ref(), clause.body.as_slice())));
        for (test, body) in ways {
            let binds = self.stub_binds(body, module, name, at);
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

fn is_all(targets: &[Expr]) -> bool {
    matches!(targets, [Expr::Name(name)] if name.id.as_str() == "__all__")
}

/// Whether the list `value` holds the string `name`.
fn lists(value: &Expr, name: &str) -> bool {
    let elements = match value {
        Expr::List(list) => &list.elts,
        Expr::Tuple(tuple) => &tuple.elts,
        _ => return false,
    };
    elements
        .iter()
        .any(|one| matches!(one, Expr::StringLiteral(text) if text.value.to_str() == name))
}
