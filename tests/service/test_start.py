"""A setting that is missing or wrong is named before anything starts."""

import base64

import pytest

from service.start import SettingsWrong, settings

KEY = base64.b64encode(bytes(32)).decode()
WHOLE = {
    "BLUEPALS_DATABASE_URL": "postgresql://bluepals_app@localhost/bluepals",
    "BLUEPALS_MASTER_KEYS": f"first:{KEY}",
    "BLUEPALS_LINK_KEY": "k" * 32,
}


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in WHOLE.items():
        monkeypatch.setenv(name, value)


def test_with_all_that_is_required_it_starts() -> None:
    assert settings().database_url == WHOLE["BLUEPALS_DATABASE_URL"]


@pytest.mark.parametrize("name", WHOLE)
def test_a_missing_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.delenv(name)
    with pytest.raises(SettingsWrong, match=f"^Set {name} in the environment"):
        settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BLUEPALS_LOG_FORMAT", "loud"),
        ("BLUEPALS_HEALTH_PORT", "high"),
        ("BLUEPALS_SMTP_PORT", "mail"),
        ("BLUEPALS_SMTP_SECURITY", "some"),
        ("BLUEPALS_MASTER_KEYS", f"first:{KEY[:-8]}"),
        ("BLUEPALS_MASTER_KEYS", "no key"),
        ("BLUEPALS_LINK_KEY", "short"),
        ("BLUEPALS_DESK_PROXIES", "*"),
        ("BLUEPALS_SIGN_ON_ISSUER", "http://login.district.example"),
    ],
)
def test_a_wrong_setting_is_named_and_a_secret_is_not_said(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsWrong, match=f"The value of {name} can't be used") as wrong:
        settings()
    assert KEY[:-8] not in str(wrong.value)


@pytest.mark.parametrize("missing", ["ISSUER", "CLIENT_ID", "CLIENT_SECRET"])
def test_half_a_single_sign_on_is_none(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    whole = {"ISSUER": "https://login.district.example", "CLIENT_ID": "blue-pals", "CLIENT_SECRET": "hush"}
    for name in whole.keys() - {missing}:
        monkeypatch.setenv(f"BLUEPALS_SIGN_ON_{name}", whole[name])
    with pytest.raises(SettingsWrong, match="an issuer, a client id and a client secret, or none") as wrong:
        settings()
    assert "hush" not in str(wrong.value)
