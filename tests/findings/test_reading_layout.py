"""Files whose header, totals, separators and encoding are not ours: read as the plan states, refused where it does not."""

from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from gaapbridge.plan.reading import ReadTable
from gaapbridge.tapes.read import open_tape
from gaapbridge.terms import UnusableInput
from tests.findings.tapes_made import write_csv
from tests.findings.test_reading_values import SMALL


def rows(path: Path, columns: dict[str, str] | None = None, **read: Any) -> pl.DataFrame:
    """The rows of a small tape, read as stated."""
    return open_tape(path, SMALL, columns=columns, read=ReadTable(**read)).whole().frame


def test_titles_two_tiers_of_header_and_totals(tmp_path: Path) -> None:
    """Two lines of title, one of them with an open quote; a name above two columns; two lines of totals."""
    text = (
        'Loans of 2023\n"as of year end\nLoan,Lent,,Terms\nno,CNY,USD,\nA1,5,1,12\nA2,6,1,24\nTotal,11,2,\nchecked by: Li,,,\n'
    )
    path = write_csv(tmp_path, text, "small.csv")
    columns = {"contract_id": "Loan no", "lent_minor": "Lent CNY", "months": "Terms"}
    source = open_tape(
        path, SMALL, columns=columns, ignore=["Lent USD"], read=ReadTable(skip_rows=2, header_rows=2, total_rows=2)
    )
    assert (source.rows, source.raw.left_out) == (2, 2)
    assert source.whole().frame.rows() == [(1, "A1", 5, 12), (2, "A2", 6, 24)]


def test_totals_of_another_shape_spoil_nothing(tmp_path: Path) -> None:
    path = write_csv(tmp_path, "contract_id,lent_minor\nA1,5\nTotal of all\n\n", "small.csv")
    source = open_tape(path, SMALL, read=ReadTable(total_rows=1))
    assert source.whole().bad.is_empty() and source.rows == 1


def test_delimiters_at_the_end_of_lines_and_of_the_file(tmp_path: Path) -> None:
    """A column without name or cells, and lines without content below the totals, are nothing; a cell in it is not."""
    path = write_csv(tmp_path, "contract_id,months,\nA1,1,\nTotal,1,\n,,\n\n,\n", "small.csv")
    source = open_tape(path, SMALL, read=ReadTable(total_rows=1))
    assert source.whole().frame.rows() == [(1, "A1", 1)] and source.whole().bad.is_empty()
    path = write_csv(tmp_path, "contract_id,months,\nA1,1,x\n", "small.csv")
    with pytest.raises(UnusableInput, match="every column has a name"):
        open_tape(path, SMALL)


def test_a_last_line_of_too_many_cells_is_none_of_nothing(tmp_path: Path) -> None:
    path = write_csv(tmp_path, "contract_id,months\nA1,1\n,,7\n", "small.csv")
    assert open_tape(path, SMALL).whole().bad["row"].to_list() == [2]


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_cells_parted_otherwise(delimiter: str, tmp_path: Path) -> None:
    text = f'contract_id{delimiter}lent_minor\nA1{delimiter}"1.234,50"\n"A{delimiter}2"{delimiter}2\n'
    path = write_csv(tmp_path, text, "small.csv")
    read = ReadTable(delimiter=delimiter, decimal=",", thousands=".")
    frame = open_tape(path, SMALL, amounts="major", read=read).whole().frame
    assert frame.rows() == [(1, "A1", 123450), (2, f"A{delimiter}2", 200)]


def test_semicolons_unstated_are_refused_with_what_to_state(tmp_path: Path) -> None:
    path = write_csv(tmp_path, "contract_id;lent_minor\nA1;5\n", "small.csv")
    with pytest.raises(UnusableInput, match=r'read\.delimiter = ";"'):
        open_tape(path, SMALL)


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-8-SIG", "UTF-16", "GB18030"])
def test_a_stated_encoding(encoding: str, tmp_path: Path) -> None:
    path = write_csv(tmp_path, "contract_id,pool\nA1,消费贷款\n".encode(encoding), "small.csv")
    assert rows(path, encoding=encoding)["pool"].to_list() == ["消费贷款"]


def test_western_europe(tmp_path: Path) -> None:
    path = write_csv(tmp_path, "contract_id,pool\nA1,crédit €\n".encode("cp1252"), "small.csv")
    assert rows(path, encoding="cp1252")["pool"].to_list() == ["crédit €"]


