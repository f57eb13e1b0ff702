"""Facts + Book -> the values of the slots: one amount, one date, one merchant for the whole call, keyed."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from compiler import rng
from compiler.catalog import Locale
from compiler.talk.writers._embedded_book import Book
from compiler.talk.writers._embedded_facts import Facts
from compiler.talk.writers._embedded_numbers import bucket, cents, money, percent

IBANS = ("DE50 0000 0000 0123 4567 89", "DE93 9999 9999 0000 0000 00")  # right check digits, banks that are none
CARDS = ("4242 4242 4242 4242", "4111 1111 1111 1111", "5555 5555 5555 4444")  # public test numbers, nobody's cards
FEES = ("4.50", "6", "7.50", "9", "12", "15", "18", "20", "25", "32")
SLOTS = frozenset({
    "agent", "brand", "daytime", "customer", "amount", "sum", "fee", "balance", "ticket", "rate", "loan_rate", "date",
    "past_day", "due_day", "days", "merchant", "shop", "where", "my_device", "your_device", "device", "product",
    "wait", "wait_dative", "mine", "yours", "do_it", "earlier_day", "earlier_agent", "earlier_mine", "colleague",
    "colleague_to", "colleague_from", "colleague_by", "previous", "previous_from", "score", "iban",
    "card", "mail", "escalation", "complaint", "automation", "deed", "matter", "text", "calling", "call", "speak",
    "hear", "this_rate", "security_word", "branch", "event", "call_day",
})


def values(facts: Facts, book: Book, locale: Locale) -> dict[str, str]:
    """The texts of all slots that stand for the whole call; those of a moment (colleague, act) are added later."""
    key = facts.call.key
    loan = "Loan" in facts.text("scenario").split("_")
    rate = percent(Decimal(120 + 5 * int(rng.u(key, "rate") * 30)) / 100, book, locale)
    loan_rate = percent(Decimal(490 + 10 * int(rng.u(key, "loan_rate") * 45)) / 100, book, locale)
    found = {
        "agent": facts.call.agent.label, "brand": "", "daytime": _daytime(facts, book),
        "customer": _customer(facts, book), "fee": money(rng.pick(FEES, key, "fee"), "", book, locale),
        "balance": money(cents(key, "balance", 300, 9000), "", book, locale),
        "ticket": str(10000 + int(rng.u(key, "ticket") * 89999)),
        "rate": rate, "loan_rate": loan_rate, "this_rate": loan_rate if loan else rate,
        "days": book.words("words.numbers")[2 + int(rng.u(key, "days") * 4)],
        "merchant": rng.pick(book.words("words.merchants"), key, "merchant"),
        "shop": rng.pick(book.words("words.shops"), key, "shop"),
        "where": rng.pick(book.words("words.places"), key, "where"),
        "score": book.words("words.scores")[min(10, max(0, int(facts.number("NPS_score") or 0)))],
        "wait": _wait(facts, book, "wait"), "wait_dative": _wait(facts, book, "wait_dative"),
        "iban": rng.pick(IBANS, key, "iban"), "card": rng.pick(CARDS, key, "card"), "mail": _mail(facts, book),
    }
    who = rng.key("customer", facts.call.customer.id)  # what a customer is asked to prove who they are stays the same
    found["security_word"] = rng.pick(book.words("words.security_words"), who, "security word")
    found["branch"] = rng.pick(book.words("words.branches"), who, "branch")
    way = f"words.channel.{'voice' if facts.voice else 'text'}"
    found |= {name: book.word(f"{way}.{name}") for name in ("calling", "call", "speak", "hear")}
    found |= _dates(facts, book) | _devices(facts, book, locale) | _topics(facts, book, locale)
    found["amount"] = amount(facts, book, locale)
    if facts.no_amount:
        found["sum"] = ""
    elif found["amount"] and _same_theme(facts, book):
        found["sum"] = found["amount"]
    else:
        found["sum"] = _any_sum(key, book, locale)
    return found


def amount(facts: Facts, book: Book, locale: Locale) -> str:
    """The call's amount: a scene's, else one within the record's bucket; "" where the call has none."""
    for scene in facts.call.scenes:
        if scene.amount is not None:
            return money(scene.amount[0], scene.amount[1], book, locale)
    bounds = bucket(facts.text("amount_bucket"))
    if bounds is None:
        return ""
    return money(cents(facts.call.key, "amount", *bounds), "", book, locale)


def _any_sum(key: int, book: Book, locale: Locale) -> str:
    return money(cents(key, "sum", 40, 900), "", book, locale)


def _same_theme(facts: Facts, book: Book) -> bool:
    """The amount of the record belongs to what the call is about: a scene's own amount, an unknown spec, or the
    product of the scenario or intent."""
    if any(scene.amount is not None for scene in facts.call.scenes):
        return True
    keys = (f"scenarios.{facts.text('scenario')}.product", f"intents.{facts.text('intent')}.product")
    known = [theme for key in keys if book.has(key) for theme in book.words(key)]
    return not known or facts.text("product") in known


