"""A small call with everything in it, for the tests of the studio; also a program that records it.

`python -m tests.sound.calls FOLDER` prints the hashes of what it recorded there.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from compiler.plan.call import Speaker
from compiler.sound import studio
from compiler.talk.dialogue import Dialogue, Hold, Silence, Transfer, Turn, Wait

PETER = Speaker("Peter_Keller", "Peter Keller", "agent", "male", "onyx", 1.01)
MONIKA = Speaker("Monika_Mueller", "Monika Müller", "agent", "female", "nova", 0.98)
SARAH = Speaker("c1", "Sarah", "customer", "female", "shimmer", 1.0)


def agent(text: str, **marks: bool) -> Turn:
    return Turn("agent", text, act="say", **marks)


def customer(text: str, **marks: bool) -> Turn:
    return Turn("customer", text, **marks)


ENGLISH = (
    Wait(4500),
    agent("Good morning, this is Muster Bank, Peter Keller speaking. How can I help you today?"),
    customer("Good morning. My card was declined in a shop yesterday, and I would like to know why that happened."),
    agent("I am sorry about that. Let me have a look at your account, this takes a moment, so please stay with me."),
    customer("mhm", backchannel=True),
    Silence(240),
    agent("I can see the payment here. The limit for the month had been reached, and therefore the system"),
    customer("But that cannot be right, I have hardly used the card at all in the last weeks.", interrupts=True),
    agent("I understand. May I put you on hold for a short time?"),
    customer("Yes."),
    Hold(412),
    agent("Thank you for waiting. I am going to connect you with my colleague."),
    Transfer("Cards"),
    agent("Hello, this is Monika from the cards team. I have raised the limit for you."),
    customer("That is very kind, thank you. Goodbye."),
)
GERMAN = (
    agent("Guten Tag, hier ist die MusterBank. Was kann ich für Sie tun?"),
    customer("Guten Tag, ich komme nicht mehr in mein Konto."),
    Silence(133),
    agent("Der Zugang ist wieder frei. Auf Wiederhören."),
)


def labels(items) -> dict:
    return {
        "channel": "voice",
        "Hold_time": sum(i.centiseconds for i in items if isinstance(i, Hold)) / 100,
        "Silence_total_seconds": sum(i.centiseconds for i in items if isinstance(i, Silence)) / 100,
        "Silence_ratio": 7.0,
        "Interruptions_count": sum(isinstance(i, Turn) and i.interrupts for i in items),
        "Transfers_count": sum(isinstance(i, Transfer) for i in items),
        "FCR": True,
    }


def take(folder: Path, items=ENGLISH, locale: str = "en", stem: str = "call", **other) -> studio.Take:
    said = labels(items)
    cast = studio.Cast(PETER, SARAH, (MONIKA,) if locale == "en" else ())
    given = {
        "stem": stem, "dialogue": Dialogue({}, tuple(items), locale), "cast": cast, "key": 4711, "entries": said,
        "record": {"call_id": "x-1", **said}, "wav": folder / f"{stem}.wav", "json": folder / f"{stem}.wav.json",
    }  # fmt: skip
    return studio.Take(**{**given, **other})


def prints(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def main() -> None:
    folder = Path(sys.argv[1])
    for one in (take(folder), take(folder, GERMAN, "de", "anruf")):
        studio.produce(one, studio.Settings())
    sys.stdout.write(repr(prints(folder)))


if __name__ == "__main__":
    main()
