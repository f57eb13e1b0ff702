"""Speech engines, one a file: `open(settings) -> Engine`, `VOICES` (the standard cast -> the engine's own), `LOCALES`
(languages it speaks) and, where there are more voices, `OTHERS`."""
