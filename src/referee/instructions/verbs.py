"""English verbs, for a response that must begin with one: base forms, and the forms that are made of them by rule.

About 900 of the most frequent verbs, so that a response that begins with a rare one is wrongly refused. Words that open
sentences as something else far more often are left out: "well", "like", "may", "will", "might", "still", "back".
"""

from __future__ import annotations

from functools import cache

from referee.instructions.words import listed

_AUXILIARIES = "am is are was were be been being have has had having do does did done doing let let's"

# Base form, past, participle where it differs from the past.
_IRREGULAR = """
    arise/arose/arisen awake/awoke/awoken bear/bore/borne beat/beat/beaten become/became begin/began/begun bend/bent
    bind/bound bite/bit/bitten bleed/bled blow/blew/blown break/broke/broken breed/bred bring/brought build/built
    burn/burnt burst/burst buy/bought cast/cast catch/caught choose/chose/chosen cling/clung come/came cost/cost
    creep/crept cut/cut deal/dealt dig/dug draw/drew/drawn dream/dreamt drink/drank/drunk drive/drove/driven
    eat/ate/eaten fall/fell/fallen feed/fed feel/felt fight/fought find/found flee/fled fling/flung fly/flew/flown
    forbid/forbade/forbidden forget/forgot/forgotten forgive/forgave/forgiven freeze/froze/frozen get/got/gotten
    give/gave/given go/went/gone grind/ground grow/grew/grown hang/hung hear/heard hide/hid/hidden hit/hit hold/held
    hurt/hurt keep/kept kneel/knelt know/knew/known lay/laid lead/led leap/leapt learn/learnt leave/left lend/lent
    lie/lay/lain light/lit lose/lost make/made mean/meant meet/met mistake/mistook/mistaken overcome/overcame
    pay/paid prove/proved/proven put/put quit/quit read/read rebuild/rebuilt ride/rode/ridden ring/rang/rung
    rise/rose/risen run/ran say/said see/saw/seen seek/sought sell/sold send/sent set/set sew/sewed/sewn
    shake/shook/shaken shed/shed shine/shone shoot/shot show/showed/shown shrink/shrank/shrunk shut/shut
    sing/sang/sung sink/sank/sunk sit/sat sleep/slept slide/slid speak/spoke/spoken spend/spent spin/spun
    split/split spread/spread spring/sprang/sprung stand/stood steal/stole/stolen stick/stuck sting/stung
    strike/struck/stricken strive/strove/striven swear/swore/sworn sweep/swept swim/swam/swum swing/swung
    take/took/taken teach/taught tear/tore/torn tell/told think/thought throw/threw/thrown thrust/thrust
    undergo/underwent/undergone understand/understood undertake/undertook/undertaken undo/undid/undone uphold/upheld
    wake/woke/woken wear/wore/worn weave/wove/woven weep/wept win/won wind/wound withdraw/withdrew/withdrawn
    write/wrote/written
"""

