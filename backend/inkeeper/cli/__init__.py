"""The `inkeeper` command. Each subcommand opens the database, does one thing and prints the result.

- The result goes to stdout; questions, progress and failures go to stderr.
- A module with commands imports only what its help texts need. Each command imports the rest itself, so that the others
  start without it.
- Sentences are in the language of the terminal (`wording.terminal`); help texts too, since a process has one language.
"""

from __future__ import annotations

import click

import inkeeper
from inkeeper.cli.autostart import autostart
from inkeeper.cli.data import backup, doctor, export, restore
from inkeeper.cli.devices import devices, open_pages, pair
from inkeeper.cli.erase import erase
from inkeeper.cli.imports import import_file, imports
from inkeeper.cli.installed import extension, run
from inkeeper.cli.log import log
from inkeeper.cli.options import help_text
from inkeeper.cli.program import Program
from inkeeper.cli.remind import remind
from inkeeper.cli.serve import demo, serve
from inkeeper.cli.status import status
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

main.add_section(gettext("Every day"), status, log, open_pages, remind)
main.add_section(gettext("Server and browsers"), run, serve, autostart, extension, pair, devices, demo)
main.add_section(gettext("Your data"), import_file, imports, export, restore, backup, erase, doctor)
