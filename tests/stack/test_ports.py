"""Ports on this machine."""

import socket

from stack.ports import LOOPBACK, free_port, is_taken


def test_a_port_is_taken_as_long_as_something_listens_on_it():
    with socket.create_server((LOOPBACK, 0)) as listener:
        port = listener.getsockname()[1]
        assert is_taken(port)
    assert not is_taken(port)


def test_a_free_port_can_be_listened_on():
    with socket.create_server((LOOPBACK, free_port())):
        pass
