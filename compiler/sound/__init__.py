"""Dialogue -> clips -> Timeline -> stereo WAV and .wav.json, measured back.

studio.py is the way in: it casts (casting.py), lets an engine speak (voices/), makes clips (clips.py, band.py), lays
them out (timeline.py, breaks.py), mixes (mix.py, hold.py, tune.py), listens (measure.py) and judges (judge.py,
verify.py).
"""
