"""docs/settings.md and the settings say the same."""

import re
from pathlib import Path

from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings

from bluepals.settings import Settings, SignOnSettings, SmtpSettings
from service.connection import HERE

DOCS = (Path(__file__).parent.parent / "docs" / "settings.md").read_text("utf-8")
ROW = re.compile(r"^\| `(?P<name>[A-Z_]+)` \| (?P<default>[^|]+) \| (?P<meaning>[^|]+) \|$", re.MULTILINE)
DOCUMENTED = {row["name"]: row["default"].strip("` ") for row in ROW.finditer(DOCS)}


def _defaults(model: type[BaseSettings]) -> dict[str, str]:
    return {
        f"{model.model_config.get('env_prefix')}{name}".upper(): _in_words(
            field.get_default(call_default_factory=False)
        )
        for name, field in model.model_fields.items()
        if name not in {"smtp", "sign_on"}
    }


def _in_words(default: object) -> str:
    if default is PydanticUndefined:
        return "required"
    plain = default.get_secret_value() if hasattr(default, "get_secret_value") else default
    return str(plain) if plain != "" else "empty"


def test_every_setting_is_documented_with_its_default_and_nothing_else_is() -> None:
    ours = {name: default for name, default in DOCUMENTED.items() if name.startswith("BLUEPALS_")}
    assert ours == _defaults(Settings) | _defaults(SmtpSettings) | _defaults(SignOnSettings)


def test_a_variable_is_documented_once() -> None:
    names = [row["name"] for row in ROW.finditer(DOCS)]
    assert len(names) == len(set(names))


def test_the_address_of_temporal_is_the_documented_one_unless_it_is_set() -> None:
    assert DOCUMENTED["TEMPORAL_ADDRESS"] == HERE
