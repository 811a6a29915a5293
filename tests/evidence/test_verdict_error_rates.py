"""The script on error rates prints what it found; with few seeds nothing is claimed."""

from tests import verdict_error_rates
from tests.verdict_error_rates import EQUAL, Scenario

PARTS = (
    *("H1 none", "H1 frozen", "H1 fine-tuned", "H2 frozen", "H2 fine-tuned"),
    *("H3 none", "H3 frozen", "H3 fine-tuned", "H4 frozen", "H4 fine-tuned"),
)


def test_the_script_tells_shares_by_hypothesis_and_way(monkeypatch, capsys):
    scenario = Scenario("no effects", EQUAL, seeds=3, plates=60)
    monkeypatch.setattr(verdict_error_rates, "SCENARIOS", (scenario,))
    monkeypatch.setattr("sys.argv", ["verdict_error_rates", "3"])
    verdict_error_rates.main()
    assert capsys.readouterr().out.splitlines() == [
        "no effects: 3 studies of 3 seeds, 60 plates",
        *(f"  {part:14} right 0.000, undecided 1.000, wrong 0.000" for part in PARTS),
        "  any wrong verdict in a study: 0.000",
    ]
