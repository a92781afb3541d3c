"""Ports on this machine."""

import secrets
import socket

LOOPBACK = "127.0.0.1"
# Below those that Linux, macOS and Windows give to connections that go out, which take a port that was just let go.
CHOICE = range(20_000, 32_000)


def free_port() -> int:
    """One that nothing listens on now. Raises OSError when no port could be found."""
    for _ in range(len(CHOICE)):
        port = secrets.choice(CHOICE)
        with socket.socket() as listener:
            try:
                listener.bind((LOOPBACK, port))
            except OSError:
                continue
        return port
    raise OSError(f"Of the ports {CHOICE.start} to {CHOICE.stop - 1} none is free.")


def is_taken(port: int) -> bool:
    with socket.socket() as attempt:
        attempt.settimeout(1)
        return attempt.connect_ex((LOOPBACK, port)) == 0
