"""A few hundred of the fuzzer's files in a normal run."""

from __future__ import annotations

from tests.fuzz.imports import fuzz_imports


def test_no_file_ends_in_anything_unforeseen() -> None:
    answers = fuzz_imports(400, seed=1)

    # Some of the files are read, and refused for many a reason: else nothing would be tried.
    assert answers["preview"] > 40
    assert {"bad_file", "columns_needed", "whose_export", "invalid"} <= answers.keys()
