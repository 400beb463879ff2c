"""Writes what the extension knows of the server's answers: `types/server.d.ts` and `extension/core/shapes.js`.

The source is the OpenAPI document, as far as `types/server.toml` says that the extension uses it. `--check` says
whether the two files are stale. openapi-typescript is not used: it needs the JavaScript API of the compiler, which
TypeScript 7 does not have, and it writes no shapes to check answers with.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from inkeeper.api.app import create_app
from inkeeper.settings import Settings
from inkeeper.storage.database import open_database

ROOT = Path(__file__).resolve().parents[2]
USED = ROOT / "types" / "server.toml"
TYPES = ROOT / "types" / "server.d.ts"
SHAPES = ROOT / "extension" / "core" / "shapes.js"

_HEAD = (
    "// Written by tests/lint/contract.py from the OpenAPI document and types/server.toml; not to be edited by hand."
)
_SCALARS = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean"}
_WIDTH = 120


class Used(NamedTuple):
    """A schema as far as the extension uses it: what it calls it, and for each member whether it may be missing."""

    name: str
    members: dict[str, bool]


class Stale(Exception):
    """`types/server.toml` does not fit the document; the text says why."""


def openapi_document() -> dict[str, Any]:
    """The document that the server of this source answers."""
    with TemporaryDirectory() as folder:
        settings = Settings(database=f"sqlite:///{folder}/inkeeper.sqlite3")
        store = open_database(settings.database)
        document = create_app(store, settings=settings).test_client().get("/api/v1/openapi.json").json
        store.checkpoint_and_close()
    return document


class Contract:
    """Both files' texts."""

    def __init__(self, document: dict[str, Any], used: dict[str, Any]) -> None:
        self._paths = document["paths"]
        self._schemas = document["components"]["schemas"]
        self._answers = _read(used["answers"])
        self._requests = _read(used["requests"])
        self._calls = used["calls"]
        self._lists = used["lists"]
        self._words = {name: self._enum(*place.split(".")) for name, place in used["words"].items()}
        self._reached: set[str] = set()

    def files(self) -> dict[Path, str]:
        """Each file with its text. Raises Stale."""
        return {SHAPES: self.shapes(), TYPES: self.types()}

    def shapes(self) -> str:
        """The module of run-time shapes, each after those that it is made of."""
        lines = [
            _HEAD,
            "",
            "// A shape is the name of a type, an object of shapes (`name?` may be missing), `[shape]` for a list,",
            '// `[null, shape]` for what may be null, and `{ "*": shape }` for an object with names of any kind.',
            "",
        ]
        roots = {name: self._answer_of(call) for name, call in self._calls.items()}
        for schema in self._in_order(["Problem", *roots.values()]):
            found = self._used(schema)
            members = [
                f"{_key(name, missing)}: {self._shape(each)}" for name, each, missing in self._members(schema, found)
            ]
            lines.append(_laid_out(f"const {found.name} = {{", members, "};"))
        unused = self._answers.keys() - self._reached
        if unused:
            raise Stale(f"no call answers {', '.join(sorted(unused))}")
        each = [f"{name}: {self._used(schema).name}" for name, schema in roots.items()]
        lines += ["", "/** What each call answers. */", _laid_out("export const SHAPE = {", each, "};")]
        lines += ["", "/** What every refusal has. */", f"export const REFUSAL = {self._used('Problem').name};"]
        for name, words in self._lists.items():
            listed = f"/** @type {{{words}[]}} */ ([{', '.join(map(json.dumps, self._words[words]))}])"
            lines += ["", f"export const {name} = {listed};"]
        return "\n".join(lines) + "\n"

    def types(self) -> str:
        """The declarations of the types."""
        lines = [
            _HEAD,
            "//",
            "// Instants are RFC 3339 strings in UTC, days YYYY-MM-DD, credits whole numbers, money in minor units.",
            "",
        ]
        for name, words in self._words.items():
            lines += [f"type {name} =", *_filled([f"| {json.dumps(word)}" for word in words])]
            lines[-1] += ";"
        for names in (self._answers, self._requests):
            for schema, found in names.items():
                lines += ["", f"interface {found.name} {{"]
                for name, each, missing in self._members(schema, found):
                    if "description" in each:
                        lines.append(f"  /** {each['description']} */")
                    lines.append(f"  {name}{'?' if missing else ''}: {self._type(each)};")
                lines.append("}")
        return "\n".join(lines) + "\n"

    def _members(self, schema: str, found: Used) -> Iterator[tuple[str, dict[str, Any], bool]]:
        described = self._described(schema)
        for name, missing in found.members.items():
            if name not in described["properties"]:
                raise Stale(f"{schema} has no member {name}")
            yield name, described["properties"][name], missing or name not in described.get("required", ())

    def _described(self, schema: str) -> dict[str, Any]:
        if schema not in self._schemas:
            raise Stale(f"the document has no schema {schema}")
        return self._schemas[schema]

    def _used(self, schema: str) -> Used:
        found = self._answers.get(schema) or self._requests.get(schema)
        if found is None:
            raise Stale(f"it does not say what is used of {schema}")
        return found

    def _enum(self, schema: str, member: str) -> list[str]:
        described = self._described(schema)["properties"].get(member)
        if described is None:
            raise Stale(f"{schema} has no member {member}")
        return [word for word in described.get("enum", ()) if word is not None]

    def _answer_of(self, call: str) -> str:
        method, _, path = call.partition(" ")
        operation = self._paths.get(f"/api/v1{path}", {}).get(method.lower())
        if operation is None:
            raise Stale(f"the document has no {call}")
        [answer] = [found for status, found in operation["responses"].items() if status in ("200", "201")]
        return _named(answer["content"]["application/json"]["schema"])

    def _in_order(self, schemas: list[str]) -> Iterator[str]:
        """These and all that they are made of, each once and after its parts."""
        for schema in schemas:
            if schema in self._reached:
                continue
            self._reached.add(schema)
            parts = [part for _, each, _ in self._members(schema, self._used(schema)) for part in _references(each)]
            yield from self._in_order(parts)
            yield schema

    def _shape(self, schema: dict[str, Any]) -> str:
        bare, nullable = _without_null(schema)
        if "$ref" in bare:
            shape = self._used(_named(bare)).name
        elif bare["type"] == "array":
            shape = f"[{self._shape(bare['items'])}]"
        elif bare["type"] == "object":
            shape = f'{{ "*": {self._shape(bare["additionalProperties"])} }}'
        else:
            shape = json.dumps(_SCALARS[bare["type"]])
        return f"[null, {shape}]" if nullable else shape

    def _type(self, schema: dict[str, Any]) -> str:
        bare, nullable = _without_null(schema)
        return self._type_of(bare) + (" | null" if nullable else "")

    def _type_of(self, bare: dict[str, Any]) -> str:
        if "$ref" in bare:
            return self._used(_named(bare)).name
        if "enum" in bare:
            return self._type_of_words([word for word in bare["enum"] if word is not None])
        if (bare.get("minimum"), bare.get("maximum")) == (0, 1):
            return "0 | 1"
        if bare["type"] == "array":
            item = self._type(bare["items"])
            return f"({item})[]" if " " in item else f"{item}[]"
        if bare["type"] == "object":
            return f"Record<string, {self._type(bare['additionalProperties'])}>"
        return _SCALARS[bare["type"]]

    def _type_of_words(self, words: list[Any]) -> str:
        known = [name for name, each in self._words.items() if set(each) == set(words)]
        return known[0] if known else " | ".join(map(json.dumps, words))


