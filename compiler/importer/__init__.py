"""The old system's configuration -> Callsheet, with a report of what could not be carried over as it stood.

    base.yml, overrides.yml --document--> Part --calls, kpis, people, centre--> spec files + Notes --report--> IMPORT.md
    labels.json, value_labels.json --labels--> locales/<tag>/*.yml

The old program's own rules (they stand nowhere in its files) are told in rules.py. A stage beside lang: it imports lang
and the ground floor, and only the command line imports it.
"""
