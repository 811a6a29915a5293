"""What has to be told about a study wherever its numbers stand."""

from lpr_core.evidence.answers import Answers
from lpr_core.evidence.units import count, percent


def list_facts(answers: Answers) -> list[tuple[str, str]]:
    """Return names and values: plates, size, machine, code, what counts as usable."""
    facts = answers.facts
    data = facts.get("data", {})
    device, code = facts.get("device", {}), facts.get("code", {})
    seeds = facts.get("seeds", [])
    plates = (
        f"{data.get('description', '')}; {data.get('train_rows', 0):,} to learn from, "
        f"{data.get('validation_rows', 0):,} to be measured on"
    )
    machine = [
        str(facts.get("backend", "")),
        *map(str, device.get("accelerators", [])),
        count(int(device["cores"]), "core") if device.get("cores") else "",
    ]
    return [
        ("Plates", plates),
        ("Runs", f"{answers.num_runs} of {answers.num_wanted}, {count(len(seeds), 'seed')} each"),
        ("Preset", f"{facts.get('preset', '')}, design {facts.get('design', '')}"),
        ("Machine", ", ".join(part for part in machine if part) or "unknown"),
        ("Code", f"{code.get('version', 'unknown')} {(code.get('commit') or '')[:12]}".strip()),
        ("Begun", str(facts.get("created", ""))),
        ("Usable from", f"{percent(answers.usable)} of the characters"),
        ("Most frequent symbols alone", percent(answers.baseline)),
        ("Predictions", f"SHA-256 {answers.runs_fingerprint[:16]}"),
    ]
