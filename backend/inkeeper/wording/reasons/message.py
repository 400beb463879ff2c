"""What a reason is rendered from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from inkeeper.wording.language import Words

Message: TypeAlias = str | Callable[[Words, dict[str, Any]], str]
"""A text with places to fill in, or a function of the language and the values for a text with plural forms."""