@pytest.mark.parametrize("encoding", ["UTF-8-SIG", "UTF-16"])
def test_a_byte_order_mark_tells_the_encoding(encoding: str, tmp_path: Path) -> None:
    path = write_csv(tmp_path, "contract_id,pool\nA1,消费贷款\n".encode(encoding), "small.csv")
    assert open_tape(path, SMALL).whole().frame["pool"].to_list() == ["消费贷款"]


def test_an_encoding_is_not_guessed_but_shown(tmp_path: Path) -> None:
    """What is Chinese in one encoding is something in another too: the refusal shows both."""
    path = write_csv(tmp_path, "contract_id,pool\nA1,消费贷款\n".encode("GB18030"), "small.csv")
    with pytest.raises(UnusableInput) as caught:
        open_tape(path, SMALL)
    assert (caught.value.row, caught.value.value) == ("1", "byte 0xcf")
    assert '"GB18030" makes 消费贷款, "cp1252" makes Ï' in caught.value.remedy


def test_a_file_in_another_encoding_than_stated(tmp_path: Path) -> None:
    path = write_csv(tmp_path, "contract_id,pool\nA1,crédit,\n".encode("cp1252"), "small.csv")
    with pytest.raises(UnusableInput, match="encoded in UTF-16, as the plan states"):
        open_tape(path, SMALL, read=ReadTable(encoding="UTF-16"))


UNFIT: dict[str, tuple[str, dict[str, Any]]] = {
    "sheet of text": ("small.csv", {"sheet": "loans"}),
    "titles in Parquet": ("small.parquet", {"skip_rows": 1}),
    "encoding of Parquet": ("small.parquet", {"encoding": "GB18030"}),
    "delimiter of a workbook": ("small.xlsx", {"delimiter": ";"}),
}


@pytest.mark.parametrize("name", UNFIT)
def test_a_layout_that_the_format_cannot_have_is_refused(name: str, tmp_path: Path) -> None:
    file, read = UNFIT[name]
    frame = pl.DataFrame({"contract_id": ["A1"], "lent_minor": [5]})
    match file.split(".")[1]:
        case "csv":
            frame.write_csv(tmp_path / file)
        case "parquet":
            frame.write_parquet(tmp_path / file)
        case _:
            import openpyxl

            workbook = openpyxl.Workbook()
            assert workbook.active is not None
            workbook.active.append(["contract_id"])
            workbook.save(tmp_path / file)
    with pytest.raises(UnusableInput, match=f"read.{next(iter(read))}"):
        open_tape(tmp_path / file, SMALL, read=ReadTable(**read))


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_row_of_content_in_the_place_of_the_header_is_said(ending: str, tmp_path: Path) -> None:
    """A copied plan skips two titles that the file of the second year has no more."""
    lines = [["contract_id", "day", "lent_minor", "months"]]
    lines += [[f"A{number}", "2023-01-31", "1622.50", "36"] for number in range(1, 4)]
    path = tmp_path / f"small.{ending}"
    if ending == "csv":
        path.write_text("".join(f"{','.join(line)}\n" for line in lines))
    else:
        book = openpyxl.Workbook()
        for line in lines:
            book.active.append(line)
        book.save(path)
    with pytest.raises(UnusableInput, match="what stands there is a row of content") as refused:
        open_tape(path, SMALL, read=ReadTable(skip_rows=2))
    assert (refused.value.row, refused.value.value) == ("header", "A2, 2023-01-31, 1622.50, 36")
    assert "skip_rows" in str(refused.value.remedy) and "read.closing" in str(refused.value.remedy)
    assert open_tape(path, SMALL, amounts="major").rows == 3


def test_a_header_with_years_is_no_row_of_content(tmp_path: Path) -> None:
    path = write_csv(tmp_path, "Title\ncontract_id,lent_minor,2021,2022,2023,a,b,c,d,e\nA1,5,,,,,,,,\n", "small.csv")
    assert open_tape(path, SMALL, ignore=["*"], read=ReadTable(skip_rows=1)).rows == 1


@pytest.mark.parametrize("instants", ["2023,2022,2021", "31/12/2023,31/12/2022,31/12/2021", "2023-10,2023-11,2023-12"])
def test_a_header_of_instants_is_no_row_of_content(instants: str, tmp_path: Path) -> None:
    """A comparative ledger has its days for names."""
    path = write_csv(tmp_path, f"Title\ncontract_id,lent_minor,{instants}\nA1,5,,,\n", "small.csv")
    assert open_tape(path, SMALL, ignore=["*"], read=ReadTable(skip_rows=1)).rows == 1
