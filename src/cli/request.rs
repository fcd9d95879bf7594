//! From arguments to the configuration that the engine asks.

use std::path::Path;

use anyhow::{Context, bail};
use camino::{Utf8Path, Utf8PathBuf};
use codemend_engine::codemod::Codemod;
use codemend_engine::config::{Configuration, Overrides};
use codemend_engine::environment_at;
use codemend_engine::source::reason;

use super::arguments::MendArguments;
use super::paths;

/// The configuration under what the command line says.
///
/// # Errors
/// A `--config` that is neither file nor setting, two files, or what [`Configuration::new`] refuses.
pub fn configuration(
    arguments: &MendArguments,
    catalogue: &[&dyn Codemod],
    cwd: &Utf8Path,
) -> anyhow::Result<Configuration> {
    let (file, inline) = config_arguments(&arguments.config, cwd)?;
    let overrides = Overrides {
        select: arguments.select.clone(),
        ignore: arguments.ignore.clone(),
        exclude: arguments.exclude.clone(),
        unsafe_fixes: arguments.unsafe_fixes(),
        target_version: arguments.target_version,
        max_file_size: arguments.max_file_size,
        file,
        inline,
    };
    let about = catalogue.iter().map(|codemod| codemod.about()).collect();
    Ok(Configuration::new(overrides, about)?)
}

/// Whether the settings leave out `path` (absolute), by its own name or by that of a directory above it. Where they
/// cannot be used it stays, and the run says why.
pub fn is_excluded(path: &Utf8Path, configuration: &Configuration) -> bool {
    let settings = configuration.settings_at(path);
    settings.is_ok_and(|settings| settings.is_excluded(path, path.is_dir()))
}

/// The virtual environment that `--python` names.
///
/// # Errors
/// It is none.
pub fn environment(
    arguments: &MendArguments,
    cwd: &Utf8Path,
) -> anyhow::Result<Option<Utf8PathBuf>> {
    environment_of(arguments.python.as_deref(), cwd)
}

/// The virtual environment at `given`.
///
/// # Errors
/// It is none.
pub fn environment_of(given: Option<&Path>, cwd: &Utf8Path) -> anyhow::Result<Option<Utf8PathBuf>> {
    let Some(given) = given else {
        return Ok(None);
    };
    let path = match paths::utf8(given) {
        Ok(path) => paths::absolute(path, cwd),
        Err(problem) => bail!("--python {}: {}", problem.path, problem.message),
    };
    match environment_at(&path) {
        Ok(environment) => Ok(Some(environment)),
        Err(message) => bail!("--python {message}"),
    }
}

/// The configuration where only the options about files are given.
///
/// # Errors
/// As for [`configuration`].
pub fn configuration_of_files(
    config: &[String],
    exclude: &[String],
    catalogue: &[&dyn Codemod],
    cwd: &Utf8Path,
) -> anyhow::Result<Configuration> {
    let (file, inline) = config_arguments(config, cwd)?;
    let overrides = Overrides {
        exclude: exclude.to_vec(),
        file,
        inline,
        ..Overrides::default()
    };
    let about = catalogue.iter().map(|codemod| codemod.about()).collect();
    Ok(Configuration::new(overrides, about)?)
}

/// Each `--config` is a file (it exists, or ends with `.toml`) or a setting (it holds a `=`).
///
/// # Errors
/// It is neither, or there are two files.
pub fn config_arguments(
    given: &[String],
    cwd: &Utf8Path,
) -> anyhow::Result<(Option<Utf8PathBuf>, Vec<String>)> {
    let mut file: Option<Utf8PathBuf> = None;
    let mut inline = Vec::new();
    for argument in given {
        let path = paths::absolute(argument.as_str().into(), cwd);
        if path.is_file() || argument.ends_with(".toml") {
            let metadata = std::fs::metadata(&path);
            let metadata = metadata.map_err(|error| anyhow::anyhow!(reason(&error)));
            metadata.with_context(|| argument.clone())?;
            if let Some(first) = file.replace(path) {
                bail!("--config takes one file, got `{first}` and `{argument}`");
            }
        } else if argument.contains('=') {
            inline.push(argument.clone());
        } else {
            bail!("--config `{argument}` is neither a file nor a setting such as `key = value`");
        }
    }
    Ok((file, inline))
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;

    use super::config_arguments;

    #[test]
    fn tells_files_from_settings() {
        let dir = tempfile::tempdir().unwrap();
        let cwd = Utf8Path::from_path(dir.path()).unwrap();
        for name in ["a.toml", "odd=name"] {
            std::fs::write(cwd.join(name), "").unwrap();
        }
        let split = |given: &[&str]| {
            let given: Vec<_> = given.iter().map(ToString::to_string).collect();
            config_arguments(&given, cwd).map_err(|error| format!("{error:#}"))
        };
        let (file, inline) = split(&["x.level = 'a'", "a.toml", "exclude=[]"]).unwrap();
        assert_eq!(file, Some(cwd.join("a.toml")));
        assert_eq!(inline, ["x.level = 'a'", "exclude=[]"]);
        assert_eq!(split(&["odd=name"]).unwrap().0, Some(cwd.join("odd=name")));
        assert_eq!(
            split(&["no.toml"]).unwrap_err(),
            "no.toml: no such file or directory"
        );
        assert!(
            split(&["word"])
                .unwrap_err()
                .contains("neither a file nor a setting")
        );
        assert!(
            split(&["a.toml", "odd=name"])
                .unwrap_err()
                .contains("one file")
        );
    }
}
