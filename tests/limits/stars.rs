//! Modules that take all names of each other: as many ways lead to a name as there are paths between them.

use super::{lines, mended};

#[test]
fn modules_that_take_all_names_of_each_other_are_followed_to_an_end() {
    const MODULES: usize = 24;
    let stars = lines(MODULES, |at| format!("from .m{at} import *\n"));
    let mut files = vec![("pkg/__init__.py".to_owned(), stars)];
    for at in 0..MODULES {
        let others = (0..MODULES).filter(|other| *other != at);
        let imports: String = others.map(|it| format!("from . import m{it}\n")).collect();
        let (next, last) = ((at + 1) % MODULES, (at + 2) % MODULES);
        let calls =
            format!("\n\nasync def f():\n    m{next}.g()\n\n\ndef g():\n    m{last}.h.sleep(1)\n");
        files.push((format!("pkg/m{at}.py"), imports + &calls));
    }
    let files: Vec<(&str, String)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.clone()))
        .collect();
    assert_eq!(mended(&files), 1);
}
