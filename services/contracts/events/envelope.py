"""The envelope of every event: CloudEvents 1.0 in JSON, with the extensions that make delivery safe to repeat."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, Field

from services.contracts.snapshot import Contract


class Event(Contract, ABC):
    """A fact. Subclasses say where it travels, whose fact it is, and which of two is the newer."""

    stream: ClassVar[str]

    @property
    @abstractmethod
    def type(self) -> str:
        """`<aggregate>.<past tense>.v<n>`."""

    @property
    @abstractmethod
    def subject(self) -> str:
        """The aggregate's id."""

    @property
    @abstractmethod
    def subject_version(self) -> int:
        """Rises with every event of the aggregate; the newest wins, whatever the order of arrival."""


class Envelope(Contract):
    """CloudEvents 1.0. `id` is born with the outbox row and stays through retry, dead letter and replay."""

    specversion: Literal["1.0"] = "1.0"
    id: UUID
    source: str
    type: str = Field(pattern=r"^[a-z_]+\.[a-z_]+\.v[0-9]+$")
    subject: str
    time: AwareDatetime
    datacontenttype: Literal["application/json"] = "application/json"
    subjectversion: int = Field(ge=0)
    correlationid: UUID
    causationid: UUID | None = None
    traceparent: str | None = None
    data: dict[str, Any]

    @classmethod
    def around(cls, event: Event, *, id: UUID, time: AwareDatetime, cause: UUID | None, correlation: UUID) -> Self:
        return cls(
            id=id,
            source=f"nyekrup/{event.stream}",
            type=event.type,
            subject=event.subject,
            time=time,
            subjectversion=event.subject_version,
            correlationid=correlation,
            causationid=cause,
            data=event.model_dump(mode="json", exclude_none=True),
        )
