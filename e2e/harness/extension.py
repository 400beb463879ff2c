"""The extension as it is shipped, with its site permissions already granted."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "extension"


def extension_copy(into: Path) -> Path:
    """Copies the extension into `into`, changed to need no permission prompt, which a headless test cannot accept.

    The optional host permissions become required ones; nothing else changes.
    """
    copy = into / "extension"
    shutil.copytree(SOURCE, copy)
    manifest_file = copy / "manifest.json"
    manifest = json.loads(manifest_file.read_text(encoding="utf-8"))
    manifest["host_permissions"] = manifest.get("host_permissions", []) + manifest.pop("optional_host_permissions")
    manifest_file.write_text(json.dumps(manifest, indent=2), encoding="utf-8")
    return copy
