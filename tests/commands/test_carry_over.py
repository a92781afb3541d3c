"""carry-over: what is there to say while a year goes on."""

from tests.commands.starter_line import COORDINATOR, NOBODY, StarterLine


def test_while_the_year_goes_on_there_is_no_past_pair(starter: StarterLine, paired: str) -> None:
    assert starter.answers("carry-over", "list", paired) == []


def test_a_wish_about_nobody_or_a_pairing_of_the_year_that_runs_is_refused(
    starter: StarterLine, paired: str
) -> None:
    for pairing in (NOBODY, starter.answers("status", paired)["pairings"][0]["pairing"]):
        said = starter.is_refused(
            "carry-over", "say", paired, pairing, "--side", "officer", "--by", COORDINATOR, "--yes"
        )
        assert said.startswith(f"There is no pairing {pairing} of a year that is over.")


def test_a_year_that_goes_on_carries_nobody_over(starter: StarterLine, paired: str) -> None:
    said = starter.is_refused("carry-over", "open", paired, "--by", COORDINATOR)
    assert "No year of this program is over yet" in said
