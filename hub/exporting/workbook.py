"""Rows as an xlsx file: in memory that does not grow, texts as texts and never as formulas or links."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import xlsxwriter  # pyright: ignore[reportMissingTypeStubs]

from hub.exporting.cells import Cell

MOST_ROWS: Final = 1_000_000
"""Of a sheet; what is more goes on another one."""
DIGITS: Final = 10**15
"""A spreadsheet keeps no more; longer numbers are texts."""
LONGEST: Final = 32_767
"""Characters of a cell."""
OPTIONS: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


class Workbook:
    """A file that is being written, row by row; `close` finishes it."""

    def __init__(self, path: Path, head: Sequence[str], *, zone: ZoneInfo) -> None:
        self._book: Any = xlsxwriter.Workbook(str(path), {**OPTIONS, "tmpdir": str(path.parent)})
        self._bold = self._book.add_format({"bold": True})
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._head, self._zone = head, zone
        self._sheet: Any = None
        self._at = 0
        self._begin()

    def write(self, rows: Iterable[Sequence[Cell]]) -> None:
        for row in rows:
            if self._at > MOST_ROWS:
                self._begin()
            for n, cell in enumerate(row):
                self._cell(n, cell)
            self._at += 1

    def close(self) -> None:
        self._book.close()

    def _begin(self) -> None:
        self._sheet, self._at = self._book.add_worksheet(), 1
        self._sheet.freeze_panes(1, 0)
        for n, name in enumerate(self._head):
            self._sheet.write_string(0, n, name[:LONGEST], self._bold)

    def _cell(self, n: int, cell: Cell) -> None:
        sheet, at = self._sheet, self._at
        match cell:
            case None:
                return
            case bool():
                sheet.write_boolean(at, n, cell)
            case datetime():
                local = cell.astimezone(self._zone).replace(tzinfo=None)
                if local.year < 1900:
                    sheet.write_string(at, n, local.isoformat(" "))
                else:
                    sheet.write_datetime(at, n, local, self._moment)
            case date():
                if cell.year < 1900:
                    sheet.write_string(at, n, cell.isoformat())
                else:
                    sheet.write_datetime(at, n, cell, self._day)
            case int() | Decimal() if abs(cell) < DIGITS:
                sheet.write_number(at, n, float(cell) if isinstance(cell, Decimal) else cell)
            case _:
                sheet.write_string(at, n, str(cell)[:LONGEST])
