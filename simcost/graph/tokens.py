"""Cutting a formula into tokens, and numbers together with their units."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from keyword import kwlist

from simcost.errors import Problem, UnitError
from simcost.graph.functions import FUNCTIONS
from simcost.units import PLAIN, Unit, is_unit_name
from simcost.units.definitions import AMBIGUOUS
from simcost.units.grammar import named
from simcost.units.names import advice

NUMBER, NAME, WORD, SIGN = "number", "name", "word", "sign"
WORDS = frozenset({"and", "or", "not", "if", "else"})
RESERVED = frozenset(kwlist)

_TOKEN = re.compile(
    r"(?P<number>(?:[0-9]+(?:_[0-9]+)*(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<sign>\*\*|<=|>=|==|!=|//|&&|\|\||:=|<<|>>|[-+*/%<>(),^])"
    r"|(?P<space>\s+)"
    r"|(?P<strange>'[^']*'?|\"[^\"]*\"?|.)",
    re.DOTALL,
)
_INSTEAD = {
    "//": "write floor(a / b)",
    "^": "write **",
    "&": "write and",
    "&&": "write and",
    "|": "write or",
    "||": "write or",
    "~": "write not",
    "!": "write not",
    "=": "write == to compare; a formula assigns nothing",
    ":=": "write == to compare; a formula assigns nothing",
    "<<": "write * 2 ** n",
    ">>": "write / 2 ** n",
    "×": "write *",
    "·": "write *",
    "÷": "write /",
    "−": "write -",
    "–": "write -",
    "≤": "write <=",
    "≥": "write >=",
    "≠": "write !=",
    "²": "write ** 2",
    "³": "write ** 3",
    "[": "write where(condition, yes, no) to choose between values",
    ".": "names have no parts, and a decimal point stands between digits",
    "'": "a formula knows numbers and names, but no text",
    '"': "a formula knows numbers and names, but no text",
    "$": "write the currency code after the number: 5 USD",
    "€": "write the currency code after the number: 5 EUR",
    "is": "write ==",
    "in": "write x == a or x == b",
    "True": "write 1",
    "False": "write 0",
    "None": "write 0",
}
MOST_PROBLEMS = 20  # of one formula; looking for what was meant takes milliseconds each
_HOW = "a formula has numbers, names, + - * / ** %, comparisons, and or not, if else, functions"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a formula, ``text[start:end]``.

    `unit` and `words` belong to numbers: the unit that follows, and the words it was
    written with after the first, with their places.
    """

    kind: str
    text: str
    start: int
    end: int
    unit: Unit = PLAIN
    words: tuple[tuple[str, int], ...] = ()

    @property
    def short(self) -> str:
        """The text, cut where it is too long for a message."""
        return self.text if len(self.text) <= 20 else self.text[:19] + "…"

    def problem(self, message: str, fix: str = "") -> Problem:
        """Return a problem that points at this token."""
        return Problem(message, fix, offset=self.start, length=max(1, self.end - self.start))


def cut(text: str) -> tuple[list[Token], list[Problem]]:
    """Return the tokens of a formula, and a problem for each piece that is none."""
    tokens: list[Token] = []
    problems: list[Problem] = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        token = Token(kind, match[0], *match.span())
        if kind == "space":
            continue
        if kind == NAME and token.text in WORDS:
            token = replace(token, kind=WORD)
        if token.text in RESERVED - WORDS:
            fix = _INSTEAD.get(token.text, _HOW)
            problems.append(token.problem(f"the word {token.short!r} has no meaning here", fix))
        elif kind == "strange" or (kind == NAME and not token.text.isidentifier()):
            fix = next((_INSTEAD[sign] for sign in token.text if sign in _INSTEAD), _HOW)
            problems.append(token.problem(f"{token.short!r} has no place in a formula", fix))
        elif token.text in _INSTEAD and token.text != "^":
            # ^ may still turn out to be the exponent of a unit
            fix = _INSTEAD[token.text]
            problems.append(token.problem(f"{token.short!r} has no place in a formula", fix))
        tokens.append(token)
    return tokens, problems


def attach_units(tokens: list[Token]) -> tuple[list[Token], list[Problem]]:
    """Return the tokens with every unit that follows a number joined to it."""
    joined: list[Token] = []
    problems: list[Problem] = []
    position = 0
    while position < len(tokens) and len(problems) < MOST_PROBLEMS:
        token = tokens[position]
        position += 1
        if token.kind == NUMBER and _is_word(tokens, position):
            reader = _UnitReader(tokens, position)
            try:
                token = reader.read(token)
            except UnitError as error:
                fault = tokens[min(reader.position, len(tokens) - 1)]
                problems += [fault.problem(p.message, p.fix) for p in error.problems]
                reader.position += 1
            position = reader.position
        elif token.text == "^":
            problems.append(token.problem("'^' is not a power here", _INSTEAD["^"]))
        joined.append(token)
    return joined, problems


def names(tokens: list[Token]) -> Iterator[Token]:
    """Yield the names among tokens whose units are attached; calls of functions are none."""
    for position, token in enumerate(tokens):
        if token.kind == NAME and not _is_call(tokens, position):
            yield token


def _is_call(tokens: list[Token], position: int) -> bool:
    return position + 1 < len(tokens) and tokens[position + 1].text == "("


def _is_word(tokens: list[Token], position: int) -> bool:
    """Say whether a name stands here that could be a unit, so no call of a function."""
    return (
        position < len(tokens)
        and tokens[position].kind == NAME
        and tokens[position].text not in RESERVED
        and not (_is_call(tokens, position) and tokens[position].text in FUNCTIONS)
    )


class _UnitReader:
    """Reads the unit after a number; `position` is the token it looks at."""

    def __init__(self, tokens: list[Token], position: int) -> None:
        self.tokens = tokens
        self.position = position

    def _peek(self, ahead: int = 0) -> str:
        place = self.position + ahead
        return self.tokens[place].text if place < len(self.tokens) else ""

    def read(self, number: Token) -> Token:
        word = self._peek()
        if not is_unit_name(word):
            fix = advice(word)
            if word not in AMBIGUOUS:
                fix = f"write {number.short} * {word} to multiply; for a unit, {fix}"
            raise UnitError(f"{word!r} after {number.short} is not a unit", fix)
        unit, words, sign = PLAIN, [], 1
        while True:
            token = self.tokens[self.position]
            words.append((token.text, token.start))
            factor = named(token.text)
            self.position += 1
            end = token.end
            if self._peek() in ("^", "**"):
                factor **= self._exponent(number)
                end = self.tokens[self.position - 1].end
            unit *= factor**sign
            if not self._continues():
                return replace(number, end=end, unit=unit, words=tuple(words[1:]))
            sign = 1 if self._peek() == "*" else -1
            self.position += 1

    def _continues(self) -> bool:
        return (
            self._peek() in ("*", "/")
            and _is_word(self.tokens, self.position + 1)
            and is_unit_name(self._peek(1))
        )

    def _exponent(self, number: Token) -> int:
        minus = self._peek(1) == "-"
        digits, after = self._peek(1 + minus), self._peek(2 + minus)
        if not re.fullmatch("[0-9]{1,2}", digits) or after in ("^", "**") or int(digits) == 0:
            raise UnitError(
                "the exponent of a unit is a whole number, and not 0",
                f"put the quantity in brackets: ({number.short} {self._peek(-1)}) ** …",
            )
        self.position += 2 + minus
        return -int(digits) if minus else int(digits)
