"""Break each page and see its tests fail: `python -m tests.pages_off [PAGE ...]`.

Works on a copy of the tree as `tests.guards_off` does: a fault on top of each page, and a sentence
or a number less where a test is named after one. Prints a line for each and exits with 1 if a test
that is named here still passes. Takes some minutes; `tests/test_pages_off.py` has the fast part.
"""

import os
import re
import sys
import tempfile
from collections.abc import Collection
from pathlib import Path
from subprocess import CompletedProcess

from app.serve import ROOT_DIR
from tests.guards_off import PYTEST_FOUND_FAILURES, Guard, copy_tree, run_tests, run_without

DASHBOARD_DIR = "app/dashboard/views"
LABELER_DIR = "app/labeler/pages"
PATIENCE_SECONDS = "30"
"""What a browser waits for in vain; a busy machine needs more in `LPR_TEST_PATIENCE`."""

_FAULTS = {".py": 'raise RuntimeError("off")\n', ".js": 'throw new Error("off");\n'}
_PLAIN, _STUDIES = "tests/app/dashboard/test_dashboard.py", "tests/app/dashboard/test_studies.py"
_VERDICT_PAGE = "tests/app/dashboard/test_verdict_page.py"
_SHEET, _QUEUE = (
    "tests/app/labeler/test_labeler_browser.py",
    "tests/app/labeler/test_queue_browser.py",
)
_TEAM, _DOOR = "tests/app/labeler/test_team.py", "tests/app/labeler/door/test_sign_in_browser.py"


def _on_top(page: str, path: str, *tests: str) -> Guard:
    """Return a fault before all else that the page does."""
    first = (ROOT_DIR / path).read_text(encoding="utf-8").split("\n", maxsplit=1)[0]
    return Guard(f"{page}: a fault on top", path, first, _FAULTS[Path(path).suffix] + first, tests)


def _less(page: str, path: str, line: str, test: str, gone: str = "") -> Guard:
    """Return a page without what the test is named after."""
    name = test.rpartition("::")[2].removeprefix("test_").replace("_", " ")
    return Guard(f"{page}: {name}", path, line, gone, (test,))


def _study(page: str) -> tuple[str, str]:
    """Return the tests that every page of a study has."""
    return (
        f"{_STUDIES}::test_each_page_shows_a_full_study_and_where_it_was_made[{page}]",
        f"{_STUDIES}::test_each_page_says_how_a_study_is_made_where_there_is_none[{page}]",
    )


