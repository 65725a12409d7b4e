"""Bad requests to the running portal: no answer of 5xx, every refusal is a documented problem.

`make fuzz` sends thousands; `make test` the beginning of the same lists. Two lists: our own, which
knows what is nearly right, and schemathesis, which reads our OpenAPI document and tries every
check that it has.
"""

import http.client
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

from tests.conformance.bad_requests import BadRequests, Known, Request
from tests.conformance.reading import Answer, Api

ROOT = Path(__file__).resolve().parents[2]
# Cases of each list: `make fuzz` sets the number.
COUNT = int(os.environ.get("PORTAL_FUZZ_API", "600"))
CONFIG = Path(__file__).parent / "schemathesis.toml"


def documented() -> dict[str, set[int]]:
    """Code → statuses, of the table in docs/api.md."""
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    rows: dict[str, set[int]] = {}
    for code, status in re.findall(r"^\| `([a-z0-9-]+)` \| (\d{3}) \|", text, re.MULTILINE):
        rows.setdefault(code, set()).add(int(status))
    return rows


CODES = documented()


def fault(answer: Answer, request: Request) -> str:
    """What is wrong with an answer, if anything."""
    if answer.status >= 500:
        return f"{answer.status}"
    if answer.status < 400 or request.method == "HEAD":
        return ""
    if answer.media == "text/html" and not for_programs(request):
        return ""
    if answer.media != "application/problem+json":
        return f"{answer.status} as {answer.media}"
    problem = answer.json
    if problem.get("status") != answer.status:
        return f"{answer.status}, but status {problem.get('status')}"
    if answer.status not in CODES.get(problem.get("code"), set()):
        return f"{answer.status} {problem.get('code')} is not in docs/api.md"
    return "" if problem.get("title") and problem.get("hint") else "no title or hint"


def for_programs(request: Request) -> bool:
    """Below /api/, but for its pages of words, and not by somebody who asks for pages."""
    page = "text/html" in request.headers.get("Accept", "") or "f=html" in request.target
    page = page or request.target.startswith("/api/docs")
    return request.target.startswith("/api/") and not page


def sent(connection: http.client.HTTPConnection, request: Request) -> Answer:
    """One request on a kept connection."""
    connection.request(request.method, request.target, headers=request.headers)
    answer = connection.getresponse()
    headers = {name.lower(): value for name, value in answer.getheaders()}
    return Answer(answer.status, headers, answer.read())


def test_codes_are_documented() -> None:
    assert {"bad-filter", "bad-bbox", "unknown-crs"} <= set(CODES)


def test_no_bad_request_makes_the_api_fail(api: Api) -> None:
    requests, statuses = BadRequests(Known.of(api)), Counter[int]()
    faults: list[tuple[str, Request]] = []
    connection = http.client.HTTPConnection(urlsplit(api.url).netloc, timeout=30)
    for _ in range(COUNT):
        request = requests.one()
        answer = sent(connection, request)
        statuses[answer.status] += 1
        if said := fault(answer, request):
            faults.append((said, request))
    connection.close()
    assert statuses.total() == COUNT
    assert not faults, (len(faults), Counter(said for said, _request in faults), faults[:8])
    # The list reaches what works, too: else it would prove little.
    assert statuses[200] > COUNT / 10, statuses
    assert statuses[400] > COUNT / 10, statuses


def test_schemathesis_finds_nothing(api: Api, tmp_path: Path) -> None:
    short = COUNT < 5000
    # Its systematic cases are two thousand by themselves: for the long run.
    phases = "fuzzing" if short else "coverage,fuzzing"
    command = [
        str(Path(sys.executable).parent / "schemathesis"), "--config-file", str(CONFIG), "run",
        f"{api.url}/openapi.json", "--checks", "all", "--seed", "5", "--generation-deterministic",
        "--max-examples", str(4 if short else COUNT // 25), "--phases", phases, "--no-color",
        "--no-shrink",
    ]  # fmt: skip
    hooks = {"SCHEMATHESIS_HOOKS": "tests.conformance.schemathesis_hooks", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, **hooks}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    output = done.stdout + done.stderr
    assert done.returncode == 0, output[-9000:]
    found = re.search(r"(\d+) generated", output)
    assert found, output[-3000:]
    assert int(found[1]) >= (100 if short else 5000), output[-2000:]
