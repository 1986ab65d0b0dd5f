"""Conditions on columns, built from parameters only, so that no input can become filter syntax."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from msp_core.storage.keys import check_property

Operand = str | bool | int | float | datetime

MAX_COMPARISONS: Final = 15
"""Table Storage refuses a filter with more; Azurite does not, so we count."""


@dataclass(frozen=True)
class Where:
    """A condition; `&` and `|` join two.

    Columns carry their JSON names (`startedAt`). Only columns of one plain type can be compared; a row
    without the column does not match.

    Examples:
        >>> Where.eq("status", "Failed") & Where.ge("durationMs", 1000)
        Where(( status eq 'Failed' ) and ( durationMs ge 1000 ))
    """

    pieces: tuple[str | tuple[Operand], ...]
    comparisons: int = 1

    @classmethod
    def eq(cls, column: str, value: Operand) -> Where:
        """The column equals `value`."""
        return cls._compare(column, "eq", value)

    @classmethod
    def ne(cls, column: str, value: Operand) -> Where:
        """The column differs from `value`."""
        return cls._compare(column, "ne", value)

    @classmethod
    def gt(cls, column: str, value: Operand) -> Where:
        """The column is greater than `value`."""
        return cls._compare(column, "gt", value)

    @classmethod
    def ge(cls, column: str, value: Operand) -> Where:
        """The column is `value` or greater."""
        return cls._compare(column, "ge", value)

    @classmethod
    def lt(cls, column: str, value: Operand) -> Where:
        """The column is less than `value`."""
        return cls._compare(column, "lt", value)

    @classmethod
    def le(cls, column: str, value: Operand) -> Where:
        """The column is `value` or less."""
        return cls._compare(column, "le", value)

    @classmethod
    def _compare(cls, column: str, operator: str, value: Operand) -> Where:
        if type(value) is int:
            # The SDK's parameters turn 0 and 1 into false and true; an int's digits are safe as they are.
            suffix = "" if -(2**31) <= value < 2**31 else "L"
            return cls((check_property(column), operator, f"{value}{suffix}"))
        return cls((check_property(column), operator, (value,)))

    def __and__(self, other: Where) -> Where:
        return self._join("and", other)

    def __or__(self, other: Where) -> Where:
        return self._join("or", other)

    def _join(self, word: str, other: Where) -> Where:
        pieces = ("(", *self.pieces, ")", word, "(", *other.pieces, ")")
        return Where(pieces, self.comparisons + other.comparisons)

    def compile(self) -> tuple[str, dict[str, Operand]]:
        """The filter with `@p0`-style places, and what goes into them.

        Raises:
            ValueError: There are more comparisons than Table Storage takes.
        """
        if self.comparisons > MAX_COMPARISONS:
            raise ValueError(f"{self.comparisons} comparisons; Table Storage takes {MAX_COMPARISONS}")
        parameters: dict[str, Operand] = {}
        words: list[str] = []
        for piece in self.pieces:
            if isinstance(piece, str):
                words.append(piece)
            else:
                name = f"p{len(parameters)}"
                parameters[name] = piece[0]
                words.append(f"@{name}")
        return " ".join(words), parameters

    def __repr__(self) -> str:
        words = (piece if isinstance(piece, str) else repr(piece[0]) for piece in self.pieces)
        return f"Where({' '.join(words)})"
