"""The survey's groups and factors in words, kept as data beside the rules. Pure but for reading them."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml
from pydantic import TypeAdapter

from services.contracts.words.base import Words
from services.registry.risk.krs import Factor, Group

_FILE = files("services.registry.risk") / "words.yaml"


@cache
def groups() -> Mapping[Group, Words]:
    """Return the words of each group. Raises ValidationError where the file names a group that there is not."""
    return TypeAdapter(dict[Group, Words]).validate_python(_content()["groups"])


@cache
def factors() -> Mapping[Factor, Words]:
    """Return the words of each factor. Raises ValidationError where the file names a factor that there is not."""
    return TypeAdapter(dict[Factor, Words]).validate_python(_content()["factors"])


def _content() -> Mapping[str, object]:
    content = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content
