"""The rules say codes and numbers: no module of theirs holds a sentence."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import inkeeper.rules

MODULES = sorted(Path(inkeeper.rules.__file__).parent.rglob("*.py"))

WORDS = re.compile(r"[^\W\d_]{2,}[^\w\s]? +\S|\S +[^\W\d_]{2,}")
"""A word of two letters or more, with a blank on one side and something else behind the blank."""

READ_NOT_SHOWN = {"linkedin member"}
"""What LinkedIn writes in place of a name, which the rules recognize."""


def docstrings(tree: ast.AST) -> set[int]:
    """The ids of the nodes of docstrings, also of those below constants."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def texts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every text outside docstrings with its line. Of one with places to fill in, each place is `{}`."""
    left_out = docstrings(tree)
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield node.lineno, "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in left_out | parts:
            yield node.lineno, node.value


def sentences(source: str) -> list[tuple[int, str]]:
    return [
        (line, text) for line, text in texts(ast.parse(source)) if WORDS.search(text) and text not in READ_NOT_SHOWN
    ]


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_no_module_of_the_rules_holds_a_sentence(module: Path):
    assert sentences(module.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        'title = "No credit was left"',
        'title = f"{number} credits"',
        'raise ValueError(f"{text!r} is no amount")',
        'assert found, "a period is over"',
        'WORDS = {"a": ["Lost. Again"]}',
    ],
)
def test_a_sentence_is_found_wherever_it_stands(line: str):
    assert len(sentences(f'"""A docstring of a module."""\n{line}')) == 1


def test_codes_patterns_and_docstrings_are_no_sentences():
    source = '"""A docstring."""\ncode = "few_targets"\nCODES = ("a", "b")\n"""About CODES."""\nx = f"{a}.{b:0{c}}"\n'
    assert sentences(source) == []
