"""Calls of specs that the phrase books have never seen: telecom, insurance, and acts that nobody has named before."""

from __future__ import annotations

from dataclasses import replace

from compiler.plan.call import Call, Scene, Speaker
from tests.talk_embedded.calls import call

TELECOM = (
    Scene("opening", "opening", must=("greet", "ask_reason")),
    Scene("retention", "retention", must=("make_offer",), customer=("accepts, a little surprised",)),
    Scene("upsell", "upsell", must=("name_price", "ask_consent"), amount=(49.9, "EUR")),
    Scene("closing", "closing", must=("summarise", "farewell")),
)
CLAIM = (
    Scene("consent", "consent", must=("announce_recording", "ask_consent"), customer=("would rather not be recorded",),
          recording="stops"),
    Scene("facts", "facts", must=("ask_date_and_place", "ask_photos"), amount=(1234.5, "CHF"), hold_share=0.5),
    Scene("closing", "closing", must=("summarise", "farewell")),
)
CARD = (
    Scene("opening", "opening", must=("greet", "confirm_identity")),
    Scene("card", "Card number, off the record", must=("announce_pause",), recording="paused",
          customer=("reads the card number and the security code",)),
    Scene("after", "after", must=("announce_resume", "give_receipt_number")),
)
ODD = (
    Scene("start", "start", must=("greet",), must_not=("name_the_debt", "promote_self_service")),
    Scene("inspection", "inspection", customer=("whistles a tune", "wonders about the moon"),
          must=("polish_lens", "say_weather", "ask_meter", "check_valve", "send_kit", "zap")),
    Scene("handover", "cold handover", must=("tune_antenna",), failed=("announce_transfer",),
          handed_to=Speaker("Chiara_Rossi", "Chiara Rossi", "agent", "female", "shimmer", 1.0)),
)
ODD_ACTS = {
    "en": {"polish_lens": "polishes the lens of the customer's camera", "say_weather": "says that the weather is fine",
           "ask_meter": "asks the customer for the meter reading", "tune_antenna": "tunes the antenna"},
    "de": {"polish_lens": "poliert die Linse", "say_weather": "sagt, dass das Wetter schön ist",
           "ask_meter": "fragt nach dem Zählerstand", "tune_antenna": "richtet die Antenne aus"},
}


def foreign(number: int, scenes: tuple[Scene, ...], tag: str = "en", channel: str = "voice", **over: object) -> Call:
    """A synthetic call of another spec: intents, scenario and product that no phrase book names."""
    made = call(number, channel, intent="Hail_Damage", intents=["Hail_Damage", "Roaming"], scenario="Roof_inspection",
                product="Household", amount_bucket=None, **over)
    return replace(made, scenes=scenes, scenario_label="Roof inspection", acts=ODD_ACTS[tag], earlier=None)
