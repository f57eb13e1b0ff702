"""Callsheet: specs of a contact centre in, a synthetic dataset whose labels are true out.

    specs/*.calls --lang--> Model --plan--> Plan --talk--> Prompt > Dialogue --sound--> Recording --targets--> files

lang     text -> Model: reading, meaning, diagnostics
plan     Model -> Plan: columns by the rules of chance, one Call each
talk     Call -> Prompt -> Dialogue: templates, writers
sound    Dialogue -> Timeline -> Recording: voices, mixing, measuring
targets  what `--target` names, each one stage of the road
pipeline the whole journey on one screen;  cli  argv -> exit code

Imports go one way: cli > pipeline > targets > sound > talk > plan > lang > the files beside this one.
"""

__version__ = "0.1.0"
