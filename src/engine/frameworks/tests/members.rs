//! What models have besides fields, and how their classes are made.

use super::models::{HEAD, last};
use super::with_module;
use crate::frameworks::pydantic::{is_base_model_member, model};

#[test]
fn members() {
    let text = "class Base(BaseModel):
    @validator('x')
    def old(cls, v): ...

    @root_validator(pre=True)
    def whole(cls, v): ...

class A(Base):
    @field_validator('x')
    @classmethod
    def new(cls, v): ...

    @model_validator(mode='after')
    def after(self): ...

    @field_serializer('x')
    def out(self, v): ...

    @computed_field
    @property
    def computed(self) -> int: ...

    @property
    def prop(self): ...

    @prop.setter
    def prop(self, value): ...

    @cached_property
    def cached(self): ...

    @classmethod
    def make(cls): ...

    @staticmethod
    def help(): ...

    @strange
    def odd(self): ...

    def __init__(self, **data): ...
    def __str__(self): ...
    def model_post_init(self, context): ...
    def dict(self, **kw): ...
    def plain(self): ...
    def register(self): ...
    json = dict
    _reused = validator('y', allow_reuse=True)(plain)
";
    let members = last(text, |model| model.members.clone()).unwrap();
    assert_eq!(
        members.validators,
        ["old", "whole", "new", "after", "_reused"]
    );
    assert_eq!(members.serializers, ["out"]);
    assert_eq!(members.computed, ["computed"]);
    assert_eq!(members.properties, ["computed", "prop", "cached"]);
    assert_eq!(members.decorated, ["odd"]);
    assert_eq!(
        members.overrides,
        ["__init__", "model_post_init", "dict", "json"]
    );
}

#[test]
fn names_that_hide_members_of_base_model() {
    for name in [
        "dict",
        "json",
        "copy",
        "schema",
        "model_config",
        "model_fields",
        "validate",
        "construct",
        "register",
        "mro",
    ] {
        assert!(is_base_model_member(name), "{name}");
    }
    for name in ["name", "id", "model", "data", "fields", "items", ""] {
        assert!(!is_base_model_member(name), "{name}");
    }
}

#[test]
fn generic_decorated_nested() {
    assert!(
        last("class A(BaseModel, Generic[T]):\n    x: T", |model| model
            .is_generic)
        .unwrap()
    );
    assert!(
        last(
            "class B(BaseModel, Generic[T]):\n    x: T\nclass A(B[int]): pass",
            |model| model.is_generic
        )
        .unwrap()
    );
    assert!(last("class A[X](BaseModel):\n    x: X", |model| model.is_generic).unwrap());
    assert!(
        !last("class A(BaseModel):\n    x: t.List[int]", |model| model
            .is_generic)
        .unwrap()
    );
    assert!(
        last("@wrap\nclass A(BaseModel): pass", |model| model
            .is_decorated)
        .unwrap()
    );
    assert!(
        last("class A(BaseModel, metaclass=M): pass", |model| model
            .has_metaclass)
        .unwrap()
    );
    assert!(
        last("class A(BaseModel): pass", |model| model
            .is_at_module_level())
        .unwrap()
    );
    let text = format!("{HEAD}\ndef f():\n    class A(BaseModel): pass\n");
    let inside = with_module(&text, |module| {
        let function = module
            .suite()
            .last()
            .unwrap()
            .as_function_def_stmt()
            .unwrap();
        let class = function.body[0].as_class_def_stmt().unwrap();
        let definition = module.names().definition_of_class(class).unwrap();
        model(&definition).unwrap().is_at_module_level()
    });
    assert!(!inside);
}
