"""Finding, reading and refusing entries."""

from __future__ import annotations

import pickle
import sys
import tomllib
from pathlib import Path

import pytest

from simcost.catalogue import Catalogue, load_catalogue
from simcost.catalogue.loader import shipped_folder
from simcost.errors import ModelError, ParameterError

GOOD = """
[rate]
uniform = { low = 5, high = 10 }
unit = "sample/hour"
basis = "published"
source = { producer = "A. Author", title = "Rates", published = 2019-11-22, locator = "p. 3" }

[price]
lognormal = { p10 = 1, p90 = 4 }
within = [0, 100]
unit = "USD/label"
money_year = 2024
basis = "judgement"
note = "A guess."
"""


def catalogue(folder: Path, text: str, domain: str = "test") -> Catalogue:
    (folder / f"{domain}.toml").write_text(text, encoding="utf-8")
    return Catalogue(folder)


def test_an_entry_carries_what_the_file_says(tmp_path: Path) -> None:
    entry = catalogue(tmp_path, GOOD).get("test/rate")
    assert (entry.key, entry.domain, entry.name) == ("test/rate", "test", "rate")
    assert entry.distribution.support() == (5, 10)
    assert entry.unit == "sample/hour"
    assert entry.table == {"uniform": {"low": 5, "high": 10}}
    assert entry.citation() == "A. Author, Rates, 2019-11-22; p. 3"
    assert entry.value is None
    assert not entry.is_reference


def test_a_window_is_part_of_the_distribution(tmp_path: Path) -> None:
    entry = catalogue(tmp_path, GOOD).get("test/price")
    assert entry.distribution.support() == (0, 100)
    assert entry.money_year == 2024
    assert entry.citation() == "no source"


def test_entries_travel_to_another_process(tmp_path: Path) -> None:
    entry = catalogue(tmp_path, GOOD).get("test/rate")
    assert pickle.loads(pickle.dumps(entry.source)) == entry.source


def test_the_shipped_catalogue_is_one_object_with_unique_names() -> None:
    shipped = load_catalogue()
    assert shipped is load_catalogue()
    assert len(shipped) == len(set(shipped.names())) > 200
    assert "labelling/label_rate" in shipped
    assert "labelling/label_rat" not in shipped
    assert [entry.key for entry in shipped] == list(shipped.names())
    assert shipped.get("labelling/label_rate") is shipped.get("labelling/label_rate")


def test_files_are_read_when_needed(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text("not toml [", encoding="utf-8")
    both = catalogue(tmp_path, GOOD)
    assert both.get("test/rate").unit == "sample/hour"
    with pytest.raises(ModelError, match=r"broken\.toml"):
        both.get("broken/rate")


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("labelling/label_rat", "labelling/label_rate"),
        ("label_rate", "labelling/label_rate"),
        ("labeling/label_rate", "labelling/label_rate"),
        ("qwertyuiop", "labelling"),
        ("", "labelling"),
        ("labelling/", "labelling"),
    ],
)
def test_an_unknown_key_is_answered_with_a_near_one(key: str, meant: str) -> None:
    with pytest.raises(ParameterError) as caught:
        load_catalogue().get(key)
    assert meant in caught.value.problems[0].fix


def test_a_reference_is_no_input() -> None:
    key = "reference/gartner_erroneous_outcomes"
    assert load_catalogue().get(key).value == 0.85
    with pytest.raises(ParameterError, match="no input"):
        load_catalogue().input(key)
    assert load_catalogue().input("labelling/label_rate").unit == "sample/hour"


def test_search_prefers_the_key_and_needs_every_word() -> None:
    found = [entry.key for entry in load_catalogue().search("PUE")]
    assert found[0].startswith("energy/pue_")
    assert all("h100" in entry.key for entry in load_catalogue().search("h100 purchase")[:1])
    assert load_catalogue().search("zebra") == ()
    assert len(load_catalogue().search("")) == len(load_catalogue())


def test_the_digest_changes_with_the_text_and_not_with_line_ends(tmp_path: Path) -> None:
    first = catalogue(tmp_path, GOOD).digest()
    (tmp_path / "test.toml").write_bytes(GOOD.replace("\n", "\r\n").encode())
    assert Catalogue(tmp_path).digest() == first
    assert catalogue(tmp_path, GOOD.replace("10", "11")).digest() != first
    assert catalogue(tmp_path, GOOD).digest() == first
    assert catalogue(tmp_path, GOOD, domain="more").digest() != first


def test_the_catalogue_is_found_in_a_checkout() -> None:
    assert (shipped_folder() / "labelling.toml").is_file()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (('basis = "published"', ""), "basis must say"),
        (('basis = "published"', 'basis = "sure"'), "basis must say"),
        (('unit = "sample/hour"', 'unit = "sample/hou"'), "hou"),
        (('unit = "sample/hour"', "unit = 5"), "unit must be text"),
        (('unit = "sample/hour"', 'unit = "USD/hour"'), "money_year"),
        (('unit = "sample/hour"', 'unit = "sample/hour"\nmoney_year = 2020'), "money_year"),
        (("uniform", "unifrom"), "unknown key unifrom"),
        (('basis = "published"', 'basis = "published"\nbasiss = "x"'), "unknown key basiss"),
        (("producer", "author"), "name its producer"),
        (("locator", "page"), "unknown key page"),
        (("high = 10", "high = 1"), "high"),
        (('basis = "published"', 'basis = "derived"'), "needs a note"),
        (('basis = "published"', 'basis = "published"\narticle_claim = 37'), "no such statement"),
        (('basis = "published"', 'basis = "published"\narticle_claim = true'), "no such statement"),
        (("2019-11-22", "true"), "published must be text"),
    ],
)
def test_a_faulty_entry_is_refused(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    with pytest.raises(ModelError, match=message) as caught:
        catalogue(tmp_path, GOOD.replace(*change, 1)).get("test/rate")
    for problem in caught.value.problems:
        assert problem.file == "distributions/test.toml"
        assert problem.path[0] == "rate"


def test_all_faults_of_an_entry_are_reported_at_once(tmp_path: Path) -> None:
    text = '[a]\nunifrom = { low = 1, high = 2 }\nbasis = "published"\nunit = "USD"\n'
    with pytest.raises(ModelError) as caught:
        catalogue(tmp_path, text).get("test/a")
    assert len(caught.value.problems) == 3  # the family, the source, the year of the money


def test_a_reference_holds_one_number_and_no_distribution(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="single number"):
        catalogue(tmp_path, GOOD, domain="reference").get("reference/rate")


@pytest.mark.parametrize("text", ["a = 5", '["A b"]\nvalue = 1\n'])
def test_what_is_no_entry_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ModelError):
        catalogue(tmp_path, text).get("test/a")


def test_reading_the_catalogue_needs_no_compiler() -> None:
    # A fresh interpreter, because other tests import everything.
    import subprocess

    code = (
        "import sys; from simcost.catalogue import load_catalogue; list(load_catalogue());"
        "heavy = {'numba', 'pandas', 'xarray', 'matplotlib', 'scipy.stats'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_every_file_is_plain_toml() -> None:
    folders = {"tables": {"csv", "toml", "md"}, "fragments": {"toml"}}
    for item in shipped_folder().iterdir():
        if item.name in folders:
            ends = {one.name.rpartition(".")[2] for one in item.iterdir()}
            assert ends == folders[item.name]
            continue
        assert item.name.endswith(".toml"), "only data belongs here"
        assert tomllib.loads(item.read_text(encoding="utf-8"))
