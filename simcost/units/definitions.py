"""Every unit simcost knows, in the notation of pint's definition files.

``name = definition = other spelling = other spelling``; ``[kind]`` starts a dimension of
its own. There are no prefixes that combine freely: each spelling is listed or generated
here, so a typing error cannot turn into a unit by accident.

Sources: one year is the Julian year of 365.25 days and one month a twelfth of it;
1 lb = 0.45359237 kg exactly (international pound of 1959); 1 Wh = 3600 J; decimal prefixes
are the SI's and binary prefixes IEC 80000-13's; currency codes are ISO 4217's.
"""

from __future__ import annotations

from collections.abc import Iterator

_FIXED = """
second = [time] = s = sec = secs = seconds
millisecond = second / 1000 = ms = milliseconds
minute = 60 * second = min = mins = minutes
hour = 60 * minute = h = hr = hrs = hours
day = 24 * hour = d = days
week = 7 * day = wk = weeks
year = 365.25 * day = yr = years
month = year / 12 = months
quarter = year / 4 = quarters

gram = [mass] = g = grams
kg = 1000 * gram = kilogram = kilograms
mg = gram / 1000 = milligram = milligrams
tonne = 1000 * kg = t = tonnes
kt = 1000 * tonne = kilotonne = kilotonnes
Mt = 1000000 * tonne = megatonne = megatonnes
Gt = 1000000000 * tonne = gigatonne = gigatonnes
lb = 0.45359237 * kg = lbs = pound = pounds

metre = [length] = m = metres = meter = meters
km = 1000 * metre = kilometre = kilometres = kilometer = kilometers
cm = metre / 100
mm = metre / 1000
mile = 1609.344 * metre = miles
m2 = metre ** 2
km2 = km ** 2
hectare = 10000 * m2 = ha = hectares
m3 = metre ** 3
litre = m3 / 1000 = L = l = litres = liter = liters
mL = litre / 1000 = ml
kL = 1000 * litre = kl
"""

# Plain numbers with a name.
_RATIOS = """
percent = 0.01 = pct
permille = 0.001
ppm = 0.000001
"""

# Things that are counted; each is a dimension of its own, so hours cannot pass for samples.
_COUNTS = """
sample samples
example examples
label labels
annotation annotations
item items
image images
video videos
document documents doc docs
page pages
word words
character characters
record records
row rows
file files
prompt prompts
request requests
query queries
call calls
inference inferences
prediction predictions
transaction transactions
message messages
person people persons FTE FTEs engineer engineers annotator annotators
team teams
user users
customer customers
seat seats
license licenses licence licences
project projects
model models
run runs
experiment experiments
trial trials
epoch epochs
step steps
iteration iterations
sprint sprints
task tasks
ticket tickets
event events
incident incidents
feature features
release releases
unit units
cycle cycles
site sites
rack racks
node nodes
server servers
instance instances
vcpu vcpus vCPU vCPUs
core cores
parameter parameters
accelerator accelerators gpu gpus GPU GPUs tpu tpus TPU TPUs chip chips
"""

_SI = (("k", 3), ("M", 6), ("G", 9), ("T", 12), ("P", 15), ("E", 18))
_SI_WORDS = {"k": "kilo", "M": "mega", "G": "giga", "T": "tera", "P": "peta", "E": "exa"}
_IEC = ("Ki", "Mi", "Gi", "Ti", "Pi", "Ei")
_GREENHOUSE = ("CO2e", "CO2")

_CODES = """
USD EUR GBP CNY JPY CHF INR CAD AUD NZD SEK NOK DKK ISK PLN CZK HUF RON BGN RSD UAH TRY ILS
AED SAR QAR KWD BHD OMR JOD EGP MAD TND NGN GHS KES UGX TZS ETB RWF ZAR BWP NAD ZMW XOF XAF
BRL MXN ARS CLP COP PEN UYU PYG BOB CRC GTQ DOP JMD KRW TWD HKD SGD MYR THB IDR PHP VND PKR
BDT LKR NPR MMK KHR MNT KZT UZS GEL AMD AZN RUB BYN
"""
_MONEY_PREFIXES = (("k", 3), ("M", 6), ("bn", 9))

