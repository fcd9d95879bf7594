//! What a runner of GitHub Actions makes of `--format github`.

#[path = "runner.rs"]
mod runner;

use runner::Runner;

use super::outside::Project;
use super::projects::{motley, odd};
use super::{parsed, printed};

#[test]
fn annotations_say_only_what_codemend_says() {
    let mut ignored = 0;
    for (project, options) in [
        (odd(), &[][..]),
        (odd(), &["--color", "always"]),
        (motley(), &["--unsafe-fixes"]),
    ] {
        let said = project.codemend(&[&["--format", "github"], options].concat());
        assert_eq!(said.err, "");
        let mut runner = Runner::default();
        for line in said.out.split(['\n', '\r']) {
            runner.hear(line);
        }
        assert!(!runner.is_stopped, "{}", said.out);
        let known = [
            "error",
            "warning",
            "notice",
            "group",
            "endgroup",
            "stop-commands",
        ];
        for command in &runner.heard {
            assert!(known.contains(&command.name.as_str()), "{command:?}");
            let file = command
                .properties
                .get("file")
                .filter(|file| !file.contains("\\x"));
            if let Some(file) = file.filter(|file| !file.contains("<U+")) {
                assert!(project.root().join(file).is_file(), "{file}");
            }
        }
        let report = parsed(
            &project
                .codemend(&[&["--format", "json"], options].concat())
                .out,
        );
        let count = |name: &str| runner.heard.iter().filter(|one| one.name == name).count();
        let of = |key: &str| usize::try_from(report["summary"][key].as_u64().unwrap()).unwrap();
        assert_eq!(count("warning"), of("changes") + of("reports"));
        assert_eq!(count("error"), of("problems"));
        assert_eq!(count("notice"), 1);
        assert!(said.out.contains("diff --git a/app/"), "{}", said.out);
        ignored += runner.ignored;
    }
    assert!(ignored > 10, "the diff was full of commands: {ignored}");
}

#[test]
fn a_long_run_says_what_github_does_not_show() {
    let line = |n| format!("v{n}: Optional[int] = None\n");
    let lines: String = (0..23).map(line).collect();
    let text = format!("from typing import Optional\n\n{lines}");
    let said = printed(&Project::of(&[("a.py", text)]), "github", &[]);
    let closing = said.out.lines().find(|line| line.starts_with("::notice "));
    let want =
        "::notice title=codemend::Would make 23 changes in 1 file, 13 more in the log of this step";
    assert_eq!(closing, Some(want));
}
