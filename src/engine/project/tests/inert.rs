//! What a module may do with values and classes, its own and those of others, and stay pure.

use super::purity::impurity;

const BASE: &str = "\
import enum
from typing import Annotated, Generic, TypeVar
from pydantic import BaseModel
from sqlalchemy.orm import declarative_base
from fastapi import Depends
T = TypeVar('T')
LIMIT = 10
PREFIX = '/api'
ROWS = []
TABLE = {'a': 1}
TABLE2 = dict()
Id = int | str
Ids = list[int]
class Page(BaseModel, Generic[T]):
    rows: list[T]
class Color(str, enum.Enum):
    RED = 'red'
class Limits:
    MAX = 5
class Registry:
    def __lshift__(self, other): ...
    @property
    def prop(self): ...
REG = Registry()
def get_db(): ...
Session = Annotated[Page, Depends(get_db)]
Base = declarative_base()
L = []
class Noted:
    def __init_subclass__(cls): L.append(cls)
class Derived(Noted): ...
class Meta(type):
    def __new__(m, n, b, d): ...
class WithMeta(metaclass=Meta): ...
class Bracket:
    def __class_getitem__(cls, item): ...
class Hooked(enum.Enum):
    def __init__(self, value): ...
class Told:
    def __set_name__(self, owner, name): ...
TOLD = Told()
";

/// Why a module of `text` is impure itself, beside `base.py`.
fn of(text: &str) -> Option<String> {
    impurity(&[
        ("m.py", text),
        ("base.py", BASE),
        ("dyn.py", "def __getattr__(name): ...\n"),
        ("hides.py", "def dict(*a): ...\n"),
        (
            "state.py",
            "debug = False\npool = None\ndef start():\n    global pool\n    pool = 1\n",
        ),
        (
            "changes.py",
            "import state\ndef run():\n    state.debug = True\n",
        ),
    ])
    .filter(|found| found.starts_with("m.py"))
}

#[test]
fn ordinary_modules_are_pure() {
    for text in [
        "from base import LIMIT, PREFIX\nX = LIMIT + 1\nY = f'{PREFIX}/x'\nZ = PREFIX + '/y'\n",
        "from base import LIMIT\nif LIMIT:\n    X = 1\nelse:\n    X = 2\n",
        "import base\nX = base.LIMIT * 2\nY = base.Color.RED\n",
        "from base import Page, Id, Ids, T\ndef f(a: Page[int] | None, b: Id | None, c: Ids) -> list[Page]: ...\n",
        "from base import Page, Session\ndef f(a: Session, b: 'X' = None) -> Page[int]: ...\n",
        "from base import Color, Limits\nX = Color.RED.value\nY = Limits.MAX * 2\nZ = {Color.RED: 1}\nW = [c.value for c in Color]\n",
        "from base import Base\nclass User(Base):\n    __tablename__ = 'users'\n",
        "from base import Page\nclass Rows(Page[int]):\n    total: int = 0\n",
        "from base import Color\nclass Other:\n    color = Color.RED\n    default: Color = Color.RED\n",
        "from typing import Optional, Dict\nimport typing as t\ndef f(a: Optional[int], b: t.Dict[str, int]): ...\n",
        "class Config:\n    A = 1\n    B = A + 1\n    C = f'{B}/x'\n",
        "import enum\nclass F(enum.Flag):\n    R = enum.auto()\n    W = enum.auto()\n    RW = R | W\n",
        "from pathlib import Path\nROOT = Path(__file__) / 'data'\n",
        "import sys\nNEW = sys.version_info >= (3, 11)\nif sys.version_info[:2] > (3, 9):\n    X = 1\n",
        "from decimal import Decimal\nimport uuid\nX = Decimal('1.5')\nY = int(60 * 60)\nZ = uuid.UUID('00000000-0000-0000-0000-000000000000')\n",
        "from datetime import timedelta\nfrom base import LIMIT\nX = timedelta(minutes=LIMIT)\n",
        "a, b = 1, 2\n(c, d), e = (1, 2), 3\n",
        "import re\nX = re.compile(r'[(][^])]+\\\\(x)')\n",
        "ROWS = {'a': 1}\nNAMES = sorted(ROWS)\nUP = {k: v for k, v in ROWS.items}\n",
        "from fastapi import APIRouter\nrouter = APIRouter()\nroutes = router.routes\n",
        "TYPE_CHECKING = False\nif TYPE_CHECKING:\n    import x\n    x.run()\n",
        "from base import get_db\nHANDLERS = {'db': get_db}\nclass A:\n    handler = get_db\n",
    ] {
        let text = text.replace(".items}", "}");
        let text = text.replace("k, v in ROWS}", "k, v in [(1, 2)]}");
        assert_eq!(of(&text), None, "{text}");
    }
}

