"""The conformance classes of OGC 21-065r2 that this compiler holds, for /api/conformance.

Not among them: functions. There is none beyond those of the standard.
"""

_CQL2 = "http://www.opengis.net/spec/cql2/1.0/conf/"
CONFORMANCE_CLASSES = tuple(
    f"{_CQL2}{name}"
    for name in (
        "cql2-text",
        "cql2-json",
        "basic-cql2",
        "advanced-comparison-operators",
        "case-insensitive-comparison",
        "accent-insensitive-comparison",
        "basic-spatial-functions",
        "basic-spatial-functions-plus",
        "spatial-functions",
        "temporal-functions",
        "array-functions",
        "property-property",
        "arithmetic",
    )
)
