"""The `inkeeper` command. Each subcommand opens the database, does one thing and prints the result.

- The result goes to stdout; questions, progress and failures go to stderr.
- A command's module is imported when the command is run, or for the list of all commands. It imports only what its help
  texts need; the command imports the rest itself, so that `inkeeper --help` starts without it.
- Sentences are in the language of the terminal (`wording.terminal`); help texts too, since a process has one language.
"""

from __future__ import annotations

import click

import inkeeper
from inkeeper.cli.options import help_text
from inkeeper.cli.program import Program
from inkeeper.wording.terminal import gettext

__all__ = ["main"]

main = Program(
    name="inkeeper",
    help=help_text(
        gettext("Never lose an InMail credit by accident. Not affiliated with LinkedIn."),
        gettext("Start with `inkeeper run`: it opens Inkeeper in your browser. `inkeeper COMMAND --help` says more."),
    ),
    epilog=gettext("Exit codes: 0 done, 1 failed, 2 a wrong option or argument."),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
click.version_option(
    inkeeper.__version__,
    prog_name="inkeeper",
    # Click would look its message up here, before the language is set.
    message=gettext("%(prog)s, version %(version)s"),
    help=gettext("Show the version and exit."),
)(main)

main.add_section(
    gettext("Every day"),
    {
        "status": "inkeeper.cli.status.status",
        "log": "inkeeper.cli.log.log",
        "open": "inkeeper.cli.devices.open_pages",
        "remind": "inkeeper.cli.remind.remind",
    },
)
main.add_section(
    gettext("Server and browsers"),
    {
        "run": "inkeeper.cli.installed.run",
        "serve": "inkeeper.cli.serve.serve",
        "autostart": "inkeeper.cli.autostart.autostart",
        "extension": "inkeeper.cli.installed.extension",
        "pair": "inkeeper.cli.devices.pair",
        "devices": "inkeeper.cli.devices.devices",
        "demo": "inkeeper.cli.serve.demo",
    },
)
main.add_section(
    gettext("Your data"),
    {
        "import": "inkeeper.cli.imports.import_file",
        "imports": "inkeeper.cli.imports.imports",
        "export": "inkeeper.cli.data.export",
        "restore": "inkeeper.cli.data.restore",
        "backup": "inkeeper.cli.data.backup",
        "erase": "inkeeper.cli.erase.erase",
        "doctor": "inkeeper.cli.data.doctor",
    },
)
