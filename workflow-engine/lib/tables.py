"""Tables as people's spreadsheets write and read them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from msp_automation import ValidationError

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
# A spreadsheet would run a cell that begins so as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def read_csv(content: bytes, *, field: str, most_rows: int) -> list[tuple[int, dict[str, str]]]:
    """The rows with their line numbers; column names in small letters, spaces as `_`.

    Commas, semicolons or tabs between the cells; UTF-8, UTF-16 or, as older Excel writes, Windows-1252.

    Args:
        field: Which parameter an error is about.

    Raises:
        ValidationError: It is no table, or has too many rows.
    """
    lines = io.StringIO(_text(content), newline="")
    header = lines.readline()
    delimiter = max(",;\t", key=header.count)
    lines.seek(0)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    rows: list[tuple[int, dict[str, str]]] = []
    try:
        names = [name.strip().lower().replace(" ", "_") for name in next(reader, [])]
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(rows) == most_rows:
                raise ValidationError.for_fields(
                    {field: f"There are more than {most_rows} rows. Split the file."}
                )
            rows.append((reader.line_num, dict(zip(names, (cell.strip() for cell in cells), strict=False))))
    except csv.Error as error:
        raise ValidationError.for_fields({field: f"Line {reader.line_num} is no CSV: {error}."}) from error
    return rows


def write_csv(rows: Iterable[Mapping[str, object]], columns: Sequence[str]) -> bytes:
    """A table that spreadsheets open in the right encoding, and none of whose cells they run."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_harmless(str(row.get(column, ""))) for column in columns])
    return out.getvalue().encode("utf-8-sig")


def _text(content: bytes) -> str:
    if content.startswith(_UTF_16):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
