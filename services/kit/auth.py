"""Who is calling: short-lived ES256 tokens, checked without asking anybody."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import jwt
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from services.contracts.codes import Agency, Level, Role
from services.contracts.ids import OfficerId, RegionCode, UnitId
from services.contracts.refusals import Refused

ALGORITHM = "ES256"
ISSUER = "nyekrup/registry"
TOKEN_LIFE = timedelta(minutes=10)
TOKENS_REMEMBERED = 4096

bearer = HTTPBearer(auto_error=False, description="A token from `POST /sign-in` of the registry.")


@dataclass(frozen=True, slots=True)
class Caller:
    """The signed-in person, as the token says. *village* narrows a village team's member to one desa."""

    officer: OfficerId
    staff_no: str
    agency: Agency
    unit: UnitId
    level: Level
    role: Role
    region: RegionCode
    village: RegionCode | None = None

    def claims(self, *, now: datetime) -> dict[str, Any]:
        """Return the token's claims, good for TOKEN_LIFE from *now*."""
        return {
            "iss": ISSUER,
            "sub": str(self.officer),
            "iat": int(now.timestamp()),
            "exp": int((now + TOKEN_LIFE).timestamp()),
            "staff_no": self.staff_no,
            "agency": self.agency,
            "unit": self.unit,
            "level": self.level,
            "role": self.role,
            "region": self.region,
            "village": self.village,
        }


class Verifier:
    """Checks tokens against the registry's public keys (a JWKS file), and against the people who have left."""

    def __init__(self, jwks: Path, *, now: Any) -> None:
        self._path, self._now = jwks, now
        self._keys: Mapping[str, jwt.PyJWK] = {}
        self._left: dict[OfficerId, float] = {}
        # A signature stays good: a token is verified once, its end and its officer are looked at every time.
        self._verified = lru_cache(TOKENS_REMEMBERED)(self._verify)

    def left(self, officer: OfficerId) -> None:
        """Refuse every token of *officer* that was given out until now: who comes back later gets another."""
        self._left[officer] = self._now().timestamp()

    def caller(self, token: str | None) -> Caller:
        """Return whom *token* speaks for. Raises Refused("auth....")."""
        if not token:
            raise Refused("auth.missing")
        caller, given_at, ends_at = self._verified(token)
        if self._now().timestamp() >= ends_at:
            raise Refused("auth.expired")
        if given_at <= self._left.get(caller.officer, -1):
            raise Refused("auth.left")
        return caller

    def _verify(self, token: str) -> tuple[Caller, float, float]:
        """Return whom *token* speaks for, since when and until when. Raises Refused("auth.invalid")."""
        try:
            key = self._key(str(jwt.get_unverified_header(token).get("kid", "")))
            claims: dict[str, Any] = jwt.decode(
                token, key, algorithms=[ALGORITHM], issuer=ISSUER, options={"verify_exp": False, "verify_iat": False}
            )
            return _caller(claims), claims["iat"], claims["exp"]
        except (jwt.PyJWTError, KeyError, ValueError) as error:
            raise Refused("auth.invalid") from error

    def _key(self, kid: str) -> jwt.PyJWK:
        if kid not in self._keys:
            content = json.loads(self._path.read_text())
            self._keys = {key["kid"]: jwt.PyJWK(key, algorithm=ALGORITHM) for key in content["keys"]}
        return self._keys[kid]


def _caller(claims: Mapping[str, Any]) -> Caller:
    try:
        return Caller(
            officer=OfficerId(UUID(claims["sub"])),
            staff_no=claims["staff_no"],
            agency=Agency(claims["agency"]),
            unit=claims["unit"],
            level=Level(claims["level"]),
            role=Role(claims["role"]),
            region=claims["region"],
            village=claims.get("village"),
        )
    except (KeyError, ValueError) as error:
        raise Refused("auth.invalid") from error


async def signed_in(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
) -> Caller:
    """FastAPI dependency: the caller, or a refusal."""
    verifier: Verifier = request.app.state.verifier
    return verifier.caller(credentials.credentials if credentials else None)


async def operator(caller: Annotated[Caller, Depends(signed_in)]) -> Caller:
    """FastAPI dependency: the caller, if an operator. Raises Refused("auth.forbidden")."""
    if caller.role is not Role.OPERATOR:
        raise Refused("auth.forbidden")
    return caller


Operator = Annotated[Caller, Depends(operator)]