def _daytime(facts: Facts, book: Book) -> str:
    hour = facts.call.start.hour
    for name in book.names("words.daytime"):
        if hour < int(name):
            return book.word(f"words.daytime.{name}")
    return book.word("words.daytime.24")


def _customer(facts: Facts, book: Book) -> str:
    """`Ms Keller`, where the customer's label is a name (two words or more, letters only); else ""."""
    label = facts.call.customer.label
    words = label.split()
    if len(words) < 2 or not all(word.replace("-", "").replace("'", "").replace(".", "").isalpha() for word in words):
        return ""
    if any(word.lower() in ("customer", "kunde", "kundin", "caller") for word in words):
        return ""
    return book.word(f"words.title.{facts.call.customer.gender}").replace("NAME", words[-1])


def _mail(facts: Facts, book: Book) -> str:
    names = book.words("words.mail_names")
    return f"{rng.pick(names, facts.call.key, 'mail')}@example.com"


def _wait(facts: Facts, book: Book, form: str) -> str:
    seconds = facts.number("AWT") or 0.0
    minutes = int(seconds / 60 + 0.5)
    if seconds < 55 or minutes < 1:
        return book.word(f"words.{form}.short")
    if minutes < 2:
        return book.word(f"words.{form}.minute")
    numbers = book.words("words.numbers")
    number = numbers[minutes] if minutes < len(numbers) else str(minutes)
    return book.word(f"words.{form}.minutes").replace("NUMBER", number)


def day_name(day: date, book: Book) -> str:
    return book.words("words.weekdays")[day.weekday()]


def _dates(facts: Facts, book: Book) -> dict[str, str]:
    key, today = facts.call.key, facts.call.start.date()
    past = today - timedelta(days=2 + int(rng.u(key, "date") * 10))
    due = today + timedelta(days=2 + int(rng.u(key, "due") * 3))
    while due.weekday() > 4:
        due += timedelta(days=1)
    month = book.words("words.months")[past.month - 1]
    found = {
        "date": book.word("words.date").replace("DAY", str(past.day)).replace("MONTH", month),
        "past_day": day_name(today - timedelta(days=1 + int(rng.u(key, "past_day") * 4)), book),
        "due_day": day_name(due, book),
        "call_day": day_name(today, book),
    }
    earlier = facts.call.earlier
    if earlier is not None:
        day = date.fromisoformat(earlier.date[:10])
        said = book.word("words.earlier_day").replace("WEEKDAY", day_name(day, book))
        found["earlier_day"] = said.replace("ORDINAL", book.words("words.ordinals")[day.day - 1]).replace(
            "MONTH", book.words("words.months")[day.month - 1])
        found["earlier_agent"] = earlier.agent_label
    return found


def _devices(facts: Facts, book: Book, locale: Locale) -> dict[str, str]:
    device = facts.text("device_type") or "other"
    name = device if book.has(f"words.devices.{device}") else "other"
    shown = locale.value("device_type", device)
    return {slot: book.word(f"words.devices.{name}.{way}").replace("NAME", shown)
            for slot, way in (("my_device", "mine"), ("your_device", "yours"), ("device", "name"))}


def _topics(facts: Facts, book: Book, locale: Locale) -> dict[str, str]:
    """What the call is about, in the words of the customer and of the agent."""
    scenario = facts.text("scenario")
    known = f"scenarios.{scenario}" if book.has(f"scenarios.{scenario}") else "scenarios.default"
    intent = facts.text("intent")
    product = facts.text("product")
    found = {slot: topic(intent, slot, book, locale) for slot in ("mine", "yours")}
    found |= {"do_it": book.word(f"{known}.do_it"),
              "matter": locale.value("scenario", scenario, facts.call.scenario_label)}
    if facts.call.earlier is not None:
        found["earlier_mine"] = topic(facts.call.earlier.intent, "mine", book, locale)
    found["product"] = locale.value("product", product)
    found["complaint"] = locale.value("complaint_category", facts.text("complaint_category"))
    found["escalation"] = locale.value("escalation", facts.text("escalation"))
    found["automation"] = locale.value("automation_action_type", facts.text("automation_action_type"))
    return found


def topic(intent: str, way: str, book: Book, locale: Locale) -> str:
    """`about my transfer`: way is mine (the customer speaks) or yours (the agent does)."""
    name = intent if book.has(f"intents.{intent}.{way}") else "default"
    label = shown(intent, book, locale)
    return book.word(f"intents.{name}.{way}").replace("LABEL", label)


def shown(intent: str, book: Book, locale: Locale) -> str:
    """The intent's label as it stands inside a sentence."""
    label = locale.value("intent", intent)
    if book.find("words.lower_labels") != "yes":
        return label
    return " ".join(word if word.isupper() else word.lower() for word in label.split())
