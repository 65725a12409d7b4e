"""The front end's own tests (vitest): the golden points in the browser's code, within 1 mm."""

from install import npm_script


def test_the_front_ends_own_tests_pass() -> None:
    assert npm_script("test") == 0
