//! A project in which much depends on other files, and runs of its shards.

use super::outside::{Project, Said};

/// Something for every codemod, and much that one file has to do with others.
pub const PROJECT: &[(&str, &str)] = &[
    (
        "pyproject.toml",
        "[project]\nname = \"shop\"\nversion = \"1\"\nrequires-python = \">=3.10\"\ndependencies = [\n    \"fastapi\",\n    \"pydantic\",\n]\n",
    ),
    ("shop/__init__.py", ""),
    // A name that is taken from here, and one that nobody takes.
    (
        "shop/kinds.py",
        "from typing import List, Optional, Union\n\nName = Optional[str]\nBoth = Union[int, Optional[Union[str, bytes]]]\n",
    ),
    (
        "shop/taker.py",
        "from shop.kinds import Optional\n\n\ndef find(name: Optional[str]) -> Optional[int]:\n    return None\n",
    ),
    (
        "shop/stars.py",
        "from shop.kinds import *\n\n\ndef first(items: Union[list, None]) -> Optional[int]:\n    return items[0]\n",
    ),
    // Imports in functions: two that would close a cycle together, and one that would not.
    (
        "shop/orders.py",
        "def total(order):\n    from shop import prices\n\n    return prices.of(order)\n\n\ndef late():\n    import json\n\n    try:\n        return json.loads(\"1\")\n    except:\n        return None\n",
    ),
    (
        "shop/prices.py",
        "def of(order):\n    from shop import orders\n\n    return orders.late() or 0\n",
    ),
    (
        "shop/stock.py",
        "def left(order):\n    from shop.orders import total\n\n    try:\n        return total(order)\n    except:\n        return 0\n",
    ),
    // Routes, an address, a model.
    (
        "shop/models.py",
        "from typing import Optional\n\nfrom pydantic import BaseModel, EmailStr\n\n\nclass User(BaseModel):\n    name: str\n    email: EmailStr\n    nick: Optional[str] = None\n",
    ),
    (
        "shop/api.py",
        "from fastapi import APIRouter\n\nfrom shop.models import User\n\nrouter = APIRouter()\n\n\n@router.get(\"/users/{name}\")\ndef get_user(name: str) -> User:\n    return User(name=name, email=\"a@example.org\")\n\n\n@router.get(\"/health\")\ndef health():\n    return {\"ok\": True, \"name\": \"shop\"}\n",
    ),
    (
        "shop/main.py",
        "from fastapi import FastAPI\n\nfrom shop.api import router\n\napp = FastAPI()\napp.include_router(router)\n\n\n@app.get(\"/\")\ndef root():\n    return {\"version\": 1}\n",
    ),
    // What cannot be read, and what is to be kept.
    (
        "shop/broken.py",
        "from shop.kinds import Optional\n\ndef f(:\n",
    ),
    (
        "shop/kept.py",
        "from typing import Optional\n\nX = Optional[int]  # codemend: ignore\nY = Optional[int]\nZ = Optional[str]  # codemend: ignore[no-such]\n",
    ),
    (
        "tools/run.py",
        "import os\nfrom typing import Union\n\n\ndef run(a: \"Union[int, None]\", b: Union[str, int]):\n    try:\n        return int(os.environ[\"N\"])\n    except:\n        pass\n",
    ),
];

/// [`PROJECT`], and a file that is no UTF-8.
pub fn project() -> Project {
    let project = Project::of(PROJECT);
    project.write("shop/latin.py", b"X = '\xe9'\n");
    project
}

/// A run of each of `of` shards.
pub fn shards(project: &Project, of: u32, options: &[&str]) -> Vec<Said> {
    let run = |number: u32| {
        let shard = format!("{number}/{of}");
        project.codemend(&[&["--shard", &shard], options].concat())
    };
    (1..=of).map(run).collect()
}
