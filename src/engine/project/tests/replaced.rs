//! Names that some file replaces at run time, in every spelling.

use super::tree;

const HEAD: &str = "import sys, importlib, builtins\nfrom unittest import mock\nfrom unittest.mock import patch\nimport app.mail\nfrom app import mail\nfrom app.mail import Client, send\n";

/// Where `send` of `app/mail.py` is replaced, when a test holds `text`.
fn line(text: &str) -> Option<u32> {
    line_in(&format!("{HEAD}{text}\n"))
}

fn line_in(test: &str) -> Option<u32> {
    let tree = tree(&[
        ("src/app/__init__.py", ""),
        ("src/app/mail.py", "def send(): ...\nclass Client: ...\n"),
        (
            "src/app/main.py",
            "from app import mail\nimport app.mail as post\nfrom app.mail import send\n",
        ),
        ("tests/helpers.py", "def fake(): ...\n"),
        ("tests/test_it.py", test),
    ]);
    let mail = tree.id("src/app/mail.py");
    let (module, line) = tree.project.replaced(&[mail], "app.mail", "send")?;
    assert_eq!(module, tree.id("tests/test_it.py"));
    Some(line)
}

#[test]
fn every_spelling() {
    for text in [
        "mock.patch('app.mail.send')",
        "patch('app.mail.send', return_value=1)",
        "patch(target='app.mail.send')",
        "@patch('app.mail.send')\ndef test_a(send): ...",
        "@patch('app.mail.send')\nclass TestA: ...",
        "def test_a():\n    with patch('app.mail.send') as send: ...",
        "patch('src.app.mail.send')",
        "patch('app.main.mail.send')",
        "patch('app.main.post.send')",
        "patch.object(mail, 'send')",
        "patch.object(app.mail, 'send')",
        "patch.object(mail, attribute='send')",
        "patch.object(target=mail, attribute='send')",
        "patch.object(sys.modules['app.mail'], 'send')",
        "patch.object(importlib.import_module('app.mail'), 'send')",
        "patch.multiple('app.mail', send=1)",
        "patch.multiple(mail, send=1)",
        "patch.multiple('app.mail', **fakes)",
        "def test_a(monkeypatch):\n    monkeypatch.setattr('app.mail.send', 1)",
        "def test_a(monkeypatch):\n    monkeypatch.setattr(mail, 'send', 1)",
        "def test_a(monkeypatch):\n    monkeypatch.setattr(mail, name='send', value=1)",
        "def test_a(monkeypatch):\n    monkeypatch.delattr('app.mail.send')",
        "def test_a(mp):\n    mp.delattr(mail, 'send')",
        "def test_a(mocker):\n    mocker.patch('app.mail.send')",
        "def test_a(mocker):\n    mocker.patch.object(mail, 'send')",
        "def test_a(mocker):\n    mocker.spy(mail, 'send')",
        "patch(f'{MODULE}.send')",
        "p = mock.patch\np('app.mail.send')",
        "po = mock.patch.object\npo(mail, 'send')",
        "def test_a(mocker):\n    p = mocker.patch\n    p('app.mail.send')",
        "def test_a(monkeypatch):\n    s = monkeypatch.setattr\n    s(mail, 'send', 1)",
        "def test_a():\n    m = app.mail\n    m.send = 1",
        "def test_a():\n    m = mail\n    m = Client\n    m.send = 1",
        "def test_a():\n    m = importlib.import_module('app.mail')\n    m.send = 1",
        "importlib.import_module('app.mail').send = 1",
        "mp.setitem(mail.__dict__, 'send', 1)",
        "patch.dict(app.mail.__dict__, send=1)",
        "patch.dict('app.mail.__dict__', {'send': 1})",
        "vars(mail).update(send=1)",
        "mail.__dict__.update(send=1)",
        "mail.__setattr__('send', 1)",
        "patch('{}.send'.format('app.mail'))",
        "patch('{}.{}'.format('app.mail', 'send'))",
        "patch(send.__module__ + '.' + send.__qualname__)",
        "patch(f'{send.__module__}.{send.__name__}')",
        "flexmock(mail).should_receive('send')",
        "expect(mail).send()",
        "patch(MODULE + '.send')",
        "patch(f'app.mail.{name}')",
        "mail.send = 1",
        "app.mail.send = 1",
        "def test_a():\n    from app import mail as m\n    m.send = 1",
        "def test_a():\n    with x:\n        import app.mail as m\n        m.send = 1",
        "x, mail.send = 1, 2",
        "del mail.send",
        "mail.__dict__['send'] = 1",
        "vars(mail)['send'] = 1",
        "setattr(mail, 'send', 1)",
        "for n in NAMES:\n    setattr(mail, n, 1)",
        "def test_a(monkeypatch):\n    for n in NAMES:\n        monkeypatch.setattr(mail, n, 1)",
        "m = importlib.import_module('app.mail')\nm.send = 1",
        "m = sys.modules['app.mail']\npatch.object(m, 'send')",
        "importlib.reload(mail)",
        "TARGET = 'app.mail.send'\npatch(TARGET)",
        "import pytest\n@pytest.mark.parametrize('path', ['app.mail.send'])\ndef test_a(path, monkeypatch):\n    monkeypatch.setattr(path, 1)",
        "patch('app.%s.send' % x)",
        "patch('{}.send'.format('app.mail'))\nx = 'send'",
        "def test_a(thing):\n    patch.object(thing, 'send')",
    ] {
        assert!(line(text).is_some(), "{text}");
        // The same in a file that does not look like one of tests.
        let plain = format!("{HEAD}{text}\n").replace("unittest", "tools");
        let plain = plain.replace("test_a", "case_a").replace("pytest", "cases");
        assert!(line_in(&plain).is_some(), "{plain}");
    }
    assert_eq!(line("patch('app.mail.send')"), Some(7));
}