_HOME, _MORE = f"{DASHBOARD_DIR}/home.py", f"{DASHBOARD_DIR}/more.py"
_NOISE, _TRAININGS = f"{DASHBOARD_DIR}/noise.py", f"{DASHBOARD_DIR}/trainings.py"
_DIARY = f"{DASHBOARD_DIR}/diary.py"
_DIARY_TESTS = "tests/app/dashboard/test_diary_page.py"
_VERDICTS, _RUNS = f"{DASHBOARD_DIR}/verdicts.py", f"{DASHBOARD_DIR}/runs.py"
_WHY, _MISTAKES = f"{DASHBOARD_DIR}/why.py", f"{DASHBOARD_DIR}/mistakes.py"
DASHBOARD = (
    _on_top("home", _HOME, f"{_PLAIN}::test_overview_counts_what_is_there"),
    _less("home", _HOME, "{len(list_samples())}", f"{_PLAIN}::test_overview_counts_what_is_there"),
    _less(
        "home",
        _HOME,
        "            show_answer(answer, study)\n",
        f"{_STUDIES}::test_the_first_page_answers_three_questions_and_leads_to_their_studies",
        "            pass\n",
    ),
    _less(
        "home",
        _HOME,
        "There is no reader yet.",
        f"{_PLAIN}::test_overview_of_an_empty_machine",
    ),
    _on_top("verdicts", _VERDICTS, *_study("verdicts")),
    _on_top("diary", _DIARY, f"{_DIARY_TESTS}::test_the_shipped_diary_is_judged_at_once"),
    _less(
        "diary",
        _DIARY,
        "        st.warning(line)\n",
        f"{_DIARY_TESTS}::test_a_bad_diary_is_told_in_a_sentence",
        "        pass\n",
    ),
    _less(
        "verdicts",
        "app/dashboard/shown/verdict_cards.py",
        "<strong>{show_effect(part)}</strong>",
        f"{_VERDICT_PAGE}::test_four_cards_with_verdict_effect_and_sentence",
    ),
    _less(
        "verdicts",
        "lpr_core/evidence/tables/verdicts.py",
        '"Plates alone": show_range(part, found.plates_low, found.plates_high) if found else "",',
        f"{_VERDICT_PAGE}::test_the_table_of_a_verdict_has_intervals_over_seeds_and_over_plates_alone",
    ),
    _less(
        "verdicts",
        "app/dashboard/shown/verdict_cards.py",
        "<small>over plates alone</small>",
        f"{_VERDICT_PAGE}::test_an_effect_of_one_seed_says_so_beside_its_interval",
    ),
    _less(
        "verdicts",
        _VERDICTS,
        " {describe_effects(interaction)}",
        f"{_VERDICT_PAGE}::test_interactions_have_main_effects_and_log_odds_where_seeds_differ",
    ),
    _less(
        "verdicts",
        _VERDICTS,
        '    offer_study(judges_hypotheses, "See the verdicts of {name}")\n',
        f"{_VERDICT_PAGE}::test_a_study_without_verdicts_offers_one_that_has_them",
    ),
    _less(
        "verdicts",
        _VERDICTS,
        "Its answer is on the page More; ",
        f"{_VERDICT_PAGE}::test_a_study_of_another_question_is_sent_on",
    ),
    _less(
        "verdicts",
        _VERDICTS,
        'cells = cells[cells["transfer"] != "fine-tuned"]',
        f"{_VERDICT_PAGE}::test_the_account_s_four_cells_are_one_click_away",
        "pass",
    ),
    _on_top("runs", _RUNS, *_study("runs")),
    _less(
        "runs",
        _RUNS,
        "show_differences(view)\nshow_states",
        f"{_STUDIES}::test_runs_show_curves_gaps_costs_and_differences",
        "show_states",
    ),
    _less(
        "runs",
        _RUNS,
        "there are no bands, for there is one seed",
        f"{_STUDIES}::test_a_single_seed_has_no_bands",
    ),
    _less(
        "runs",
        _RUNS,
        ": {run.reason}",
        f"{_STUDIES}::test_why_a_run_failed_is_told",
    ),
    _less(
        "runs",
        _RUNS,
        "in the last epoch, with noise",
        f"{_STUDIES}::test_single_trainings_are_told_apart_from_a_study_s_runs",
    ),
    _on_top("noise", _NOISE, *_study("noise")),
    _less(
        "noise",
        _NOISE,
        "    show_ladder(reader, plate, strength, per_channel)\n",
        f"{_PLAIN}::test_noise_shows_the_clean_plate_the_chosen_strength_and_the_ladder",
        "    pass\n",
    ),
    _less(
        "noise",
        "app/dashboard/chosen/noise_sources.py",
        "No sample plates are here yet",
        f"{_PLAIN}::test_noise_page_without_samples_says_what_to_do",
    ),
    _less(
        "noise",
        "app/dashboard/shown/study_noise.py",
        "    st.html(reading_cards(readings))\n",
        f"{_STUDIES}::test_noise_shows_what_each_run_reads_at_the_strength",
    ),
    _less(
        "noise",
        "app/dashboard/shown/study_noise.py",
        'show_figure(plot_noise_map(table), table.reset_index(), "noise-map")',
        f"{_STUDIES}::test_noise_draws_dose_response_and_the_map",
        "pass",
    ),
    _on_top("why", _WHY, *_study("why")),
    _less(
        "why",
        _WHY,
        "        st.html(suspect_head(suspect))\n",
        f"{_STUDIES}::test_why_ranks_the_suspects",
    ),
    _less(
        "why",
        _WHY,
        "measures the suspects one after the other.",
        f"{_STUDIES}::test_why_without_a_diagnosis_says_how_to_get_one",
    ),
    _on_top("mistakes", _MISTAKES, *_study("mistakes")),
    _less(
        "mistakes",
        _MISTAKES,
        "    st.markdown(tell_mcnemar(result, one.label, other.label))\n",
        f"{_STUDIES}::test_mistakes_compare_two_runs_on_the_same_plates",
    ),
    _less(
        "mistakes",
        _MISTAKES,
        "Choose two different runs.",
        f"{_STUDIES}::test_a_run_is_not_compared_with_itself",
    ),
    _less(
        "mistakes",
        _MISTAKES,
        "    if view.record.data.masked:\n        return\n",
        f"{_STUDIES}::test_a_masked_study_shows_no_confusions",
    ),
    _less(
        "mistakes",
        _MISTAKES,
        'counts if slot == "All" else counts[counts["slot"] == int(slot)]',
        f"{_STUDIES}::test_mistakes_of_one_slot",
        "counts",
    ),
    _on_top("more", _MORE, f"{_STUDIES}::test_more_answers_each_design", _study("more")[1]),
    _less(
        "more",
        _MORE,
        "    show_folds(answers)\n",
        f"{_STUDIES}::test_more_answers_each_design",
    ),
    _on_top(
        "trainings", _TRAININGS, f"{_PLAIN}::test_runs_are_listed_with_what_differs_between_them"
    ),
    _less(
        "trainings",
        _TRAININGS,
        "\nshow_differences(folders)\n",
        f"{_PLAIN}::test_runs_are_listed_with_what_differs_between_them",
        "\n",
    ),
    _less(
        "trainings",
        _TRAININGS,
        "        kept &= described.str",
        f"{_PLAIN}::test_runs_can_be_filtered",
        "        described.str",
    ),
    _less(
        "trainings",
        _TRAININGS,
        "No runs yet in `{folder}`.",
        f"{_PLAIN}::test_no_runs_yet_says_how_one_is_made",
    ),
)
_REVIEW_PY, _HISTORY_PY = (
    f"{LABELER_DIR}/review/functions.py",
    f"{LABELER_DIR}/history/functions.py",
)
LABELER = (
    _on_top(
        "header", f"{LABELER_DIR}/header/script.js", f"{_DOOR}::test_the_door_and_what_is_behind_it"
    ),
    _on_top("sheet", f"{LABELER_DIR}/sheet/script.js", f"{_SHEET}::test_pasting_and_dropping"),
    _less(
        "sheet",
        "app/labeler/web/kit.js",
        "The app does not answer.",
        f"{_SHEET}::test_a_server_that_is_gone_loses_nothing_silently",
    ),
    _on_top("queue", f"{LABELER_DIR}/queue/script.js", f"{_QUEUE}::test_keys"),
    _on_top("queue", f"{LABELER_DIR}/queue/keys.js", f"{_QUEUE}::test_keys"),
    _less("queue", f"{LABELER_DIR}/queue/script.js", "Looking back", f"{_QUEUE}::test_keys"),
    _on_top("history", f"{LABELER_DIR}/history/script.js", f"{_SHEET}::test_every_width_and_theme"),
    _less(
        "history",
        _HISTORY_PY,
        '            "html": past_readings(',
        "tests/app/labeler/test_history.py::test_finding_plates",
        '            "html": "" and past_readings(',
    ),
    _on_top(
        "review", f"{LABELER_DIR}/review/script.js", f"{_DOOR}::test_the_door_and_what_is_behind_it"
    ),
    _less(
        "review",
        _REVIEW_PY,
        "[_show_dispute(dispute) for dispute in found]",
        f"{_TEAM}::test_a_dispute_is_shown_and_settled",
        "[]",
    ),
    _on_top(
        "team", f"{LABELER_DIR}/team/script.js", f"{_DOOR}::test_the_door_and_what_is_behind_it"
    ),
    _on_top(
        "intake", f"{LABELER_DIR}/team/intake.js", f"{_DOOR}::test_the_door_and_what_is_behind_it"
    ),
    _less(
        "team",
        f"{LABELER_DIR}/team/quality_view.py",
        "No plate has been read by two people yet.",
        f"{_TEAM}::test_without_second_readings_it_says_what_to_do",
    ),
)
PAGES = (*DASHBOARD, *LABELER)


