"""Settings, About & privacy: the version, the stored personal data, and the privacy statement."""

from __future__ import annotations

from typing import Any

from flask import Response

import inkeeper
from inkeeper.services.takeout import privacy
from inkeeper.web import settings
from inkeeper.web.blueprint import blueprint
from inkeeper.web.settings_words import STORED


@blueprint.page("/settings/about")
def show_about() -> Response:
    """Show the page."""
    return settings.show("about", settings.read_seats(), version=inkeeper.__version__, stored=_stored())


def _stored() -> list[dict[str, Any]]:
    """The stored personal data by table and column, in words; the column's name if it has no text."""
    return [
        {"what": STORED.get(column, (f"{column[0]}: {column[1]}", ""))[0], "why": STORED.get(column, ("", ""))[1]}
        for column in privacy.personal_columns()
    ]
