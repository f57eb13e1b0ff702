"""The commands, one file each: `HELP`, `arguments(parser)`, `run(namespace) -> exit code`.

`_compile` is the one without a name: `compile SPECS`.
"""
