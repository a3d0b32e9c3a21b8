"""Column profiles: which column of a file is what, kept as data beside this file. Pure but for reading them."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Self

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

from services.contracts.codes import Agency

_NOT_A_SIGN = re.compile(r"[^a-z0-9]+")


class Kind(StrEnum):
    """What a column holds, and so how its text is read."""

    ID = "id"
    NIK = "nik"
    KK = "kk"
    NAME = "name"
    TEXT = "text"
    DATE = "date"
    QUARTER = "quarter"
    CODE = "code"
    FLAG = "flag"
    DESIL = "desil"
    VILLAGE = "village"


class ListKind(StrEnum):
    """What a list is about: people whom an agency knows, or its own offices and officers."""

    PEOPLE = "people"
    DIRECTORY = "directory"


class Column(BaseModel):
    """*headers*: what files call it. *codes*: our code, and what stands for it; *otherwise* what all else becomes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind
    headers: tuple[str, ...]
    required: bool = False
    codes: Mapping[str, tuple[str, ...]] = {}
    otherwise: str | None = None

    @model_validator(mode="after")
    def _one_meaning(self) -> Self:
        texts = [plain(text) for texts in self.codes.values() for text in texts]
        if len(texts) != len(set(texts)):
            raise ValueError("one text stands for two codes")
        if bool(self.codes) != (self.kind is Kind.CODE):
            raise ValueError("codes belong to a column of kind code, and only there")
        return self

    @property
    def meanings(self) -> dict[str, str]:
        """Return our code by what stands in the file."""
        return {plain(text): code for code, texts in self.codes.items() for text in texts}


class Profile(BaseModel):
    """One list: whose it is, and its fields in the order in which rows are read. A directory is kept by each agency."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    list: str
    kind: ListKind = ListKind.PEOPLE
    agency: Agency | None = None
    fields: Mapping[str, Column]

    @model_validator(mode="after")
    def _of_one_agency(self) -> Self:
        if (self.kind is ListKind.PEOPLE) is (self.agency is None):
            raise ValueError("a list of people is kept by one agency, the directory by each")
        return self

    @property
    def required(self) -> Sequence[str]:
        return [name for name, column in self.fields.items() if column.required]


def names() -> Sequence[str]:
    """Return the names of all profiles."""
    return sorted(file.name.removesuffix(".yaml") for file in _folder().iterdir() if file.name.endswith(".yaml"))


@cache
def profile(name: str) -> Profile:
    """Return the profile called *name*. Raises KeyError where there is none."""
    if name not in names():
        raise KeyError(name)
    return Profile.model_validate(yaml.safe_load((_folder() / f"{name}.yaml").read_text(encoding="utf-8")))


@lru_cache(maxsize=10_000)
def plain(text: str) -> str:
    """Return *text* as headers and codes are compared: small letters and digits, one blank between words."""
    return _NOT_A_SIGN.sub(" ", text.casefold()).strip()


def _folder() -> Traversable:
    return files("services.registry.importing") / "profiles"
