//! Which modules only define things.

use super::super::PurityRules;
use super::tree;

pub(super) fn rules() -> PurityRules {
    let calls = [
        "logging.getLogger",
        "re.compile",
        "typing.TypeVar",
        "typing.NewType",
        "collections.namedtuple",
        "dataclasses.dataclass",
        "dataclasses.field",
        "pydantic.Field",
        "pydantic.field_validator.*",
        "fastapi.FastAPI",
        "fastapi.FastAPI.*",
        "fastapi.APIRouter",
        "fastapi.APIRouter.*",
        "fastapi.Depends",
        "builtins.property",
        "builtins.dict",
        "builtins.int",
        "builtins.sorted",
        "builtins.str",
        "builtins.str.*",
        "builtins.type",
        "collections.defaultdict",
        "decimal.Decimal",
        "datetime.timedelta",
        "enum.Enum",
        "enum.auto",
        "pathlib.Path",
        "uuid.UUID",
        "builtins.staticmethod",
        "builtins.print.never",
    ];
    PurityRules {
        calls: calls.map(str::to_owned).into(),
        heavy: ["numpy".to_owned()].into(),
    }
}

/// Why the first of `files` is impure.
pub(super) fn impurity(files: &[(&str, &str)]) -> Option<String> {
    let tree = tree(files);
    let found = tree.project.impurity(tree.id(files[0].0), &rules())?;
    Some(format!(
        "{}:{} {}",
        tree.project.file(found.module),
        found.line,
        found.what
    ))
}

fn of(text: &str) -> Option<String> {
    impurity(&[
        ("m.py", text),
        (
            "conf.py",
            "class Settings: pass\nCONST = 1\nROWS = []\nclass settings: url = 1\n",
        ),
        ("data.py", "class Plain: pass\n"),
    ])
}

#[test]
fn definitions_are_pure() {
    for text in [
        "'''Text.'''\n__all__ = ['x']\nX = 1\nY = X + 2\nZ = [X, *Y]\n",
        "def f(x=1):\n    print(x)\n",
        "async def f():\n    await g()\n",
        "class A:\n    x: int = 1\n    def f(self):\n        connect()\n",
        "class A:\n    @property\n    def x(self): ...\n    @x.setter\n    def x(self, value): ...\n",
        "class A:\n    def f(self): ...\n    f.short_description = 'F'\n",
        "import logging\nlog = logging.getLogger(__name__)\n",
        "import re\nX = re.compile('x')\n",
        "from typing import TypeVar, NewType\nT = TypeVar('T')\nN = NewType('N', int)\n",
        "from collections import namedtuple\nP = namedtuple('P', 'x y')\n",
        "from dataclasses import dataclass, field\n@dataclass\nclass A:\n    x: list = field(default_factory=list)\n",
        "import enum\nclass C(enum.Enum):\n    A = 1\n",
        "from pydantic import BaseModel, Field\nclass A(BaseModel):\n    x: int = Field(gt=1)\n",
        "from fastapi import APIRouter, Depends\nrouter = APIRouter()\ndef g(): ...\n@router.get('/')\ndef f(x=Depends(g)): ...\n",
        "from fastapi import FastAPI\napp = FastAPI()\napp.state.x = 1\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from a import b\n    connect()\n",
        "if __name__ == '__main__':\n    connect()\n",
        "try:\n    import orjson\nexcept ImportError:\n    orjson = None\n",
        "from conf import CONST\nX = CONST\n",
        "import sqlalchemy, json\nfrom fastapi import FastAPI\n",
        "f = lambda: connect()\n",
        "ROWS = []\nROWS[0] = 1\n",
        "from data import Plain\nx = Plain()\n",
    ] {
        assert_eq!(of(text), None, "{text}");
    }
}

#[test]
fn what_runs_is_impure() {
    for text in [
        "import os\nX = os.environ['X']\n",
        "import os\nX = os.environ.get('X')\n",
        "from os import environ as e\nX = e['X']\n",
        "import os\nX = os.getenv('X')\n",
        "import os\nos.environ['X'] = '1'\n",
        "X = open('x').read()\n",
        "print('x')\n",
        "connect()\n",
        "def connect(): ...\nconnect()\n",
        "import db\ndb.connect()\n",
        "from conf import Settings\nSettings().load()\n",
        "from pydantic_settings import BaseSettings\nclass S(BaseSettings): ...\nS()\n",
        "for x in y: pass\n",
        "while x: pass\n",
        "with x: pass\n",
        "match x:\n    case 1: pass\n",
        "raise RuntimeError\n",
        "@register\ndef f(): ...\n",
        "def f(x=connect()): ...\n",
        "class A:\n    x = connect()\n",
        "class A(make()): ...\n",
        "x: connect() = 1\n",
        "def f(x: connect()): ...\n",
        "x = f'{connect()}'\n",
        "x = [connect() for y in z]\n",
        "x = a if connect() else b\n",
        "x = {}\nx[connect()] = 1\n",
        "if connect(): pass\n",
        "assert connect()\n",
        "try:\n    import x\nexcept ImportError:\n    connect()\n",
        "if __name__ != '__main__':\n    connect()\n",
        "if x:\n    pass\nelif TYPE_CHECKING:\n    pass\nelse:\n    connect()\n",
        "import importlib\nimportlib.import_module(x)\n",
        "import numpy as np\n",
        "class A(metaclass=make): ...\n",
        "import x.\n",
        "from .gone import x\n",
    ] {
        assert!(of(text).is_some(), "{text}");
    }
}

