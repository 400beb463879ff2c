"""The rules of routes: quick to make, and as able as Werkzeug's."""

from __future__ import annotations

import pytest
from werkzeug.routing import Map, RequestRedirect
from werkzeug.routing import Rule as WerkzeugRule

from inkeeper.api.routing import Rule


def test_a_rule_compiles_nothing_until_an_address_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[WerkzeugRule] = []
    compile_builder = WerkzeugRule._compile_builder

    def counted(rule: WerkzeugRule, append_unknown: bool = True) -> object:
        compiled.append(rule)
        return compile_builder(rule, append_unknown)

    monkeypatch.setattr(WerkzeugRule, "_compile_builder", counted)
    routes = Map([Rule("/people/<id>/edit", endpoint="edit")]).bind("localhost")

    assert routes.match("/people/kai/edit") == ("edit", {"id": "kai"})
    assert compiled == []

    assert routes.build("edit", {"id": "a b"}) == "/people/a%20b/edit"
    assert routes.build("edit", {"id": "c", "page": 2}) == "/people/c/edit?page=2"
    assert routes.build("edit", {"id": "d"}) == "/people/d/edit"
    assert len(compiled) == 1


def test_a_missing_slash_is_a_redirect() -> None:
    routes = Map([Rule("/people/", endpoint="people")]).bind("localhost")

    with pytest.raises(RequestRedirect) as redirect:
        routes.match("/people")

    assert redirect.value.new_url == "http://localhost/people/"
