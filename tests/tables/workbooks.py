"""Workbooks made by hand, part by part: what spreadsheet programs write and libraries for writing do not."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def cell(place: str, content: str = "", *, kind: str = "", style: int = 0) -> str:
    """A cell with its content as XML."""
    attributes = (f' t="{kind}"' if kind else "") + (f' s="{style}"' if style else "")
    return f'<c r="{place}"{attributes}>{content}</c>'


def text(place: str, value: str) -> str:
    return cell(place, f"<is><t>{escape(value)}</t></is>", kind="inlineStr")


def number(place: str, value: str, style: int = 0) -> str:
    return cell(place, f"<v>{value}</v>", style=style)


def row(*cells: str, at: int = 0) -> str:
    place = f' r="{at}"' if at else ""
    return f"<row{place}>{''.join(cells)}</row>"


def header(*names: str) -> str:
    return row(*(text(f"{letter}1", name) for letter, name in zip("ABCDEFG", names, strict=False)), at=1)


def styles_of(formats: Sequence[str]) -> str:
    custom = "".join(f'<numFmt numFmtId="{200 + i}" formatCode={quoteattr(code)}/>' for i, code in enumerate(formats))
    styles = "".join(f'<xf numFmtId="{number}"/>' for number in [0, *range(200, 200 + len(formats))])
    return f'<styleSheet xmlns="{MAIN}"><numFmts>{custom}</numFmts><cellXfs>{styles}</cellXfs></styleSheet>'


def workbook(
    sheets: Mapping[str, str],
    *,
    formats: Sequence[str] = (),
    shared: Sequence[str] = (),
    hidden: Sequence[str] = (),
    properties: str = "",
    calculation: str = "",
) -> bytes:
    """A workbook.

    Args:
        sheets: Name → the rows of the sheet as XML.
        formats: Codes of number formats: style 1 has the first one, and so on.
        shared: The shared texts, each as XML.
        hidden: Names of hidden sheets.
        properties: Attributes of the workbook, such as ``date1904="1"``.
        calculation: Attributes of its calculation.
    """
    states = ("visible", "hidden")
    numbered = list(enumerate(sheets, 1))
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{i}" r:id="rId{i}" state="{states[name in hidden]}"/>'
        for i, name in numbered
    )
    relations = "".join(
        f'<Relationship Id="rId{i}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{i}.xml"/>' for i, _ in numbered
    )
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r" Type="{OFFICE}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><workbookPr {properties}/>'
        f"<sheets>{listed}</sheets><calcPr {calculation}/></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">{relations}'
        f'<Relationship Id="st" Type="{OFFICE}/styles" Target="styles.xml"/>'
        f'<Relationship Id="sh" Type="{OFFICE}/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>',
        "xl/styles.xml": styles_of(formats),
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{"".join(f"<si>{one}</si>" for one in shared)}</sst>',
        **{
            f"xl/worksheets/sheet{i}.xml": f'<worksheet xmlns="{MAIN}">'
            f"<sheetData>{sheets[name]}</sheetData></worksheet>"
            for i, name in numbered
        },
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for path, content in parts.items():
            package.writestr(path, '<?xml version="1.0" encoding="UTF-8"?>' + content)
    return made.getvalue()