def page_of(mutation: Guard) -> str:
    """Return the page that is broken."""
    return mutation.attack.partition(":")[0]


def all_failed(ended: CompletedProcess[str]) -> bool:
    """Tell whether every test of a run of pytest failed, and none in another way."""
    last = ended.stdout.strip().rpartition("\n")[2]
    others = re.search(r"\d (passed|error|skipped)", last)
    return ended.returncode == PYTEST_FOUND_FAILURES and others is None


def pass_whole(mutations: Collection[Guard], tree: Path) -> bool:
    """Tell whether all of the tests pass as long as nothing is broken."""
    return run_tests(tree, *sorted({test for m in mutations for test in m.tests})).returncode == 0


def main(pages: Collection[str]) -> int:
    """Break what belongs to `pages`, or everything for none; return the exit status."""
    chosen = [mutation for mutation in PAGES if not pages or page_of(mutation) in pages]
    os.environ.setdefault("LPR_TEST_PATIENCE", PATIENCE_SECONDS)
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder)
        copy_tree(tree)
        if not chosen or not pass_whole(chosen, tree):
            print(f"The tests of {', '.join(pages) or 'all pages'} have to pass before.")
            return 1
        noticed = []
        for mutation in chosen:
            noticed.append(all_failed(run_without(mutation, tree)))
            verdict = "its tests fail" if noticed[-1] else "A TEST STILL PASSES"
            print(f"{mutation.attack:90} {verdict}", flush=True)
    return 0 if all(noticed) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
