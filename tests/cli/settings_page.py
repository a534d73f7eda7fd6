"""``python -m tests.cli.settings_page``: write the guide's page of settings from the commands themselves."""

from __future__ import annotations

from pathlib import Path

import sixtyfour_async
from sixtyfour_async.cli.commands import cli
from sixtyfour_async.cli.environment import CONSENTS
from sixtyfour_async.cli.settings_table import Setting, settings_of

PATH = Path(sixtyfour_async.__file__).parent / "guide" / "settings.md"
HEAD = """# Settings

Every flag of the command line can be set in the environment, or in a file called `.env` in the current folder. A flag
goes before the environment, and the environment before the file.

- A variable that is empty or blank is not set.
- Of a repeatable flag, several values stand on lines of their own: `SIXTYFOUR_FIELD=$'a=first\\nb=second'`.
- A switch is on for `1`, `true`, `yes` or `on`.
- The parameters of `sixtyfour call` are questions, not settings: they have no variables.

`sixtyfour settings` shows what is set, and from where; with a command and its flags, what that command would use. Of
keys and passwords it shows the source only.

```console
$ SIXTYFOUR_TIER=low sixtyfour settings run find-email leads.csv --limit 10
--tier low  [environment]
--limit 10  [flag]
…
```

## The key

`SIXTYFOUR_API_KEY`, or a file that `--api-key-file` names (`-` is standard input). `--api-key` works, and warns: others
on the machine can read the arguments of a process.

## The file

`.env` of the current folder only; folders above it are not searched. Names that do not begin with `SIXTYFOUR_` are not
read: proxies and certificates (`HTTPS_PROXY`, `SSL_CERT_FILE`) belong in the environment.

```sh title=".env"
# a comment
export SIXTYFOUR_API_KEY="sk_live_…"   # `export` and quotes may stand there
SIXTYFOUR_MAX_COST_CENTS=500
SIXTYFOUR_FIELD="headquarters=City of the head office
employees:int=Head count"
```

```console
$ sixtyfour settings
…
--field headquarters=City of the head office, employees:int=Head count  [.env]
--max-cost-cents 500  [.env]
```

Nothing is expanded: `$HOME` is five characters. In double quotes `\\n`, `\\t`, `\\"` and `\\\\` are escapes. A byte
order mark, CRLF and UTF-16 are understood. A line that concerns this package and cannot be read stops the command.

**A folder may be a stranger's.** Two things are not taken on the word of its `.env`:

- What a person agrees to, and the price in the plan: CONSENTS are read from the environment only.
- An address to which a key or data would go (`SIXTYFOUR_API_ENDPOINT`, `SIXTYFOUR_WEBHOOK_URL`, a `SIXTYFOUR_JOURNAL`
  in a database), unless the key is in the same file: it is named before the first request and needs a yes. A script
  stops with exit code 2; `--yes` is no answer to this. To agree, give the address by its flag or in the environment.

## All settings

"""


def page() -> str:
    """Return the whole page."""
    consents = sorted(f"`{name}`" for name in CONSENTS)
    head = HEAD.replace("CONSENTS", f"{', '.join(consents[:-1])} and {consents[-1]}")
    rows = [
        *settings_of(cli),
        Setting("SIXTYFOUR_WEBHOOK_SECRET", "", ("listen", "run"), "The webhooks' signing secret."),
    ]
    lines = [_row(setting) for setting in rows]
    return head + "\n".join(["| variable | flag | commands | what it does |", "|---|---|---|---|", *lines]) + "\n"


def _row(setting: Setting) -> str:
    flag = f"`{setting.flag}`" if setting.flag else ""
    commands = ", ".join(dict.fromkeys(setting.commands))
    return f"| `{setting.variable}` | {flag} | {commands} | {setting.help.replace('|', chr(92) + '|')} |"


if __name__ == "__main__":
    PATH.write_text(page(), encoding="utf-8")