#[test]
fn what_belongs_to_others_is_not_touched() {
    for text in [
        "import conf\nconf.X = 1\n",
        "from conf import settings\nsettings.url = 1\n",
        "from conf import settings as s\nx = s\nx.url = 1\n",
        "from conf import ROWS\nROWS += [1]\n",
        "import conf\nrows = conf.ROWS\nrows += [1]\n",
        "import conf\nrows = conf.ROWS\nrows[0] = 1\n",
        "import logging\nlog = logging.getLogger('x')\nlog.propagate = False\n",
        "import logging\nlogging.getLogger('x').propagate = False\n",
        "import sys\nsys.path[0] = 'x'\n",
        "import sys\ndel sys.path[0]\n",
        "from conf import settings\nX = settings.url\n",
        "from conf import settings as s\nX = s.url\n",
        "import conf\nX = conf.settings.url\n",
        "from conf import config\nX = config['x']\n",
    ] {
        assert!(of(text).is_some(), "{text}");
    }
    assert_eq!(of("from conf import settings\nX = settings\n"), None);
}

#[test]
fn instances_run_what_their_classes_say() {
    let made = |class: &str| {
        let text = format!(
            "from pydantic import BaseModel, Field\nfrom dataclasses import dataclass, field\n{class}\nx = A()\n"
        );
        of(&text)
    };
    assert_eq!(made("class A(BaseModel):\n    y: int = 1"), None);
    assert_eq!(made("@dataclass\nclass A:\n    y: int = 1"), None);
    for class in [
        "class A:\n    def __init__(self): ...",
        "@dataclass\nclass A:\n    def __post_init__(self): ...",
        "@dataclass\nclass A:\n    y: int = field(default_factory=connect)",
        "from pydantic import field_validator\nclass A(BaseModel):\n    @field_validator('y')\n    def f(cls, y): ...",
        "class A(BaseModel):\n    y: Annotated[int, AfterValidator(f)]",
        "class B(BaseModel):\n    def __init__(self): ...\nclass A(B): ...",
        "from other import B\nclass A(B): ...",
        "class A(BaseModel, Other): ...",
        "class A(type('B', (), {})): ...",
        "from other import singleton\n@singleton\nclass A(BaseModel): ...",
        "class A: ...\nA = wrap(A)",
    ] {
        assert!(made(class).is_some(), "{class}");
    }
}

#[test]
fn what_is_loaded_counts() {
    let found = impurity(&[
        ("a.py", "import b\n"),
        ("b.py", "from pkg.c import x\n"),
        ("pkg/__init__.py", "print()\n"),
        ("pkg/c.py", "x = 1\n"),
    ]);
    assert_eq!(found.as_deref(), Some("pkg/__init__.py:1 calls `print`"));
    let lazy = impurity(&[("a.py", "def f():\n    import b\n"), ("b.py", "print()\n")]);
    assert_eq!(lazy, None);
    let linked = impurity(&[
        ("svc/a.py", "import shared.b\n"),
        ("lib/b.py", "print()\n"),
        ("svc/shared->", "../lib"),
    ]);
    assert_eq!(linked.as_deref(), Some("lib/b.py:1 calls `print`"));
}

/// A file of the project may be called like the library that the rules name.
#[test]
fn names_are_not_trusted_by_their_spelling() {
    let own = impurity(&[
        ("a.py", "from fastapi import FastAPI\napp = FastAPI()\n"),
        ("fastapi.py", "def FastAPI(): connect()\n"),
    ]);
    assert!(own.is_some());
    let base = impurity(&[
        (
            "a.py",
            "from pydantic import BaseModel\nclass A(BaseModel): ...\nx = A()\n",
        ),
        (
            "pydantic.py",
            "class BaseModel:\n    def __init__(self): connect()\n",
        ),
    ]);
    assert!(base.is_some());
    let passed_on = impurity(&[
        (
            "a.py",
            "from b import APIRouter\nrouter = APIRouter()\n@router.get('/')\ndef f(): ...\n",
        ),
        ("b.py", "from fastapi import APIRouter\n"),
    ]);
    assert_eq!(passed_on, None);
    // A route that is added to the router of another module is there for all.
    let router = impurity(&[
        (
            "a.py",
            "from b import router\n@router.get('/')\ndef f(): ...\n",
        ),
        (
            "b.py",
            "from fastapi import APIRouter\nrouter = APIRouter()\n",
        ),
    ]);
    assert!(router.is_some());
    let two = impurity(&[
        (
            "a.py",
            "from b import router\n@router.get('/')\ndef f(): ...\n",
        ),
        (
            "b.py",
            "from fastapi import APIRouter\nif x:\n    router = APIRouter()\nelse:\n    router = other\n",
        ),
    ]);
    assert!(two.is_some());
}
