"""Byte tables of the two Vietnamese encodings that no library carries: TCVN3 (ABC) and VNI-Windows.

Used by `importers.encoding`. The text side is written as Latin-1 (one character a byte), as DBF
files are read. Source: viparse 0.1.31 (MIT), checked against real government documents; `ẳ`, `Ẳ`,
`ỵ` and `Ỵ` of VNI, which that table lacks, are from the VNI-Windows chart.
"""

# Pairs of byte and letter, in the same order. 0xAD, the soft hyphen, is `ư`.
_TCVN3_BYTES = bytes.fromhex(
    "A1 A2 A3 A4 A5 A6 A7 A8 A9 AA AB AC AD AE B5 B8 B6 B7 B9 BB BE BC BD C6 C7 CA C8 C9 CB "
    "CC D0 CE CF D1 D2 D5 D3 D4 D6 D7 DD D8 DC DE DF E3 E1 E2 E4 E5 E8 E6 E7 E9 EA ED EB EC "
    "EE EF F3 F1 F2 F4 F5 F8 F6 F7 F9 FA FD FB FC FE "
)
_TCVN3_LETTERS = "ĂÂÊÔƠƯĐăâêôơưđàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ"
TCVN3: dict[str, str] = dict(zip(_TCVN3_BYTES.decode("latin-1"), _TCVN3_LETTERS, strict=True))

# `surface=letter`; two bytes for most letters, so the longest match wins.
_VNI_PAIRS = (
    "aø=à aù=á aï=ạ aû=ả aá=ấ aä=ậ aê=ă aâ=â aõ=ã aà=ầ aå=ẩ aé=ắ aü=ẵ aë=ặ "
    "AØ=À aè=ằ AÙ=Á AÂ=Â AÛ=Ả aã=ẫ AÕ=Ã AÏ=Ạ AÊ=Ă AÁ=Ấ AÅ=Ẩ AÄ=Ậ AÀ=Ầ AÃ=Ẫ "
    "AÉ=Ắ AÈ=Ằ AÜ=Ẵ AË=Ặ eä=ệ eá=ế eà=ề eâ=ê eå=ể eù=é EÄ=Ệ eû=ẻ eõ=ẽ EÁ=Ế "
    "EÀ=Ề eã=ễ EÂ=Ê eø=è eï=ẹ EÅ=Ể EØ=È EÙ=É EÏ=Ẹ EÛ=Ẻ EÕ=Ẽ EÃ=Ễ IØ=Ì IÙ=Í "
    "iø=ì iù=í oä=ộ oâ=ô oá=ố ôï=ợ où=ó ôø=ờ ôû=ở ôù=ớ oø=ò oå=ổ oà=ồ oï=ọ "
    "OÄ=Ộ oã=ỗ oû=ỏ oõ=õ OÂ=Ô ôõ=ỡ ÔÛ=Ở OÅ=Ổ OÁ=Ố OØ=Ò OÙ=Ó OÀ=Ồ ÔÙ=Ớ ÔØ=Ờ "
    "OÕ=Õ OÏ=Ọ OÛ=Ỏ OÃ=Ỗ ÔÕ=Ỡ ÔÏ=Ợ uû=ủ öï=ự uï=ụ öù=ứ öû=ử öø=ừ uù=ú öõ=ữ "
    "uø=ù UÛ=Ủ uõ=ũ ÖÙ=Ứ UÕ=Ũ UÏ=Ụ ÖÛ=Ử ÖÕ=Ữ ÖÏ=Ự UØ=Ù UÙ=Ú ÖØ=Ừ yù=ý yõ=ỹ "
    "yû=ỷ yø=ỳ YÙ=Ý YÛ=Ỷ YØ=Ỳ YÏ=Ỵ yï=ỵ YÕ=Ỹ ñ=đ Ñ=Đ ò=ị æ=ỉ Ò=Ị Æ=Ỉ "
    "Ó=Ĩ ó=ĩ ô=ơ Ô=Ơ ö=ư Ö=Ư aú=ẳ AÚ=Ẳ î=ỵ Î=Ỵ "
)
VNI: dict[str, str] = dict(pair.split("=") for pair in _VNI_PAIRS.split())
