"""Why a file cannot be read. The sentences are `error.workbook.*` in `resources/translations/workbooks.json`."""

from __future__ import annotations

from typing import Any

from app.services.errors import InputError


class WorkbookError(InputError):
    """A file that cannot be used as it is; nothing was changed. `params["file"]` names it.

    Codes: `workbook.damaged`, `.encrypted`, `.empty`, `.too_large`, `.bomb`, `.entity`, `.unsafe_path`,
    `.not_a_sheet`, `.no_products`, `.package_not_read`, `.no_sheet`, `.no_header`, `.no_column`, `.no_rows`,
    `.cell_too_large`, `.too_many_rows`, `.too_many_columns`, `.no_price_info`, `.unwritable`, `.no_folder`,
    `.not_found`. Survives the way from the worker process.
    """

    code = "workbook"

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), self.error_code, self.params)


def _restored(kind: type[WorkbookError], code: str, params: dict[str, Any]) -> WorkbookError:
    return kind(code, **params)
