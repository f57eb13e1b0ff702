"""What a customer keeps reads nothing of one call (E0504); no field depends on itself (E0501)."""

from __future__ import annotations

from compiler.lang import errors
from compiler.lang.static import cycles
from compiler.lang.static.look import Look


def kept_fields_read_kept_fields(look: Look) -> None:
    """What a customer keeps depends on nothing that differs between their calls."""
    kept = set(look.model.customers.keeps)
    for field in look.model.fields:
        known = look.stock.names.fields.get(field.id)
        if field.id not in kept or known is None:
            continue
        for name, _ in cycles.reads(field):
            if cycles.field_of(name) not in kept:
                look.report(errors.kept_reads_call(known.blocks[0], field.id, name))
                break


def no_field_reads_itself(look: Look) -> None:
    for path, places in cycles.cycles(look.model):
        look.report(errors.cycle(path, places))
