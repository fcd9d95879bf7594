//! Pydantic models: their families, their fields and their members.

use super::{tree, with_module};
use crate::frameworks::pydantic::{Alias, Base, Field, Model, model};
use crate::module::Module;

pub(super) const HEAD: &str = "import abc
import typing as t
from typing import Annotated, ClassVar, Generic, Optional, TypeVar
import fastapi
import pydantic
from pydantic import (AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, computed_field,
    field_serializer, field_validator, model_validator, root_validator, validator)
from functools import cached_property
T = TypeVar('T')
";

/// What `see` makes of the class that ends `module`; `None` when it is no model.
pub(super) fn of<T>(module: &Module<'_>, see: impl FnOnce(&Model<'_>) -> T) -> Option<T> {
    let class = module.suite().last().unwrap().as_class_def_stmt().unwrap();
    let definition = module.names().definition_of_class(class).unwrap();
    model(&definition).map(|model| see(&model))
}

/// The same for a module that imports Pydantic and then is `text`.
pub(super) fn last<T>(text: &str, see: impl FnOnce(&Model<'_>) -> T) -> Option<T> {
    with_module(&format!("{HEAD}{text}\n"), |module| of(module, see))
}

fn show(field: &Field<'_>) -> String {
    let mut shown = format!("{} {:?}", field.name, field.default);
    if let Some(value) = field.default_value() {
        let range = ruff_text_size::Ranged::range(value);
        shown += &format!(" {}", field.names().text_at(range));
    }
    match &field.alias {
        Alias::None => {}
        Alias::Both(name) => shown += &format!(" as {name}"),
        Alias::Other => shown += " as ?",
    }
    if field.excluded {
        shown += " excluded";
    }
    if !field.options.is_empty() {
        shown += &format!(" ({})", field.options.join(", "));
    }
    for one in &field.metadata {
        shown += &format!(" @{}", one.as_deref().unwrap_or("?"));
    }
    shown
}

fn fields(text: &str) -> Vec<String> {
    last(text, |model| model.fields.iter().map(show).collect()).unwrap()
}

#[test]
fn bases() {
    let bases = |text: &str| last(text, |model| model.bases.clone());
    let plain = Some(vec![Base::BaseModel]);
    assert_eq!(bases("class A(BaseModel): pass"), plain);
    assert_eq!(bases("class A(pydantic.BaseModel): pass"), plain);
    assert_eq!(
        bases("from pydantic.main import BaseModel as B\nclass A(B): pass"),
        plain
    );
    assert_eq!(bases("Base = BaseModel\nclass A(Base): pass"), plain);
    assert_eq!(bases("class B(BaseModel): pass\nclass A(B): pass"), plain);
    let generic = Some(vec![Base::BaseModel, Base::Neutral]);
    assert_eq!(bases("class A(BaseModel, Generic[T]): pass"), generic);
    assert_eq!(bases("class A(BaseModel, abc.ABC): pass"), generic);
    let other = |name: &str| Some(vec![Base::BaseModel, Base::Other(name.to_owned())]);
    assert_eq!(
        bases("import enum\nclass A(BaseModel, enum.Enum): pass"),
        other("enum.Enum")
    );
    assert_eq!(
        bases("class A(str, BaseModel): pass"),
        other("builtins.str")
    );
    let relative = |name: &str| Some(vec![Base::Relative(name.to_owned())]);
    assert_eq!(
        bases("from sqlmodel import SQLModel\nclass A(SQLModel): pass"),
        relative("sqlmodel.SQLModel")
    );
    assert_eq!(
        bases("class A(pydantic.RootModel[int]): pass"),
        relative("pydantic.RootModel")
    );
    assert_eq!(
        bases("from pydantic.v1 import BaseModel as Old\nclass A(Old): pass"),
        relative("pydantic.v1.BaseModel")
    );
    let unknown = Some(vec![Base::BaseModel, Base::Unknown]);
    assert_eq!(bases("class A(BaseModel, make()): pass"), unknown);
    assert_eq!(bases("class A(BaseModel, nowhere): pass"), unknown);
}

#[test]
fn classes_that_are_no_models() {
    for text in [
        "class A: pass",
        "class BaseModel: pass\nclass A(BaseModel): pass",
        "from other import BaseModel\nclass A(BaseModel): pass",
        "class A(make()): pass",
        "class A(t.NamedTuple): pass",
        "class A(A): pass",
        "class B(A): pass\nclass A(B): pass",
        "try:\n    from pydantic import BaseModel as B\nexcept ImportError:\n    B = object\nclass A(B): pass",
    ] {
        assert!(last(text, |_| ()).is_none(), "{text}");
    }
}

#[test]
fn declared_fields() {
    let text = "class A(BaseModel):
    '''Doc.'''
    model_config = ConfigDict()
    __slots__ = ()
    _private: int = 1
    kind: ClassVar[str] = 'x'
    quoted: 'ClassVar[int]' = 1
    a: int
    b: int = 1
    c: Optional[int] = None
    d: int = Field(..., gt=1)
    e: int = Field(2)
    f: int = Field(default=3, alias='F')
    g: list = Field(default_factory=list)
    h: int = Field(exclude=True, default=1)
    i: int = pydantic.Field(serialization_alias='I')
    j: Annotated[int, Field(gt=1), AfterValidator(abs)] = 5
    k: Annotated[str, PlainSerializer(str)]
    l: int = Field(**more)
    m: 'Annotated[int, Field(alias=\"M\")]'
    n = 1
    sort = validator('a')(check)
    o: int = make()
    p: int = Field(alias='P', validation_alias='Q')
    q: Annotated[int, lambda x: x]
    r: int = fastapi.Query(default=7, gt=1)
";
    assert_eq!(
        fields(text),
        [
            "a Required",
            "b Value 1",
            "c Value None",
            "d Required (gt)",
            "e Value 2",
            "f Value 3 as F (alias, default)",
            "g Factory (default_factory)",
            "h Value 1 excluded (default, exclude)",
            "i Required as ? (serialization_alias)",
            "j Value 5 (gt) @pydantic.AfterValidator",
            "k Required @pydantic.PlainSerializer",
            "l Unknown as ? excluded (**)",
            "m Required as M (alias)",
            "o Value make()",
            "p Required as ? (alias, validation_alias)",
            "q Required @?",
            "r Value 7 (default, gt)",
            "n Value 1",
        ]
    );
}

#[test]
fn inherited_fields() {
    let text = "class Base(BaseModel):
    id: int
    name: str
    gone: int

class Mixin:
    extra: int = 1

class A(Mixin, Base):
    name: str = 'x'
    more: int
    gone: ClassVar[int] = 1
";
    assert_eq!(
        fields(text),
        [
            "id Required",
            "name Value 'x'",
            "extra Value 1",
            "more Required"
        ]
    );
    assert!(last(text, |model| model.has_mixins).unwrap());
    let owners = last(text, |model| {
        let owner = |field: &Field<'_>| field.owner().name().unwrap();
        model.fields.iter().map(owner).collect::<Vec<_>>()
    });
    assert_eq!(owners.unwrap(), ["Base", "A", "Mixin", "A"]);
}

#[test]
fn a_shared_base_stands_behind_all_that_share_it() {
    let text = "class Top(BaseModel):
    x: int = 0

class Left(Top): pass

class Right(Top):
    x: int = 2

class A(Left, Right): pass
";
    assert_eq!(fields(text), ["x Value 2"]);
}

#[test]
fn types_of_fields() {
    let text = "class A(BaseModel):
    a: int
    b: 't.Any'
    c: Annotated[str, Field(min_length=1)]
    d: Optional['A']
";
    let types = last(text, |model| {
        let typed = |field: &Field<'_>| {
            field
                .with_type(|names, expr, place| names.qualified_name(expr, place))
                .unwrap()
        };
        model.fields.iter().map(typed).collect::<Vec<_>>()
    });
    let named = |name: &str| Some(name.to_owned());
    assert_eq!(
        types.unwrap(),
        [
            named("builtins.int"),
            named("typing.Any"),
            named("builtins.str"),
            None
        ]
    );
}

