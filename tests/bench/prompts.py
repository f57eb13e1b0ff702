"""Prompts and headers: ours from a Call against cached Jinja2 with a ready context. `python tests/bench/prompts.py`

The peer renders the same template files to the same bytes; its context is built beforehand and costs it nothing. Ours
builds the context from the Call each time. The limit holds against the peer with the same promises (sandbox, strict
names); Jinja2 without a sandbox is shown beside it, without a limit. CPU time of one process, rounds interleaved,
medians; exit 1 beyond the limit.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from compiler.lang.load import load
from compiler.places import search_path
from compiler.plan.plan import draw
from compiler.talk import header, prompt_sandbox
from compiler.talk import prompt as talk
from compiler.talk.prompt_view import values, view, vocabulary
from compiler.targets._locales import Locales

ROOT = Path(__file__).resolve().parents[2]
ROUNDS, CALLS = 9, 400
LIMIT = 1.2
HEADER = "{% for label, value in rows %}{{ label }}: {{ value }}\n{% endfor %}"

loaded = load((ROOT / "specs",), overlays=("September",))
assert loaded.model is not None
plan = draw(loaded.model)
step = plan.count // CALLS
calls = [plan.call(number * step) for number in range(CALLS)]
words, folders = vocabulary(loaded.model), search_path("templates", ROOT)
locales = Locales(loaded.model, ROOT, lambda _: None)
own = [locales.of(str(call.record["language"]), None) for call in calls]
contexts = [values(view(call, locale, words)) for call, locale in zip(calls, own, strict=True)]
for context in contexts:
    dict(context["call"].shown)  # ready: every text of the peer's context is made
rows = [[(locale.label(entry.key), header.shown(entry, locale))
         for entry in header.entries(call, "llm", words.members)] for call, locale in zip(calls, own, strict=True)]
channels = ["text" if call.record["channel"] == "text" else "voice" for call in calls]


def ours() -> list[str]:
    return [_prompt(talk.render(call, locale, words, folders)) for call, locale in zip(calls, own, strict=True)]


def our_headers() -> list[str]:
    return ["\n".join([*header.lines(header.entries(call, "llm", words.members), locale), ""])
            for call, locale in zip(calls, own, strict=True)]


def _prompt(made: talk.Prompt) -> str:
    return made.system + "\n" + made.user


def unfolded() -> list[str]:
    """Ours without folding: what a template costs that does not fold."""
    return ["\n".join(prompt_sandbox.fill(folders, f"{locale.tag}/{channel}/{part}.md.j2",
                                          values(view(call, locale, words))).strip() for part in talk.PARTS)
            for call, locale, channel in zip(calls, own, channels, strict=True)]


def peer(kind: type[jinja2.Environment]) -> tuple[Callable[[], list[str]], Callable[[], list[str]]]:
    environment = kind(loader=jinja2.FileSystemLoader([str(folder) for folder in folders]), auto_reload=False,
                       undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    lines = kind(undefined=jinja2.StrictUndefined, keep_trailing_newline=True).from_string(HEADER)

    def prompts() -> list[str]:
        return ["\n".join([environment.get_template(f"{locale.tag}/{channel}/{part}.md.j2").render(context).strip()
                           for part in talk.PARTS])
                for context, locale, channel in zip(contexts, own, channels, strict=True)]

    return prompts, lambda: [lines.render(rows=each) for each in rows]


def main() -> int:
    sandboxed, sandboxed_headers = peer(ImmutableSandboxedEnvironment)
    plain, plain_headers = peer(jinja2.Environment)
    runs = {"ours": ours, "ours, headers": our_headers, "ours, not folded": unfolded, "sandboxed": sandboxed,
            "sandboxed, headers": sandboxed_headers, "plain": plain, "plain, headers": plain_headers}
    texts = {name: run() for name, run in runs.items()}  # the caches are filled
    for name in ("ours, not folded", "sandboxed", "plain"):
        assert texts[name] == texts["ours"], name
        assert name == "ours, not folded" or texts[f"{name}, headers"] == texts["ours, headers"], name
    took: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, run in runs.items():
            begun = time.process_time()
            run()
            took[name].append((time.process_time() - begun) / CALLS * 1e6)
    took["ours, both"] = [a + b for a, b in zip(took["ours"], took["ours, headers"], strict=True)]
    for name in ("sandboxed", "plain"):
        took[f"{name}, both"] = [a + b for a, b in zip(took[name], took[f"{name}, headers"], strict=True)]
    return table(took)


def table(took: dict[str, list[float]]) -> int:
    sys.stdout.write(f"{'what, µs a call':34} {'ours':>7} {'peer':>7} {'ratio':>6} {'goal':>6}\n")
    failed = False
    for what, mine, other, goal in (
        ("prompt and header / sandboxed", "ours, both", "sandboxed, both", LIMIT),
        ("prompt and header / plain Jinja2", "ours, both", "plain, both", None),
        ("prompt / sandboxed", "ours", "sandboxed", None),
        ("prompt / plain Jinja2", "ours", "plain", None),
        ("header / plain Jinja2", "ours, headers", "plain, headers", None),
        ("prompt, not folded / sandboxed", "ours, not folded", "sandboxed", None),
    ):
        ratio = statistics.median(a / b for a, b in zip(took[mine], took[other], strict=True))
        failed |= goal is not None and ratio > goal
        sys.stdout.write(f"{what:34} {statistics.median(took[mine]):7.1f} {statistics.median(took[other]):7.1f} "
                         f"{ratio:6.2f} {f'<= {goal}' if goal else '':>6}\n")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