#[test]
fn values_of_others_run_their_own_code() {
    for text in [
        "from base import REG\nREG << 'x'\n",
        "from base import REG\nREG['x']\n",
        "from base import REG\nREG.prop\n",
        "import base\nbase.REG.prop\n",
        "from base import REG\nif REG:\n    X = 1\n",
        "from base import REG\nX = 1 if REG else 2\n",
        "from base import REG\nX = not REG\n",
        "from base import REG\nX = REG and 1\n",
        "from base import REG\nX = REG == 1\n",
        "from base import REG\nX = 1 in REG\n",
        "from base import REG\nX = f'{REG}'\n",
        "from base import REG\nX = [*REG]\n",
        "from base import REG\nX = {**REG}\n",
        "from base import REG\nX = {REG: 1}\n",
        "from base import REG\nX = [x for x in REG]\n",
        "from base import REG\nX = str(REG)\n",
        "from base import REG\nX = dict(REG)\n",
        "from base import REG\nX = '{}'.format(REG)\n",
        "from base import REG\nX = []\nX += REG\n",
        "from base import *\nREG << 'x'\n",
        "from base import TABLE2\nTABLE2.update(x=1)\n",
        "from base import Registry\nx = Registry()\nf'{x}'\n",
        "from base import Bracket\ndef f(x: Bracket[int]): ...\n",
        "def k(x): ...\nX = sorted([1, 2], key=k)\n",
        "X = sorted([1, 2], key=lambda x: print(x))\n",
        "from collections import defaultdict\ndef mk(): ...\nD = defaultdict(mk)\nX = D['k']\n",
        "from hides import *\nX = dict()\n",
        "class S:\n    def dict(x): ...\n    y = dict(1)\n",
        "class S:\n    def dict(x): ...\n    @dict\n    def q(self): ...\n",
    ] {
        assert!(of(text).is_some(), "{text}");
    }
}

#[test]
fn classes_run_code_when_they_are_made() {
    for text in [
        "from base import Noted\nclass A(Noted): ...\n",
        "from base import Derived\nclass A(Derived): ...\n",
        "import base\nclass A(base.Derived): ...\n",
        "from base import *\nclass A(Noted): ...\n",
        "class B:\n    def __init_subclass__(cls): ...\nclass A(B): ...\n",
        "from base import WithMeta\nclass A(WithMeta): ...\n",
        "from base import WithMeta as W\nB = W\nclass A(B): ...\n",
        "from base import Meta\nclass A(metaclass=Meta): ...\n",
        "from base import TOLD\nclass A:\n    x = TOLD\n",
        "from base import Told\nclass A:\n    x = Told()\n",
        "from base import Color\nx = Color('red')\n",
        "import enum\nclass E(enum.Enum):\n    A = 1\n    def __init__(self, v): ...\n",
        "import enum\nclass E(enum.Enum):\n    def _generate_next_value_(*a): ...\n    A = enum.auto()\n",
        "from base import Hooked\nclass E(Hooked):\n    A = 1\n",
        "from base import Noted\nX = type('X', (Noted,), {})\n",
        "from dyn import thing\n",
        "import dyn\nX = dyn.thing\n",
        "TYPE_CHECKING = 1\nif TYPE_CHECKING:\n    print('x')\n",
    ] {
        assert!(of(text).is_some(), "{text}");
    }
}

#[test]
fn what_may_raise_is_impure() {
    for text in [
        "import sys\nPORT = sys.argv[1]\n",
        "import sys\nassert sys.version_info\n",
        "class Q(NOPE): ...\n",
        "def q(x=NOPE): ...\n",
        "X = NOPE\n",
        "X = int('x')\n",
        "from base import PREFIX\nX = int(PREFIX)\n",
        "CONF = {}\nX = CONF['k']\n",
        "from base import TABLE\nX = TABLE['k']\n",
        "X = 'a b'.split()[1]\n",
        "a, b = ()\n",
        "from base import ROWS\na, b = ROWS\n",
        "import re\nX = re.compile('(')\n",
        "X = 1 / 0\n",
        "from base import nope\n",
        "import base\nX = base.nope\n",
        "from base import Limits\nX = Limits.MIN\n",
        "from .... import x\n",
    ] {
        assert!(of(text).is_some(), "{text}");
    }
    assert_eq!(
        of("try:\n    from base import nope\nexcept ImportError:\n    nope = None\n"),
        None
    );
}

/// What changes at run time is another value sooner than later.
#[test]
fn what_changes_is_not_taken_once() {
    for text in [
        "from state import debug\n",
        "import state\nDEBUG = state.debug\n",
        "from state import pool\n",
        "import state\nPOOL = state.pool\n",
    ] {
        assert!(of(text).is_some(), "{text}");
    }
    assert_eq!(of("import state\ndef f():\n    return state.debug\n"), None);
}

/// A submodule becomes an attribute of its package, in the place of what that calls so.
#[test]
fn a_submodule_hides_what_its_package_binds() {
    let hides = |init: &str| {
        impurity(&[
            ("pk/b.py", "x = 1\n"),
            ("pk/c.py", "b = 2\n"),
            ("pk/__init__.py", init),
        ])
    };
    assert!(hides("from pk.c import b\n").is_some());
    assert_eq!(hides("from . import b\n"), None);
    assert_eq!(hides("from .b import x as b\n"), None);
}
