"""Common first and last names by language, for customers who do not exist."""

from __future__ import annotations

FIRST: dict[str, dict[str, tuple[str, ...]]] = {
    "de": {
        "female": (
            "Andrea", "Barbara", "Christine", "Claudia", "Daniela", "Elena", "Eva", "Franziska", "Johanna", "Julia",
            "Katharina", "Laura", "Lea", "Manuela", "Maria", "Nicole", "Petra", "Regula", "Sabine", "Sandra",
            "Simone", "Susanne", "Ursula", "Vera",
        ),
        "male": (
            "Andreas", "Beat", "Bernd", "Christian", "Daniel", "David", "Felix", "Florian", "Hans", "Jan", "Jonas",
            "Jürg", "Lukas", "Markus", "Martin", "Matthias", "Michael", "Patrick", "Reto", "Simon", "Stefan",
            "Thomas", "Urs", "Wolfgang",
        ),
    },
    "en": {
        "female": (
            "Alice", "Amy", "Anna", "Charlotte", "Claire", "Emily", "Emma", "Grace", "Hannah", "Helen", "Jane",
            "Karen", "Kate", "Laura", "Lucy", "Margaret", "Mary", "Olivia", "Rachel", "Rebecca", "Ruth", "Sarah",
            "Sophie", "Susan",
        ),
        "male": (
            "Adam", "Alan", "Andrew", "Ben", "Charles", "Daniel", "David", "Edward", "George", "Henry", "Jack",
            "James", "John", "Mark", "Matthew", "Michael", "Oliver", "Paul", "Peter", "Philip", "Robert", "Simon",
            "Thomas", "William",
        ),
    },
    "fr": {
        "female": (
            "Alice", "Anne", "Camille", "Céline", "Chloé", "Claire", "Élodie", "Isabelle", "Juliette", "Laure", "Léa",
            "Manon", "Marie", "Nathalie", "Sophie", "Valérie",
        ),
        "male": (
            "Alain", "Antoine", "Bernard", "Cédric", "Christophe", "Denis", "Éric", "François", "Jean", "Julien",
            "Laurent", "Luc", "Nicolas", "Olivier", "Philippe", "Vincent",
        ),
    },
    "it": {
        "female": (
            "Alessia", "Anna", "Chiara", "Elisa", "Federica", "Francesca", "Giulia", "Laura", "Lucia", "Maria",
            "Marta", "Paola", "Roberta", "Sara", "Silvia", "Valentina",
        ),
        "male": (
            "Alessandro", "Andrea", "Carlo", "Davide", "Fabio", "Francesco", "Giovanni", "Lorenzo", "Luca", "Marco",
            "Matteo", "Paolo", "Pietro", "Roberto", "Stefano", "Tommaso",
        ),
    },
}

LAST: dict[str, tuple[str, ...]] = {
    "de": (
        "Arnold", "Bauer", "Baumann", "Becker", "Berger", "Bieri", "Brand", "Braun", "Egger", "Fischer", "Frei",
        "Gerber", "Graf", "Hartmann", "Hofer", "Hofmann", "Huber", "Kaiser", "Keller", "Koch", "Kunz", "Lang",
        "Lehmann", "Maurer", "Meier", "Moser", "Peter", "Richter", "Roth", "Schmid", "Schneider", "Schwarz",
        "Steiner", "Suter", "Vogel", "Wagner", "Weber", "Widmer", "Wolf", "Zimmermann",
    ),
    "en": (
        "Adams", "Allen", "Baker", "Bell", "Bennett", "Brown", "Carter", "Clark", "Collins", "Cook", "Cooper",
        "Davies", "Edwards", "Evans", "Foster", "Gray", "Green", "Hall", "Harris", "Hill", "Hughes", "Jackson",
        "Johnson", "Jones", "King", "Lewis", "Martin", "Mills", "Moore", "Morgan", "Parker", "Roberts", "Shaw",
        "Taylor", "Turner", "Walker", "Ward", "White", "Wood", "Wright",
    ),
    "fr": (
        "Aubert", "Bernard", "Bonvin", "Bourgeois", "Chevalier", "Dubois", "Dupont", "Favre", "Fontaine", "Girard",
        "Lambert", "Leroy", "Martin", "Mercier", "Michel", "Monnier", "Moreau", "Morel", "Perrin", "Petit", "Renaud",
        "Robert", "Rochat", "Roux", "Simon", "Vincent",
    ),
    "it": (
        "Barbieri", "Bernasconi", "Bianchi", "Bruno", "Caruso", "Colombo", "Conti", "Costa", "De Luca", "Esposito",
        "Ferrari", "Fontana", "Galli", "Gallo", "Greco", "Lombardi", "Mancini", "Marino", "Moretti", "Ricci",
        "Rinaldi", "Romano", "Rossi", "Russo", "Villa", "Vitale",
    ),
}


def tables(language: str) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """First names by gender and last names; languages without a table of their own have the English one."""
    tag = language.lower().replace("_", "-").split("-", maxsplit=1)[0]
    tag = tag if tag in FIRST else "en"
    return FIRST[tag], LAST[tag]
