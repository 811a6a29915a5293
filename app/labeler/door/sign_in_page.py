"""HTML of the pages that open the door: sign in, first admin, sign out, a refusal.

They work without scripts and load nothing, so that they stand when everything else is shut.
"""

from html import escape

from app.labeler.theme import BLUE, SLATE

TITLE = "LPR workbench"
_LIGHT = {
    "page": SLATE.c50, "card": "#ffffff", "line": SLATE.c200, "edge": SLATE.c300,
    "ink": SLATE.c900, "quiet": SLATE.c600, "accent": BLUE.c700, "on-accent": "#ffffff",
    "doubt": "#a1121f", "doubt-soft": "#fde4e4",
}  # fmt: skip
_DARK = {
    "page": SLATE.c950, "card": SLATE.c900, "line": SLATE.c800, "edge": SLATE.c700,
    "ink": SLATE.c100, "quiet": SLATE.c400, "accent": BLUE.c300, "on-accent": BLUE.c950,
    "doubt": "#ffb3b3", "doubt-soft": "#4a1d23",
}  # fmt: skip
_STYLE = """
* { box-sizing: border-box; }
body {
  display: grid; place-items: center; min-height: 100vh; margin: 0; padding: 20px;
  background: var(--page); color: var(--ink);
  font: 1rem/1.5 system-ui, "Segoe UI", Roboto, "Liberation Sans", sans-serif;
}
main {
  width: 100%; max-width: 380px; padding: 30px 28px 32px; border: 1px solid var(--line);
  border-radius: 14px; background: var(--card);
}
h1 { margin: 0 0 10px; font-size: 1.4rem; line-height: 1.25; }
p { margin: 0 0 20px; color: var(--quiet); }
label { display: block; margin: 0 0 14px; font-size: .92rem; font-weight: 550; }
input, button {
  display: block; width: 100%; height: 44px; margin-top: 5px; padding: 0 12px;
  border: 1px solid var(--edge); border-radius: 8px; background: var(--page); color: var(--ink);
  font: inherit; font-size: 1rem; font-weight: 450;
}
button {
  margin-top: 22px; border-color: var(--accent); background: var(--accent);
  color: var(--on-accent); font-weight: 600; cursor: pointer;
}
small { display: block; margin: -8px 0 14px; color: var(--quiet); font-size: .84rem; }
a { color: var(--accent); }
[role="alert"] {
  padding: 9px 12px; border-radius: 8px; background: var(--doubt-soft); color: var(--doubt);
}
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
"""


def sign_in_page(next_path: str, name: str = "", problem: str = "") -> str:
    """Return the form that asks for name and password, and leads to `next_path`."""
    return _page(
        "Sign in",
        _problem(problem)
        + '<form method="post" action="/sign-in">'
        + f'<input type="hidden" name="next" value="{escape(next_path)}">'
        + _field("Name", "name", value=name, autocomplete="username", focus=not name)
        + _field("Password", "password", autocomplete="current-password", focus=bool(name))
        + "<button>Sign in</button></form>",
    )


def first_admin_page(*, needs_code: bool, name: str = "", problem: str = "") -> str:
    """Return the form that makes the first person; `needs_code` asks for the set-up code."""
    code = (
        _field("Set-up code", "code", autocomplete="off", focus=True)
        + "<small>The app's log says it, since its last start.</small>"
    )
    return _page(
        "Create the first admin",
        "<p>Nobody can sign in yet. The first admin makes accounts for the others.</p>"
        + _problem(problem)
        + '<form method="post" action="/first-admin">'
        + code * needs_code
        + _field("Name", "name", value=name, autocomplete="username", focus=not needs_code)
        + _field("Password", "password", autocomplete="new-password")
        + _field("Password again", "again", autocomplete="new-password")
        + "<button>Create and sign in</button></form>",
    )


def password_page(name: str, problem: str = "") -> str:
    """Return the form with which a person changes her own password."""
    return _page(
        "Change password",
        _problem(problem)
        + '<form method="post" action="/password">'
        + f'<input type="hidden" name="name" value="{escape(name)}" autocomplete="username">'
        + _field("Present password", "old", autocomplete="current-password", focus=True)
        + _field("New password", "password", autocomplete="new-password")
        + _field("New password again", "again", autocomplete="new-password")
        + "<button>Change password</button></form>"
        + '<p style="margin: 20px 0 0"><a href="/">Back to the plates</a></p>',
    )


def sign_out_page(name: str) -> str:
    """Return the page that says who is signed in and offers to end that."""
    return _page(
        "Sign out",
        f"<p>You are signed in as <b>{escape(name)}</b>.</p>"
        '<form method="post" action="/sign-out"><button>Sign out</button></form>'
        '<p style="margin: 20px 0 0"><a href="/password">Change password</a> · '
        '<a href="/">Back to the plates</a></p>',
    )


def refusal_page(sentence: str) -> str:
    """Return a page that says why the page asked for is not shown."""
    return _page(
        "This does not work", f'{_problem(sentence)}<p style="margin:0"><a href="/">Back</a></p>'
    )


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{title} · {TITLE}</title><link rel="icon" href="/favicon.ico"><style>'
        f":root{{color-scheme:light dark;{_variables(_LIGHT)}}}"
        f"@media (prefers-color-scheme: dark){{:root{{{_variables(_DARK)}}}}}{_STYLE}</style>"
        f"</head><body><main><h1>{title}</h1>{body}</main></body></html>"
    )


def _variables(colours: dict[str, str]) -> str:
    return "".join(f"--{name}:{colour};" for name, colour in colours.items())


def _problem(sentence: str) -> str:
    return f'<p role="alert">{escape(sentence)}</p>' if sentence else ""


def _field(
    label: str, name: str, *, value: str = "", autocomplete: str, focus: bool = False
) -> str:
    kind = "password" if name in ("old", "password", "again") else "text"
    return (
        f'<label>{label}<input type="{kind}" name="{name}" value="{escape(value)}" required'
        f' maxlength="200" autocomplete="{autocomplete}"'
        f' autocapitalize="none" spellcheck="false"{" autofocus" * focus}></label>'
    )
