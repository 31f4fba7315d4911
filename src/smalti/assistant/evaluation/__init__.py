"""How good the assistant is: questions with known answers, how answers are judged, figures with intervals."""
