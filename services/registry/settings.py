from pathlib import Path
from tempfile import gettempdir

from pydantic import Field

from services.kit.settings import PartSettings


class RegistrySettings(PartSettings):
    """*signing_key* is the private key (PEM, P-256) of the tokens; its public half stands in *jwks*.

    *demo_accounts*: where a demo's accounts are written. Unset, as everywhere but in a demo, none are made.
    """

    signing_key: Path
    demo_accounts: Path | None = None
    imports: Path = Field(
        default=Path(gettempdir()) / "nyekrup-imports",
        description="where files that are sent stay until they are applied; for this part alone to read",
    )
    match_after_import: bool = Field(
        default=True,
        description="lay the lists on each other after each import and each night; else when a coordinator asks for it",
    )
    imports_keep_days: int = Field(
        default=30, ge=1, description="how long files that nobody applied and rows that could not come in are kept"
    )
    sign_in_failures: int = Field(default=5, ge=1, description="per account, and per address, in 15 minutes")
