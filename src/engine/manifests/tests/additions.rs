//! Where a new requirement goes, byte by byte.

use super::*;

#[test]
fn lines_of_pip() {
    let to = |before: &str, after: &str| becomes("requirements.txt", before, after);
    to(
        "uvicorn\nfastapi\n",
        "uvicorn\nfastapi\nemail-validator>=2.0.0\n",
    );
    to("fastapi\n", "fastapi\nemail-validator>=2.0.0\n");
    to(
        "alembic\nfastapi\n",
        "alembic\nemail-validator>=2.0.0\nfastapi\n",
    );
    to(
        "Alembic\nfastapi\n",
        "Alembic\nemail-validator>=2.0.0\nfastapi\n",
    );
    to(
        "fastapi\nuvicorn\n",
        "email-validator>=2.0.0\nfastapi\nuvicorn\n",
    );
    // Sorted as whole lines, and as names: `pydantic-settings` stands on either side of `pydantic`.
    to(
        "pydantic-settings>=2\npydantic>=2\n",
        "email-validator>=2.0.0\npydantic-settings>=2\npydantic>=2\n",
    );
    to(
        "aiohttp\ndnspython\npydantic==2.0\n",
        "aiohttp\ndnspython\nemail-validator>=2.0.0\npydantic==2.0\n",
    );
}

#[test]
fn comments_of_pip_stay_with_their_entries() {
    let to = |before: &str, after: &str| becomes("requirements.txt", before, after);
    to(
        "# all\nfastapi\nuvicorn\n",
        "# all\nemail-validator>=2.0.0\nfastapi\nuvicorn\n",
    );
    to(
        "# web\nfastapi\n# server\nuvicorn\n",
        "email-validator>=2.0.0\n# web\nfastapi\n# server\nuvicorn\n",
    );
    to(
        "alembic\n# web\nfastapi\n",
        "alembic\nemail-validator>=2.0.0\n# web\nfastapi\n",
    );
    to(
        "uvicorn\nfastapi  # web\n# end\n",
        "uvicorn\nfastapi  # web\nemail-validator>=2.0.0\n# end\n",
    );
    to(
        "uvicorn\nfastapi\n    # via me\n",
        "uvicorn\nfastapi\n    # via me\nemail-validator>=2.0.0\n",
    );
}

#[test]
fn options_of_pip_keep_their_places() {
    let to = |before: &str, after: &str| becomes("requirements.txt", before, after);
    to(
        "uvicorn\nfastapi\n--no-binary :all:\n",
        "uvicorn\nfastapi\nemail-validator>=2.0.0\n--no-binary :all:\n",
    );
    to(
        "uvicorn\nfastapi \\\n    ; python_version > '3'\nalembic\n",
        "uvicorn\nfastapi \\\n    ; python_version > '3'\nalembic\nemail-validator>=2.0.0\n",
    );
    to(
        "alembic \\\n  >=1\nfastapi\n",
        "alembic \\\n  >=1\nemail-validator>=2.0.0\nfastapi\n",
    );
    to("--pre\n-e .\n", "--pre\n-e .\nemail-validator>=2.0.0\n");
    to("# none yet\n", "# none yet\nemail-validator>=2.0.0\n");
}

#[test]
fn blank_lines_at_the_end_of_a_file_stay() {
    let tree = Tree::new(&[("requirements.txt", "uvicorn\nfastapi\n\n\n")]);
    let after = "uvicorn\nfastapi\nemail-validator>=2.0.0\n\n\n";
    assert_eq!(tree.add().0[0].1, after);
    let empty = Tree::new(&[("requirements.txt", "")]);
    assert_eq!(empty.add().0[0].1, "email-validator>=2.0.0\n");
}

fn project(list: &str) -> String {
    format!("[project]\nname = \"x\"\nversion = \"1\"\n{list}\n[tool.x]\ny = 1\n")
}

#[test]
fn arrays_of_toml() {
    let to =
        |before: &str, after: &str| becomes("pyproject.toml", &project(before), &project(after));
    to(
        "dependencies = [\"b\", \"a\"]\n",
        "dependencies = [\"b\", \"a\", \"email-validator>=2.0.0\"]\n",
    );
    to(
        "dependencies = ['b','a',]\n",
        "dependencies = ['b','a','email-validator>=2.0.0',]\n",
    );
    to(
        "dependencies = [\"a\", \"z\"]\n",
        "dependencies = [\"a\", \"email-validator>=2.0.0\", \"z\"]\n",
    );
    to(
        "dependencies = [\"y\", \"z\"]\n",
        "dependencies = [\"email-validator>=2.0.0\", \"y\", \"z\"]\n",
    );
    to(
        "dependencies = []\n",
        "dependencies = [\"email-validator>=2.0.0\"]\n",
    );
    to(
        "dependencies = [ ]\n",
        "dependencies = [\"email-validator>=2.0.0\"]\n",
    );
    to(
        "dependencies = [\n]\n",
        "dependencies = [\n    \"email-validator>=2.0.0\",\n]\n",
    );
    to(
        "dependencies = [\n  # none\n]\n",
        "dependencies = [\n  # none\n  \"email-validator>=2.0.0\",\n]\n",
    );
    to("", "dependencies = [\"email-validator>=2.0.0\"]\n");
}

