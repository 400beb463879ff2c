"""Imports all modules with pages, and registers their blueprint with the application."""

from __future__ import annotations

from flask import Flask

from inkeeper.web import (  # noqa: F401 (importing them adds routes, filters and checks to the blueprint)
    access,
    assets,
    autostart,
    campaigns,
    dates,
    downloads,
    forms,
    history,
    home,
    people,
    people_adding,
    people_words,
    planning,
    report,
    report_words,
    results,
    seats,
    session,
    settings,
    settings_about,
    settings_account,
    settings_browsers,
    settings_data,
    settings_import,
    settings_plan,
    settings_reminders,
    settings_words,
    texts,
    warning_words,
    welcome,
    words,
)
from inkeeper.web.blueprint import blueprint
from inkeeper.web.language import translate_templates
from inkeeper.web.templating import keep_compiled


def register_pages(app: Flask) -> None:
    """Register the pages with the application."""
    app.extensions["inkeeper.web.summaries"] = seats.Summaries(seats.SUMMARIES_KEPT)
    translate_templates(app)
    keep_compiled(app)
    app.register_blueprint(blueprint)
