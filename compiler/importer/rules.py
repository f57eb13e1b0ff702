"""What the old program had in its code and not in its files, and what neither has: data only."""

from __future__ import annotations

from collections.abc import Mapping

# ------------------------------------------------------------------------------------------------ the old code's rules

HOW_MANY = "one 70%, two 20%, three 10%"
ESCALATED_TO_IT = ("Online-Banking", "Technical Support")  # intents
LIFTED = ("Online-Banking", "Transfer")  # the only intents whose automation lift was read
WITH_AMOUNT = ("Transfer", "Loan", "Hypothek")  # products, as the old code spells them
MEANT = {"Hypothek": "Mortgage"}
BONUS_AGENT = "Monika_Mueller"
OUTAGE_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
SHOWN_BY = {"Greeting": "greet", "Empathy": "show_empathy", "Summary": "summarise", "Farewell": "farewell"}

# ------------------------------------------------------------------------------------------------ chosen here

BUCKET_HOURS = {"Night": (0, 6), "Morning": (6, 12), "Afternoon": (12, 18), "Evening": (18, 24)}
SHIFT_HOURS = {"Early": (4, 13), "Mid": (9, 19), "Late": (16, 24)}

AGENT_VOICES = {"female": ("nova", "shimmer"), "male": ("alloy", "onyx"), "neutral": ("nova", "alloy")}
CUSTOMER_VOICES = {"female": ("coral", "fable"), "male": ("ash", "echo", "sage")}

# The middle of a call by the old names of scenarios: (phase, what the agent does there).
MIDDLES: Mapping[str, tuple[str, str]] = {
    "Technical difficulties": ("diagnosis", "ask_device, check_known_outage"),
    "Balance check": ("answer", "confirm_identity, tell_balance"),
    "Card lost": ("blocking", "show_empathy, confirm_identity, block_card, order_card"),
    "Transfer status": ("search", "confirm_identity, find_transfer"),
    "Mortgage advisory": ("advice", "ask_income, ask_equity, explain_rates"),
    "Loan options": ("advice", "ask_income, explain_rates"),
    "Fee dispute": ("dispute", "show_empathy, explain_fee"),
    "Fraud investigation": ("security", "confirm_identity, block_card, list_transactions"),
    "Statement request": ("request", "confirm_identity, send_statement"),
}
MIDDLE = ("answer", "ask_reason, confirm_identity, explain_steps")

FEMALE = """
Alice Alina Amelie Andrea Angela Anita Anja Anna Anne Annika Antonia Barbara Beate Bettina Birgit Brigitte Carla
Carmen Caroline Chiara Christa Christina Christine Claire Claudia Corinne Cornelia Daniela Denise Diana Doris
Eleonora Elena Elisabeth Elke Emilia Emma Erika Esther Eva Fabienne Franziska Gabriela Gabriele Gisela Giulia Hannah
Heidi Heike Helena Helga Ines Ingrid Irene Iris Isabel Isabelle Jana Janine Jasmin Jennifer Jessica Johanna Julia
Karin Katharina Katja Kathrin Kerstin Lara Laura Lea Lena Lisa Louise Lucia Luisa Manuela Margrit Maria Marianne
Marie Marion Martina Melanie Mia Michelle Mirjam Monica Monika Nadine Natalie Nicole Nina Nora Olivia Patricia Petra
Pia Regina Regula Renate Rita Rosa Ruth Sabine Sabrina Sandra Sara Sarah Silke Silvia Simone Sofia Sonja Sophie
Stefanie Susanne Sylvia Tamara Tanja Theresa Ursula Valentina Vanessa Vera Verena Veronika Yvonne
"""
MALE = """
Adrian Alain Alexander Alfred Andreas Anton Antonio Armin Arthur Beat Benjamin Bernd Bernhard Bruno Carlo Christian
Christoph Claude Claudio Daniel David Dieter Dominik Eduard Emil Enrico Erich Ernst Fabian Felix Finn Florian
Francesco Frank Franz Fritz Georg Gerhard Giovanni Giuseppe Gregor Hans Harald Heinrich Heinz Helmut Henri Herbert
Holger Horst Hugo Jakob Jan Jean Jens Joachim Johannes John Jonas Josef Julian Kai Karl Kevin Klaus Konrad Kurt Lars
Leo Leon Linus Lorenzo Luca Lukas Manfred Marc Marcel Marco Mario Mark Markus Martin Mathias Matteo Matthias Max
Michael Nico Niklas Nils Noah Norbert Oliver Oskar Pascal Patrick Paul Peter Philipp Pierre Rainer Ralf Reto Richard
Robert Roland Rolf Rudolf Samuel Sebastian Silvio Simon Stefan Steffen Sven Theo Thomas Tim Tobias Tom Ulrich Urs
Uwe Viktor Walter Werner Wolfgang
"""


def gender(name: str) -> str:
    """By the first name (`Monika_Mueller`); neutral where it is not in the lists."""
    first = name.replace("_", " ").split(" ")[0]
    return "female" if first in FEMALE.split() else "male" if first in MALE.split() else "neutral"
