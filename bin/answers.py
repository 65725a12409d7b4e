#!/usr/bin/env python3
"""Asks whether the portal answers: `python3 bin/answers.py HOST PORT PATH`, exit status 0 or 1.

Used by `run.py` and by the health checks of docker-compose.yml. Standard library only.
"""

from __future__ import annotations

import http.client
import sys
from http import HTTPStatus

TIMEOUT_SECONDS = 4


def answers(host: str, port: int, path: str) -> bool:
    """Whether GET gives a status below 500."""
    # http.client, not urllib: a proxy from the environment must not be asked for this machine.
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < HTTPStatus.INTERNAL_SERVER_ERROR
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if answers(sys.argv[1], int(sys.argv[2]), sys.argv[3]) else 1)