_REGULAR = """
    abandon absorb accelerate accept access accommodate accompany accomplish account accumulate accuse achieve
    acknowledge acquire act activate adapt add address adhere adjust administer admire admit adopt advance advertise
    advise advocate affect afford agree aid aim alert align allocate allow alter amplify analyze analyse anchor
    announce annotate answer anticipate apologize appeal appear applaud apply appoint appreciate approach approve
    argue arrange arrest arrive articulate ask assemble assert assess assign assist associate assume assure attach
    attack attain attempt attend attract audit authorize automate avoid award bake balance ban base bathe behave
    believe belong blame blend bless block bloom board boil bolster book boost borrow bother bounce brainstorm brew
    brief brighten broaden brush budget bury calculate call calm campaign cancel capitalize capture care carry carve
    categorize cause celebrate certify challenge change charge chart chase chat check cheer cherish chop circulate
    cite claim clarify classify clean cleanse clear click climb close coach code collaborate collapse collect combat
    combine comfort command commence comment commit communicate compare compete compile complain complete comply
    compose comprehend compress compute conceal concentrate conclude conduct confess confirm confront confuse
    congratulate connect conquer consent conserve consider consist consolidate construct consult consume contact
    contain contemplate continue contribute control converse convert convey convince cook cool cooperate coordinate
    cope copy correct count cover craft crawl create credit criticize cross crush cry cultivate cure customize cycle
    damage dance dare debate decide declare decline decorate decrease dedicate deduce deepen defeat defend define
    delay delegate delete deliver delve demand demonstrate deny depart depend deploy describe deserve design desire
    destroy detail detect determine develop devise devote diagnose dictate differ differentiate digest dip direct
    disagree disappear discard discover discuss dismiss display disrupt dissolve distinguish distribute dive
    diversify divide document dominate donate double doubt download draft drain drag dress drift drill drizzle drop
    dry earn ease echo edit educate elaborate elect elevate eliminate embark embrace emerge emphasize emphasise
    employ empower enable enact encounter encourage end endure enforce engage enhance enjoy enlighten enrich enroll
    ensure enter entertain envision equip escape establish estimate evaluate evoke evolve examine exceed exchange
    excite exclude excuse execute exercise exhibit exist expand expect experience experiment explain exploit explore
    export expose express extend extract face facilitate fade fail familiarize fasten favor fear feature fetch file
    fill filter finalize finance finish fix flip float flow focus fold follow force forecast foster frame fry
    fulfill function fund gain gather gaze generate glance glow govern grab grade graduate grant grasp greet grill
    groan guarantee guard guess guide handle happen harness harvest hate haul heal heat help hesitate highlight hike
    hire honor hope host hug hunt hurry identify ignite ignore illuminate illustrate imagine imitate immerse
    implement imply import impose impress improve incline include incorporate increase indicate indulge infer
    influence inform inhale inherit initiate inject innovate inquire insert insist inspect inspire install instruct
    integrate intend interact interpret interrupt intervene interview introduce invent invest investigate invite
    involve iron isolate issue join joke judge juggle jump justify kick kill kiss knit knock label lack land last
    laugh launch lean learn leverage liberate lift limit line link list listen live load locate lock log long look
    love lower maintain manage manipulate march mark market marry marvel mash master match maximize measure mediate
    meditate melt memorize mend mention mentor merge migrate mimic minimize miss mix model moderate modify monitor
    motivate mourn move multiply nail name narrate navigate need negotiate neglect nominate notice notify nourish
    nurture obey object observe obtain occupy occur offer open operate oppose opt optimize order organize originate
    outline overlook own pack paint pair participate pass paste pause perceive perform permit persist persuade pick
    picture place plan plant play plead please plot point polish ponder pop portray pose position possess post
    postpone pour practice praise pray predict prefer prepare present preserve press pretend prevent print
    prioritize proceed process produce program progress prohibit project promise promote prompt propose protect
    protest provide provoke publish pull pump punish purchase pursue push qualify question quote race raise reach
    react realize rearrange recall receive recite reckon recognize recommend reconsider record recover recycle
    redefine reduce refer refine reflect refresh refuse regard register regret regulate reinforce reject rejoice
    relate relax release rely remain remark remember remind remove renew rent repair repeat replace reply report
    represent reproduce request require rescue research reserve resist resolve respect respond rest restore restrict
    result resume retain retire retrieve return reveal reverse review revise revisit revolutionize reward rewrite
    rinse risk roam roast rob roll rotate ruin rule rush sail satisfy save savor scale scan scatter schedule score
    scrape scream scroll search season secure select sense separate serve settle shape share sharpen shift shop
    shout sign signal simmer simplify simulate skip slice slip slow smell smile smooth soak soar solve sort specify
    speculate spark sprinkle spot squeeze stack stare start state stay step stimulate stir stop store strengthen
    stress stretch structure struggle study submit subscribe substitute succeed suffer suggest suit summarize supply
    support suppose surprise surrender surround survey survive suspect sustain swap switch symbolize sync tackle
    talk target taste tend test thank thrive tie tighten toast toss touch trace track trade train transcend transfer
    transform translate transport trap travel treat trigger trim trust try tune turn twist type uncover underline
    unfold unify unite unleash unlock unveil unwind update upgrade upload urge use utilize validate value vanish
    vary verify view visit visualize volunteer vote wait walk wander want warm warn wash waste watch water weigh
    welcome whip whisk whisper wipe wish witness wonder work worry wrap yearn yell yield zoom
"""


@cache
def forms() -> frozenset[str]:
    """Every form in lower case."""
    found = set(listed(_AUXILIARIES))
    for verb in listed(_REGULAR):
        found |= {verb, _ed(verb), _s(verb), _ing(verb)}
    for row in listed(_IRREGULAR):
        verb, *past = row.split("/")
        found |= {verb, *past, _s(verb), _ing(verb)}
    return frozenset(found)


def _doubles(verb: str) -> bool:
    """`stop`, `plan`: one short vowel and one consonant."""
    vowels = sum(char in "aeiou" for char in verb)
    return len(verb) > 2 and vowels == 1 and verb[-1] not in "aeiouwxy" and verb[-2] in "aeiou"


def _ed(verb: str) -> str:
    if verb.endswith("e"):
        return verb + "d"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ied"
    return verb + verb[-1] + "ed" if _doubles(verb) else verb + "ed"


def _s(verb: str) -> str:
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ies"
    return verb + ("es" if verb.endswith(("s", "x", "z", "ch", "sh", "o")) else "s")


def _ing(verb: str) -> str:
    if verb.endswith("ie"):
        return verb[:-2] + "ying"
    if verb.endswith("e") and not verb.endswith(("ee", "ye", "oe")):
        return verb[:-1] + "ing"
    return verb + verb[-1] + "ing" if _doubles(verb) or verb in {"begin", "forget", "forbid"} else verb + "ing"