RATIOS = frozenset(line.split()[0] for line in _RATIOS.split("\n") if line)
CURRENCIES = frozenset(_CODES.split())
MONEY = {code: code for code in CURRENCIES} | {
    prefix + code: code for prefix, _ in _MONEY_PREFIXES for code in CURRENCIES
}

# One word for a product of units.
COMPOUNDS = {
    f"{first}_{spelling}": (first, second)
    for first in ("person", "gpu", "tpu", "accelerator", "chip", "node", "server", "vcpu", "core")
    for second, spellings in {
        "hour": ("hour", "hours"),
        "day": ("day", "days"),
        "week": ("week", "weeks"),
        "month": ("month", "months"),
        "year": ("year", "years"),
    }.items()
    for spelling in spellings
} | {"passenger_km": ("person", "km"), "tonne_km": ("tonne", "km")}

# Spellings that people try and that mean two things, with what to write.
AMBIGUOUS = {
    "FLOPS": "write flop for operations or flop/s for a speed",
    "flops": "write flop for operations or flop/s for a speed",
    "TFLOPS": "write TFLOP for operations or TFLOP/s for a speed",
    "PFLOPS": "write PFLOP for operations or PFLOP/s for a speed",
    "ton": "write tonne (1000 kg)",
    "tons": "write tonne (1000 kg)",
    "dollar": "write a currency code such as USD",
    "dollars": "write a currency code such as USD",
    "euro": "write EUR",
    "euros": "write EUR",
    "cent": "write USD or another currency code and divide the number by 100",
    "cents": "write USD or another currency code and divide the number by 100",
    "workday": "write hour: a working day has no fixed length",
    "workdays": "write hour: a working day has no fixed length",
}


def _energy() -> Iterator[str]:
    yield "joule = [energy] = J = joules"
    yield "watt = joule / second = W = watts"
    yield "Wh = watt * hour"
    for prefix, power in _SI[:4]:
        yield f"{prefix}J = 1{'0' * power} * joule"
        yield f"{prefix}W = 1{'0' * power} * watt"
        yield f"{prefix}Wh = {prefix}W * hour"


def _greenhouse_gas() -> Iterator[str]:
    for gas in _GREENHOUSE:
        for mass in ("mg", "g", "kg", "t", "kt", "Mt", "Gt", "lb"):
            name = "gram" if mass == "g" else "tonne" if mass == "t" else mass
            yield f"{mass}{gas} = {name} = {mass}_{gas}"


def _counts() -> Iterator[str]:
    for line in _COUNTS.split("\n"):
        if line:
            name, *others = line.split()
            yield " = ".join([name, f"[{name}]", *others])
    yield "token = [token] = tokens"
    for prefix, power in (("k", 3), ("M", 6), ("G", 9), ("T", 12)):
        yield f"{prefix}token = 1{'0' * power} * token = {prefix}tokens"


def _computing() -> Iterator[str]:
    yield "bit = [data] = bits"
    yield "byte = 8 * bit = B = bytes"
    yield "flop = [operation] = FLOP = FLOPs"
    for prefix, power in _SI:
        thousand = f"1{'0' * power}"
        word = _SI_WORDS[prefix]
        yield f"{prefix}bit = {thousand} * bit = {prefix}bits"
        yield f"{prefix}B = {thousand} * byte = {word}byte = {word}bytes"
        yield f"{prefix}FLOP = {thousand} * flop = {prefix}FLOPs = {prefix}flop"
    yield f"ZFLOP = 1{'0' * 21} * flop = ZFLOPs = Zflop"
    yield f"YFLOP = 1{'0' * 24} * flop = YFLOPs = Yflop"
    for step, prefix in enumerate(_IEC, start=1):
        yield f"{prefix}B = {1024**step} * byte"


def _money() -> Iterator[str]:
    for code in _CODES.split():
        yield f"{code} = [currency_{code}]"
        for prefix, power in _MONEY_PREFIXES:
            yield f"{prefix}{code} = 1{'0' * power} * {code}"


def lines() -> list[str]:
    """Return the definitions, one unit a line."""
    fixed = [line for line in (_FIXED + _RATIOS).split("\n") if line]
    return [*fixed, *_energy(), *_greenhouse_gas(), *_counts(), *_computing(), *_money()]
