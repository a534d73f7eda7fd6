"""The scripts that make shells complete, and the short life of a process that answers a Tab.

The script hands the words over, ``sixtyfour`` prints whole values, one a line, and the shell quotes them. A first line
``files`` asks for the names of files instead.
"""

from __future__ import annotations

import os
import sys
from typing import Final

VARIABLE: Final = "_SIXTYFOUR_COMPLETE"
"""Set by the scripts, to the shell's name."""

BASH: Final = r"""
_sixtyfour() {
    local IFS=$'\n' found
    found=$(_SIXTYFOUR_COMPLETE=bash COMP_LINE="${COMP_LINE:0:COMP_POINT}" "$1" 2>/dev/null) || return 0
    COMPREPLY=()
    if [[ $found == files ]]; then
        compopt -o default -o filenames 2>/dev/null
        return 0
    fi
    mapfile -t COMPREPLY < <([[ -n $found ]] && printf '%s\n' "$found")
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[=/] ]]; then compopt -o nospace; fi
}
complete -F _sixtyfour sixtyfour
"""

ZSH: Final = r"""#compdef sixtyfour
_sixtyfour() {
    local -a before found ends goes_on
    before=("${(@Q)words[2,CURRENT-1]}")
    found=("${(@f)$(_SIXTYFOUR_COMPLETE=zsh $words[1] "${before[@]}" "${(Q)PREFIX}" 2>/dev/null)}")
    if [[ $found[1] == files ]]; then
        [[ $PREFIX == --*=* ]] && compset -P "${(b)${PREFIX%%=*}}="
        _files
        return
    fi
    goes_on=("${(@M)found:#*[=/]}")
    ends=("${(@)found:#*[=/]}")
    ends=("${(@)ends:#}")
    (( $#ends )) && compadd -- "${ends[@]}"
    (( $#goes_on )) && compadd -S '' -- "${goes_on[@]}"
}
if [[ $funcstack[1] == _sixtyfour ]]; then _sixtyfour "$@"; else compdef _sixtyfour sixtyfour; fi
"""

FISH: Final = r"""
function __sixtyfour_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l found (_SIXTYFOUR_COMPLETE=fish command $words[1] $words[2..-1] $current 2>/dev/null)
    if test "$found[1]" = files
        __fish_complete_path (string replace -r -- '^--[^=]*=' '' $current)
    else if set -q found[1]
        printf '%s\n' $found
    end
end
complete -c sixtyfour -f -a '(__sixtyfour_complete)'
"""

SCRIPTS: Final = {"bash": BASH, "zsh": ZSH, "fish": FISH}


def answer_tab(shell: str, words: list[str]) -> None:
    """Print what may stand at the cursor; whatever goes wrong, nothing.

    Args:
        shell: The value of `VARIABLE`.
        words: The words after the program's name; bash's are in COMP_LINE.
    """
    sys.dont_write_bytecode = True
    try:
        lines = completed(shell, words)
        sys.stdout.write("".join(f"{line}\n" for line in lines))
        sys.stdout.flush()
    except Exception:  # noqa: BLE001, S110 (a message would stand in the middle of the command line)
        pass


def completed(shell: str, words: list[str]) -> list[str]:
    """Return the lines that a shell's script expects."""
    from sixtyfour_async.cli.commands import cli  # noqa: PLC0415 (not needed to print a script)
    from sixtyfour_async.cli.completion import FILES, complete  # noqa: PLC0415
    from sixtyfour_async.cli.typed_words import as_bash_inserts, split_line, unquoted  # noqa: PLC0415

    typed = split_line(os.environ.get("COMP_LINE", ""))[1:] if shell == "bash" else []
    if shell == "bash":
        words = [word.text for word in typed]
    elif shell == "fish" and words:
        words = [*words[:-1], unquoted(words[-1])]
    found = complete(words or [""], cli)
    if found == [FILES]:
        return ["files"]
    values = [value for value in dict.fromkeys(found) if value and value.isprintable()]
    return [as_bash_inserts(value, typed[-1]) for value in values] if shell == "bash" and typed else values
