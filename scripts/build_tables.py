"""Rebuild ``distributions/tables`` from the source files of other projects.

    python scripts/build_tables.py CHECKOUTS

`CHECKOUTS` is a folder with one checkout for each source, named as in ``SOURCES``. Nothing is
fetched. The lines that a table rests on are kept in ``tests/tables/excerpts.csv``, each with its
number in the source file, so that the tests can build every table again without the checkouts.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TABLES = ROOT / "distributions" / "tables"
EXCERPTS = ROOT / "tests" / "tables" / "excerpts.csv"

Line = tuple[int, str]  # number from 1, text without its end
Row = dict[str, str]


@dataclass(frozen=True)
class Source:
    """A file of another project, at one commit."""

    checkout: str
    commit: str
    path: str
    rows: Callable[[Iterable[Line]], Iterator[tuple[Row, list[Line]]]]


def fields(line: str) -> list[str]:
    """Split one line of a CSV file."""
    return next(csv.reader(io.StringIO(line)))


def number(text: str) -> str:
    """Return a number as the shortest text of the same value."""
    return repr(float(text)).removesuffix(".0")


def slug(text: str) -> str:
    """Return a name as a key: small letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def per_thousand(text: str) -> str:
    """Return kilograms as grams, without the noise of binary fractions."""
    return number(f"{float(text) * 1000:.10g}")


def per_million(text: str) -> str:
    """Return tonnes as grams, without the noise of binary fractions."""
    return number(f"{float(text) * 1e6:.10g}")


def ecologits(lines: Iterable[Line]) -> Iterator[tuple[Row, list[Line]]]:
    """Countries: greenhouse gas in kg/kWh and water in L/kWh."""
    for at, text in lines:
        name, *_, gwp, wue = fields(text)
        if name in NAMES:
            iso2, english = NAMES[name]
            yield (
                {
                    "key": iso2,
                    "alias": f"{name};{english}",
                    "name": english,
                    "value": per_thousand(gwp),
                    "water": number(wue),
                    "row": str(at),
                },
                [(at, text)],
            )


def codecarbon(lines: Iterable[Line]) -> Iterator[tuple[Row, list[Line]]]:
    """Countries: g/kWh, in the JSON file of one block a country."""
    block: dict[str, tuple[int, str]] = {}
    for at, text in lines:
        if match := re.fullmatch(r'\s+"([A-Z]{3})": \{', text):
            block = {"iso": (at, match[1])}
        elif match := re.fullmatch(r'\s+"(carbon_intensity|country_name|year)": "?(.*?)"?,?', text):
            block[match[1]] = (at, match[2])
            block[f"{match[1]} line"] = (at, text)
        if "year" in block and float(block["carbon_intensity"][1]) > 0:
            iso3, english = block["iso"][1], block["country_name"][1]
            kept = [(block["iso"][0], f'    "{iso3}": {{')]
            kept += [block[key] for key in block if key.endswith(" line")]
            yield (
                {
                    "key": ISO2[iso3],
                    "alias": f"{iso3};{english}",
                    "name": english,
                    "value": number(block["carbon_intensity"][1]),
                    "year": block["year"][1],
                    "row": str(block["carbon_intensity"][0]),
                },
                kept,
            )
        if "year" in block:
            block = {}


def google(lines: Iterable[Line]) -> Iterator[tuple[Row, list[Line]]]:
    """Google Cloud regions: g/kWh of the grid, and the share of carbon-free energy."""
    for at, text in lines:
        region, place, free, intensity = fields(text)
        if region != "Google Cloud Region":
            yield (
                {
                    "key": region,
                    "alias": f"gcp-{region}",
                    "name": f"Google Cloud, {place}",
                    "value": number(intensity),
                    "carbon_free": number(free),
                    "row": str(at),
                },
                [(at, text)],
            )


def amazon(lines: Iterable[Line]) -> Iterator[tuple[Row, list[Line]]]:
    """Amazon regions: t/kWh."""
    for at, text in lines:
        region, country, nerc, tonnes, origin = fields(text)
        if region != "Region":
            place = f"{country}, {nerc}" if nerc else country
            yield (
                _cloud(region, f"aws-{region}", f"Amazon, {place}", tonnes, origin, at),
                [(at, text)],
            )


def microsoft(lines: Iterable[Line]) -> Iterator[tuple[Row, list[Line]]]:
    """Microsoft regions: t/kWh. Azure writes East US as eastus.

    Two rows lost their decimal point at the source (Helsinki ``000077``, Frankfurt ``000402``):
    they would be tonnes of coal a kWh. They are left out, not repaired.
    """
    for at, text in lines:
        region, place, _, tonnes, origin, *_ = fields(text)
        if region != "Region" and "." in tonnes:
            key = slug(region).replace("-", "")
            alias = f"azure-{key};{region}"
            yield _cloud(key, alias, f"Microsoft, {place}", tonnes, origin, at), [(at, text)]


