#!/usr/bin/env python3
"""Makes zones.tsv from the zone.tab of the time zone database: python3 make-zones.py > zones.tsv

One country a line: its code, and its zones from the easternmost to the westernmost, with commas between. East and west
are told by the greatest and the least distance from UTC in the year 2030."""

from datetime import datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

TAB = Path("/usr/share/zoneinfo/zone.tab")


def hours(zone):
    start = datetime(2030, 1, 15, tzinfo=timezone.utc)
    both = [
        (start + timedelta(days=181 * n)).astimezone(ZoneInfo(zone)).utcoffset().total_seconds() / 3600
        for n in (0, 1)
    ]
    return max(both), min(both)


zones = {}
for line in TAB.read_text(encoding="ascii").splitlines():
    if not line.startswith("#"):
        code, _, zone = line.split("\t")[:3]
        zones.setdefault(code, []).append(zone)

print("# The zones of each country, from east to west. Made by make-zones.py from zone.tab of the time zone database")
print("# (public domain).")
for code in sorted(zones):
    order = sorted(zones[code], key=lambda z: (-hours(z)[0], -hours(z)[1], z))
    least = min(order, key=lambda z: (hours(z)[1], hours(z)[0], z))
    order.remove(least)
    print(f"{code}\t{','.join([*order, least])}")
