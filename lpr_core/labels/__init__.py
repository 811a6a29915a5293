"""Labels: what models read and what people said, kept for good.

`LabelStore` keeps them, `exchange` hands them out.
"""

from lpr_core.labels.audit import AuditFilter, AuditRow
from lpr_core.labels.people import SignInError
from lpr_core.labels.people.attempts import TooManyAttempts
from lpr_core.labels.people.sessions import Session
from lpr_core.labels.people.tokens import Token
from lpr_core.labels.people.users import Role, User
from lpr_core.labels.personal_view import PersonalView
from lpr_core.labels.projects import Project
from lpr_core.labels.quality.agreement import Agreement, AgreementReport, SymbolAgreement
from lpr_core.labels.quality.quality import Disagreement, GoldScore
from lpr_core.labels.queue.handout import Order
from lpr_core.labels.queue.leases import Assignment, Kind, LeaseError
from lpr_core.labels.queue.progress import Progress
from lpr_core.labels.store import LabelStore
from lpr_core.labels.tables.accesses import Access, AccessKind
from lpr_core.labels.tables.blindness import BlindError
from lpr_core.labels.tables.database import StoreError
from lpr_core.labels.tables.rows import (
    DEFAULT_PROJECT_ID,
    MARKS,
    UNCHECKED,
    Mark,
    Page,
    PlateRecord,
    Revision,
    StoredPicture,
    StoredReading,
    clean_text,
)

__all__ = [
    "DEFAULT_PROJECT_ID",
    "MARKS",
    "UNCHECKED",
    "Access",
    "AccessKind",
    "Agreement",
    "AgreementReport",
    "Assignment",
    "AuditFilter",
    "AuditRow",
    "BlindError",
    "Disagreement",
    "GoldScore",
    "Kind",
    "LabelStore",
    "LeaseError",
    "Mark",
    "Order",
    "Page",
    "PersonalView",
    "PlateRecord",
    "Progress",
    "Project",
    "Revision",
    "Role",
    "Session",
    "SignInError",
    "StoreError",
    "StoredPicture",
    "StoredReading",
    "SymbolAgreement",
    "Token",
    "TooManyAttempts",
    "User",
    "clean_text",
]
