"""Who signs in at the district, and what it says of them: also what no provider should say."""

from collections.abc import Mapping

CLIENT, SECRET = "blue-pals", "a secret for a test"
CALLBACK = "https://desk.bluepals.example/enter/callback"
PASSWORD = "chalk"  # Everybody's.
MO, CORA, TESS, SAM = "mo@school.example", "cora@school.example", "tess@school.example", "sam@city.example"
PEOPLE: Mapping[str, Mapping[str, object]] = {
    "mo": {"email": MO},
    "cora": {"email": CORA.upper()},
    "tess": {"email": TESS},
    "stranger": {"email": "stranger@nowhere.example"},
    "nameless": {},
    "unverified": {"email": MO, "email_verified": False},
    "unsaid": {"email": MO, "email_verified": None},
    "named": {"preferred_username": MO, "email_verified": None},
    "other-nonce": {"email": MO, "nonce": "of another visit"},
    "no-nonce": {"email": MO, "nonce": None},
    "other-audience": {"email": MO, "aud": "another client", "azp": CLIENT},
    "other-issuer": {"email": MO, "iss": "https://another.example"},
    "expired": {"email": MO, "exp": 1_700_000_000},
    "forged": {"email": MO},
    "unsigned": {"email": MO},
    "shared": {"email": MO},
    "beside": {"email": MO},
    "beside-another": {"email": MO},
}
