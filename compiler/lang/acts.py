"""The standard acts of agents, the standard cast of voices, and other closed lists of names. Data only."""

from __future__ import annotations

from collections.abc import Mapping

from compiler import free_numbers

ACTS: Mapping[str, str] = {
    "announce_hold": "says that the customer will hear music for a moment, and why",
    "announce_pause": "says that the recording pauses",
    "announce_recording": "says that the call is recorded",
    "announce_resume": "says that the recording goes on",
    "announce_transfer": "says to whom the call goes and why",
    "apologise": "apologises for the trouble",
    "arrange_expert": "arranges the visit of an expert",
    "ask_call_back": "asks to be called back, with number and hours",
    "ask_consent": "asks whether the customer agrees",
    "ask_date_and_place": "asks when and where it happened",
    "ask_device": "asks which device and which app version the customer uses",
    "ask_equity": "asks about savings and own funds",
    "ask_income": "asks about the household's income",
    "ask_language": "asks which language the customer prefers",
    "ask_photos": "asks for photographs of the damage",
    "ask_reason": "asks what the call is about",
    "block_card": "blocks the card and says that it is blocked",
    "brief_colleague": "tells the colleague what has been said so far",
    "change_policy": "changes the policy and says from when it holds",
    "check_known_outage": "checks whether a fault is already known",
    "check_line": "measures the line and says what is wrong with it",
    "check_notes": "reads the notes of earlier calls",
    "close_case": "says that the case is closed",
    "compare_phones": "compares two phones and their prices",
    "confirm_cancellation": "confirms the cancellation and its date",
    "confirm_identity": "confirms who is calling with two or three questions",
    "escalate": "passes the case on to the next level and says so",
    "explain_bill": "goes through the bill line by line",
    "explain_fee": "explains where the fee comes from",
    "explain_limits": "explains which limits apply",
    "explain_premium": "explains what the premium is made of",
    "explain_rates": "explains the current interest rates",
    "explain_steps": "explains step by step what to do",
    "farewell": "says goodbye by name",
    "find_booking": "finds the booking",
    "find_transfer": "looks up the transfer and says where it stands",
    "give_name": "gives their own name",
    "give_receipt_number": "gives a receipt number",
    "greet": "greets the caller with the company's name",
    "greet_again": "greets the caller once more after the handover",
    "list_transactions": "reads the last transactions and asks which are not the customer's",
    "make_offer": "makes the offer",
    "name_price": "names the price",
    "name_the_debt": "names the amount that is owed",
    "offer_callback": "offers to call back",
    "offer_help": "asks whether there is anything else",
    "offer_ticket": "opens a ticket and says when somebody will be in touch",
    "open_claim": "opens the claim and names its number",
    "order_card": "orders a new card and says when it arrives",
    "pay_out": "says that the damage is paid at once",
    "quote_price": "quotes the price of the new booking",
    "read_back_fix": "repeats what solved the problem",
    "restart_router": "restarts the router from afar and waits with the customer",
    "say_claim_status": "says where the claim stands and what is missing",
    "send_form": "sends the form by e-mail or post",
    "send_sim": "sends a new SIM card and says when it arrives",
    "send_statement": "sends the statement and says when it arrives",
    "show_empathy": "shows that they understand how the customer feels",
    "summarise": "sums up what was agreed",
    "survey_hint": "mentions the short survey after the call",
    "tell_balance": "tells the balance of the account",
    "thank_for_waiting": "thanks the customer for waiting",
    "trace_payment": "finds the payment and says what became of it",
    "unlock_roaming": "switches roaming on and names what it costs abroad",
}

VOICES = ("nova", "shimmer", "fable", "coral", "alloy", "ash", "onyx", "echo", "sage")

GENDERS = ("female", "male", "neutral")

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

NUMBER_RANGES = tuple(sorted(free_numbers.RANGES))

CUSTOMER_TRAITS = ("ANI", "gender", "name", "persona", "voice")  # kept per customer, declared by nobody

MEASURED = ("Silence_ratio",)  # known from the finished call only

BUILTIN_TRUTHS = ("workday", "weekend", "holiday")

FUNCTIONS = ("min", "max", "round", "clamp", "hour_of", "day_of_month", "days_since")

DISTRIBUTIONS: Mapping[str, tuple[str, ...]] = {
    "normal": ("mean", "sd"),
    "truncated normal": ("mean", "sd"),
    "lognormal": ("median", "spread"),
    "uniform": ("low", "high"),
    "exponential": ("mean",),
    "gamma": ("mean", "cv"),
    "poisson": ("mean",),
}