#[test]
fn what_cannot_be_read_is_said() {
    for text in [
        "class A(BaseModel):\n    if 1:\n        x: int",
        "class A(BaseModel):\n    x: int\n    x: str",
        "class A(BaseModel):\n    x = bool",
        "class A(BaseModel):\n    x = make()",
        "class A(BaseModel):\n    x, y = 1, 2",
        "class A(BaseModel):\n    x: int\n    del x",
        "class A(*bases, BaseModel): pass",
        "def f():\n    global A\n    A = 1\nclass A(BaseModel): pass",
    ] {
        assert!(last(text, |model| model.is_incomplete).unwrap(), "{text}");
        assert!(!last(text, |model| model.is_plain()).unwrap(), "{text}");
    }
    assert!(last("class A(BaseModel):\n    x: int", |model| model.is_plain()).unwrap());
}

#[test]
fn bases_of_other_files() {
    let tree = tree(&[
        (
            "base.py",
            "from pydantic import BaseModel\nclass Base(BaseModel):\n    id: int = 1\n    class Config:\n        orm_mode = True\n",
        ),
        ("pkg/__init__.py", "from base import Base as Shared\n"),
        (
            "main.py",
            "import pkg\nclass A(pkg.Shared):\n    name: str\n",
        ),
        (
            "typed.pyi",
            "from pydantic import BaseModel\nclass Typed(BaseModel):\n    id: int = ...\n",
        ),
        ("typed.py", "Typed = make()\n"),
        (
            "stubbed.py",
            "from typed import Typed\nclass A(Typed): pass\n",
        ),
        ("loop.py", "from pool import B\nclass A(B): pass\n"),
        ("pool.py", "from loop import A\nclass B(A): pass\n"),
    ]);
    let shown = of(&tree.module("main.py"), |model| {
        assert!(model.config.may_set("orm_mode"));
        model.fields.iter().map(show).collect::<Vec<_>>()
    });
    assert_eq!(shown.unwrap(), ["id Value 1", "name Required"]);
    assert!(of(&tree.module("loop.py"), |_| ()).is_none());
    let stubbed = of(&tree.module("stubbed.py"), |model| model.is_incomplete);
    assert_eq!(stubbed, Some(true));
}
