"""What the team page asks the server: projects, people, tokens, quality."""

from collections.abc import Callable
from typing import Any

from app.labeler.calls import Data, Function, Visitor, page_calls
from app.labeler.pages.team.quality_view import show_quality
from lpr_core.labels import UNCHECKED, Access, LabelStore, Project, Role, Token, User

MAX_ACCESSES = 200
"""On the page; the file to save has all."""


def make_team_functions(store: LabelStore) -> list[Callable[..., Any]]:
    """Return the functions of the page, for admins only; see `page_calls`."""

    def overview(_data: Data, visitor: Visitor) -> Data:
        return {
            "alone": visitor.alone,
            "projects": [_show_project(store, project) for project in store.projects.list()],
            "people": [_show_user(user) for user in store.people.list()],
            "tokens": [
                _show_token(token)
                for token in store.people.list_tokens(visitor.user_id)
                if token.revoked_at is None
            ],
        }

    def save_project(data: Data, visitor: Visitor) -> Data:
        rules = {
            "region": data["region"] or None,
            "second_share": float(data["second_share"]),
            "gold_share": float(data["gold_share"]),
            "actor": visitor.worker,
        }
        if data["project_id"] is None:
            return {"project_id": store.projects.create(data["name"], **rules).project_id}
        rules["region"] = data["region"]  # empty: anywhere
        project = store.projects.update(int(data["project_id"]), name=data["name"], **rules)
        return {"project_id": project.project_id}

    def quality(data: Data, _visitor: Visitor) -> Data:
        project_id = int(data["project_id"])
        agreement = store.quality.agreement(project_id)
        return {"html": show_quality(agreement, store.quality.gold_scores(project_id))}

    def accesses(data: Data, _visitor: Visitor) -> Data:
        found = store.accesses.rows(person=data["person"] or None, newest=MAX_ACCESSES)
        return {"accesses": [_show_access(row) for row in found]}

    functions = (overview, save_project, quality, accesses, *_people_functions(store))
    return page_calls(*functions, role=Role.ADMIN)


def _people_functions(store: LabelStore) -> tuple[Function, ...]:
    def add_person(data: Data, visitor: Visitor) -> Data:
        store.people.add_user(
            data["name"], data["password"], Role(data["role"]), actor=visitor.worker
        )
        return {"done": True}

    def set_role(data: Data, visitor: Visitor) -> Data:
        store.people.set_role(int(data["user_id"]), Role(data["role"]), actor=visitor.worker)
        return {"done": True}

    def set_password(data: Data, visitor: Visitor) -> Data:
        store.people.set_password(int(data["user_id"]), data["password"], actor=visitor.worker)
        return {"done": True}

    def set_active(data: Data, visitor: Visitor) -> Data:
        store.people.set_active(int(data["user_id"]), bool(data["active"]), actor=visitor.worker)
        return {"done": True}

    def add_token(data: Data, visitor: Visitor) -> Data:
        secret = store.people.add_token(visitor.user_id, data["label"], actor=visitor.worker)
        return {"secret": secret}

    def revoke_token(data: Data, visitor: Visitor) -> Data:
        own = {token.token_id for token in store.people.list_tokens(visitor.user_id)}
        if int(data["token_id"]) not in own:
            raise ValueError("This token is not yours.")
        store.people.revoke_token(int(data["token_id"]), actor=visitor.worker)
        return {"done": True}

    return add_person, set_role, set_password, set_active, add_token, revoke_token


def _show_access(row: Access) -> Data:
    return {
        "at": f"{row.happened_at:%Y-%m-%d %H:%M:%S}",
        "actor": row.actor,
        "kind": row.kind.value,
        "picture_id": row.picture_id,
        "detail": ", ".join(f"{name} {value}" for name, value in row.detail.items()),
    }


def _show_project(store: LabelStore, project: Project) -> Data:
    counts = store.counts(project.project_id)
    plates = sum(counts.values())
    return {
        "project_id": project.project_id,
        "name": project.name,
        "region": project.region,
        "second_share": project.second_share,
        "gold_share": project.gold_share,
        "plates": plates,
        "checked": plates - counts[UNCHECKED],
    }


def _show_user(user: User) -> Data:
    return {
        "user_id": user.user_id,
        "name": user.name,
        "role": user.role.value,
        "active": user.active,
        "since": f"{user.created_at:%Y-%m-%d}",
    }


def _show_token(token: Token) -> Data:
    return {
        "token_id": token.token_id,
        "label": token.label,
        "since": f"{token.created_at:%Y-%m-%d}",
    }
