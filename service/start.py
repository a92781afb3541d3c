"""Starting a service: its settings from the environment, or a sentence that says what is missing."""

from pydantic import ValidationError

from bluepals.links import Links
from bluepals.settings import Settings, SignOnSettings, SmtpSettings
from bluepals.store.content import Keyring

MODELS = {model.__name__: model for model in (Settings, SmtpSettings, SignOnSettings)}


class SettingsWrong(Exception):
    """A setting is missing or is none; the message names each."""


def settings() -> Settings:
    """Raises SettingsWrong."""
    try:
        found = Settings()
    except ValidationError as errors:
        raise SettingsWrong(_sentence(errors)) from None
    _try(found)
    return found


def _try(found: Settings) -> None:
    """Now, rather than with the first letter or visitor."""
    for setting, use in (
        ("BLUEPALS_MASTER_KEYS", lambda: Keyring.parse(found.master_keys.get_secret_value())),
        ("BLUEPALS_LINK_KEY", lambda: Links(found.link_key.get_secret_value(), found.desk_url)),
        ("BLUEPALS_DESK_PROXIES", lambda: found.proxies),
        ("BLUEPALS_SIGN_ON_*", found.sign_on.refuse_half),
    ):
        try:
            use()
        except ValueError as wrong:
            raise SettingsWrong(f"The value of {setting} can't be used: {wrong}") from None


def _sentence(errors: ValidationError) -> str:
    model = MODELS[errors.title]
    names: dict[bool, list[str]] = {}
    for error in errors.errors():
        name = f"{model.model_config.get('env_prefix', '')}{error['loc'][0]}".upper()
        names.setdefault(error["type"] == "missing", []).append(name)
    missing, wrong = names.get(True), names.get(False)
    told = [f"Set {', '.join(missing)} in the environment."] if missing else []
    told += [f"The value of {', '.join(wrong)} can't be used."] if wrong else []
    return " ".join([*told, "docs/settings.md explains each."])
