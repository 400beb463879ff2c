"""The names of months, as spreadsheets in the languages of many LinkedIn users write them.

A name is looked up whole, without accents and in lower case. Each gives one month in every language that has it.
"""

from __future__ import annotations

import unicodedata

_NAMES = {
    1: "january jan januar jaenner jänner januari janv janvier enero ene gennaio gen janeiro tammikuu tammikuuta tammi"
    " tammik styczeń stycznia sty ocak oca",
    2: "february feb februar feber februari févr fév février febrero febbraio fevereiro fev helmikuu helmikuuta helmi"
    " helmik luty lutego lut şubat şub",
    3: "march mar märz maerz mrz maart mrt mars marzo março marts maaliskuu maaliskuuta maalis maalisk marzec marca"
    " mart",
    4: "april apr avril avr abril abr aprile huhtikuu huhtikuuta huhti huhtik kwiecień kwietnia kwi nisan nis",
    5: "may mai mei maj mayo maggio mag maio toukokuu toukokuuta touko toukok maja mayıs",
    6: "june jun juni juin junio giugno giu junho kesäkuu kesäkuuta kesä kesäk czerwiec czerwca cze haziran haz",
    7: "july jul juli juillet juil julio luglio lug julho heinäkuu heinäkuuta heinä heinäk lipiec lipca temmuz tem",
    8: "august aug augustus augusti août aou agosto ago elokuu elokuuta elo elok sierpień sierpnia sie ağustos ağu",
    9: "september sep sept septembre septiembre setiembre settembre set setembro syyskuu syyskuuta syys syysk wrzesień"
    " września wrz eylül eyl",
    10: "october oct oktober okt octobre octubre ottobre ott outubro out lokakuu lokakuuta loka lokak październik"
    " października paź ekim eki",
    11: "november nov novembre noviembre novembro marraskuu marraskuuta marras marrask kasım kas",
    12: "december dec dezember dez décembre déc diciembre dic dicembre dezembro desember des joulukuu joulukuuta joulu"
    " jouluk grudzień grudnia gru aralık ara",
}
"""English, German, French, Spanish, Italian, Portuguese, Dutch, Finnish, Swedish, Danish, Norwegian, Polish, Turkish.

Left out: `listopad` and `lis`, November in Polish and October in Croatian; `lip`, July in Polish and June in Croatian.
"""

LONGEST_NAME = 16

_UNMARKED = str.maketrans({"ı": "i", "ł": "l"})


def month_of(name: str) -> int | None:
    """The month (1 to 12) of that name, upper and lower case and accents alike; None for an unknown word."""
    return _MONTHS.get(_plain(name)) if len(name) <= LONGEST_NAME else None


def _plain(name: str) -> str:
    parts = unicodedata.normalize("NFKD", name.casefold().translate(_UNMARKED))
    return "".join(each for each in parts if not unicodedata.combining(each))


def _by_name() -> dict[str, int]:
    found: dict[str, int] = {}
    for month, names in _NAMES.items():
        for name in names.split():
            if found.setdefault(_plain(name), month) != month:
                raise AssertionError(f"{name} is the name of two months")
    return found


_MONTHS = _by_name()
