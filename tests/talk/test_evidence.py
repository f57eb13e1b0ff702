"""The lexicons of the shipped locales: what shows a check, and what only looks like it."""

from __future__ import annotations

import pytest

from compiler.talk.evidence import shows
from tests.talk.calls import DE, EN

SHOWN = {
    (EN, "greeting"): ("Good morning, Acme Bank.", "Hello!", "Thanks, my name is Anna.", "What can I do for you?"),
    (EN, "empathy"): ("I'm so sorry to hear that.", "I can understand how annoying this is.",
                      "That must be really frustrating.", "I do apologise for the wait.",
                      "I completely understand your concern.", "I can see why you're upset.",
                      "I understand how you feel.", "Oh, that's really annoying."),
    (EN, "summary"): ("To sum up, the card is blocked.", "Let me recap what we agreed.", "So to recap: it is done.",
                      "In summary, you get a letter.", "I'll just summarise."),
    (EN, "farewell"): ("Have a lovely day!", "Goodbye then.", "Thank you for calling.", "Enjoy your weekend."),
    (EN, "hold"): ("May I put you on hold for a moment?", "Please hold the line.", "You will hear some music."),
    (EN, "transfer"): ("I'll transfer you now.", "Let me put you through to Peter.", "My colleague can do that."),
    (DE, "greeting"): ("Guten Tag, Musterbank.", "Grüezi!", "Mein Name ist Vogt.", "Was kann ich für Sie tun?"),
    (DE, "empathy"): ("Das tut mir wirklich leid.", "Das kann ich gut verstehen.", "Ich verstehe Ihren Ärger.",
                      "Bitte entschuldigen Sie die Umstände.", "Das ist sehr ärgerlich."),
    (DE, "summary"): ("Ich fasse kurz zusammen: alles erledigt.", "Zusammengefasst ist die Karte gesperrt.",
                      "Noch einmal zusammenfassend:", "Ich wiederhole noch einmal: Sie bekommen Post."),
    (DE, "farewell"): ("Auf Wiederhören, Frau Keller.", "Einen schönen Abend noch.", "Vielen Dank für Ihren Anruf.",
                       "Ich wünsche Ihnen einen guten Tag."),
    (DE, "hold"): ("Ich lege Sie kurz in die Warteschleife.", "Sie hören gleich Musik.", "Bleiben Sie bitte dran."),
    (DE, "transfer"): ("Ich verbinde Sie mit Herrn Keller.", "Ich stelle Sie durch.", "Das macht meine Kollegin."),
}
NOT_SHOWN = {
    (EN, "greeting"): ("Yes? Go ahead.", "What is it?", "Which card?"),
    (EN, "empathy"): ("I see. Which card is it?", "That is how it works.", "Understood, card 1.", "I understand. Next.",
                      "I see you have our premium package.", "I see that your card is blocked."),
    (EN, "summary"): ("The card is blocked now.", "Some of the fees are listed.", "The sum is correct."),
    (EN, "farewell"): ("That is all.", "It will be there by Monday.", "I take care of it."),
    (DE, "greeting"): ("Ja, bitte?", "Worum geht es?", "Welche Karte?"),
    (DE, "empathy"): ("Aha. Welche Karte?", "So ist das geregelt.", "Das habe ich verstanden. Weiter."),
    (DE, "summary"): ("Die Karte ist gesperrt.", "Das hängt zusammen.", "Beide Konten zusammen ergeben das."),
    (DE, "farewell"): ("Das wäre alles.", "Es ist bis Montag da.", "Fertig."),
}


@pytest.mark.parametrize(("locale", "what", "text"), [(*key, text) for key, texts in SHOWN.items() for text in texts])
def test_it_shows(locale, what, text):
    assert shows(what, text, locale)


@pytest.mark.parametrize(("locale", "what", "text"),
                         [(*key, text) for key, texts in NOT_SHOWN.items() for text in texts])
def test_it_does_not_show(locale, what, text):
    assert not shows(what, text, locale)
