"""Errors in the order of a formula's tokens, said in the words of the person who wrote it."""

from __future__ import annotations

from simcost.errors import Problem
from simcost.graph.tokens import NAME, NUMBER, Token

DEEPEST = 50
_PREFIXES = ("-", "+", "not")


def structure_problem(text: str, tokens: list[Token]) -> Problem | None:
    """Return what is wrong with brackets, commas, and values without operators, if anything.

    Parameters
    ----------
    text : str
        The formula.
    tokens : list of Token
        Its tokens, units attached to their numbers.
    """
    if not tokens:
        return Problem("the formula is empty", "write a number, a name or a calculation")
    open_brackets: list[tuple[Token, bool]] = []  # the bracket, and whether it is a call's
    before: Token | None = None
    for token in tokens:
        wrong = _at(token, before, open_brackets)
        if wrong:
            return wrong
        if token.text == "(":
            open_brackets.append((token, before is not None and before.kind == NAME))
            if len(open_brackets) > DEEPEST:
                return token.problem(f"brackets nested more than {DEEPEST} deep", "name the parts")
        elif token.text == ")":
            open_brackets.pop()
        before = token
    if before is not None and not _ends_value(before):
        return Problem(
            f"the formula ends after {before.text!r}", "a value is missing", offset=before.start
        )
    if open_brackets:
        return open_brackets[-1][0].problem("this bracket is never closed", "add )")
    return None


def _ends_value(token: Token) -> bool:
    return token.kind in (NAME, NUMBER) or token.text == ")"


def _at(token: Token, before: Token | None, brackets: list[tuple[Token, bool]]) -> Problem | None:
    in_call = bool(brackets) and brackets[-1][1]
    if before is not None and _ends_value(before):
        return _after_value(token, before, brackets)
    if _ends_value(token) and token.text != ")":
        return None
    if token.text == "(" or token.text in _PREFIXES:
        return None
    if token.text == ")" and brackets and in_call and before is brackets[-1][0]:
        return None  # f(), refused for its number of arguments
    return token.problem(f"a value is missing before {token.text!r}")


def _after_value(token: Token, before: Token, brackets: list[tuple[Token, bool]]) -> Problem | None:
    glued = token.start == before.end
    if token.text == ")":
        return None if brackets else token.problem("this bracket was never opened", "remove it")
    if token.text == ",":
        if brackets and brackets[-1][1]:
            return None
        fix = "write a point for decimals and nothing between thousands: 1234.5"
        return token.problem("a comma stands between arguments of a function only", fix)
    if token.text == "(" and before.kind == NAME:
        return None
    if _ends_value(token) or token.text in ("(", "not"):
        fix = f"write {before.short} * {token.short}" if token.text != "not" else "write and not"
        return token.problem(f"an operator is missing before {token.short!r}", fix)
    if before.kind == NUMBER and token.text in ("if", "else", "and", "or") and glued:
        return token.problem(f"a blank is missing before {token.text!r}")
    return None
