"""Calls a command that ``tests.forked`` runs: hands over what is this process's own, and ends with the command's code.

It is started in the command's place, so it imports little.
"""

import marshal
import os
import resource
import socket
import sys

STREAMS = range(3)
LIMIT = resource.RLIMIT_FSIZE
LONGEST = 1 << 17
"""Bytes of arguments and environment."""


def call(place: str, arguments: list[str]) -> int:
    """The exit code of a command that is run with this process's folder, environment, open streams, mask and limit."""
    opened = [number for number in STREAMS if is_open(number)]
    folder = os.open(".", os.O_RDONLY)
    stated = (arguments, dict(os.environ), os.umask(0), resource.getrlimit(LIMIT), opened)
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as asking:
        asking.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, LONGEST)
        asking.connect(place)
        socket.send_fds(asking, [marshal.dumps(stated)], [folder, *opened])
        for number in (folder, *opened):
            os.close(number)  # whoever reads what is written waits for the command only
        return int(asking.recv(10) or b"1")


def is_open(number: int) -> bool:
    """Whether a descriptor stands for something."""
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    code = call(sys.argv[1], sys.argv[2:])
    os._exit(code if code >= 0 else 128 - code)
