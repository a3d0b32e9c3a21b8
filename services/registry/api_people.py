"""Signing in and out, and the people of the units."""

from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from pydantic import Field

from services.contracts.ids import OfficerId
from services.kit.database import Tx
from services.kit.http import Body
from services.kit.idempotency import once
from services.registry import invitations, officers, sign_in, views
from services.registry.api import ARegistry, Key, Signed, kept_nowhere

log = structlog.get_logger()

router = APIRouter()
keys = APIRouter(dependencies=[Depends(kept_nowhere)], tags=["sign-in"])

Token = Annotated[str, Field(min_length=1, max_length=200)]


class SignIn(Body):
    staff_no: Annotated[str, Field(min_length=1, max_length=64)]
    password: Annotated[str, Field(min_length=1, max_length=200)]


Password = Annotated[str, Field(min_length=1, max_length=200)]


class FirstPassword(Body):
    """*code*: from whoever leads the unit, by `POST /officers/{id}/invite`."""

    staff_no: Annotated[str, Field(min_length=1, max_length=64)]
    code: Annotated[str, Field(min_length=1, max_length=64)]
    password: Password


class AnotherPassword(Body):
    old: Password
    new: Password


class Refresh(Body):
    refresh_token: Token


@keys.post("/sign-in", response_model=sign_in.SignInView)
async def enter(body: SignIn, request: Request, registry: ARegistry) -> dict[str, Any]:
    """Sign in. Five failures of an account or from an address within 15 minutes wait for 15 minutes."""
    return await sign_in.sign_in(registry, body.staff_no, body.password, _address(request))


@keys.post("/sign-in/password", status_code=204)
async def first_password(body: FirstPassword, request: Request, registry: ARegistry) -> None:
    """Set a password by a code; then sign in with it. Wrong codes count as failures to sign in."""
    await invitations.set_password(registry, body.staff_no, body.code, body.password, _address(request))


@keys.post("/me/password", status_code=204)
async def another_password(body: AnotherPassword, request: Request, caller: Signed, registry: ARegistry) -> None:
    """Change the own password. Every sign-in of the person ends."""
    await invitations.change_password(registry, caller, body.old, body.new, _address(request))


# No Idempotency-Key: the noted answer would keep the code. Asked again, a new code takes the place of the old one.
@keys.post("/officers/{officer_id}/invite", response_model=views.InvitationView)
async def invite(officer_id: UUID, caller: Signed, registry: ARegistry) -> dict[str, Any]:
    """Get a code by which an officer sets a password: shown once, good for seven days. An older one works no longer."""
    invited = await invitations.invite(registry, OfficerId(officer_id), caller)
    log.info("officer.invited", officer=str(officer_id), by=caller.staff_no)
    return invited


@keys.post("/refresh", response_model=sign_in.SignInView)
async def stay(body: Refresh, registry: ARegistry) -> dict[str, Any]:
    """Get the next token. A refresh token works once; used again, it ends the whole sign-in."""
    return await sign_in.refresh(registry, body.refresh_token)


@keys.post("/sign-out", status_code=204)
async def go(body: Refresh, registry: ARegistry) -> None:
    """End the sign-in, whether or not it was still going on."""
    await sign_in.sign_out(registry, body.refresh_token)


router.include_router(keys)


def _address(request: Request) -> str:
    # Behind a proxy it is what the proxy says, if uvicorn trusts it: FORWARDED_ALLOW_IPS, by default this machine.
    return request.client.host if request.client else ""


@router.get("/.well-known/jwks.json", tags=["sign-in"])
async def public_keys(registry: ARegistry) -> dict[str, Any]:
    """The public keys by which everybody checks tokens (RFC 7517)."""
    return registry.signer.jwks


@router.get("/me", response_model=sign_in.MeView, tags=["officer"])
async def who_am_i(caller: Signed, registry: ARegistry) -> dict[str, Any]:
    """The signed-in person, as the registry knows him or her now."""
    async with registry.database.read() as tx:
        return sign_in.me(registry, await officers.find(tx, caller.officer))


@router.post("/officers/{officer_id}/leave", response_model=views.LeftView, tags=["officer"])
async def leave(officer_id: UUID, key: Key, caller: Signed, registry: ARegistry) -> JSONResponse:
    """Somebody works here no longer: the tokens are refused everywhere, the work goes back to the unit's queue."""

    async def work(tx: Tx) -> tuple[int, dict[str, Any]]:
        return 200, await officers.leave(registry, tx, OfficerId(officer_id), caller)

    answer = await once(registry.database, key.by(caller.officer), work)
    registry.verifier.left(OfficerId(officer_id))
    log.info("officer.left", officer=str(officer_id), by=caller.staff_no)
    return answer
