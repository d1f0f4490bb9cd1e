"""Countries and capitals that two instructions ask for, as of 2025, under the names that they go by."""

from __future__ import annotations

import unicodedata


def _rows(text: str) -> tuple[tuple[str, ...], ...]:
    """Rows with a semicolon between, the names of each with a slash between."""
    return tuple(tuple(name.strip() for name in row.split("/")) for row in text.split(";"))


# The 54 states of Africa that are members of the United Nations, under all their common names.
AFRICA = _rows("""
    Algeria; Angola; Benin; Botswana; Burkina Faso; Burundi; Cabo Verde / Cape Verde; Cameroon;
    Central African Republic; Chad; Comoros / The Comoros;
    Democratic Republic of the Congo / DR Congo / DRC / Congo, Democratic Republic of the / Congo-Kinshasa /
    Democratic Republic of Congo / Congo (Democratic Republic) / Congo (Kinshasa) / Congo, Democratic Republic /
    Congo (DRC) / Congo, Democratic Republic of / The Democratic Republic of the Congo;
    Republic of the Congo / Congo / Congo, Republic of the / Congo-Brazzaville / Republic of Congo /
    Congo (Republic) / Congo (Brazzaville) / Congo, Republic of / Congo Republic / The Republic of the Congo;
    Djibouti; Egypt; Equatorial Guinea; Eritrea; Eswatini / Swaziland / Eswatini (Swaziland) /
    Eswatini (formerly Swaziland); Ethiopia; Gabon; Gambia / The Gambia / Gambia, The; Ghana; Guinea;
    Guinea-Bissau / Guinea Bissau; Ivory Coast / Cote d'Ivoire / Cote d'Ivoire (Ivory Coast) /
    Ivory Coast (Cote d'Ivoire); Kenya; Lesotho; Liberia; Libya; Madagascar; Malawi; Mali; Mauritania; Mauritius;
    Morocco; Mozambique; Namibia; Niger; Nigeria; Rwanda; Sao Tome and Principe / Sao Tome & Principe; Senegal;
    Seychelles; Sierra Leone; Somalia; South Africa; South Sudan; Sudan; Tanzania; Togo; Tunisia; Uganda; Zambia;
    Zimbabwe
""")
# Places that some count as countries: allowed, not asked for.
DISPUTED = ("western sahara", "sahrawi arab democratic republic", "somaliland")

# The capitals of Europe north of 45 degrees, from north to south. Kyiv (50.45) is not in the published key; it may be
# missing.
CAPITALS = _rows("""
    Reykjavik; Helsinki; Oslo; Tallinn; Stockholm; Riga; Moscow; Copenhagen; Vilnius; Minsk; Dublin; Berlin; Amsterdam;
    Warsaw; London; Brussels; Kyiv / Kiev; Prague; Luxembourg / Luxembourg City; Paris; Vienna; Bratislava; Budapest;
    Vaduz; Chisinau / Kishinev; Bern / Berne; Ljubljana; Zagreb
""")
OPTIONAL_CAPITALS = frozenset({"kyiv"})


def plain(name: str) -> str:
    """A name in lower case without accents, for comparing."""
    letters = unicodedata.normalize("NFD", name.replace("’", "'"))
    return " ".join("".join(char for char in letters if not unicodedata.combining(char)).lower().split())


COUNTRY = {plain(name): plain(names[0]) for names in AFRICA for name in names}
CAPITAL = {plain(name): plain(names[0]) for names in CAPITALS for name in names}
