"""People and clients for the tests of sign-in and protection."""

from fastapi import FastAPI, Request
from fastapi.testclient import TestClient

from app.labeler.door.protection import protect_server
from app.labeler.door.sign_in import current_user
from lpr_core.labels import LabelStore, Role

HOME = "http://127.0.0.1:7860"
PAGE = {"Accept": "text/html"}
PASSWORDS = {
    "ann": "plates are read by ann",
    "rita": "rita looks at them again",
    "ada": "ada has all of the keys",
}
ROLES = {"ada": Role.ADMIN, "ann": Role.ANNOTATOR, "rita": Role.REVIEWER}


def add_people(store: LabelStore) -> dict[str, int]:
    """Make one person of each role and return their ids."""
    return {
        name: store.people.add_user(name, PASSWORDS[name], role).user_id
        for name, role in ROLES.items()
    }


def small_server(store: LabelStore, host: str = "127.0.0.1") -> tuple[FastAPI, str]:
    """A protected server with a few routes of its own, and its set-up code."""
    server = FastAPI()

    @server.get("/")
    @server.post("/")
    @server.get("/team")
    @server.get("/review/one")
    def show(request: Request) -> dict[str, str]:
        return {"name": current_user(request).name, "role": current_user(request).role}

    @server.post("/gradio_api/upload")
    @server.post("/measure")
    async def measure(request: Request) -> dict[str, int]:
        return {"length": len(await request.body())}

    @server.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    return server, protect_server(server, store, host).setup_code.text


def visit(server: FastAPI, home: str = HOME, **headers: str) -> TestClient:
    """A client that shows each answer as it came."""
    return TestClient(server, base_url=home, headers=headers, follow_redirects=False)


def sign_in(client: TestClient, name: str, **fields: str):
    """Fill in the form and return the answer."""
    return client.post("/sign-in", data={"name": name, "password": PASSWORDS[name], **fields})
