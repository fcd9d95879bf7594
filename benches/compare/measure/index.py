"""Where the package index keeps a file. Which index that is, pip is asked: no host is named here."""

import html.parser
import json
import os
import ssl
import subprocess
import urllib.error
import urllib.parse
import urllib.request

from . import pins
from .refusal import Refusal

JSON = "application/vnd.pypi.simple.v1+json"
DEFAULT = "from pip._internal.models.index import PyPI; print(PyPI.simple_url)"
SECONDS = 60


def address(python):
    """The address of the index that pip of `python` uses."""
    if told := os.environ.get("PIP_INDEX_URL"):
        return told
    for key in ("global.index-url", "install.index-url"):
        asked = subprocess.run([python, "-m", "pip", "config", "get", key], capture_output=True, text=True)
        if asked.returncode == 0 and asked.stdout.strip():
            return asked.stdout.strip()
    return subprocess.run([python, "-c", DEFAULT], capture_output=True, text=True, check=True).stdout.strip()


def opened(url, accept="*/*"):
    """The answer to a request for `url`, to read from."""
    request = urllib.request.Request(url, headers={"Accept": accept})
    trust = ssl.create_default_context(cafile=os.environ.get("PIP_CERT"))
    try:
        return urllib.request.urlopen(request, timeout=SECONDS, context=trust)
    except (urllib.error.URLError, OSError) as error:
        raise Refusal(f"cannot fetch {url}: {error}") from error


def url_of(project, index):
    """The address of the archive of `project`."""
    page = f"{index.rstrip('/')}/{pins.normal(project.name)}/"
    with opened(page, f"{JSON}, text/html;q=0.1") as answer:
        kind, text = answer.headers.get_content_type(), answer.read().decode()
        page = answer.url
    files = of_json(text) if kind == JSON else of_html(text)
    if project.file not in files:
        raise Refusal(f"{page} has no {project.file}")
    return urllib.parse.urljoin(page, files[project.file])


def of_json(text):
    """Address by file name, from a page as PEP 691 has it."""
    return {file["filename"]: file["url"] for file in json.loads(text)["files"]}


def of_html(text):
    """The same from a page as PEP 503 has it."""
    links = Links()
    links.feed(text)
    return links.files


class Links(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.files = {}

    def handle_starttag(self, tag, attrs):
        link = dict(attrs).get("href") if tag == "a" else None
        if link:
            link = link.split("#")[0]
            self.files[urllib.parse.unquote(link.rsplit("/", 1)[-1])] = link
