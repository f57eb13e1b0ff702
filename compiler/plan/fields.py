"""One row a field of the call record: its JSON type, its unit, where it exists, what it says, in English and German.

The order is the order in the record (architecture.md section 4), then the additions.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Known:
    """`kind`: string, number, integer, boolean, checks (pass or fail by name) or list. `voice`: calls by voice only.
    `header`: stands in the header of a dialogue."""

    id: str
    kind: str
    en: str
    de: str
    unit: str = ""
    voice: bool = False
    header: bool = False
    nullable: bool = False


S, N, I, B = "string", "number", "integer", "boolean"  # noqa: E741  # one letter a type keeps the table readable

KNOWN: tuple[Known, ...] = (
    Known("call_id", S, "Identifier of the call, a UUID made from dataset, seed, date and number.",
          "Kennung des Anrufs, eine UUID aus Datensatz, Startwert, Datum und Nummer."),
    Known("date", S, "Day of the call, local time of the dataset.", "Tag des Anrufs, Ortszeit des Datensatzes.",
          header=True),
    Known("weekday", S, "Day of the week.", "Wochentag.", header=True),
    Known("time_of_day_bucket", S, "Part of the day in which the call starts.",
          "Tagesabschnitt, in dem der Anruf beginnt.", header=True),
    Known("agent_name", S, "Who answers the call.", "Wer den Anruf annimmt.", header=True),
    Known("team", S, "Team of the agent.", "Team des Agenten."),
    Known("agent_shift", S, "Shift in which the agent takes the call.",
          "Schicht, in der der Agent den Anruf annimmt.", header=True),
    Known("customer_segment", S, "Segment to which the customer belongs.", "Kundensegment.", header=True),
    Known("channel", S, "How the customer gets in touch.", "Weg, auf dem sich der Kunde meldet.", header=True),
    Known("language", S, "Language of the conversation.", "Sprache des Gesprächs.", header=True),
    Known("region", S, "Where the customer lives.", "Wohnregion des Kunden."),
    Known("device_type", S, "Device that the customer uses.", "Gerät des Kunden."),
    Known("intent", S, "Main reason for the call.", "Hauptanliegen des Anrufs.", header=True),
    Known("scenario", S, "Course that the conversation takes.", "Ablauf, dem das Gespräch folgt.", header=True),
    Known("escalation", S, "Where the case is passed on to, None if nowhere.",
          "Wohin der Fall weitergegeben wird, None für nirgendwohin.", header=True, nullable=True),
    Known("complaint_category", S, "What the customer complains about.",
          "Worüber sich der Kunde beschwert.", header=True, nullable=True),
    Known("product", S, "Product that the call is about.", "Produkt, um das es geht.", header=True, nullable=True),
    Known("amount_bucket", S, "Size of the amount, null where no amount is at stake.",
          "Größenordnung des Betrags, null ohne Betrag.", header=True, nullable=True),
    Known("self_service_potential", S, "How well the customer could have helped themselves.",
          "Wie gut sich das Anliegen per Selbstbedienung hätte erledigen lassen.", header=True, nullable=True),
    Known("automation_action_type", S, "Step that an automation took, null if none did.",
          "Schritt einer Automatik, null ohne Automatik.", header=True, nullable=True),
    Known("ANI", S, "Number of the caller in E.164 form with +; it belongs to nobody.",
          "Rufnummer in E.164-Form mit +; sie gehört niemandem.", header=True),
    Known("AWT", N, "Time in the queue before the agent answers.",
          "Wartezeit, bis der Agent annimmt.", unit="s", header=True),
    Known("Hold_time", N, "Hold music in all; 0 or at least 3 s.",
          "Gesamte Zeit in der Warteschleife; 0 oder mindestens 3 s.", unit="s", voice=True, header=True),
    Known("Silence_ratio", N, "Silence as a part of the recording. In the plan this is an estimate; the final record "
          "holds the measured value.", "Anteil der Stille an der Aufnahme. Im Plan geschätzt; der endgültige Datensatz "
          "enthält den gemessenen Wert.", unit="%", voice=True, header=True),
    Known("Silence_total_seconds", N, "Stretches of at least 1 s in which nobody speaks and no music plays, in all.",
          "Summe der Abschnitte ab 1 s, in denen niemand spricht und keine Musik läuft.",
          unit="s", voice=True, header=True),
    Known("sentiment_score", N, "Mood of the customer, -1 (bad) to 1 (good).",
          "Stimmung des Kunden, -1 (schlecht) bis 1 (gut).", header=True),
    Known("script_adherence", N, "How closely the agent keeps to the script.",
          "Wie eng sich der Agent an den Leitfaden hält.", unit="%", header=True),
    Known("Transfers_count", I, "How often the call is handed to another agent.",
          "Wie oft der Anruf an einen anderen Agenten übergeben wird.", header=True),
    Known("Interruptions_count", I, "How often one speaker cuts the other off and goes on.",
          "Wie oft jemand dem anderen ins Wort fällt und weiterspricht.", voice=True, header=True),
    Known("NPS_score", I, "How likely the customer is to recommend us, 0 to 10.",
          "Wie wahrscheinlich der Kunde uns weiterempfiehlt, 0 bis 10.", header=True),
    Known("FCR", B, "Solved on the first contact.", "Beim ersten Kontakt gelöst.", header=True),
    Known("repeat_call_within_72h", B, "The customer contacts us again within 72 hours; that call is in the dataset.",
          "Der Kunde meldet sich innerhalb von 72 Stunden wieder; der Anruf ist im Datensatz.", header=True),
    Known("automation_action_present", B, "An automation took a step.",
          "Eine Automatik hat etwas ausgeführt.", header=True),
    Known("kb_article_used", B, "The agent used an article of the knowledge base.",
          "Der Agent nutzte einen Artikel der Wissensdatenbank.", header=True),
    Known("language_switch", B, "The conversation changes its language for a while.",
          "Das Gespräch wechselt zeitweise die Sprache.", header=True),
    Known("pii_disclosure_flag", B, "Personal data is said aloud (invented, like all of it).",
          "Personenbezogene Angaben werden genannt (erfunden, wie alles hier).", header=True),
    Known("compliance_flags", "checks", "Duties of the agent, each pass or fail.",
          "Pflichten des Agenten, jeweils pass oder fail."),
)

ADDED: tuple[Known, ...] = (
    Known("start", S, "When the agent's phone rings first, local time with its offset from UTC.",
          "Beginn des Anrufs, Ortszeit mit Abstand zu UTC."),
    Known("customer_id", S, "The customer, the same in all of their calls.",
          "Der Kunde, in allen seinen Anrufen gleich."),
    Known("intents", "list", "All reasons for the call, the main one first.", "Alle Anliegen, das wichtigste zuerst."),
    Known("persona", S, "Manner of the customer.", "Art des Kunden.", nullable=True),
    Known("customer_name", S, "Invented name of the customer.", "Erfundener Name des Kunden."),
    Known("follows", S, "call_id of the earlier call that this one follows up, null for a first contact.",
          "call_id des früheren Anrufs, auf den dieser folgt, null beim Erstkontakt.", nullable=True),
)

BY_ID = {known.id: known for known in (*KNOWN, *ADDED)}
CHECKS_ORDER = ("Greeting", "Empathy", "Summary", "Farewell")  # first in their object; others after them, by name
