"""Abstract tests as cases: a function for each test of a standard's annex, named by its id.

A module fills an `Annex` with `@annex.test("/conf/…")` and hands it to pytest once. A test marked
`each=True` becomes a case a public collection.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.conformance.reading import JUDGED

Body = Callable[..., None]


@dataclass
class Annex:
    """The abstract tests of one standard; `slugs`: the collections of tests that want each."""

    title: str
    slugs: Sequence[str] = JUDGED
    cases: list[Any] = field(default_factory=list)

    def test(self, *names: str, each: bool = False) -> Callable[[Body], Body]:
        """The function under it is the method of these tests: one case, or one a collection."""

        def keep(body: Body) -> Body:
            for arguments in [(slug,) for slug in self.slugs] if each else [()]:
                shown = "-".join([",".join(names), *arguments])
                self.cases.append(pytest.param(body, arguments, id=shown))
            return body

        return keep