#[test]
fn other_names_stay() {
    for text in [
        "",
        "patch('app.mail.recv')",
        "patch('other.post.send')",
        "patch('app.main.send')",
        "patch.object(Client, 'send')",
        "patch('app.mail.Client.send')",
        "Client.send = 1",
        "def f(row, key):\n    setattr(row, key, 1)",
        "x = 'a'.replace('b', 'send')",
        "mail.recv = 1",
        "self.send = 1",
        "class A: ...\npatch.object(A, 'send')",
    ] {
        assert_eq!(line(text), None, "{text}");
    }
}

/// Nothing in such a file speaks of tests.
#[test]
fn assignments_in_plain_modules() {
    for text in [
        "import app.mail\napp.mail.send = 1\n",
        "from app import mail\nmail.send = 1\n",
        "from app import mail\nif x:\n    mail.send = 1\n",
        "def f():\n    from app import mail\n    mail.send = 1\n",
        "def f():\n    if x:\n        from app import mail\n    mail.send: int = 1\n",
        "from app import mail\nclass A:\n    def f(self):\n        self.x, mail.send = 1, 2\n",
        "from app import mail\nvars(mail)['send'] = 1\n",
        "from app import mail\nmail.__dict__['send'] = 1\n",
    ] {
        assert!(line_in(text).is_some(), "{text}");
    }
    assert_eq!(line_in("def f(mail):\n    mail.send = 1\n"), None);
}

/// A helper patches what others name.
#[test]
fn helpers_in_other_files() {
    let tree = tree(&[
        ("app/__init__.py", ""),
        ("app/mail.py", "def send(): ...\ndef recv(): ...\n"),
        (
            "tests/helpers.py",
            "from unittest.mock import patch\ndef fake(path):\n    return patch(path)\n",
        ),
        (
            "tests/test_it.py",
            "from helpers import fake\ndef test_a():\n    fake('app.mail.send')\n",
        ),
    ]);
    let mail = tree.id("app/mail.py");
    let replaced = |name| tree.project.replaced(&[mail], "app.mail", name);
    assert_eq!(replaced("send"), Some((tree.id("tests/test_it.py"), 3)));
    assert_eq!(replaced("recv"), None);
}

#[test]
fn tests_of_one_of_several_services() {
    let tree = tree(&[
        ("a/app/__init__.py", ""),
        ("a/app/mail.py", ""),
        ("b/app/__init__.py", ""),
        ("b/app/mail.py", ""),
        (
            "tests/test_it.py",
            "from unittest.mock import patch\npatch('app.mail.send')\n",
        ),
    ]);
    for path in ["a/app/mail.py", "b/app/mail.py"] {
        let replaced = tree.project.replaced(&[tree.id(path)], ".mail", "send");
        assert!(replaced.is_some(), "{path}");
    }
}

#[test]
fn modules_outside_of_the_project() {
    let tree = tree(&[
        ("app/__init__.py", ""),
        ("app/main.py", "import time\nimport json as j\n"),
        (
            "tests/test_it.py",
            "from unittest.mock import patch\npatch('app.main.time.sleep')\npatch('app.main.j.loads')\npatch('os.path.exists')\n",
        ),
    ]);
    let replaced = |module, name| {
        tree.project
            .replaced(&[], module, name)
            .map(|(_, line)| line)
    };
    assert_eq!(replaced("time", "sleep"), Some(2));
    assert_eq!(replaced("json", "loads"), Some(3));
    assert_eq!(replaced("os.path", "exists"), Some(4));
    assert_eq!(replaced("os.path", "join"), None);
}