def _read(section: dict[str, str]) -> dict[str, Used]:
    found = {}
    for key, text in section.items():
        schema, _, name = key.partition(" as ")
        members = {member.removesuffix("?"): member.endswith("?") for member in text.split()}
        found[schema] = Used(name or schema, members)
    return found


def _named(schema: dict[str, Any]) -> str:
    return str(schema["$ref"].rpartition("/")[2])


def _without_null(schema: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """The schema of what is not null, and whether null is allowed."""
    if "anyOf" in schema:
        [bare] = [each for each in schema["anyOf"] if each.get("type") != "null"]
        return bare, True
    if isinstance(schema.get("type"), list):
        [kind] = [each for each in schema["type"] if each != "null"]
        return schema | {"type": kind}, True
    return schema, False


def _references(schema: dict[str, Any]) -> Iterator[str]:
    bare, _ = _without_null(schema)
    if "$ref" in bare:
        yield _named(bare)
    for inner in (bare.get("items"), bare.get("additionalProperties")):
        if isinstance(inner, dict):
            yield from _references(inner)


def _key(name: str, missing: bool) -> str:
    return f'"{name}?"' if missing else name


def _laid_out(begin: str, parts: list[str], end: str) -> str:
    """An object of these parts: on one line where there is room, else in lines filled up."""
    line = f"{begin} {', '.join(parts)} {end}"
    return line if len(line) <= _WIDTH else "\n".join([begin, *_filled([f"{part}," for part in parts]), end])


def _filled(parts: list[str]) -> list[str]:
    """Indented lines of as many parts as there is room for."""
    lines = [" "]
    for part in parts:
        if len(lines[-1]) + 1 + len(part) > _WIDTH:
            lines.append(" ")
        lines[-1] += f" {part}"
    return lines


def main() -> int:
    """Write both files, or compare and answer 1 where one differs."""
    used = tomllib.loads(USED.read_text(encoding="utf-8"))
    try:
        wanted = Contract(openapi_document(), used).files()
    except Stale as stale:
        print(f"{USED.relative_to(ROOT)}: {stale}")
        return 1
    if sys.argv[1:] != ["--check"]:
        for path, text in wanted.items():
            path.write_text(text, encoding="utf-8", newline="\n")
        return 0
    stale_files = [
        path for path, text in wanted.items() if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    for path in stale_files:
        print(f"{path.relative_to(ROOT)} does not fit the server: run python tests/lint/contract.py")
    return 1 if stale_files else 0


if __name__ == "__main__":
    sys.exit(main())
