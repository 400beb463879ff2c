"""Packs the extension: the same program in few small files.

| source | packed |
| --- | --- |
| `worker.js`, `popup/popup.js`, `welcome/welcome.js` | each in one file with all that it imports, minified |
| a module that an entry imports later (`import()`) | in the same file, evaluated when it is imported |
| `worker.js`, `popup/popup.js` | plain scripts, which start sooner than modules (docs/performance.md) |
| scripts for web pages (`linkedin/`, `app/`) | each minified by itself, under its own name |
| the style sheets of a page | one file, minified, under the page's name |
| HTML | without comments and preloads; a plain script stands before the style sheet |
| `_locales` | without the descriptions for translators |
| `manifest.json` | says that the worker is a plain script |
| images | as they are |

Names that the program uses at run time (pages, icons, scripts for web pages, message keys) stay the same.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from tests.lint.extension import EXTENSION, MODULES, node

PLAIN_SCRIPTS = ("worker.js", "popup/popup.js")
MODULE_SCRIPTS = ("welcome/welcome.js",)
WEB_PAGE_SCRIPTS = ("linkedin", "app")
"""The folders of the scripts that the browser loads one by one, without modules."""

UNCHANGED = {".png", ".svg"}
NOT_SHIPPED = {"jsconfig.json"}

ESBUILD = MODULES / "esbuild" / "bin" / "esbuild"
# The target is the oldest browsers that the manifest accepts: syntax that they know is not rewritten. Without its own
# configuration esbuild would read the type checker's, and add "use strict". A script that is ASCII takes half the
# memory, so that it is compiled sooner.
OPTIONS = ("--minify", "--charset=ascii", "--target=chrome127,firefox140", "--tsconfig-raw={}", "--log-level=warning")
# `core/commands.js` reads it.
IS_PACKED = "--define:import.meta.packed=true"
# As in the modules that a plain script is made of.
STRICT = "--banner:js='use strict';"

COMMENT = re.compile(r"^ *<!--.*?-->\n", re.MULTILINE | re.DOTALL)
PRELOAD = re.compile(r'^ *<link rel="modulepreload" href="[^"]*" />\n', re.MULTILINE)
STYLE = re.compile(r'^ *<link rel="stylesheet" href="[^"]*" />\n', re.MULTILINE)
STYLE_ADDRESS = re.compile(r'<link rel="stylesheet" href="([^"]*)"')
SCRIPT = re.compile(r'^ *<script type="module" src="[^"]*"></script>\n', re.MULTILINE)

Manifest = dict[str, Any]
ForStore = Callable[[Manifest], Manifest]
"""Makes a store's manifest from the source's."""


def pack(into: Path) -> Path:
    """Pack the extension into the new folder `into`, as one that Chromium and Firefox load unpacked. Returns `into`.

    Ends the program if a source file is of an unknown kind, or if esbuild has an objection.
    """
    into.mkdir(parents=True)
    sources = sorted(path.relative_to(EXTENSION) for path in EXTENSION.rglob("*") if path.is_file())
    _esbuild([path for path in sources if path.parts[0] in WEB_PAGE_SCRIPTS], into)
    _esbuild(PLAIN_SCRIPTS, into, "--bundle", "--format=iife", IS_PACKED, STRICT)
    _esbuild(MODULE_SCRIPTS, into, "--bundle", "--format=esm", IS_PACKED)
    for path in sources:
        target = into / path
        if path.suffix in (".js", ".css") or path.as_posix() in NOT_SHIPPED:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix in UNCHANGED:
            shutil.copyfile(EXTENSION / path, target)
        elif path.suffix == ".html":
            target.write_text(_page(path), encoding="utf-8")
            _pack_styles(path, into)
        elif path.name == "messages.json":
            target.write_text(_messages(path), encoding="utf-8")
        elif path.name == "manifest.json":
            target.write_text(_manifest(path), encoding="utf-8")
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
    """Minify source files into the folder `into`, each under its own path."""
    _run_esbuild(*map(str, files), "--outbase=.", f"--outdir={into}", *options)


def _run_esbuild(*arguments: str, folder: Path = EXTENSION, text: str = "") -> None:
    done = node(ESBUILD, *arguments, *OPTIONS, cwd=folder, input=text, stderr=subprocess.PIPE)
    if done.returncode != 0 or done.stderr:
        sys.exit(f"The extension could not be packed:\n{done.stderr}")


def _page(path: Path) -> str:
    """A page of the extension with its script and its one style sheet."""
    text = PRELOAD.sub("", COMMENT.sub("", (EXTENSION / path).read_text(encoding="utf-8")))
    links = f'    <link rel="stylesheet" href="{path.stem}.css" />\n'
    if path.with_suffix(".js").as_posix() in PLAIN_SCRIPTS:
        text = SCRIPT.sub("", text)
        links = f'    <script src="{path.stem}.js"></script>\n{links}'
    first, *others = STYLE.findall(text)
    for other in others:
        text = text.replace(other, "")
    return text.replace(first, links)


def _pack_styles(page: Path, into: Path) -> None:
    """Write the style sheets of a page as one."""
    sheets = STYLE_ADDRESS.findall((EXTENSION / page).read_text(encoding="utf-8"))
    imports = "".join(f'@import "{sheet}";' for sheet in sheets)
    options = ["--loader=css", "--bundle", "--external:*.svg", f"--outfile={into / page.with_suffix('.css')}"]
    _run_esbuild(*options, folder=(EXTENSION / page).parent, text=imports)


def _manifest(path: Path) -> str:
    manifest = json.loads((EXTENSION / path).read_text(encoding="utf-8"))
    manifest["background"] = _without(manifest["background"], "type")
    return json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"


def _messages(path: Path) -> str:
    messages = json.loads((EXTENSION / path).read_text(encoding="utf-8"))
    shown = {key: _without(message, "description") for key, message in messages.items()}
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":"))
