"""Routes: the form of ids in paths, and rules that are quick to make."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from werkzeug.routing import BaseConverter
from werkzeug.routing import Rule as WerkzeugRule


class Id(BaseConverter):
    """The converter of ids in paths. A text of another form is a 404 and is never looked up."""

    # `lookup` and `import` are path segments of other routes.
    regex = "(?!(?:lookup|import)$)[0-9A-Za-z_-]{1,64}"


class Rule(WerkzeugRule):
    """A rule that compiles its two functions for `url_for` when one is first called.

    Compiling them takes longer than everything else in making a rule, and Inkeeper calls none: it has no `url_for`.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compiled = cache(lambda: super(Rule, self)._compile_builder(append_unknown))
        return lambda rule, **values: compiled()(rule, **values)
