//! The configuration of models.

use super::models::last;
use crate::frameworks::pydantic::{Config, Setting};

fn config(text: &str) -> Config {
    last(text, |model| model.config.clone()).unwrap()
}

#[track_caller]
fn is(text: &str, expected: &[(&str, Setting)]) {
    let config = config(text);
    let settings: Vec<_> = config
        .settings
        .iter()
        .map(|(name, setting)| (name.as_str(), setting.clone()))
        .collect();
    assert_eq!(settings, expected, "{text}");
    assert!(!config.is_incomplete, "{text}");
}

fn text(value: &str) -> Setting {
    Setting::Text(value.to_owned())
}

#[test]
fn every_way_to_say_it() {
    let frozen = [("frozen", Setting::Flag(true))];
    is("class A(BaseModel): pass", &[]);
    is(
        "class A(BaseModel):\n    model_config = ConfigDict(frozen=True)",
        &frozen,
    );
    is(
        "class A(BaseModel):\n    model_config = {'frozen': True}",
        &frozen,
    );
    is(
        "class A(BaseModel):\n    model_config = dict(frozen=True)",
        &frozen,
    );
    is(
        "class A(BaseModel):\n    model_config: t.Any = pydantic.ConfigDict(frozen=True)",
        &frozen,
    );
    is("class A(BaseModel, frozen=True): pass", &frozen);
    is(
        "class A(BaseModel):\n    class Config:\n        frozen = True",
        &frozen,
    );
    is(
        "COMMON = ConfigDict(frozen=True)\nclass A(BaseModel):\n    model_config = COMMON",
        &frozen,
    );
    is(
        "YES = True\nclass A(BaseModel):\n    model_config = ConfigDict(frozen=YES)",
        &frozen,
    );
}

#[test]
fn values() {
    is(
        "class A(BaseModel):\n    model_config = ConfigDict(a='always', b=None, c=f, d=3)",
        &[
            ("a", text("always")),
            ("b", Setting::None),
            ("c", Setting::Other),
            ("d", Setting::Other),
        ],
    );
    is(
        "class A(BaseModel):\n    class Config:\n        '''Doc.'''\n        extra = pydantic.Extra.allow\n        json_encoders = {}\n        def alias_generator(cls, name): ...",
        &[
            ("alias_generator", Setting::Other),
            ("extra", text("allow")),
            ("json_encoders", Setting::Other),
        ],
    );
}

#[test]
fn bases_come_first() {
    is(
        "class B(BaseModel):\n    model_config = ConfigDict(frozen=True, extra='allow')\nclass A(B, extra='forbid'): pass",
        &[("extra", text("forbid")), ("frozen", Setting::Flag(true))],
    );
    is(
        "class B(BaseModel):\n    class Config:\n        orm_mode = True\nclass A(B):\n    class Config:\n        orm_mode = False",
        &[("orm_mode", Setting::Flag(false))],
    );
}

#[test]
fn what_cannot_be_read() {
    for body in [
        "model_config = make()",
        "model_config = ConfigDict(**common)",
        "model_config = ConfigDict(common)",
        "model_config = {**common}",
        "model_config = nowhere",
        "model_config = ConfigDict()\n    model_config['frozen'] = True",
        "Config = Other",
        "class Config(Other): pass",
        "class Config:\n        if 1:\n            frozen = True",
    ] {
        let config = config(&format!("class A(BaseModel):\n    {body}"));
        assert!(config.is_incomplete, "{body}");
        assert!(config.may_set("revalidate_instances"), "{body}");
    }
    assert!(config("class A(BaseModel, **kw): pass").is_incomplete);
}

#[test]
fn what_may_be_set() {
    let config = config(
        "class A(BaseModel):\n    model_config = ConfigDict(a=True, b=False, c=None, d='never', e=f())",
    );
    for (name, expected) in [
        ("a", true),
        ("b", false),
        ("c", false),
        ("d", true),
        ("e", true),
        ("x", false),
    ] {
        assert_eq!(config.may_set(name), expected, "{name}");
    }
}
