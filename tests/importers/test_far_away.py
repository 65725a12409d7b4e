"""A file from another province gets no list of systems of which none can be right."""

import numpy as np
import pytest

from importers.position_checks import check_position
from importers.refusals import OutsideProvince
from layers.crs import by_code


def test_no_candidates_when_none_lies_in_the_province() -> None:
    hanoi = np.array([[105.85, 21.03], [105.86, 21.04]])
    with pytest.raises(OutsideProvince) as refused:
        check_position(hanoi, by_code("EPSG:4326"), in_province_only=True)
    assert refused.value.extra["candidates"] == []
    assert "Không hệ tọa độ nào" in str(refused.value.detail)
