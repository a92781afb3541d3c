"""The district's identity provider, as its discovery document describes it; authlib speaks OpenID Connect with it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx2
from authlib.integrations.starlette_client import OAuthError, StarletteOAuth2App
from joserfc.errors import JoseError

from bluepals.domain.refusals import Refused
from bluepals.settings import SignOnSettings

PATIENCE = 10.0  # seconds for one answer
KEPT = 3600  # seconds; what the provider says of itself, and its keys: one that it takes back is out by then
CLOCKS_DIFFER = 60  # seconds
# Signed with a key of its own: none is unsigned, and HS256 makes a signing key of the secret that we share.
SIGNATURES = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")


class ProviderAway(Refused):
    """It does not answer, or not as a provider does; the message says what to do."""


class NotVouched(Exception):
    """It has not said who this is, or not so that it can be trusted. `why`: for the log."""

    def __init__(self, why: str) -> None:
        self.why = why


@dataclass(frozen=True, slots=True)
class Vouched:
    """The address of who has signed in; none, and for the log why."""

    address: str | None
    why: str = ""


class Provider:
    def __init__(self, settings: SignOnSettings, callback: str) -> None:
        self._settings = settings
        self._callback = callback
        self._found, self._found_at = self._new(), time.monotonic()

    async def sign_in_page(self, *, state: str, nonce: str, verifier: str) -> str:
        """Where the visitor signs in. Raises ProviderAway."""
        with _answering():
            provider = await self._current()
            begun = await provider.create_authorization_url(
                self._callback, state=state, nonce=nonce, code_verifier=verifier
            )
        page: str = begun["url"]
        return page

    async def address(self, code: str, *, nonce: str, verifier: str) -> Vouched:
        """Of the visitor who came back with this code. Raises ProviderAway and NotVouched."""
        with _answering():
            provider = await self._current()
            token = await provider.fetch_access_token(self._callback, code=code, code_verifier=verifier)
            claims = await self._claims(provider, token, nonce)
        return self._vouched(claims)

    def _vouched(self, claims: dict[str, object]) -> Vouched:
        """Whoever may write an address into their own profile would come in as its owner: so it has to be checked."""
        address, verified = claims.get("email"), claims.get("email_verified")
        if not isinstance(address, str):
            return Vouched(
                None, "it says no email: let it send that claim; no other name of theirs is taken for it"
            )
        if verified is True or (verified is None and self._settings.directory_gives_addresses):
            return Vouched(address)
        if verified is None:
            return Vouched(
                None, "it does not say email_verified: see BLUEPALS_SIGN_ON_DIRECTORY_GIVES_ADDRESSES"
            )
        return Vouched(None, "it says that it has not checked the email")

    async def _claims(
        self, provider: StarletteOAuth2App, token: dict[str, object], nonce: str
    ) -> dict[str, object]:
        """What it says of the visitor: in the id token or, where it keeps that short, beside it."""
        expected = {
            "iss": {"essential": True, "value": self._settings.issuer},
            "aud": {"essential": True, "value": self._settings.client_id},
        }
        said = await provider.parse_id_token(token, nonce, claims_options=expected, leeway=CLOCKS_DIFFER)
        if said is None:
            raise NotVouched("no id token")
        if "email" in said or "userinfo_endpoint" not in provider.server_metadata:
            return dict(said)
        beside = await provider.userinfo(token=token)
        if beside.get("sub") != said["sub"]:
            raise NotVouched("userinfo of somebody else")
        return dict(beside)

    async def _current(self) -> StarletteOAuth2App:
        if time.monotonic() - self._found_at > KEPT:
            self._found, self._found_at = self._new(), time.monotonic()
        metadata = await self._found.load_server_metadata()
        offered = metadata.get("id_token_signing_alg_values_supported", ["RS256"])
        metadata["id_token_signing_alg_values_supported"] = [one for one in offered if one in SIGNATURES]
        return self._found

    def _new(self) -> StarletteOAuth2App:
        return StarletteOAuth2App(
            None,
            client_id=self._settings.client_id,
            client_secret=self._settings.client_secret.get_secret_value(),
            server_metadata_url=f"{self._settings.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={"scope": "openid email", "code_challenge_method": "S256", "timeout": PATIENCE},
        )


@contextmanager
def _answering() -> Iterator[None]:
    """The library's many errors are two for us: nobody there, or nothing that can be trusted."""
    try:
        yield
    except (OAuthError, JoseError) as wrong:
        raise NotVouched(wrong.error) from None
    except (httpx2.HTTPError, ValueError, KeyError, RuntimeError):
        raise ProviderAway(
            "The district's sign-in does not answer right now. Please try again in a few minutes."
        ) from None
