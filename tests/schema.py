# SPDX-License-Identifier: GPL-2.0-only
"""Checks what `cellctl --json` prints against docs/json/cellctl.schema.json.

More strictly than a program would: a key that the schema does not have is one that nobody has documented.
"""

from __future__ import annotations

import copy
import functools
import json
from pathlib import Path
from typing import Any

import jsonschema

SCHEMA = Path(__file__).resolve().parents[1] / "docs" / "json" / "cellctl.schema.json"


@functools.cache
def schema() -> dict[str, Any]:
    return json.loads(SCHEMA.read_text(encoding="utf-8"))


def closed(part: Any) -> Any:
    """The same without further keys, wherever keys are listed."""
    if isinstance(part, list):
        return [closed(item) for item in part]
    if not isinstance(part, dict):
        return part
    result = {key: closed(value) for key, value in part.items()}
    if "properties" in result and isinstance(result.get("required"), list):
        result.setdefault("additionalProperties", False)
    return result


@functools.cache
def validator(kind: str) -> jsonschema.Draft202012Validator:
    definitions = closed(copy.deepcopy(schema()["$defs"]))
    assert kind in definitions, f"the schema has no {kind}"
    return jsonschema.Draft202012Validator({**definitions[kind], "$defs": definitions})


def check(kind: str, text: str) -> Any:
    """The object, which is all that was printed."""
    found = json.loads(text)
    assert list(found)[0] == "version"
    errors = [f"{list(error.path)}: {error.message}" for error in validator(kind).iter_errors(found)]
    assert not errors, (kind, errors)
    return found
