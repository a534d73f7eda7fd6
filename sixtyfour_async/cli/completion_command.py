"""``sixtyfour completion``: the script that makes a shell complete."""

from __future__ import annotations

from typing import Final

import click

from sixtyfour_async.cli.formatting import say

LINES: Final = """\b
Where it is called:
  bash:  eval "$(sixtyfour completion bash)"        in ~/.bashrc
  zsh:   eval "$(sixtyfour completion zsh)"         in ~/.zshrc, after compinit
  fish:  sixtyfour completion fish | source         in ~/.config/fish/config.fish
"""


@click.command(epilog=LINES)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print a script by which a shell completes commands, flags, operations, tiers, columns and journals.

    Columns are those of the TABLE that stands on the command line already.
    """
    # Without `one_line_errors`: a shell that starts in a folder with a broken .env gets its script all the same.
    from sixtyfour_async.cli.completion_scripts import SCRIPTS

    say(SCRIPTS[shell].strip())
