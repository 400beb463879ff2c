"""What pages load: from this server alone, kept for good under the content's hash, small, and as it was released."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import inkeeper.web
from inkeeper.api.app import App
from inkeeper.web.assets import compact_script, compact_style
from inkeeper.web.templating import keep_compiled, warm

STATIC = Path(inkeeper.web.__file__).parent / "static"
LOADED = re.compile(r'(?:src|href)="(/(?:assets|manifest)[^"]*)"')


def loaded_by(client: FlaskClient, address: str) -> dict[str, bytes]:
    """Every file that the page at this address loads."""
    found = {}
    for file in LOADED.findall(client.get(address).get_data(as_text=True)):
        answer = client.get(file)
        assert answer.status_code == 200, file
        found[file] = answer.data
    return found


def test_htmx_is_as_it_was_released() -> None:
    script = (STATIC / "vendor" / "htmx.min.js").read_bytes()
    noted = (STATIC / "vendor" / "README.md").read_text()

    assert hashlib.sha256(script).hexdigest() in noted
    assert b'version="4.0.1"' in script.replace(b" ", b"").replace(b"'", b'"')
    assert "htmx 4.0.1" in noted
    assert (STATIC / "vendor" / "htmx.LICENSE").read_text().startswith("Zero-Clause BSD")


def test_assets_are_kept_for_good_under_their_hash(client: FlaskClient) -> None:
    for address in loaded_by(client, "/"):
        headers = client.get(address).headers
        if address.startswith("/assets/"):
            assert headers.getlist("Cache-Control") == ["public, max-age=31536000, immutable"]
            assert headers.getlist("Cross-Origin-Resource-Policy") == ["same-origin"]
            assert client.get(re.sub("/assets/[0-9a-f]+", "/assets/0123456789abcdef", address)).status_code == 404


def test_assets_stay_small(client: FlaskClient) -> None:
    files = loaded_by(client, "/")

    assert {"app.js", "htmx.min.js", "app.css", "tokens.css"} <= {address.rpartition("/")[2] for address in files}
    assert sum(len(content) for content in files.values()) < 90_000


def test_a_compact_style_sheet_says_the_same() -> None:
    written = """/* A comment; with { marks. */
    .log :is(.when, .why) > a:hover,
    b::after { content: "= ;  {" / ""; margin: calc(100% - 2px) 0; }
    @media (max-width: 560px), (pointer: coarse) {
      /* Another. */
      .a .b { color: light-dark(#fff, #000) }
    }
    """

    assert compact_style(written) == (
        '.log :is(.when,.why) > a:hover,b::after{content:"= ;  {" / "";margin:calc(100% - 2px) 0;}'
        "@media (max-width:560px),(pointer:coarse){.a .b{color:light-dark(#fff,#000)}}"
    )


def test_a_compact_script_has_every_line_of_code() -> None:
    written = """// A comment.
  /** Another
   * of two lines. @param {string} a */
  const link = "http://x"; // kept

    if (a) b(`/* ${c} */`);
"""

    assert compact_script(written) == 'const link = "http://x"; // kept\nif (a) b(`/* ${c} */`);\n'
    script = (STATIC / "app.js").read_text(encoding="utf-8")
    code = [line.strip() for line in script.splitlines() if line.strip()]
    kept = compact_script(script).splitlines()
    assert [line for line in code if not line.startswith(("//", "/**", "*"))] == kept
    assert [line for line in kept if line.count("`") % 2] == [], "indentation in a text of several lines would be lost"


def test_no_file_outside_is_served(client: FlaskClient) -> None:
    for name in ("../views.py", "..%2Fviews.py", "%2e%2e/views.py", "README.md", "htmx.LICENSE"):
        assert client.get(f"/assets/0123456789abcdef/{name}").status_code == 404, name


def test_the_manifest_makes_it_installable(client: FlaskClient) -> None:
    answer = client.get("/manifest.webmanifest")

    assert answer.content_type == "application/manifest+json"
    assert answer.json["start_url"] == "/"
    sizes = {}
    for icon in answer.json["icons"]:
        picture = client.get(icon["src"])
        assert picture.content_type == "image/png"
        sizes[icon["sizes"]] = int.from_bytes(picture.data[16:20], "big")
    assert sizes == {"192x192": 192, "512x512": 512}


def test_compiled_templates_are_kept_in_a_folder_of_ones_own(app: App, cache_folder: Path) -> None:
    warm(app.pages())

    kept = cache_folder / "inkeeper" / "templates"
    assert kept.stat().st_mode & 0o777 == 0o700
    assert len(list(kept.iterdir())) >= len(list((Path(inkeeper.web.__file__).parent / "templates").rglob("*.html")))


def test_a_folder_that_others_may_write_to_is_not_used(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = tmp_path / "inkeeper" / "templates"
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    pages = app.pages()
    pages.jinja_env.bytecode_cache = None

    keep_compiled(pages)

    assert pages.jinja_env.bytecode_cache is None
    assert list(folder.iterdir()) == []
