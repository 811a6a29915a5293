"""Diaries of other people: one setting changed at a time, one score a run, and what that shows."""

from lpr_core.evidence.diary.audit import (
    RUN_SPREAD,
    Audit,
    DiaryComparison,
    DiaryVerdict,
    audit_diary,
)
from lpr_core.evidence.diary.entries import Diary, DiaryEntry, DiaryError, parse_diary, read_diary

__all__ = [
    "RUN_SPREAD",
    "Audit",
    "Diary",
    "DiaryComparison",
    "DiaryEntry",
    "DiaryError",
    "DiaryVerdict",
    "audit_diary",
    "parse_diary",
    "read_diary",
]
