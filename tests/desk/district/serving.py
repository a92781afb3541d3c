"""A school district's single sign-on on this machine: Django OAuth Toolkit, an OpenID Connect provider in earnest.

`python -m tests.desk.district.serving PORT` serves it in a process of its own.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from wsgiref.simple_server import WSGIRequestHandler, make_server

from stack.ports import free_port
from tests.desk.district.people import CALLBACK, CLIENT, PASSWORD, PEOPLE, SECRET


@dataclass(frozen=True)
class District:
    address: str

    @property
    def issuer(self) -> str:
        return _issuer(self.address)


def _issuer(address: str) -> str:
    return f"{address}/o"


@contextmanager
def running_district() -> Iterator[District]:
    port = free_port()
    command = [sys.executable, "-m", "tests.desk.district.serving", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield District(f"http://127.0.0.1:{port}")
        finally:
            process.kill()


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None: ...


def _serve(port: int) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.desk.district.settings"
    os.environ["DISTRICT_ISSUER"] = _issuer(f"http://127.0.0.1:{port}")
    from django.core.management import call_command  # noqa: PLC0415 - Django reads its settings when it is imported
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415

    application = get_wsgi_application()
    call_command("migrate", run_syncdb=True, verbosity=0)
    _settle()
    with make_server("127.0.0.1", port, application, handler_class=_Quiet) as server:
        print("ready", flush=True)  # noqa: T201 - whoever started it waits for this
        server.serve_forever()


def _settle() -> None:
    """Its people, and the desk as a client that it trusts."""
    from django.contrib.auth.models import User  # noqa: PLC0415
    from oauth2_provider.models import Application  # noqa: PLC0415

    for name in PEOPLE:
        User.objects.create_user(name, password=PASSWORD)
    Application.objects.create(
        name="Blue Pals",
        client_id=CLIENT,
        client_secret=SECRET,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
        redirect_uris=CALLBACK,
        algorithm=Application.RS256_ALGORITHM,
        skip_authorization=True,
    )


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
