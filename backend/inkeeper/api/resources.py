"""Imports all modules of the API, and registers their blueprints with its application."""

from __future__ import annotations

from flask import Flask

import inkeeper
from inkeeper.api import (
    accounts,
    advice,
    calendar,
    campaigns,
    devices,
    erasures,
    health,
    imports,
    inmails,
    ledger,
    observations,
    pages,
    pairings,
    people,
    plan_changes,
    planning,
    report,
    results,
    rule_books,
    server,
    sign_ins,
    summary,
    target_files,
    targets,
    texts,
)
from inkeeper.api.blueprint import Api
from inkeeper.services.ledger.report import Reports

RESOURCES = (
    server,
    health,
    pairings,
    sign_ins,
    devices,
    rule_books,
    accounts,
    summary,
    report,
    advice,
    ledger,
    observations,
    plan_changes,
    inmails,
    people,
    targets,
    target_files,
    texts,
    campaigns,
    planning,
    results,
    imports,
    calendar,
    erasures,
)
"""The modules whose `blueprint`s form the API, in the order of the OpenAPI document."""


def register_resources(app: Flask) -> None:
    """Register the API with the application, and make what its routes keep between requests."""
    app.extensions["inkeeper.summaries"] = summary.Summaries(summary.SUMMARIES_KEPT)
    app.extensions["inkeeper.reports"] = Reports()
    app.extensions["inkeeper.described_reports"] = report.DescribedReports(report.REPORTS_KEPT)
    app.extensions["inkeeper.read_limit"] = calendar.read_limit()
    app.extensions["inkeeper.redeem_limit"] = sign_ins.redeem_limit()
    app.config.update(API_TITLE="Inkeeper", API_VERSION=inkeeper.__version__, OPENAPI_VERSION="3.1.0")
    app.register_blueprint(pages.blueprint)
    api = Api(
        app,
        spec_kwargs={
            "info": {"description": pages.API_DESCRIPTION},
            "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
            "security": [{"token": []}],
        },
    )
    app.extensions["inkeeper.api"] = api
    for module in RESOURCES:
        api.register_blueprint(module.blueprint)