def _cloud(key: str, alias: str, name: str, tonnes: str, origin: str, at: int) -> Row:
    value = per_million(tonnes)
    return {
        "key": key,
        "alias": alias,
        "name": name,
        "value": value,
        "origin": origin.strip(),
        "row": str(at),
    }


def accelerators(lines: Iterable[Line]) -> Iterator[tuple[Row, list[Line]]]:
    """Rated power of accelerators. Processors are left out, TPUs too: theirs is measured.

    So is the GTX 750, whose row has the memory and the power of another card.
    """
    for at, text in lines:
        name, kind, watts, *_ = fields(text)
        if kind == "gpu" and name != "GTX 750":
            short = slug(name).removeprefix("tesla-")
            yield (
                {
                    "key": SHORT.get(short, short),
                    "alias": short if short in SHORT else "",
                    "name": name,
                    "value": number(watts),
                    "row": str(at),
                },
                [(at, text)],
            )


def providers(lines: Iterable[Line]) -> Iterator[tuple[Row, list[Line]]]:
    """PUE that cloud providers state."""
    for at, text in lines:
        provider, pue, origin = fields(text)
        if re.fullmatch(r"[0-9.]+", pue):  # two lines of headers say otherwise
            name = {"Unknown": "industry mean of 2024"}.get(provider, provider)
            yield (
                {
                    "key": "industry" if provider == "Unknown" else slug(provider),
                    "alias": "",
                    "name": name,
                    "value": number(pue),
                    "origin": origin,
                    "row": str(at),
                },
                [(at, text)],
            )


SHORT = {
    "h100-sxm": "h100",
    "a100-pcie-40-80gb": "a100-pcie",
    "a100-sxm4-80-gb": "a100",
    "v100-sxm2-32gb": "v100",
    "rtx-4090": "rtx4090",
}
SOURCES = {
    "grid_mixes": Source(
        "ecologits",
        "5be90dadc86ed92f48dc55316469d888827aec55",
        "ecologits/data/electricity_mixes.csv",
        ecologits,
    ),
    "grid_countries": Source(
        "codecarbon",
        "b05965e43b690cdc53787c7577adbe6e2caf4ed9",
        "codecarbon/data/private_infra/global_energy_mix.json",
        codecarbon,
    ),
    "grid_gcp": Source(
        "region-carbon-info",
        "49f3f26bfd682305e8d9b572fea1f811900421a9",
        "data/yearly/2024.csv",
        google,
    ),
    "grid_aws": Source(
        "ccf-coefficients",
        "b0032d928c787cf76cecd7d1d611c5b46f366e29",
        "data/grid-emissions-factors-aws.csv",
        amazon,
    ),
    "grid_azure": Source(
        "ccf-coefficients",
        "b0032d928c787cf76cecd7d1d611c5b46f366e29",
        "data/grid-emissions-factors-azure.csv",
        microsoft,
    ),
    "tdp": Source(
        "impact", "d0d3ee5a71ea222ac344a94900642ed2ce649af4", "data/gpus.csv", accelerators
    ),
    "pue": Source(
        "green-algorithms-tool",
        "30df2feead1c7f5db87a3d86ca1239470a0cd415",
        "data/latest/defaults_PUE.csv",
        providers,
    ),
}
# ISO 3166: three letters, then two.
ISO2 = {
    pair[:3]: pair[3:]
    for pair in (
        "ABWAW AFGAF AGOAO ALBAL AREAE ARGAR ARMAM ASMAS ATGAG AUSAU AUTAT AZEAZ BDIBI BELBE "
        "BENBJ BFABF BGDBD BGRBG BHRBH BHSBS BIHBA BLRBY BLZBZ BMUBM BOLBO BRABR BRBBB BRNBN "
        "BTNBT BWABW CAFCF CANCA CHECH CHLCL CHNCN CIVCI CMRCM CODCD COGCG COKCK COLCO COMKM "
        "CPVCV CRICR CUBCU CYMKY CYPCY CZECZ DEUDE DJIDJ DMADM DNKDK DOMDO DZADZ ECUEC EGYEG "
        "ERIER ESHEH ESPES ESTEE ETHET FINFI FJIFJ FLKFK FRAFR FROFO GABGA GBRGB GEOGE GHAGH "
        "GIBGI GINGN GLPGP GMBGM GNBGW GNQGQ GRCGR GRDGD GRLGL GTMGT GUFGF GUMGU GUYGY HKGHK "
        "HNDHN HRVHR HTIHT HUNHU IDNID INDIN IRLIE IRNIR IRQIQ ISLIS ISRIL ITAIT JAMJM JORJO "
        "JPNJP KAZKZ KENKE KGZKG KHMKH KIRKI KNAKN KORKR KWTKW LAOLA LBNLB LBRLR LBYLY LCALC "
        "LKALK LSOLS LTULT LUXLU LVALV MACMO MARMA MDAMD MDGMG MDVMV MEXMX MKDMK MLIML MLTMT "
        "MMRMM MNEME MNGMN MOZMZ MRTMR MSRMS MTQMQ MUSMU MWIMW MYSMY NAMNA NCLNC NERNE NGANG "
        "NICNI NLDNL NORNO NPLNP NRUNR NZLNZ OMNOM PAKPK PANPA PERPE PHLPH PNGPG POLPL PRIPR "
        "PRKKP PRTPT PRYPY PSEPS PYFPF QATQA REURE ROURO RUSRU RWARW SAUSA SDNSD SENSN SGPSG "
        "SHNSH SLBSB SLESL SLVSV SOMSO SPMPM SRBRS SSDSS STPST SURSR SVKSK SVNSI SWESE SWZSZ "
        "SYCSC SYRSY TCATC TCDTD TGOTG THATH TJKTJ TKMTM TLSTL TONTO TTOTT TUNTN TURTR TWNTW "
        "TZATZ UGAUG UKRUA URYUY USAUS UZBUZ VCTVC VENVE VGBVG VIRVI VNMVN VUTVU WSMWS YEMYE "
        "ZAFZA ZMBZM ZWEZW "
    ).split()
}
NAMES = {
    "WOR": ("world", "World"),
    "ARG": ("AR", "Argentina"),
    "AUS": ("AU", "Australia"),
    "AUT": ("AT", "Austria"),
    "BEL": ("BE", "Belgium"),
    "BGR": ("BG", "Bulgaria"),
    "BRA": ("BR", "Brazil"),
    "CAN": ("CA", "Canada"),
    "CHE": ("CH", "Switzerland"),
    "CHL": ("CL", "Chile"),
    "CHN": ("CN", "China"),
    "CYP": ("CY", "Cyprus"),
    "CZE": ("CZ", "Czechia"),
    "DEU": ("DE", "Germany"),
    "DNK": ("DK", "Denmark"),
    "ESP": ("ES", "Spain"),
    "EST": ("EE", "Estonia"),
    "FIN": ("FI", "Finland"),
    "FRA": ("FR", "France"),
    "GBR": ("GB", "United Kingdom"),
    "GRC": ("GR", "Greece"),
    "HUN": ("HU", "Hungary"),
    "IDN": ("ID", "Indonesia"),
    "IND": ("IN", "India"),
    "IRL": ("IE", "Ireland"),
    "ISL": ("IS", "Iceland"),
    "ITA": ("IT", "Italy"),
    "JPN": ("JP", "Japan"),
    "KOR": ("KR", "South Korea"),
    "LTU": ("LT", "Lithuania"),
    "LUX": ("LU", "Luxembourg"),
    "LVA": ("LV", "Latvia"),
    "MEX": ("MX", "Mexico"),
    "MLT": ("MT", "Malta"),
    "MYS": ("MY", "Malaysia"),
    "NLD": ("NL", "Netherlands"),
    "NOR": ("NO", "Norway"),
    "NZL": ("NZ", "New Zealand"),
    "POL": ("PL", "Poland"),
    "PRT": ("PT", "Portugal"),
    "ROU": ("RO", "Romania"),
    "RUS": ("RU", "Russia"),
    "SVK": ("SK", "Slovakia"),
    "SVN": ("SI", "Slovenia"),
    "SWE": ("SE", "Sweden"),
    "THA": ("TH", "Thailand"),
    "TUR": ("TR", "Turkey"),
    "TWN": ("TW", "Taiwan"),
    "UKR": ("UA", "Ukraine"),
    "USA": ("US", "United States"),
}


