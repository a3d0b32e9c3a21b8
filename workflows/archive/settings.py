"""Where histories are kept, told from outside."""

from dataclasses import dataclass

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

DATABASE = "database"


@dataclass(frozen=True, slots=True)
class BucketAccess:
    """How an S3-compatible server is reached. What is None, the client looks up where such clients usually do."""

    endpoint: str | None
    region: str | None
    access_key_id: str | None
    secret_access_key: SecretStr | None
    timeout_seconds: float


class ArchiveSettings(BaseSettings):
    """`archive` says where new histories go. Older ones are read where they are, so the access to a bucket stays."""

    model_config = SettingsConfigDict(env_prefix="NYEKRUP_", extra="ignore", frozen=True)

    archive: str = Field(default=DATABASE, pattern=r"^(database|s3://[^/]+(/.*)?)$")
    archive_s3_endpoint: str | None = Field(default=None, pattern=r"^https?://")
    archive_s3_region: str | None = None
    archive_s3_access_key_id: str | None = None
    archive_s3_secret_access_key: SecretStr | None = None
    archive_s3_timeout_seconds: float = Field(default=20.0, gt=0)

    @property
    def bucket_access(self) -> BucketAccess:
        return BucketAccess(
            endpoint=self.archive_s3_endpoint,
            region=self.archive_s3_region,
            access_key_id=self.archive_s3_access_key_id,
            secret_access_key=self.archive_s3_secret_access_key,
            timeout_seconds=self.archive_s3_timeout_seconds,
        )
