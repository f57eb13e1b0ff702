"""`compile synth FILE|DIR`: dialogues in .txt, ours or anybody's -> .wav and .wav.json."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from compiler.commands import _flags
from compiler.counting import counted

if TYPE_CHECKING:
    from compiler.catalog import Locale
    from compiler.plan.call import Value
    from compiler.screen import Screen
    from compiler.sound.studio import Take
    from compiler.talk.dialogue import Dialogue

HELP = "dialogues (.txt: a file or a folder) -> .wav and .wav.json"


def arguments(parser: _flags.Parser) -> None:
    parser.add_argument("source", metavar="FILE|DIR", help="a dialogue, or a folder of them")
    parser.add_argument("--limit", type=_flags.at_least(1), metavar="N", help="only the first N")
    _flags.common(parser, out="beside the dialogues")
    _flags.speaking(parser)


def run(namespace: argparse.Namespace) -> int:
    from compiler.screen import Screen
    from compiler.sound import studio
    from compiler.targets._recording import record

    options = _flags.options(namespace, out=namespace.out or Path())
    screen = Screen(quiet=options.quiet)
    source = _flags.folder_or_file(namespace.source)
    home = source if source.is_dir() else source.parent
    settings = studio.settings(
        engine=options.engine, hold=options.hold, voice_female=options.voice_female, voice_male=options.voice_male,
        voice_customer=options.voice_customer, cache=(namespace.out or home) / ".cache", jobs=options.jobs,
    )
    takes, failed = _takes(_texts(source)[: options.limit], namespace.out, options.force, screen)
    with screen.step("audio", len(takes)) as step:
        for take, result in record(takes, settings, options.jobs):
            if isinstance(result, Exception):
                failed += 1
                screen.fail(f"{take.stem}: {result}")
            step.advance()
    screen.note(f"{counted(len(takes), 'dialogue')} to record, {failed} failed; in {namespace.out or home}")
    return 1 if failed else 0


def _texts(source: Path) -> list[Path]:
    from compiler.failures import UsageError

    found = sorted(path for path in source.rglob("*.txt") if path.is_file()) if source.is_dir() else [source]
    if not found:
        raise UsageError(f"{source} holds no .txt")
    return found


def _takes(texts: list[Path], out: Path | None, force: bool, screen: Screen) -> tuple[list[Take], int]:
    """The takes of all dialogues that can be read; the others are said and counted."""
    from compiler.failures import WorldError

    locales, takes, failed = _locales(), [], 0
    for path in texts:
        folder = out or path.parent
        if (folder / f"{path.stem}.wav.json").exists() and not force:
            screen.warn(f"{path.stem}.wav.json stands already and is kept; --force makes it again")
            continue
        try:
            takes.append(_take(path, folder, locales, screen))
        except WorldError as error:
            failed += 1
            screen.fail(str(error))
    return takes, failed


def _locales() -> tuple[Locale, ...]:
    from compiler import catalog
    from compiler.places import search_path

    folders = search_path("locales", Path.cwd())
    return tuple(catalog.load(tag, folders) for tag in catalog.available(folders))


def _take(path: Path, folder: Path, locales: tuple[Locale, ...], screen: Screen) -> Take:
    from compiler import rng
    from compiler.failures import WorldError
    from compiler.sound import studio
    from compiler.talk import dialogue

    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise WorldError(f"{path}: not UTF-8 (byte {error.start}); save the file as UTF-8") from error
    read = dialogue.parse(text, locales, str(path))
    header = _as_tagged(read, path, screen)
    spoken = str(read.header.get("channel", "voice")).casefold() != "text"
    return studio.Take(
        stem=path.stem,
        dialogue=read,
        cast=studio.cast_from_header(read),
        key=rng.key("synth", path.stem),
        entries=header,
        record={},
        wav=folder / f"{path.stem}.wav" if spoken else None,
        json=folder / f"{path.stem}.wav.json",
    )


def _as_tagged(read: Dialogue, path: Path, screen: Screen) -> dict[str, Value]:
    """The header with the totals that the tags really have: where the two contradict each other, the recording can
    only follow the tags, and the label follows the recording. Each change is said."""
    from compiler.talk.dialogue import Hold, Silence, Transfer, Turn

    def total(kind: type[Hold | Silence]) -> float:
        return sum(item.centiseconds for item in read.items if isinstance(item, kind)) / 100

    marks = sum(isinstance(item, Turn) and item.interrupts for item in read.items)
    found: dict[str, float | int] = {
        "Hold_time": total(Hold),
        "Silence_total_seconds": total(Silence),
        "Transfers_count": sum(isinstance(item, Transfer) for item in read.items),
    }
    if marks:  # without marks, the header's count of interruptions is made where it fits
        found["Interruptions_count"] = marks
    header = dict(read.header)
    for label, value in found.items():
        said = header.get(label)
        if isinstance(said, (int, float)) and abs(said - value) > 0.005:
            screen.warn(f"{path}: the header says {label} {said:g}, the tags make {value:g}: the label is set to that")
            header[label] = value
    return header
