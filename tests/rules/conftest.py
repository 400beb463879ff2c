"""Hypothesis for the rules: new random histories on every run, the same ones each time where CI is set."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("random", deadline=None, print_blob=True)
settings.register_profile("ci", deadline=None, print_blob=True, derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "random")
