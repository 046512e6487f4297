"""Whatever leaves the console as a file was written by storage.tables.csv_writer, which escapes formulas."""

import re
import tomllib

from streamlit import config

from tests.system import REPOSITORY

OPTION = "client.disableDataExport"


def test_tables_offer_no_download_of_their_own() -> None:
    text = (REPOSITORY / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    section, name = OPTION.split(".")
    assert tomllib.loads(text)[section][name] is True
    says = config.get_config_options()[OPTION].description or ""
    assert "Hides the CSV download button for st.dataframe" in says


def test_no_page_writes_csv_by_itself() -> None:
    writes = re.compile(r"\bto_csv\(|\bcsv\.writer\(|\bDictWriter\(")
    pages = [*(REPOSITORY / "dashboard").rglob("*.py"), *(REPOSITORY / "backend").rglob("*.py")]
    assert not [path for path in pages if writes.search(path.read_text(encoding="utf-8"))]