#[test]
fn arrays_of_toml_over_several_lines() {
    let to = |before: &str, after: &str| {
        let list = |inside: &str| project(&format!("dependencies = [{inside}]\n"));
        becomes("pyproject.toml", &list(before), &list(after));
    };
    to(
        "\n  'b',\n  'a',\n",
        "\n  'b',\n  'a',\n  'email-validator>=2.0.0',\n",
    );
    to(
        "\n  'b',\n  'a'\n",
        "\n  'b',\n  'a',\n  'email-validator>=2.0.0'\n",
    );
    to(
        "\n  'b',\n  'a' # why, so\n",
        "\n  'b',\n  'a', # why, so\n  'email-validator>=2.0.0'\n",
    );
    to(
        "\n  # list\n  'f', # c\n  'g',\n",
        "\n  # list\n  'email-validator>=2.0.0',\n  'f', # c\n  'g',\n",
    );
    to(
        "\n  # f\n  'f',\n  # g\n  'g',\n",
        "\n  'email-validator>=2.0.0',\n  # f\n  'f',\n  # g\n  'g',\n",
    );
    to(
        "\n  'a', # c\n  # of f\n  'f',\n",
        "\n  'a', # c\n  'email-validator>=2.0.0',\n  # of f\n  'f',\n",
    );
    to(
        "\n  'b',\n  'a',\n  # end\n",
        "\n  'b',\n  'a',\n  'email-validator>=2.0.0',\n  # end\n",
    );
    // The first entry on the line of the bracket, and the last one too.
    to(
        "'f',\n    'g'",
        "'email-validator>=2.0.0',\n    'f',\n    'g'",
    );
    to(
        "'b',\n    'a'",
        "'b',\n    'a',\n    'email-validator>=2.0.0'",
    );
    to(
        "'b',\n    'a',",
        "'b',\n    'a',\n    'email-validator>=2.0.0',",
    );
    to(
        "'a',\n    'f'",
        "'a',\n    'email-validator>=2.0.0',\n    'f'",
    );
    // Entries that share lines.
    to(
        "\n  'b', 'a',\n",
        "\n  'b', 'a',\n  'email-validator>=2.0.0',\n",
    );
    to(
        "\n  'a', 'f',\n  'g',\n",
        "\n  'a', 'email-validator>=2.0.0', 'f',\n  'g',\n",
    );
    to(
        "\n  'b'\n, 'a'\n",
        "\n  'b'\n, 'a',\n  'email-validator>=2.0.0'\n",
    );
    to(
        "\n\t'b',\n\t'a',\n",
        "\n\t'b',\n\t'a',\n\t'email-validator>=2.0.0',\n",
    );
}

#[test]
fn a_project_table_without_the_key() {
    let to = |before: &str, after: &str| becomes("pyproject.toml", before, after);
    to(
        "[project]\nname = 'x'\nauthors = [\n  {name = 'a'},\n] # us\n\n[tool.x]\n",
        "[project]\nname = 'x'\nauthors = [\n  {name = 'a'},\n] # us\ndependencies = ['email-validator>=2.0.0']\n\n[tool.x]\n",
    );
    to(
        "[project]\nname = \"x\"\nurls.home = \"h\"\n\n[project.scripts]\nx = \"x:y\"\n",
        "[project]\nname = \"x\"\nurls.home = \"h\"\ndependencies = [\"email-validator>=2.0.0\"]\n\n[project.scripts]\nx = \"x:y\"\n",
    );
}

#[test]
fn tables_of_poetry() {
    let table = |inside: &str| {
        format!(
            "[tool.poetry]\nname = \"x\"\n\n[tool.poetry.dependencies]\n{inside}\n[tool.poetry.group.dev.dependencies]\npytest = \"*\"\n"
        )
    };
    let to = |before: &str, after: &str| becomes("pyproject.toml", &table(before), &table(after));
    to(
        "python = \"^3.10\"\n",
        "python = \"^3.10\"\nemail-validator = \">=2.0.0\"\n",
    );
    to("", "email-validator = \">=2.0.0\"\n");
    to(
        "python = '^3.10'\nfastapi = '*'\nuvicorn = {version = '*'}\n",
        "python = '^3.10'\nemail-validator = '>=2.0.0'\nfastapi = '*'\nuvicorn = {version = '*'}\n",
    );
    to(
        "alembic = \"*\" # c\nfastapi = \"*\"\npython = \"^3.10\"\n",
        "alembic = \"*\" # c\nemail-validator = \">=2.0.0\"\nfastapi = \"*\"\npython = \"^3.10\"\n",
    );
    to(
        "python = \"^3.10\"\nuvicorn = \"*\"\nfastapi = [\n  {version = \"1\", python = \"<3.11\"},\n  {version = \"2\"},\n]\n",
        "python = \"^3.10\"\nuvicorn = \"*\"\nfastapi = [\n  {version = \"1\", python = \"<3.11\"},\n  {version = \"2\"},\n]\nemail-validator = \">=2.0.0\"\n",
    );
    to(
        "python = \"^3.10\"\n\n[tool.poetry.dependencies.fastapi]\nversion = \"*\"\n",
        "python = \"^3.10\"\nemail-validator = \">=2.0.0\"\n\n[tool.poetry.dependencies.fastapi]\nversion = \"*\"\n",
    );
}