def build(lines: Mapping[str, Iterable[Line]]) -> tuple[dict[str, str], list[tuple[str, Line]]]:
    """Return each table as text, and the lines of the sources that they rest on.

    Parameters
    ----------
    lines : mapping of str to iterable of (number, text)
        The lines of each source file, or those of them that matter.
    """
    texts: dict[str, str] = {}
    kept: list[tuple[str, Line]] = []
    for name, source in SOURCES.items():
        found = list(source.rows(lines[name]))
        out = io.StringIO()
        rows = [row for row, _ in found]
        writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        texts[name] = out.getvalue()
        kept += [(name, line) for _, used in found for line in sorted(used)]
    return texts, kept


def read_excerpts(path: Path = EXCERPTS) -> dict[str, list[Line]]:
    """Return the kept lines of each source."""
    lines: dict[str, list[Line]] = {name: [] for name in SOURCES}
    with path.open(encoding="utf-8", newline="") as stream:
        for name, at, text in csv.reader(stream):
            lines[name].append((int(at), text))
    return lines


def read_checkouts(folder: Path) -> dict[str, list[Line]]:
    """Return all lines of each source file of the checkouts in `folder`."""
    lines = {}
    for name, source in SOURCES.items():
        text = (folder / source.checkout / source.path).read_text(encoding="utf-8-sig")
        lines[name] = list(enumerate(text.splitlines(), start=1))
    return lines


def main(folder: Path) -> None:
    """Write the tables and the excerpts."""
    texts, kept = build(read_checkouts(folder))
    for name, text in texts.items():
        (TABLES / f"{name}.csv").write_text(text, encoding="utf-8")
    with EXCERPTS.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerows((name, at, text) for name, (at, text) in kept)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
