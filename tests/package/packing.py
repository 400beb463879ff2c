"""Packs the extension: the same program in few small files.

| source | packed |
| --- | --- |
| `worker.js`, `popup/popup.js`, `welcome/welcome.js` | each bundled with what it imports, minified |
| a module that an entry imports later (`import()`) | a file of its own beside the entry, with a hash in its name |
| scripts for web pages (`linkedin/`, `app/`), stylesheets | each minified by itself, under its own name |
| HTML | without comments; the preloads name the packed files |
| `_locales` | without the descriptions for translators |
| `manifest.json`, images | as they are |

Names that the program uses at run time (pages, icons, scripts for web pages, message keys) stay the same.
"""

from __future__ import annotations

import json
import posixpath
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from tests.lint.extension import EXTENSION, MODULES, node

ENTRIES = ("worker.js", "popup/popup.js", "welcome/welcome.js")
WEB_PAGE_SCRIPTS = ("linkedin", "app")
"""The folders of the scripts that the browser loads one by one, without modules."""

UNCHANGED = {".png", ".svg"}
NOT_SHIPPED = {"jsconfig.json"}

ESBUILD = MODULES / "esbuild" / "bin" / "esbuild"
# The target is the oldest browsers that the manifest accepts: syntax that they know is not rewritten. Without its own
# configuration esbuild would read the type checker's, and add "use strict".
OPTIONS = ("--minify", "--charset=utf8", "--target=chrome127,firefox140", "--tsconfig-raw={}", "--log-level=warning")
# `core/commands.js` reads it.
IS_PACKED = "--define:import.meta.packed=true"

COMMENT = re.compile(r"^ *<!--.*?-->\n", re.MULTILINE | re.DOTALL)
PRELOAD = re.compile(r'^( *)<link rel="modulepreload" href="[^"]*" />\n', re.MULTILINE)

Manifest = dict[str, Any]
ForStore = Callable[[Manifest], Manifest]
"""Makes a store's manifest from the source's."""


def pack(into: Path) -> Path:
    """Pack the extension into the new folder `into`, as one that Chromium and Firefox load unpacked. Returns `into`.

    Ends the program if a source file is of an unknown kind, or if esbuild has an objection.
    """
    into.mkdir(parents=True)
    sources = sorted(path.relative_to(EXTENSION) for path in EXTENSION.rglob("*") if path.is_file())
    alone = [path for path in sources if path.suffix == ".css" or path.parts[0] in WEB_PAGE_SCRIPTS]
    _esbuild(alone, into, "--outbase=.")
    later = {entry: _bundle(entry, into) for entry in ENTRIES}
    for path in sources:
        target = into / path
        if path.suffix in (".js", ".css") or path.as_posix() in NOT_SHIPPED:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix in UNCHANGED or path.name == "manifest.json":
            shutil.copyfile(EXTENSION / path, target)
        elif path.suffix == ".html":
            target.write_text(_page(path, later[path.with_suffix(".js").as_posix()]), encoding="utf-8")
        elif path.name == "messages.json":
            target.write_text(_messages(path), encoding="utf-8")
        else:
            sys.exit(f"extension/{path} is of a kind that is not known to be shipped (tests/package/packing.py).")
    return into


def chromium_manifest(manifest: Manifest) -> Manifest:
    """The manifest for the Chrome Web Store, which signs with a key of its own."""
    packed = {name: value for name, value in manifest.items() if name not in ("key", "browser_specific_settings")}
    return packed | {"background": _without(manifest["background"], "scripts")}


def firefox_manifest(manifest: Manifest) -> Manifest:
    """The manifest for addons.mozilla.org."""
    packed = {name: value for name, value in manifest.items() if name not in ("key", "minimum_chrome_version")}
    return packed | {"background": _without(manifest["background"], "service_worker")}


def _without(values: Manifest, name: str) -> Manifest:
    return {each: value for each, value in values.items() if each != name}


def _esbuild(files: Iterable[Path | str], into: Path, *options: str) -> None:
    done = node(
        ESBUILD, *map(str, files), *OPTIONS, f"--outdir={into}", *options, cwd=EXTENSION, stderr=subprocess.PIPE
    )
    if done.returncode != 0 or done.stderr:
        sys.exit(f"The extension could not be packed:\n{done.stderr}")


def _bundle(entry: str, into: Path) -> list[str]:
    """Bundle an entry. Returns the files that it imports at once, relative to the entry's folder."""
    folder = posixpath.dirname(entry)
    with tempfile.TemporaryDirectory() as scratch:
        notes = Path(scratch) / "notes.json"
        _esbuild(
            [entry],
            into,
            "--bundle",
            "--splitting",
            "--format=esm",
            IS_PACKED,
            "--outbase=.",
            f"--chunk-names={folder + '/' if folder else ''}[name]-[hash]",
            f"--metafile={notes}",
        )
        outputs = json.loads(notes.read_text(encoding="utf-8"))["outputs"]
    (made,) = [output for output in outputs.values() if output.get("entryPoint") == entry]
    return sorted(posixpath.basename(each["path"]) for each in made["imports"] if each["kind"] == "import-statement")


def _page(path: Path, imported: list[str]) -> str:
    """A page of the extension that preloads what its script imports at once."""
    text = COMMENT.sub("", (EXTENSION / path).read_text(encoding="utf-8"))
    text = PRELOAD.sub("", text)
    preloads = "".join(f'    <link rel="modulepreload" href="{name}" />\n' for name in imported)
    return text.replace('    <script type="module"', f'{preloads}    <script type="module"')


def _messages(path: Path) -> str:
    messages = json.loads((EXTENSION / path).read_text(encoding="utf-8"))
    shown = {key: _without(message, "description") for key, message in messages.items()}
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":"))
