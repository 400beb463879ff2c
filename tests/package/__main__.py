"""`make package`: the packages of a release, in `dist/`.

- `inkeeper-<version>-chromium.zip`, `inkeeper-<version>-firefox.zip`: the packed extension, for the two stores;
- `inkeeper-<version>.tar.gz` (sdist): the server with the packed extension in it;
- `inkeeper-<version>-py3-none-any.whl`: built from that sdist, needs neither node nor make;
- `SHA256SUMS`.

Two runs with one source give the same bytes. `--into FOLDER` writes elsewhere. Exit status other than 0: web-ext has an
objection to the zip for Firefox, a zip is too large, or a program failed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
import tarfile
import tempfile
from pathlib import Path

import inkeeper
from tests.lint.extension import ROOT, install, web_ext_findings
from tests.package import archives, packing, python

ZIP_BYTES_MAX = 130_000


def make_packages(into: Path) -> list[Path]:
    """Make all packages in the folder `into`, which is emptied first. Returns them, sorted by name."""
    version = inkeeper.__version__
    with tempfile.TemporaryDirectory(prefix="inkeeper-package-") as scratch:
        work, made = Path(scratch), Path(scratch) / "made"
        made.mkdir()
        packed = packing.pack(work / "packed")
        for browser, manifest in (("chromium", packing.chromium_manifest), ("firefox", packing.firefox_manifest)):
            folder = store_form(packed, work / browser, manifest)
            archives.write_zip(folder, made / f"inkeeper-{version}-{browser}.zip")
        check_zips(made, work / "firefox")
        sdist = python.build_sdist(packed, work / "source", made)
        with tarfile.open(sdist) as source:
            # Python before 3.11.4 has no filters. The archive is the one just made.
            source.extractall(work / "unpacked", **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
        python.build_wheel(work / "unpacked" / sdist.name.removesuffix(".tar.gz"), made)
        files = sorted(made.iterdir())
        sums = "".join(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files)
        (made / "SHA256SUMS").write_text(sums, encoding="ascii")
        shutil.rmtree(into, ignore_errors=True)
        shutil.copytree(made, into)
    return sorted(into.iterdir())


def store_form(packed: Path, folder: Path, manifest: packing.ForStore) -> Path:
    """A copy of the packed extension with the manifest of a store. Returns `folder`."""
    shutil.copytree(packed, folder)
    source = json.loads((packed / "manifest.json").read_text(encoding="utf-8"))
    text = json.dumps(manifest(source), indent=2, ensure_ascii=False)
    (folder / "manifest.json").write_text(f"{text}\n", encoding="utf-8")
    return folder


def check_zips(made: Path, firefox: Path) -> None:
    """End the program if a zip is too large, or if web-ext has an error, a warning or a notice for Firefox's."""
    for archive in made.glob("*.zip"):
        if archive.stat().st_size > ZIP_BYTES_MAX:
            sys.exit(f"{archive.name} has {archive.stat().st_size} bytes, more than {ZIP_BYTES_MAX}.")
    findings = web_ext_findings(firefox)
    if findings:
        sys.exit(f"web-ext has objections to the packed extension: {json.dumps(findings, indent=2)}")


def main() -> None:
    """Make the packages and list them with their sizes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--into", type=Path, default=ROOT / "dist", metavar="FOLDER")
    into = parser.parse_args().into
    install()
    for file in make_packages(into):
        print(f"{file.stat().st_size:>9,}  {file}")


if __name__ == "__main__":
    main()