#[test]
fn an_extra_of_poetry_gets_an_optional_requirement_and_its_name() {
    becomes(
        "pyproject.toml",
        "[tool.poetry.dependencies]\npython = \"^3.10\"\nclick = \"*\"\npydantic = {version = \"^2\", optional = true}\n\n[tool.poetry.extras]\napi = [\"pydantic\"]\n",
        "[tool.poetry.dependencies]\npython = \"^3.10\"\nclick = \"*\"\nemail-validator = {version = \">=2.0.0\", optional = true}\npydantic = {version = \"^2\", optional = true}\n\n[tool.poetry.extras]\napi = [\"pydantic\", \"email-validator\"]\n",
    );
}

#[test]
fn poetry_two_lists_in_the_project_table() {
    becomes(
        "pyproject.toml",
        "[project]\nname = \"x\"\ndependencies = [\"fastapi\"]\n\n[tool.poetry.dependencies]\nfastapi = {source = \"s\"}\n",
        "[project]\nname = \"x\"\ndependencies = [\"fastapi\", \"email-validator>=2.0.0\"]\n\n[tool.poetry.dependencies]\nfastapi = {source = \"s\"}\n",
    );
    becomes(
        "pyproject.toml",
        "[project]\nname = \"x\"\ndynamic = [\"dependencies\"]\n\n[tool.poetry.dependencies]\nfastapi = \"*\"\n",
        "[project]\nname = \"x\"\ndynamic = [\"dependencies\"]\n\n[tool.poetry.dependencies]\nfastapi = \"*\"\nemail-validator = \">=2.0.0\"\n",
    );
}

#[test]
fn tables_of_pipenv() {
    becomes(
        "Pipfile",
        "[packages]\nuvicorn = '*'\nfastapi = '*'\n\n[dev-packages]\nPytest = '*'\n",
        "[packages]\nuvicorn = '*'\nfastapi = '*'\nemail-validator = '>=2.0.0'\n\n[dev-packages]\nPytest = '*'\n",
    );
    becomes(
        "Pipfile",
        "[dev-packages]\npytest = \"*\"\n\n[packages]\n",
        "[dev-packages]\npytest = \"*\"\n\n[packages]\nemail-validator = \">=2.0.0\"\n",
    );
}

#[test]
fn values_of_setup_cfg() {
    let text = |value: &str| {
        format!(
            "[metadata]\nname = x\n\n[options]\nzip_safe = no\n{value}\n[options.extras_require]\ntest =\n  pytest\n"
        )
    };
    let to = |before: &str, after: &str| becomes("setup.cfg", &text(before), &text(after));
    to(
        "install_requires =\n  uvicorn\n  fastapi\n",
        "install_requires =\n  uvicorn\n  fastapi\n  email-validator>=2.0.0\n",
    );
    to(
        "install_requires =\n\tfastapi\n\tuvicorn\n",
        "install_requires =\n\temail-validator>=2.0.0\n\tfastapi\n\tuvicorn\n",
    );
    to(
        "install_requires = fastapi\n",
        "install_requires = fastapi\n  email-validator>=2.0.0\n",
    );
    to(
        "install_requires = fastapi\n    uvicorn\n",
        "install_requires = email-validator>=2.0.0\n    fastapi\n    uvicorn\n",
    );
    to(
        "install_requires =\n",
        "install_requires =\n  email-validator>=2.0.0\n",
    );
    to("", "install_requires =\n  email-validator>=2.0.0\n");
}

#[test]
fn lists_of_setup_py() {
    let to = |before: &str, after: &str| becomes("setup.py", before, after);
    to(
        "from setuptools import setup\n\nsetup(\n    install_requires=[\n        'uvicorn',\n        'fastapi',  # web\n    ],\n)\n",
        "from setuptools import setup\n\nsetup(\n    install_requires=[\n        'uvicorn',\n        'fastapi',  # web\n        'email-validator>=2.0.0',\n    ],\n)\n",
    );
    to(
        "import setuptools\n\nREQUIRES = (\"fastapi\",)\nsetuptools.setup(install_requires=REQUIRES)\n",
        "import setuptools\n\nREQUIRES = (\"fastapi\", \"email-validator>=2.0.0\",)\nsetuptools.setup(install_requires=REQUIRES)\n",
    );
    to(
        "setup(install_requires=[\"fast\" \"api\"])\n",
        "setup(install_requires=[\"fast\" \"api\", \"email-validator>=2.0.0\"])\n",
    );
    refuses(
        &[("setup.py", "setup(install_requires=[('fastapi')])\n")],
        "setup.py:1: is laid out in a way that codemend cannot edit",
    );
}
