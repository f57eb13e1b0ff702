"""The examples of the reference page: one for each kind of block, which together are one spec that compiles."""

from __future__ import annotations

from collections.abc import Mapping

EXAMPLES: Mapping[str, str] = {
    "dataset": """
dataset Helvia "Helvia Insurance"
  edition: 2
  seed: 11
  from: 2026-06-01
  to: 2026-06-30
  time zone: "Europe/Zurich"
""",
    "calendar": """
calendar
  weekend: Sat, Sun
  open: 07:00..22:00
  open: 08:00..18:00 when weekend
  calls: 40% when weekday is Sun
""",
    "holiday": """
holiday corpus_christi "Corpus Christi"
  on: 2026-06-04
  open: 09:00..16:00
  calls: 30%
""",
    "payday": """
payday salaries "Salaries arrive"
  day of month: 25
  calls: 120%
""",
    "incident": """
incident hail "Hailstorm"
  happens: 2
  on any: Mon..Fri
  hours: 16:00..24:00
  calls: 150%..200%
  only when region is BE
  intent.Hail_damage rises by 40

  aftermath hail_wave "Claims keep coming in"
    lasts: 5d
    hours: 08:00..18:00
    calls: 150% to 105% over 5d
    AWT rises by 40s
""",
    "campaign": """
campaign spring_offer "Household weeks"
  on: 2026-06-08..2026-06-19
  calls: 110%
""",
    "wait peak": """
wait peak rush "Too few people at the desk"
  on every: Mon, Thu
  AWT rises by 20s
""",
    "volume": """
volume
  workday calls: 400
  weekend calls: 150
  scale: 20%
  arrivals: poisson
  by weekday
    Mon: 115%
    Fri: 95%
""",
    "choice": """
choice time_of_day_bucket "Time of day"
  hours of Morning: 07:00..12:00
  hours of Afternoon "In the afternoon": 12:00..22:00
  starts as one of
    Morning: 45%
    Afternoon: 55%
  when weekend
    Morning rises by 5pp
    rest falls by 5pp

choice agent_shift "Shift"
  hours of Early: 07:00..17:00
  hours of Late: 10:00..22:00

choice intent "Reason for the call"
  how many: one 70%, two 20%, three 10%
  starts as weights
    New_claim: 40
    Claim_status "Where is my claim?": 35
    Hail_damage: 5
  when customer_segment is Plus
    Claim_status rises by 10

choice customer_segment
  starts as one of
    Plus: 30%
    Basic: 70%

choice region
  starts as one of
    BE "Bern": 60%
    ZH "Zurich": 40%

choice language
  starts as one of
    de: 65%
    en: 35%

choice channel
  starts as one of
    voice: 90%
    text: 10%
  starts as one of when time >= 18:00
    voice: 70%
    text: 30%

choice cover "Policy"
  only when intent in (New_claim, Hail_damage)
  starts as one of
    Partial: 60%
    Full: 40%
""",
    "customers": """
customers
  population: 4_000
  keeps: ANI, region, language, customer_segment, persona, voice
  numbers: "unassignable CH", "reserved DE"
""",
    "persona": """
persona hurried "In a hurry"
  weight: 25
  tone: "short of time, comes straight to the point"
  talk_time is multiplied by 80%

persona calm
  weight: 75
  tone: "calm, lets the agent finish"
""",
    "team": """
team Claims_desk "Claims desk"
  language: de
  FCR falls by 5pp

  agent Heidi_Vogt
    gender: female
    voice: nova
    share: workday 60%, weekend 50%
    works: Early 60%, Late 40%
    works: Early 100% when weekend
""",
    "agent": """
agent Tim_Brown
  team: Claims_desk
  gender: male
  voice: alloy
  language: en
  share: workday 30%, weekend 40%
  works: Early 50%, Late 50%
  from: 2026-06-01
  to: 2026-06-30
  talk_time is multiplied by 140% to 100% over 4w
""",
    "customer voices": """
customer voices
  female: coral, fable
  male: ash, echo
  never same as: agent.voice
""",
    "locale": """
locale en
  labels: "locales/en/labels.yml"
  values: "locales/en/value_labels.yml"
  greeting: "Helvia Insurance, {agent.label} speaking."
""",
    "audio": """
audio
  sample rate: 16_000
  hold music: "music/hold.wav"
  overlaps: 20%
  overlap length: 150ms..600ms
  overlap at most: 30%
  agent side: left
  customer side: right
  voices: nova "Kore", ash "Puck"
""",
    "upload": """
upload sa
  url: env "SA_URL"
  project: env "SA_PROJECT_ID"
  pipeline: env "SA_PIPELINE_ID"
  storage: env "SA_STORAGE_BACKEND_ID"
  retries: 3
  pause: 2s
  connect timeout: 10s
  read timeout: 5m
  values: labels
  direction: in
  disconnect reason: "normal"
  channel map: "[]"
  certificate checks: yes
""",
    "scenario": """
scenario Take_a_claim
  only when intent in (New_claim, Hail_damage)
  weight: 20
  weight rises by 10 when hail_wave
  talk_time rises by 60s
  phase opening
    agent must: greet, announce_recording
  phase facts "Facts of the damage"
    agent must: ask_date_and_place, ask_photos
    agent must: show_empathy when intent is Hail_damage
    agent must not: name_price
    customer: "is upset about the roof" when intent is Hail_damage
    hold: 100% of Hold_time
    amount: CHF 500..CHF 20_000
  phase expert when damage > CHF 5_000
    agent must: announce_transfer
    handed to: Experts
  phase closing
    recording: stops
    agent must: summarise, farewell

scenario Give_the_state
  weight: 10
  phase opening
    agent must: greet
  phase answer
    only when channel is voice
    agent must: check_notes, offer_second_look
    hold: 100% of Hold_time
  phase closing
    agent must: farewell

scenario Missed
  only when intent is Claim_status
  weight: 1
  dialogue: no
""",
    "act": """
act offer_second_look "offers that a second expert looks at the claim"
""",
    "kpi": """
kpi AWT "Average wait time"
  decimals: 2
  starts as normal, mean 60s, sd 20s
  starts as exponential, mean 20s when channel is text
  stays within 0s..10m
  rises by 15s when weekend and channel is voice

kpi Hold_time
  only when channel is voice
  starts as lognormal, median 45s, spread 1.8
  stays within 0s..8m

kpi Transfers_count
  starts as one of
    0: 80%
    1: 20%

kpi damage
  only when intent in (New_claim, Hail_damage)
  starts as lognormal, median CHF 1_200, spread 2.2
  stays within CHF 50..CHF 60_000
  is multiplied by 250% when cover is Full

kpi NPS_score
  starts as one of
    6: 25%
    8: 50%
    10: 25%
  falls by 2 when AWT > 120s
  stays within 0..10
""",
    "flag": """
flag FCR "Solved on the first call"
  starts at 78%
  falls by 15pp when intent is Hail_damage
  is multiplied by 90% when AWT > 2m

flag calls_again "Calls again within three days"
  starts at 35%
  starts at 10% when FCR
  comes true within: 72h
  same: customer
  same: customer, intent when not FCR
  at most: 2
""",
    "checks": """
checks compliance_flags
  Greeting: 92%
    shown by: greet
  Empathy: 80%
    shown by: show_empathy
  stays within 0%..99.9%
  falls by 3pp when rush
""",
    "decide": """
decide settlement
  only when intent in (New_claim, Hail_damage)
  Paid_at_once when damage < CHF 800
  Expert_visit when damage >= CHF 5_000
  otherwise one of
    Estimate: 70%
    Expert_visit: 30%
""",
    "fact": """
fact paid "Paid at once"
  only when intent in (New_claim, Hail_damage)
  is damage * 90% when settlement is Paid_at_once
""",
    "overlay": """
overlay Friday_demo

override volume
  scale: 5%

override flag FCR
  override starts at 90%
  remove falls by when intent is Hail_damage
""",
}

MORE = """
team Experts
  agent Paul_Huber
    gender: male
    voice: onyx
    share: 10%
    works: Early 50%, Late 50%
"""  # what the examples speak of without showing it
