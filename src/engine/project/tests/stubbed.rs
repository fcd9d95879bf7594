//! Modules that some file puts into `sys.modules`.

use super::tree;

fn is_stubbed(module: &str, text: &str) -> bool {
    is_stubbed_by(
        module,
        &format!("import sys\nfrom unittest.mock import patch\n{text}\n"),
    )
}

fn is_stubbed_by(module: &str, text: &str) -> bool {
    let tree = tree(&[
        ("src/app/__init__.py", ""),
        ("src/app/mail.py", ""),
        ("tests/test_it.py", text),
    ]);
    tree.project.stubbed(module).is_some()
}

#[test]
fn every_spelling() {
    for text in [
        "sys.modules['app.mail'] = fake",
        "del sys.modules['app.mail']",
        "sys.modules.pop('app.mail', None)",
        "sys.modules.setdefault('app.mail', fake)",
        "sys.modules.update({'app.mail': fake})",
        "sys.modules.update(**{'app.mail': fake})",
        "FAKES = {'app.mail': 1}\nsys.modules.update(FAKES)",
        "sys.modules |= {'app.mail': fake}",
        "patch.dict(sys.modules, {'app.mail': fake})",
        "patch.dict('sys.modules', {'app.mail': fake})",
        "patch.dict('sys.modules', values={'app.mail': fake})",
        "FAKES = {'app.mail': 1}\npatch.dict('sys.modules', FAKES)",
        "@patch.dict('sys.modules', {'app.mail': 1})\ndef test_a(): ...",
        "@patch.dict('sys.modules', {'app.mail': 1})\nclass TestA: ...",
        "def test_a(monkeypatch):\n    monkeypatch.setitem(sys.modules, 'app.mail', 1)",
        "def test_a(monkeypatch):\n    monkeypatch.delitem(sys.modules, 'app.mail')",
        "for name in ('app.mail', 'x'):\n    sys.modules[name] = 1",
        "NAMES = ['app.mail']\nfor name in NAMES:\n    sys.modules[name] = 1",
        "def stub(name):\n    sys.modules[name] = type(sys)('fake')\nstub('app.mail')",
        "from sys import modules\nmodules['app.mail'] = 1",
        "m = sys.modules\nm['app.mail'] = 1",
        "def test_a():\n    m = sys.modules\n    del m['app.mail']",
        "patch('app.mail')",
        "import sys as s\ns.modules['app.mail'] = 1",
        "sys.modules['app.mail'] = sys.modules[__name__]",
        "sys.modules['app'] = 1",
        "sys.modules['app.mail.smtp'] = 1",
        "sys.modules['src.app.mail'] = 1",
        "def test_a(monkeypatch):\n    def fail(name, *rest):\n        if name == 'app.mail': raise ImportError\n    monkeypatch.setattr('builtins.__import__', fail)",
    ] {
        assert!(is_stubbed("app.mail", text), "{text}");
    }
    assert!(is_stubbed(
        "redis",
        "for name in ['redis']:\n    sys.modules[name] = 1"
    ));
    assert!(is_stubbed("redis.asyncio", "sys.modules['redis'] = 1"));
}

#[test]
fn other_modules_stay() {
    for text in [
        "sys.modules['app.other'] = 1",
        "sys.modules['app.mailer'] = 1",
        "sys.modules[__name__] = x\ny = 'app.mail'",
        "if 'app.mail' in sys.modules: pass",
        "x = sys.modules[cls.__module__]\ny = 'app.mail'",
        "y = 'app.mail'",
    ] {
        assert!(!is_stubbed("app.mail", text), "{text}");
    }
}

#[test]
fn helpers_in_other_files() {
    let tree = tree(&[
        ("app/__init__.py", ""),
        ("app/mail.py", ""),
        (
            "tests/conftest.py",
            "import sys\ndef stub(name):\n    sys.modules[name] = object()\n",
        ),
        (
            "tests/test_it.py",
            "from conftest import stub\ndef test_a():\n    stub('app.mail')\n",
        ),
    ]);
    assert_eq!(
        tree.project.stubbed("app.mail"),
        Some((tree.id("tests/test_it.py"), 3))
    );
    assert_eq!(tree.project.stubbed("app.other"), None);
}
