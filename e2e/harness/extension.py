"""The extension with its site permissions already granted: the source as it stands, or packed as in a release."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.package.packing import pack

SOURCE = Path(__file__).parents[2] / "extension"

ASK = """async (name, params) => {
    const {problem, reply} = await chrome.runtime.sendMessage({name, params});
    if (problem) throw new Error(JSON.stringify(problem));
    return reply;
}"""
"""Sends a message to the worker as the extension's own pages do (`core/messages.js`, which is no file when packed)."""


def extension_copy(into: Path, *, packed: bool = False, importable: bool = False, source: Path = SOURCE) -> Path:
    """Copies or packs the extension into `into`, changed to need no permission prompt, which no headless test accepts.

    The optional host permissions become required ones; nothing else changes. `importable` adds the source's modules to
    the packed form, which loads none of them, for tests that import one. `source` is another folder to copy.
    """
    copy = into / "extension"
    if packed:
        pack(copy)
        for module in SOURCE.rglob("*.js") if importable else ():
            target = copy / module.relative_to(SOURCE)
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(module, target)
    else:
        shutil.copytree(source, copy)
    manifest_file = copy / "manifest.json"
    manifest = json.loads(manifest_file.read_text(encoding="utf-8"))
    manifest["host_permissions"] = manifest.get("host_permissions", []) + manifest.pop("optional_host_permissions")
    manifest_file.write_text(json.dumps(manifest, indent=2), encoding="utf-8")
    return copy
