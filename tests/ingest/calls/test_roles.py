"""Roles, parts, questions and names of scripted calls."""

from smalti.ingest.calls.roles import Utterance, sides, standings

CALL = [
    ("op", "Good morning and welcome to the Acme earnings call."),
    (
        "op",
        "All participants are in listen-only mode, and there will be a question-and-answer session later.",
    ),
    ("op", "I would now like to turn the call over to Jane Roe, Director of Investor Relations."),
    ("ir", "Thank you, operator."),
    ("ir", "I will now turn it over to our CEO, John Smith."),
    ("ceo", "Sales grew nine percent."),
    ("ceo", "We are pleased with the year."),
    ("op", "Our first question comes from the line of Mary Major with Big Bank."),
    ("op", "Your line is open."),
    ("a1", "Good morning."),
    ("a1", "How do you see margins next year?"),
    ("ceo", "Thanks, Mary."),
    ("ceo", "We expect them to widen a little."),
    ("a1", "Great, thank you."),
    ("op", "Our next question comes from Ann Other of Small Bank."),
    ("a2", "Could you say more about China, and about the tax rate?"),
    ("ir", "The tax rate will be near 27 percent."),
    ("a2", "And does that hold for the second half as well?"),
    ("ir", "Yes, it does."),
    ("op", "This concludes today's conference call."),
]


def test_who_does_what_and_which_answer_belongs_to_which_question() -> None:
    told = standings([Utterance(text, voice) for voice, text in CALL])
    roles = {"op": "operator", "ir": "management", "ceo": "management", "a1": "analyst", "a2": "analyst"}
    assert [t.role for t in told] == [roles[voice] for voice, _ in CALL]
    assert [t.part for t in told] == ["prepared"] * 7 + ["questions"] * 13
    assert [t.question for t in told[7:]] == [
        None,
        None,
        1,
        1,
        None,
        None,
        None,
        None,
        2,
        None,
        3,
        None,
        None,
    ]
    assert [t.answer_to for t in told[7:]] == [
        None,
        None,
        None,
        None,
        1,
        1,
        None,
        None,
        None,
        2,
        None,
        3,
        None,
    ]


def test_speakers_are_named_as_introduced() -> None:
    told = standings([Utterance(text, voice) for voice, text in CALL])
    named = {voice: (t.name, t.affiliation) for (voice, _), t in zip(CALL, told, strict=True)}
    assert named["ir"] == ("Jane Roe", "Director of Investor Relations")
    assert named["a1"] == ("Mary Major", "Big Bank")
    assert named["a2"] == ("Ann Other", "Small Bank")
    assert named["op"] == (None, None)


def test_without_voices_the_words_alone_tell_the_asker_from_the_answer() -> None:
    told = standings([Utterance(text) for _, text in CALL[7:13]])
    assert [t.role for t in told] == [
        "operator",
        "operator",
        "analyst",
        "analyst",
        "management",
        "management",
    ]
    assert [t.answer_to for t in told] == [None, None, None, None, 1, 1]


def test_a_call_without_an_operator_has_its_questions_after_they_are_opened() -> None:
    lines = ["We will be happy to take questions after the remarks.", *["Sales grew."] * 9]
    lines += ["With that, we will move to Q&A.", "Hi, Ben."]
    told = standings([Utterance(line, "cfo") for line in lines])
    assert [t.part for t in told] == ["prepared"] * 10 + ["questions"] * 2
    assert {t.role for t in told} == {"management"}


def test_words_tell_voices_apart_before_they_are_heard() -> None:
    told = sides([text for _, text in CALL])
    assert told[9:12] == ["asker", "asker", None]
    assert told[:9] == [
        "host",
        "operator",
        "host",
        "host",
        "host",
        "presenter",
        "host",
        "operator",
        "operator",
    ]
    assert sides(["Sales grew.", "Thank you."]) == [None, None]


def test_an_answer_in_the_voice_of_an_asker_not_yet_announced_is_managements() -> None:
    said = [
        ("op", "Our first question comes from the line of Mary Major with Big Bank."),
        ("a1", "Did you lose any of your five largest customers?"),
        ("a2", "We have wonderful customers."),  # a voice given to the wrong person
        ("op", "Our next question comes from Ann Other of Small Bank."),
        ("a2", "How many people left?"),
        ("cfo", "Two hundred."),
        ("a2", "Thank you, that helps."),
    ]
    told = standings([Utterance(text, voice) for voice, text in [*CALL[:7], *said]])[7:]
    assert [t.role for t in told] == [
        "operator", "analyst", "management", "operator", "analyst", "management", "analyst",
    ]  # fmt: skip
    assert (told[2].answer_to, told[2].name) == (1, None)
    assert told[4].name == "Ann Other"
