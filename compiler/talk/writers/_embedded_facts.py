"""Call -> what the writer asks about it: typed, with every check, flag and act resolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from compiler.plan.call import Call

CHECK_OF = {"greet": "Greeting", "show_empathy": "Empathy", "summarise": "Summary", "farewell": "Farewell"}
SPELLINGS = {"summarize": "summarise", "say_goodbye": "farewell", "goodbye": "farewell", "empathise": "show_empathy"}
LONG_WAIT = 120.0  # seconds; from here the customer complains about the queue
MANNERS = {
    "impatient": ("impatien", "hurry", "hectic", "busy", "ungeduld", "eilig", "gehetzt"),
    "chatty": ("chatty", "talkative", "cheerful", "gesprächig", "plaud", "redselig"),
    "anxious": ("anxious", "worried", "nervous", "afraid", "insecure", "ängst", "besorgt", "unsicher", "nervös"),
    "angry": ("angry", "upset", "furious", "aggressive", "irritated", "wütend", "verärgert", "gereizt"),
    "polite": ("polite", "friendly", "courteous", "höflich", "freundlich"),
    "unsure": ("confused", "elderly", "unsure", "inexperienced", "beginner", "ältere", "unerfahren", "verwirrt"),
}


@dataclass(frozen=True)
class Facts:
    """The questions that the writer has about a call."""

    call: Call

    def text(self, name: str) -> str:
        """A category or text; "" where the record has none."""
        value = self.call.record.get(name)
        return value if isinstance(value, str) else ""

    def number(self, name: str) -> float | None:
        value = self.call.record.get(name)
        return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None

    def flag(self, name: str) -> bool | None:
        value = self.call.record.get(name)
        return value if isinstance(value, bool) else None

    def centiseconds(self, name: str) -> int:
        """Seconds with two decimals -> whole hundredths; 0 where the record has none."""
        return round((self.number(name) or 0.0) * 100)

    @property
    def voice(self) -> bool:
        return self.text("channel") != "text"

    @property
    def intents(self) -> tuple[str, ...]:
        """All reasons for the call, the first first."""
        first = self.text("intent")
        for name in ("intents", "intent_all"):
            several = self.call.record.get(name)
            if isinstance(several, list) and several:
                return tuple(dict.fromkeys([*([first] if first else []), *(str(one) for one in several)]))
        return (first,) if first else ()

    @property
    def solved(self) -> bool:
        return self.flag("FCR") is not False

    @property
    def transfers(self) -> int:
        return int(self.number("Transfers_count") or 0)

    @property
    def interruptions(self) -> int:
        return int(self.number("Interruptions_count") or 0) if self.voice else 0

    def fails(self, act: str) -> bool:
        """The act is to be left out: a scene forbids it, or its check failed, or it is among the failed ones."""
        act = SPELLINGS.get(act, act)
        flags = self.call.record.get("compliance_flags")
        if self.forbidden(act):
            return True
        if isinstance(flags, Mapping) and flags.get(CHECK_OF.get(act, "")) in ("pass", "fail"):
            return flags[CHECK_OF[act]] == "fail"
        return any(act in self._plain(scene.failed) for scene in self.call.scenes)

    def forbidden(self, act: str) -> bool:
        """Some scene says that the agent must not do it."""
        return any(act in self._plain(scene.must_not) for scene in self.call.scenes)

    def demanded(self, act: str) -> bool:
        return any(act in self._plain(scene.must) for scene in self.call.scenes)

    @staticmethod
    def _plain(acts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(SPELLINGS.get(act, act) for act in acts)

    @property
    def mood(self) -> str:
        """warm | neutral | annoyed, by sentiment, else by recommendation, else by the outcome."""
        sentiment = self.number("sentiment_score")
        if sentiment is None:
            score = self.number("NPS_score")
            sentiment = (score - 5) / 5 if score is not None else 0.4 if self.solved else 0.0
        return "warm" if sentiment >= 0.5 else "neutral" if sentiment >= 0.05 else "annoyed"

    @property
    def manner(self) -> str:
        """How the customer speaks, by words of persona and tone; "" for an ordinary customer."""
        described = f"{self.call.persona} {self.call.tone}".lower()
        return next((name for name, words in MANNERS.items() if any(word in described for word in words)), "")

    @property
    def waited_long(self) -> bool:
        """The customer complains about the wait: where the record says what is complained about, only if it says so."""
        if "complaint_category" in self.call.record:
            return self.text("complaint_category") == "WaitTime"
        return (self.number("AWT") or 0.0) > LONG_WAIT

    @property
    def no_amount(self) -> bool:
        """The record says that no amount is at stake: its field is there and has no value, and no scene names one."""
        said = self.call.record.get("amount_bucket", "")
        return said is None and all(scene.amount is None for scene in self.call.scenes)

    @property
    def follow_up(self) -> bool:
        """The call follows one about the same matter, which was not settled then."""
        earlier = self.call.earlier
        return earlier is not None and not earlier.FCR and earlier.intent == self.text("intent")

    def conditions(self, customer: str, heavy: bool) -> frozenset[str]:
        """The words of `condition: text` that hold for this call."""
        outage = any(event.kind in ("incident", "aftermath") for event in self.call.happening)
        return frozenset({
            "voice" if self.voice else "text", "solved" if self.solved else "unsolved", self.mood,
            "outage" if outage else "no_outage", "heavy" if heavy else "light",
            "again" if self.follow_up else "first",
            *(("named",) if customer else ()), *(("follow_up",) if self.call.earlier else ()),
            *(("no_amount",) if self.no_amount else ()),
            *(("complains",) if self.text("complaint_category") else ()),
            *(("premium",) if self.text("customer_segment").lower() == "premium" else ()),
        })
