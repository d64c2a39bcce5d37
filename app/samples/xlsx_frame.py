"""The parts of an Excel package round its sheets: the least that Excel opens (ECMA-376 part 1)."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
NAMESPACE = "http://schemas.openxmlformats.org"
_MAIN = f"{NAMESPACE}/spreadsheetml/2006/main"
_LINKS = f"{NAMESPACE}/officeDocument/2006/relationships"
_PACKAGE = f"{NAMESPACE}/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"

STYLES = "".join(
    (
        f'{HEAD}<styleSheet xmlns="{_MAIN}">',
        '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>',
        '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>',
        '<fills count="2"><fill><patternFill patternType="none"/></fill>',
        '<fill><patternFill patternType="gray125"/></fill></fills>',
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>',
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>',
        '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>',
        '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>',
        '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>',
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>',
        "</styleSheet>",
    )
)
"""Cell styles: 0 as it comes, 1 bold, 2 text."""


def frame(sheet_names: Sequence[str]) -> dict[str, str]:
    """Every part but the sheets `xl/worksheets/sheet<n>.xml` and `xl/sharedStrings.xml`, by its name in the package."""
    parts = [
        (f"sheet{number}", "worksheet", f"worksheets/sheet{number}.xml") for number in range(1, len(sheet_names) + 1)
    ]
    parts += [("strings", "sharedStrings", "sharedStrings.xml"), ("styles", "styles", "styles.xml")]
    return {
        "[Content_Types].xml": _content_types(parts),
        "_rels/.rels": _relationships([("workbook", "officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": _workbook(sheet_names),
        "xl/_rels/workbook.xml.rels": _relationships(parts),
        "xl/styles.xml": STYLES,
    }


def _workbook(sheet_names: Sequence[str]) -> str:
    sheets = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="sheet{number}"/>'
        for number, name in enumerate(sheet_names, 1)
    )
    return f'{HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets>{sheets}</sheets></workbook>'


def _relationships(parts: Sequence[tuple[str, str, str]]) -> str:
    links = "".join(
        f'<Relationship Id="{key}" Type="{_LINKS}/{kind}" Target="{escape(path)}"/>' for key, kind, path in parts
    )
    return f'{HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'


def _content_types(parts: Sequence[tuple[str, str, str]]) -> str:
    overrides = "".join(
        f'<Override PartName="/xl/{path}" ContentType="{_KIND}.{kind}+xml"/>' for _, kind, path in parts
    )
    return (
        f'{HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>{overrides}</Types>'
    )
