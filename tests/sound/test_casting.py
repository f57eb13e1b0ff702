"""Who speaks with which voice, and what is said of voices and locales that an engine does not have."""

from __future__ import annotations

import pytest

from compiler.failures import UsageError
from compiler.plan.call import Speaker
from compiler.sound.casting import Cast, cast_from_header, check_locales, check_voices, voiced
from compiler.sound.settings import GENDERS, Settings
from compiler.talk.dialogue import Dialogue, Transfer, Turn

MONIKA = Speaker("Monika_Mueller", "Monika Müller", "agent", "female", "nova", 0.98)
PETER = Speaker("Peter_Keller", "Peter Keller", "agent", "male", "onyx", 1.01)
THOMAS = Speaker("c17", "Thomas", "customer", "male", "echo", 1.02)


def dialogue(*items, **header):
    return Dialogue(header, items or (Turn("agent", "Hello."), Turn("customer", "Hello, it is me.")), "en")


def test_the_plan_s_voices_stay():
    cast = Cast(MONIKA, THOMAS, (PETER,))
    assert voiced(cast, Settings(), 5, 1) == cast


def test_replacements_go_by_gender_and_role():
    asked = Settings(voice_female="coral", voice_male="sage", voice_customer="shimmer")
    cast = voiced(Cast(MONIKA, THOMAS, (PETER,)), asked, 5, 1)
    assert (cast.agent.voice, cast.colleagues[0].voice, cast.customer.voice) == ("coral", "sage", "shimmer")
    assert (cast.agent.gender, cast.customer.gender) == ("female", "female")  # stype is true of what is heard
    assert cast.customer.pitch == THOMAS.pitch


def test_a_colleague_for_every_transfer():
    cast = voiced(Cast(MONIKA, THOMAS), Settings(), 5, 3)
    voices = [cast.agent.voice, cast.customer.voice, *(c.voice for c in cast.colleagues)]
    assert len(set(voices)) == 5 and all(GENDERS[c.voice] == c.gender for c in cast.colleagues)
    assert cast == voiced(Cast(MONIKA, THOMAS), Settings(), 5, 3)
    assert cast != voiced(Cast(MONIKA, THOMAS), Settings(), 6, 3)


def test_people_without_a_plan():
    one = cast_from_header(dialogue(agent_name="Heidi Vogt", ANI="+41000000001"))
    two = cast_from_header(dialogue(agent_name="Heidi Vogt", ANI="+41000000002"))
    assert one.agent == two.agent and one.agent.label == "Heidi Vogt"
    assert all(GENDERS[s.voice] == s.gender and 0.96 <= s.pitch <= 1.04 for s in (one.agent, one.customer))
    many = [cast_from_header(dialogue(ANI=str(n), agent_name=str(n % 9))) for n in range(200)]
    assert {cast.customer.voice for cast in many} == set(GENDERS)
    assert all(cast.customer.voice != cast.agent.voice for cast in many)
    moved = cast_from_header(dialogue(Turn("agent", "One moment."), Transfer("IT"), Turn("agent", "IT, hello.")))
    assert len(moved.colleagues) == 1 and moved.colleagues[0].voice not in (moved.agent.voice, moved.customer.voice)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (Settings(voice_female="novaa"),
         "--voice-female: the engine pico has no voice `novaa`; did you mean `nova`? It has: nova, shimmer, fable, "
         "coral, alloy, ash, onyx, echo, sage"),
        (Settings(voice_customer="Hans"),
         "--voice-customer: the engine pico has no voice `Hans`; it has: nova, shimmer, fable, coral, alloy, ash, "
         "onyx, echo, sage"),
        (Settings(voice_male="nova"),
         "--voice-male: `nova` is not a male voice; male voices are: alloy, ash, onyx, echo, sage"),
        (Settings(voices={"nova": "Kore"}),
         "the voice for `nova` in `audio`: the engine pico has no voice `Kore`; it has: nova, shimmer, fable, coral, "
         "alloy, ash, onyx, echo, sage"),
        (Settings(voices={"Kore": "nova"}),
         "`Kore` in the voices of `audio` is no voice of the cast: nova, shimmer, fable, coral, alloy, ash, onyx, "
         "echo, sage"),
        (Settings(engine="piko"), "there is no speech engine `piko`; there is: openai, pico"),
    ],
)  # fmt: skip
def test_voices_that_do_not_exist(asked, message):
    with pytest.raises(UsageError) as caught:
        check_voices(asked)
    assert str(caught.value) == message


def test_a_plan_with_a_voice_that_the_engine_lacks():
    stranger = Speaker("x", "Xenia", "agent", "female", "fabel", 1.0)
    with pytest.raises(UsageError, match=r"^Xenia: the engine pico has no voice `fabel`; did you mean `fable`"):
        voiced(Cast(stranger, THOMAS), Settings(), 1, 0)


def test_the_customer_with_the_agent_s_voice():
    with pytest.raises(UsageError) as caught:
        voiced(Cast(MONIKA, THOMAS), Settings(voice_customer="nova"), 1, 0)
    assert str(caught.value) == (
        "--voice-customer nova is also the voice of an agent (Monika Müller); choose one that no agent has"
    )


def test_locales():
    check_locales(Settings(), ["de", "en-GB", "fr-CH", "it"])
    with pytest.raises(UsageError) as caught:
        check_locales(Settings(), ["de", "ru"])
    assert str(caught.value) == "the engine pico does not speak `ru`; it speaks: de, en, es, fr, it"
