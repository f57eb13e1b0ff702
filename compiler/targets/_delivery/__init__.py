"""Delivery to a Speech-Analytics server: .wav.json and WAV -> form -> upload, once each.

settings  spec, environment, flags -> Settings      form     one .wav.json -> Form, and its view in build/sa
pairs     a folder -> items to send                 client   Form -> Answer, over HTTP
body      Form -> multipart, block by block         faults   a broken request, in words
ledger    what was sent: the memory across runs     deliver  items -> Report
report    Report, and its text for people
"""
