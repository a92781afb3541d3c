"""Passkeys: how coordinators, moderators and counselors come in where the district has no single sign-on.

The device proves that it holds the key and has looked at its owner's finger, face or number (WebAuthn, user
verification). A challenge is signed for one browser, stays open for ten minutes and is answered once.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import webauthn
from itsdangerous import BadSignature, URLSafeTimedSerializer
from webauthn.helpers import (
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from bluepals.domain.entering import Door
from bluepals.domain.refusals import Refused
from bluepals.domain.sentences import Sentence
from bluepals.facts import doors
from bluepals.facts.desk import NotTheirs, PageClosed
from bluepals.facts.doors import LINK_STAYS, Entered, NotLetIn, Visitor
from bluepals.facts.office import Letterhead, Office, post
from bluepals.mail import notices
from bluepals.store import doors as sessions
from bluepals.store import passkeys
from bluepals.store.database import Connection, Scope
from bluepals.store.doors import Identity

# What a stranger can send: the library looks for most of it, not for all.
UNREADABLE = (WebAuthnException, ValueError)
NOT_RIGHT = Sentence("That passkey opens nothing here. Try again, or ask for a mail.")


class PasskeyRefused(Refused):
    """What the device said makes no passkey; the message says what to do."""


def holder(visitor: Visitor) -> UUID:
    """Whose passkeys this visitor may make and remove. Raises PageClosed."""
    if visitor.staff is None or not visitor.keeps_passkeys:
        raise PageClosed(
            "This page is for coordinators, moderators and counselors, where the district has no sign-in of its own."
        )
    return visitor.staff


@dataclass(frozen=True, slots=True)
class OwnPasskey:
    id: UUID
    made: Sentence
    used: Sentence | None


async def own(office: Office, visitor: Visitor) -> Sequence[OwnPasskey]:
    async with office.database.transaction(Scope.whole(visitor.program)) as connection:
        label = (await Letterhead.of(office, connection)).calendar.label
        kept = await passkeys.of(connection, holder(visitor))
    return [
        OwnPasskey(one.id, label(one.made_at), label(one.used_at) if one.used_at else None) for one in kept
    ]


async def own_one(office: Office, visitor: Visitor, passkey_id: UUID) -> OwnPasskey:
    """Raises NotTheirs."""
    for one in await own(office, visitor):
        if one.id == passkey_id:
            return one
    raise NotTheirs


async def offer(office: Office, visitor: Visitor, browser: str) -> str:
    """What the browser has to know to make one, as JSON."""
    staff = holder(visitor)
    async with office.database.transaction(Scope.whole(visitor.program)) as connection:
        name, _ = await passkeys.holder(connection, staff)
        kept = await passkeys.of(connection, staff)
    options = webauthn.generate_registration_options(
        rp_id=office.links.host,
        rp_name="Blue Pals",
        user_id=staff.bytes,
        user_name=name,
        challenge=_challenge(office, browser),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(one.credential_id) for one in kept],
    )
    return webauthn.options_to_json(options)


async def add(office: Office, visitor: Visitor, browser: str, said: str) -> Entered:
    """From now on they come in by it: whoever is in as them elsewhere is out. Raises PasskeyRefused."""
    staff = holder(visitor)
    async with office.committing(Scope.whole(visitor.program)) as connection:
        try:
            credential = parse_registration_credential_json(said)
            made = webauthn.verify_registration_response(
                credential=credential,
                expected_challenge=await _answered(
                    office, connection, visitor.program, browser, credential.response.client_data_json
                ),
                expected_rp_id=office.links.host,
                expected_origin=office.links.desk,
                require_user_verification=True,
            )
        except (*UNREADABLE, NotLetIn):
            raise PasskeyRefused(
                "The device made no passkey that can be used here. Please try again."
            ) from None
        saved = await passkeys.save(
            connection,
            visitor.program,
            staff,
            credential_id=made.credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
        )
        if saved is None:
            raise PasskeyRefused("There is this passkey already. Make another one.")
        await _tell(office, connection, staff, saved)
        await sessions.end_sessions(connection, Identity(staff, None, ()))
        return await doors.let_in(
            office, connection, visitor.program, visitor.identity, Door.PASSKEY, remember=False
        )


async def _tell(office: Office, connection: Connection, staff: UUID, passkey: UUID) -> None:
    """It may not have been them."""
    letterhead = await Letterhead.of(office, connection)
    name, address = await passkeys.holder(connection, staff)
    notice = notices.doors.passkey_made(name=name, program=letterhead.program.name)
    await post(connection, letterhead, notice, key=f"passkey-{passkey}", to=address)


async def remove(office: Office, visitor: Visitor, passkey: UUID) -> None:
    """Raises NotTheirs."""
    async with office.database.transaction(Scope.whole(visitor.program)) as connection:
        if not await passkeys.remove(connection, holder(visitor), passkey):
            raise NotTheirs


def ask(office: Office, browser: str) -> str:
    """What the browser has to know to answer with one, as JSON."""
    options = webauthn.generate_authentication_options(
        rp_id=office.links.host,
        challenge=_challenge(office, browser),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


async def enter(office: Office, program: str, browser: str, said: str) -> Entered:
    """The same answer, whatever is wrong. Raises NotLetIn."""
    if not office.takes_passkeys:
        raise NotLetIn(NOT_RIGHT)
    async with office.database.transaction(Scope.whole(program)) as connection:
        try:
            credential = parse_authentication_credential_json(said)
            passkey = await passkeys.locked(connection, credential.raw_id)
            if passkey is None:
                raise NotLetIn(NOT_RIGHT)
            right = webauthn.verify_authentication_response(
                credential=credential,
                expected_challenge=await _answered(
                    office, connection, program, browser, credential.response.client_data_json
                ),
                expected_rp_id=office.links.host,
                expected_origin=office.links.desk,
                credential_public_key=passkey.public_key,
                credential_current_sign_count=passkey.sign_count,
                require_user_verification=True,
            )
        except UNREADABLE:
            raise NotLetIn(NOT_RIGHT) from None
        await passkeys.note_use(connection, passkey.id, right.new_sign_count)
        _, address = await passkeys.holder(connection, passkey.staff_id)
        identity = await sessions.identity_of(connection, address)
        if identity.staff != passkey.staff_id:  # They have no role any more.
            raise NotLetIn(NOT_RIGHT)
        return await doors.let_in(office, connection, program, identity, Door.PASSKEY, remember=False)


def _challenge(office: Office, browser: str) -> bytes:
    challenge: str = _challenges(office, browser).dumps(secrets.token_urlsafe(doors.SECRET_BYTES))
    return challenge.encode()


async def _answered(
    office: Office, connection: Connection, program: str, browser: str, client_data: bytes
) -> bytes:
    """The challenge that was answered: one of ours, for this browser, not long ago, and for the first time.

    Raises NotLetIn; nothing is kept of an answer that proves nothing.
    """
    challenge = parse_client_data_json(client_data).challenge
    try:
        _challenges(office, browser).loads(challenge, int(LINK_STAYS.total_seconds()))
    except BadSignature:
        raise NotLetIn(NOT_RIGHT) from None
    digest = office.links.digest("challenge", challenge.decode())
    if not await passkeys.answer_once(connection, program, digest, LINK_STAYS):
        raise NotLetIn(NOT_RIGHT)
    return challenge


def _challenges(office: Office, browser: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(office.links.digest("passkey", browser), salt="blue-pals-passkey")
