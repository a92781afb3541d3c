"""What the district's provider says of its people."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from joserfc import jws
from joserfc.jwk import OctKey, RSAKey
from oauth2_provider.oauth2_validators import OAuth2Validator

from tests.desk.district.people import PEOPLE, SECRET


class Claims(OAuth2Validator):  # type: ignore[misc]  # It ships no types.
    oidc_claim_scope = None

    def get_additional_claims(self, request: Any) -> dict[str, object]:
        """In the id token and beside it."""
        return {"email_verified": True, **PEOPLE[request.user.username]}

    def get_userinfo_claims(self, request: Any) -> dict[str, object]:
        claims: dict[str, object] = super().get_userinfo_claims(request)
        return {**claims, "sub": "another"} if request.user.username == "beside-another" else claims

    def get_id_token_dictionary(self, token: Any, token_handler: Any, request: Any) -> tuple[Any, Any]:
        claims, expires = super().get_id_token_dictionary(token, token_handler, request)
        said = {**claims, **PEOPLE[request.user.username]}
        if request.user.username.startswith("beside"):
            del said["email"]
        return said, expires

    def finalize_id_token(self, *arguments: Any) -> str:
        right: str = super().finalize_id_token(*arguments)
        return signed_otherwise(arguments[-1].user.username, right)


def signed_otherwise(name: str, token: str) -> str:
    """As whoever has no key of the provider's would."""
    header, payload, _ = token.split(".")
    match name:
        case "forged":
            return _signed(_read(header), payload, RSAKey.generate_key(2048))
        case "shared":
            return _signed({"alg": "HS256"}, payload, OctKey.import_key(SECRET))
        case "unsigned":
            return f"{_written({'alg': 'none'})}.{payload}."
        case _:
            return token


def _signed(header: dict[str, Any], payload: str, key: RSAKey | OctKey) -> str:
    content = urlsafe_b64decode(f"{payload}==")
    return jws.serialize_compact(header, content, key, algorithms=["RS256", "HS256"])


def _read(part: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(urlsafe_b64decode(f"{part}=="))
    return found


def _written(header: dict[str, str]) -> str:
    return urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip("=")
