"""Words of DCAT-AP 3 and the authority tables of the EU's Publications Office that it asks for.

Frequencies, languages, file types, licences, themes, countries and access rights are named by the
tables at publications.europa.eu/resource/authority; a word that stands in none of them is left out
rather than made up.
"""

from layers.api.dcat.graph import Iri, Literal

PREFIXES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "dcatap": "http://data.europa.eu/r5r/",
    "adms": "http://www.w3.org/ns/adms#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "geo": "http://www.opengis.net/ont/geosparql#",
}
_AUTHORITY = "http://publications.europa.eu/resource/authority/"
_IANA = "https://www.iana.org/assignments/media-types/"

THEMES = Iri(f"{_AUTHORITY}data-theme")
VIETNAM = Iri(f"{_AUTHORITY}country/VNM")
PUBLIC = Iri(f"{_AUTHORITY}access-right/PUBLIC")
STABLE = Iri(f"{_AUTHORITY}planned-availability/STABLE")
LANGUAGES = (Iri(f"{_AUTHORITY}language/VIE"), Iri(f"{_AUTHORITY}language/ENG"))
REGIONAL_AUTHORITY = Iri("http://purl.org/adms/publishertype/RegionalAuthority")
CRS84 = Iri("http://www.opengis.net/def/crs/OGC/1.3/CRS84")
FEATURES_API = Iri("http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core")

# ISO 8601, as definitions write `update_interval`. Others, and none, are no word of the table's.
_FREQUENCIES = {
    "PT1H": "HOURLY",
    "P1D": "DAILY",
    "P7D": "WEEKLY",
    "P1W": "WEEKLY",
    "P14D": "BIWEEKLY",
    "P2W": "BIWEEKLY",
    "P1M": "MONTHLY",
    "P2M": "BIMONTHLY",
    "P3M": "QUARTERLY",
    "P4M": "ANNUAL_3",
    "P6M": "ANNUAL_2",
    "P12M": "ANNUAL",
    "P1Y": "ANNUAL",
    "P2Y": "BIENNIAL",
    "P3Y": "TRIENNIAL",
}
# SPDX identifiers as definitions write `licence`.
_LICENCES = {
    "CC-BY-4.0": "CC_BY_4_0",
    "CC-BY-SA-4.0": "CC_BYSA_4_0",
    "CC-BY-NC-4.0": "CC_BYNC_4_0",
    "CC-BY-ND-4.0": "CC_BYND_4_0",
    "CC0-1.0": "CC0",
    "ODC-BY-1.0": "ODC_BY",
    "PDDL-1.0": "ODC_PDDL",
}
# Sectors of `definitions/sectors.toml`; another one is about its region.
_THEME_OF_SECTOR = {
    "agriculture": "AGRI",
    "administration": "GOVE",
    "industry": "ECON",
    "telecom": "TECH",
    "tourism": "EDUC",
    "transport": "TRAN",
    "imagery": "ENVI",
}
# Media types that IANA has registered, of those that the portal sends.
_REGISTERED = frozenset(
    """
    application/geo+json application/geo+json-seq application/geopackage+sqlite3 application/json
    application/vnd.google-earth.kml+xml application/vnd.mapbox-vector-tile application/zip
    application/vnd.openxmlformats-officedocument.spreadsheetml.sheet application/vnd.pmtiles
    image/webp text/csv
    """.split()
)
_FILE_TYPES = {
    "geojson": "GEOJSON",
    "gpkg": "GPKG",
    "csv": "CSV",
    "xlsx": "XLSX",
    "kml": "KML",
    "shp": "SHP",
    "json": "JSON",
    "zip": "ZIP",
}


def frequency(interval: str) -> Iri:
    """How often the data is renewed; `OTHER` for an interval that the table does not name."""
    unnamed = "OTHER" if interval else "UNKNOWN"
    return Iri(f"{_AUTHORITY}frequency/{_FREQUENCIES.get(interval, unnamed)}")


def licence(name: str) -> Iri | None:
    """The licence where the table has it."""
    found = _LICENCES.get(name)
    return Iri(f"{_AUTHORITY}licence/{found}") if found else None


def theme(sector: str) -> Iri:
    """What the layer is about."""
    return Iri(f"{_AUTHORITY}data-theme/{_THEME_OF_SECTOR.get(sector, 'REGI')}")


def media_type(name: str) -> Iri | None:
    """A media type that is registered; parameters are not part of it."""
    bare = name.partition(";")[0].strip()
    return Iri(f"{_IANA}{bare}") if bare in _REGISTERED else None


def file_type(name: str) -> Iri | None:
    """The file format where the table has it."""
    found = _FILE_TYPES.get(name)
    return Iri(f"{_AUTHORITY}file-type/{found}") if found else None


def both(vi: str, en: str) -> tuple[Literal, ...]:
    """A text in both languages; an English one that is missing or the same is not said."""
    return (Literal(vi, "vi"), *((Literal(en, "en"),) if en and en != vi else ()))
