from pydantic import Field

from services.contracts.book_commands import BooksOrder
from services.kit.settings import PartSettings
from workflows.archive.settings import ArchiveSettings


class WorkflowSettings(PartSettings, ArchiveSettings):
    """How often the books are gone through, and for how long after something happened nothing is missed yet."""

    worker_metrics: str = Field(default="", description="host:port at which Temporal's own worker metrics are answered")
    books_interval_seconds: float = Field(default=300.0, ge=1)
    books_settled_seconds: float = Field(default=120.0, ge=0)

    @property
    def books(self) -> BooksOrder:
        return BooksOrder(settled_seconds=self.books_settled_seconds, interval_seconds=self.books_interval_seconds)
