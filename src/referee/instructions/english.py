"""Short lists of English that some instructions speak of. How complete each is stands beside it."""

from __future__ import annotations

import re
from functools import lru_cache

from referee.instructions.words import listed

# Complete: the seven coordinating conjunctions.
CONJUNCTIONS = listed("for and nor but or yet so")

# The fifty names that the instruction itself lists.
NAMES = listed("""
    Emma Liam Sophia Jackson Olivia Noah Ava Lucas Isabella Mason Mia Ethan Charlotte Alexander Amelia Benjamin Harper
    Leo Zoe Daniel Chloe Samuel Lily Matthew Grace Owen Abigail Gabriel Ella Jacob Scarlett Nathan Victoria Elijah
    Layla Nicholas Audrey David Hannah Christopher Penelope Thomas Nora Andrew Aria Joseph Claire Ryan Stella Jonathan
""")

# Complete but for dialect and archaic forms: personal, possessive, reflexive, demonstrative, interrogative, relative,
# indefinite and reciprocal pronouns, the possessive determiners with them.
PRONOUNS = listed("""
    i me my mine myself we us our ours ourselves you your yours yourself yourselves he him his himself she her hers
    herself it its itself they them their theirs themselves themself this that these those who whom whose which what
    whoever whomever whatever whichever whosoever anybody anyone anything everybody everyone everything nobody nothing
    none somebody someone something each either neither both all some any many few several others another such one
    oneself
""")

# The closed classes of English as search engines leave them out: articles, pronouns, auxiliaries, common prepositions,
# conjunctions and adverbs, and their contractions. Some 180 words, which is what such lists commonly have.
STOP_WORDS = listed("""
    i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her hers herself it
    its itself they them their theirs themselves what which who whom this that these those am is are was were be been
    being have has had having do does did doing a an the and but if or because as until while of at by for with about
    against between into through during before after above below to from up down in out on off over under again
    further then once here there when where why how all any both each few more most other some such no nor not only
    own same so than too very s t can will just don should now d ll m o re ve y
    you're you've you'll you'd she's he's it's i'm i've i'll i'd we're we've we'll we'd they're they've they'll they'd
    that'll that's there's who's what's here's let's
    don't should've ain't aren't couldn't didn't doesn't hadn't hasn't haven't isn't mightn't mustn't needn't shan't
    shouldn't wasn't weren't won't wouldn't can't cannot couldn ain aren didn doesn hadn hasn haven isn ma mightn mustn
    needn shan shouldn wasn weren won wouldn
""")

# Words that title case may leave in lower case: articles, short conjunctions and prepositions.
MINOR_WORDS = listed("""
    a an the and but or nor for so yet as at by in of off on per to up via with from into onto over than if is vs v de
    la le von van upon like near down past
""")

_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(r"(?:[^laeiouy]e|[aeiouy]le|[^dt]ed|[^aeiouyscxzgh]es|[^h]ghes)$")
_HIATUS = re.compile(
    r"i(?:a(?!g)|o(?!us|n)|u|et|er(?=s?$)|est|ing)|[aeou]ing|ea(?:te|tion|tor)|eo(?!us|n$|ple)|ua(?!rd)|ue(?=l|n|t)"
    r"|uou|y[aeio](?!$)|sm$|thm$"
)
_JOINED = re.compile(r"(?:ci|ti|si|gi|xi)(?:ou|o|a|e)|qu|gu[aei]|tu[ao]|[aeiou]y(?=[aeiou])")
# Common words that the rules count wrong.
_EXCEPTIONS = {
    "business": 2, "every": 2, "everything": 3, "everyone": 3, "evening": 2, "different": 3, "interesting": 3,
    "area": 3, "idea": 3, "ideas": 3, "being": 2, "people": 2, "create": 2, "created": 3, "creates": 2, "quiet": 2,
    "science": 2, "poem": 2, "poet": 2, "poetry": 3, "lion": 2, "riot": 2, "diet": 2, "real": 1, "really": 2,
    "something": 2, "sometimes": 2, "someone": 2, "somewhere": 2, "therefore": 2, "are": 1, "were": 1, "recipe": 3,
    "the": 1, "once": 1, "one": 1, "eye": 1, "eyes": 1, "they": 1, "beautiful": 3, "chocolate": 3, "comfortable": 4,
    "vegetable": 4, "family": 3, "camera": 3, "animal": 3, "hour": 1, "our": 1, "fire": 1, "wire": 1, "world": 1,
    "movie": 2, "movies": 2, "apostrophe": 4, "cafe": 2, "simile": 3, "sesame": 3, "karate": 3, "maybe": 2,
    "sure": 1, "giant": 2, "ocean": 2, "cruel": 2, "fuel": 2, "jewel": 2, "naive": 2, "video": 3, "radio": 3,
    "studio": 3, "piano": 3, "via": 2, "museum": 3, "theatre": 3, "theater": 3, "society": 4, "variety": 4,
    "anxiety": 4, "usually": 4, "actually": 4, "rhythm": 2, "rhythms": 2, "nation": 2, "ancient": 2, "patient": 2,
    "whale": 1, "moved": 1, "loved": 1, "used": 1,
}  # fmt: skip


@lru_cache(maxsize=8192)
def syllables(word: str) -> int:
    """The syllables of an English word, by rules and a short list of exceptions; rare words may be counted wrong."""
    letters = re.sub(r"[^a-z]", "", word.lower())[:60]
    if not letters:
        return 0
    if letters in _EXCEPTIONS:
        return _EXCEPTIONS[letters]
    count = len(_VOWELS.findall(letters)) + len(_HIATUS.findall(_JOINED.sub("o", letters)))
    if _SILENT.search(letters) and count > 1:
        count -= 1
    return max(1, count)
