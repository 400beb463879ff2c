"""What `make package` makes: the same bytes each time, nothing superfluous, nothing missing."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest

import inkeeper
from tests.lint.extension import EXTENSION, ROOT
from tests.package.archives import FIRST_ZIP_TIME

NAME = f"inkeeper-{inkeeper.__version__}"
STORES = ("chromium", "firefox")
REFERENCE = re.compile(r'(?:src|href)="([^"#]+)"')


def content(archive: Path) -> dict[str, bytes]:
    """The files of a zip by name."""
    with zipfile.ZipFile(archive) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def store_zip(packages: Path, store: str) -> dict[str, bytes]:
    return content(packages / f"{NAME}-{store}.zip")


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_the_version_has_one_value_everywhere() -> None:
    manifest = json.loads((EXTENSION / "manifest.json").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert manifest["version"] == inkeeper.__version__
    assert project["project"]["dynamic"] == ["version"]
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "inkeeper.__version__"}


def test_a_second_run_gives_the_same_bytes(packages: Path, tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "tests.package", "--into", tmp_path / "again"],
        cwd=ROOT,
        env=os.environ | {"TZ": "Pacific/Kiritimati", "LC_ALL": "C"},
        check=True,
        capture_output=True,
        umask=0o077,
    )

    assert digests(tmp_path / "again") == digests(packages)


def test_the_sums_are_those_of_the_files(packages: Path) -> None:
    found = digests(packages)
    del found["SHA256SUMS"]
    lines = [line.split("  ") for line in (packages / "SHA256SUMS").read_text(encoding="ascii").splitlines()]

    assert {name: digest for digest, name in lines} == found
    assert sorted(found) == [
        f"{NAME}-chromium.zip",
        f"{NAME}-firefox.zip",
        f"{NAME}-py3-none-any.whl",
        f"{NAME}.tar.gz",
    ]


@pytest.mark.parametrize("store", STORES)
def test_a_zip_for_a_store_is_small_and_has_what_it_names(packages: Path, store: str) -> None:
    assert (packages / f"{NAME}-{store}.zip").stat().st_size <= 130_000
    files = store_zip(packages, store)

    for page in ("popup/popup.html", "welcome/welcome.html"):
        folder = page.split("/")[0]
        for reference in REFERENCE.findall(files[page].decode()):
            assert os.path.normpath(f"{folder}/{reference}") in files
    named = files["manifest.json"].decode() + files["worker.js"].decode()
    for path in re.findall(r'"/?([a-z]+(?:/[\w.]+)?\.(?:js|html|png))"', named):
        assert path in files
    assert {f"linkedin/{name}.js" for name in ("look", "listen", "read", "walk", "wording")} <= set(files)


def test_a_page_loads_one_script_and_one_style_sheet(packages: Path) -> None:
    files = store_zip(packages, "chromium")

    assert REFERENCE.findall(files["popup/popup.html"].decode()) == ["popup.js", "popup.css"]
    assert REFERENCE.findall(files["welcome/welcome.html"].decode()) == ["welcome.css", "welcome.js"]
    # The colours, the shared rules and the page's own, in the order of the source.
    for sheet, own in (("popup/popup.css", ".hero"), ("welcome/welcome.css", ".part")):
        style = files[sheet].decode()
        assert style.index(":root") < style.index(":focus-visible") < style.index(own)
    icons = re.findall(r"url\(([^)]+)\)", files["popup/popup.css"].decode())
    assert len(icons) == 4
    assert {f"popup/{icon}" for icon in icons} <= set(files)


def test_worker_and_popup_are_plain_scripts(packages: Path) -> None:
    """Modules would start later."""
    files = store_zip(packages, "chromium")

    assert b'type="module"' not in files["popup/popup.html"]
    for name in ("worker.js", "popup/popup.js"):
        assert files[name].isascii()
        assert re.fullmatch(rb"'use strict';\s*\(\(\)=>\{.*\}\)\(\);\s*", files[name], re.DOTALL)
        assert not re.search(rb"\b(import|export)[ {*\"'(]", files[name])


@pytest.mark.parametrize("store", STORES)
def test_a_zip_for_a_store_has_nothing_superfluous(packages: Path, store: str) -> None:
    files = store_zip(packages, store)

    source = {path.relative_to(EXTENSION).as_posix() for path in EXTENSION.rglob("*") if path.is_file()}
    assert set(files) <= source
    assert not [name for name in files if name.startswith(("core/", "text/", "ui/")) or name.endswith("jsconfig.json")]
    for name, data in files.items():
        assert b"sourceMappingURL" not in data
        if name.endswith(("messages.json", ".html")):
            assert b'"description"' not in data
            assert b"<!--" not in data


def test_the_manifests_differ_only_in_what_one_browser_does_not_know(packages: Path) -> None:
    manifest: dict[str, Any] = json.loads((EXTENSION / "manifest.json").read_text(encoding="utf-8"))
    chromium, firefox = (json.loads(store_zip(packages, store)["manifest.json"]) for store in STORES)

    assert {**manifest, **chromium} | {"background": None} == manifest | {"background": None}
    assert {**manifest, **firefox} | {"background": None} == manifest | {"background": None}
    assert set(manifest) - set(chromium) == {"key", "browser_specific_settings"}
    assert set(manifest) - set(firefox) == {"key", "minimum_chrome_version"}
    assert chromium["background"] == {"service_worker": "worker.js"}
    assert firefox["background"] == {"scripts": ["worker.js"]}


def test_what_is_no_script_is_shipped_as_it_is(packages: Path) -> None:
    files = store_zip(packages, "chromium")
    for path in EXTENSION.rglob("*"):
        name = path.relative_to(EXTENSION).as_posix()
        if path.suffix in (".png", ".svg"):
            assert files[name] == path.read_bytes()
        if path.name == "messages.json":
            shown, written = json.loads(files[name]), json.loads(path.read_text(encoding="utf-8"))
            assert list(shown) == list(written)
            assert {key: message["message"] for key, message in shown.items()} == {
                key: message["message"] for key, message in written.items()
            }


def test_the_wheel_has_the_whole_package_and_the_packed_extension(packages: Path) -> None:
    wheel = content(packages / f"{NAME}-py3-none-any.whl")

    package = ROOT / "backend" / "inkeeper"
    shipped = {
        f"inkeeper/{path.relative_to(package).as_posix()}"
        for path in package.rglob("*")
        if path.is_file() and path.suffix not in (".pyc", ".po", ".pot") and not path.name.startswith("glossary-")
    }
    extension = {name for name in wheel if name.startswith("inkeeper/extension/")}
    assert {name for name in wheel if name.startswith("inkeeper/")} == shipped | extension
    assert {name.removeprefix("inkeeper/extension/") for name in extension} == set(store_zip(packages, "chromium"))
    manifest = json.loads((EXTENSION / "manifest.json").read_text(encoding="utf-8"))
    del manifest["background"]["type"]
    assert json.loads(wheel["inkeeper/extension/manifest.json"]) == manifest
    assert wheel["inkeeper/web/static/vendor/htmx.LICENSE"]
    assert wheel[f"{NAME}.dist-info/licenses/LICENSE"] == (ROOT / "LICENSE").read_bytes()


def test_pip_builds_the_same_wheel_from_the_sdist(packages: Path, tmp_path: Path) -> None:
    options = ["--no-index", "--no-deps", "--no-build-isolation", "--no-cache-dir", "--quiet", "--wheel-dir", tmp_path]
    subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", *options, packages / f"{NAME}.tar.gz"],
        env=os.environ | {"SOURCE_DATE_EPOCH": str(FIRST_ZIP_TIME)},
        check=True,
        umask=0o022,
    )

    (wheel,) = tmp_path.iterdir()
    assert wheel.read_bytes() == (packages / wheel.name).read_bytes()
