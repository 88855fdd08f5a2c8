"""The time zone database: the system's, or the distribution tzdata where a system has none (Windows, Pyodide)."""

from __future__ import annotations

import zoneinfo

#: What to install where there is none.
DISTRIBUTION = "tzdata"


def has_zones() -> bool:
    """Whether there is one."""
    try:
        zoneinfo.ZoneInfo("Europe/London")
    except zoneinfo.ZoneInfoNotFoundError:
        return False
    return True
