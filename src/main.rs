use camino::Utf8PathBuf;
use codemend_engine::{config::*, pipeline::*, target::PythonVersion};
fn main() {
    let a: Vec<String> = std::env::args().skip(1).collect();
    let get = |k: &str| a.iter().position(|x| x == k).map(|i| a[i + 1].clone());
    let o = Overrides { select: get("--select").map(|s| vec![s]), unsafe_fixes: Some(a.contains(&"--unsafe-fixes".into())), target_version: get("--target-version").map(|t| { let (x, y) = t.split_once('.').unwrap(); PythonVersion { major: x.parse().unwrap(), minor: y.parse().unwrap() } }), ..Default::default() };
    let c = Configuration::new(o, codemend_codemods::ALL.iter().map(|c| c.about()).collect()).unwrap();
    let cwd = Utf8PathBuf::from_path_buf(std::env::current_dir().unwrap()).unwrap();
    let p = if a[0] == "." { cwd.clone() } else { cwd.join(&a[0]) };
    let r = Request { paths: vec![p], catalogue: codemend_codemods::ALL, configuration: &c, stdin: None, threads: None, prefilter: true };
    let out = run(&r, &Unwatched);
    for x in &out.problems { eprintln!("{}:{:?}: {}", x.path.strip_prefix(&cwd).unwrap_or(&x.path), x.at, x.message); if let Some(at) = x.at { eprintln!("{}:{}", x.path.strip_prefix(&cwd).unwrap_or(&x.path), at.line) } }
    for x in &out.reports { eprintln!("{}:{}:{}: {}", x.path.strip_prefix(&cwd).unwrap_or(&x.path), x.at.line, x.at.column, x.message) }
    if a.contains(&"--explain-refusals".into()) { for x in &out.refusals { eprintln!("{}:{}:{}: {}", x.path.strip_prefix(&cwd).unwrap_or(&x.path), x.at.line, x.at.column, x.reason) } }
    for f in out.patch() { if a.contains(&"--apply".into()) { std::fs::write(&f.path, &*f.after).unwrap() } else { println!("{}", f.after) } }
    eprintln!("changed {} of {}", out.patch().len(), out.files_read);
}
