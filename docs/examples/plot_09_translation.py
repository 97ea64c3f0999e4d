r"""
Translation, and who looked at which word
=========================================

Attention was invented for translation (Bahdanau, Cho & Bengio 2015). A decoder with the state :math:`s_t` writes word
:math:`t`, and asks each word :math:`j` of the source, whose encoding is :math:`h_j`, what it has to say to that:

.. math::

    e_{tj} = v^\top \tanh(W s_t + U h_j + b) \qquad
    \alpha_{tj} = \frac{\exp(e_{tj})}{\sum_k \exp(e_{tk})} \qquad
    c_t = \sum_j \alpha_{tj} h_j

The matrix of all :math:`\alpha_{tj}` is the *alignment*: a row for each word written, a column for each word read.
Where the two languages order their words alike it is a diagonal. English and German often do not. This page makes
English sentences with their German translation from a small grammar, learns from 4,000 of them, and draws what the
network looks at in a sentence it has never seen.
"""

# %%
# A small grammar of two languages
# --------------------------------
# The German is right; the sense is not always. Four things make the translation more than a look-up of words:
#
# * *The frame.* "The man **saw** the dog": "der Mann **hat** den Hund **gesehen**". One word becomes two, far apart,
#   and the second closes the sentence.
# * *The clause.* After "weil" (because) the verbs go to the end and change places: "weil er den Hund **gesehen hat**".
# * *The time* goes to the front or behind the first verb, and what stood in front makes way: "gestern hat der Mann".
# * *Agreement.* Which article, which ending of the adjective? That hangs on the noun that follows and on whether it
#   acts or is acted on: "**ein alter** Mann", "**eine alte** Frau", "**einen alten** Hund".

import random

import matplotlib.pyplot as plt
import torch

from attime.nn import EncoderDecoder, beam, greedy
from attime.plot import plot_map
from attime.training import Pairs, TokenCrossEntropy, TrainingOptions, train

PERSONS = {
    "man": "Mann m",
    "teacher": "Lehrer m",
    "woman": "Frau f",
    "daughter": "Tochter f",
    "child": "Kind n",
}
THINGS = {
    "dog": "Hund m",
    "letter": "Brief m",
    "cat": "Katze f",
    "newspaper": "Zeitung f",
    "house": "Haus n",
    "book": "Buch n",
    "picture": "Bild n",
}
OF_PERSONS = {"": "", "old": "alt", "young": "jung", "small": "klein", "friendly": "freundlich"}
OF_THINGS = {"": "", "old": "alt", "new": "neu", "small": "klein", "beautiful": "schön"}
#: Article and ending of the adjective: of who acts, and of what is acted on.
DECLENSION = {
    "the": {"m": ("der e", "den en"), "f": ("die e", "die e"), "n": ("das e", "das e")},
    "a": {"m": ("ein er", "einen en"), "f": ("eine e", "eine e"), "n": ("ein es", "ein es")},
    "my": {"m": ("mein er", "meinen en"), "f": ("meine e", "meine e"), "n": ("mein es", "mein es")},
}
PRONOUNS = {"I": "ich", "we": "wir", "she": "sie", "they": "sie"}
VERBS = {
    "see": "saw sehen gesehen",
    "find": "found finden gefunden",
    "buy": "bought kaufen gekauft",
    "sell": "sold verkaufen verkauft",
    "draw": "drew zeichnen gezeichnet",
    "hide": "hid verstecken versteckt",
}
#: The verb that agrees: with she and with nouns, with I, with we and they.
AGREEING = {
    "past": "hat habe haben",
    "will": "wird werde werden",
    "can": "kann kann können",
    "must": "muss muss müssen",
}
TIMES = {
    "past": {"": "", "yesterday": "gestern", "last week": "letzte Woche"},
    "will": {"": "", "tomorrow": "morgen", "soon": "bald"},
    "can": {"": "", "today": "heute", "now": "jetzt"},
    "must": {"": "", "today": "heute", "now": "jetzt"},
}
PLACES = {
    "": "",
    "in the garden": "im Garten",
    "in the city": "in der Stadt",
    "at the station": "am Bahnhof",
    "at home": "zu Hause",
}


def noun_phrase(nouns, adjectives, *, acted_on):
    """Return something like "an old man" in both languages."""
    article, adjective, noun = (rng.choice(list(table)) for table in (DECLENSION, adjectives, nouns))
    german, gender = nouns[noun].split()
    german_article, ending = DECLENSION[article][gender][acted_on].split()
    english_article = "an" if article == "a" and adjective == "old" else article
    inflected = adjectives[adjective] + ending if adjective else ""
    return f"{english_article} {adjective} {noun}", f"{german_article} {inflected} {german}"


def clause(*, main):
    """Return who does what, when and where, in both languages."""
    who = rng.choice([*PRONOUNS, *8 * ["noun"]])
    subject = noun_phrase(PERSONS, OF_PERSONS, acted_on=False) if who == "noun" else (who, PRONOUNS[who])
    thing, german_thing = noun_phrase(THINGS, OF_THINGS, acted_on=True)
    tense, verb, place = (rng.choice(list(table)) for table in (AGREEING, VERBS, PLACES))
    time = rng.choice(list(TIMES[tense]))
    past, infinitive, participle = VERBS[verb].split()
    does, last = (past, participle) if tense == "past" else (f"{tense} {verb}", infinitive)
    first = AGREEING[tense].split()[{"I": 1, "we": 2, "they": 2}.get(who, 0)]
    when, where = TIMES[tense][time], PLACES[place]
    # What is known comes before the place, and what is new after it.
    middle = f"{where} {german_thing}" if thing.startswith("a") else f"{german_thing} {where}"
    if not main:
        return f"{subject[0]} {does} {thing} {place} {time}", f"{subject[1]} {when} {middle} {last} {first}"
    if time and rng.random() < 0.5:
        return f"{time} {subject[0]} {does} {thing} {place}", f"{when} {first} {subject[1]} {middle} {last}"
    return f"{subject[0]} {does} {thing} {place} {time}", f"{subject[1]} {first} {when} {middle} {last}"


def sentence():
    """Return a sentence of one or two clauses as words, in both languages."""
    english, german = clause(main=True)
    if rng.random() < 0.5:
        why, german_why = clause(main=False)
        english, german = f"{english} because {why}", f"{german} , weil {german_why}"
    return tuple(english.split()), tuple(german.split())


# %%
# Sentences held out
# ------------------
# All sentences are different, so none of those held out has been seen in training. The 500 of the validation part chose
# the epoch, and before that the size of the network and the learning rate; the 1,000 of the test part are translated
# once, at the end.

rng = random.Random(0)
corpus = {}
while len(corpus) < 5500:
    english, german = sentence()
    corpus[english] = german
pairs = list(corpus.items())
training, validation, test = pairs[:4000], pairs[4000:4500], pairs[4500:]
assert not {english for english, _ in training} & {english for english, _ in test}

END = "<end>"
english_words, german_words = ([END, *sorted({word for pair in training for word in pair[side]})] for side in (0, 1))
print(f"{len(training)} sentences to learn from, {len(validation)} to choose by, {len(test)} to judge by")
print(f"{len(english_words) - 1} English and {len(german_words) - 1} German words, sentences of up to", end=" ")
print(*(max(len(pair[side]) for pair in pairs) for side in (0, 1)), sep=" and ")
for english, german in training[:3]:
    print(" ", *english, "→", *german)

# %%
# Words become numbers. ``Pairs.of`` adds the end to the German sentences, since it has to be said, fills up shorter
# ones, and keeps in masks which words are there.

english_number, german_number = ({word: i for i, word in enumerate(words)} for words in (english_words, german_words))


def as_pairs(pairs):
    """Return sentences as the network wants them."""
    read = [[english_number[word] for word in english] for english, _ in pairs]
    written = [[german_number[word] for word in german] for _, german in pairs]
    return Pairs.of(read, written, end=german_number[END])


torch.manual_seed(0)
model = EncoderDecoder(hidden=64, score="additive").for_tokens(
    n_source=len(english_words), n_target=len(german_words), end=german_number[END]
)
history = train(
    model,
    as_pairs(training),
    as_pairs(validation),
    loss=TokenCrossEntropy(),
    options=TrainingOptions(max_epochs=5, batch_size=64, learning_rate=1e-2),
)
print(f"validation loss {history.validation_loss[history.best_epoch]:.4f} after {history.n_epochs} epochs,", end=" ")
print(f"{history.seconds.sum():.0f} s")

# %%
# How many are right?
# -------------------
# To the last ending: a translation counts only if it is the expected one word for word. ``greedy`` takes the most
# probable word each time. ``beam`` keeps the four most probable beginnings, which helps where a word looks good at
# first and leads nowhere.


def as_words(written):
    """Return what was written as words."""
    return [tuple(german_words[i] for i in row) for row in written.as_lists()]


source = as_pairs(test)
greedily = as_words(greedy(model, source.source, source.source_present, n_steps=40))
by_beam = as_words(beam(model, source.source, source.source_present, n_steps=40, n_beams=4))
for name, translated in {"greedy": greedily, "beam of 4": by_beam}.items():
    right = sum(found == german for found, (_, german) in zip(translated, test, strict=True))
    print(f"{name:9} {right} of {len(test)} sentences exactly right: {right / len(test):.3f}")

# %%
# Some of those that are right, and all that are wrong:

judged = list(zip(test, greedily, strict=True))
for title, pick in {
    "right": [pair for pair in judged if pair[0][1] == pair[1]][:4],
    "wrong": [pair for pair in judged if pair[0][1] != pair[1]],
}.items():
    print(title)
    for (english, _), found in pick:
        print(" ", *english, "→", *found)

# %%
# Did it look at the right word?
# ------------------------------
# For nouns and for verbs at the end of a clause the dictionary says which English word stands behind them. How often
# does the largest weight lie on just that word, when it occurs once in the sentence? Articles and first verbs have no
# such place: they hang on several words.

behind = {german.split()[0]: noun for noun, german in (PERSONS | THINGS).items()}
for verb, forms in VERBS.items():
    past, infinitive, participle = forms.split()
    behind |= {infinitive: verb, participle: past}

weights = greedy(model, source.source, source.source_present, n_steps=40).maps[0].weights
on_it, by_chance = [], []
for case, ((english, _), found) in enumerate(zip(test, greedily, strict=True)):
    for row, word in enumerate(found):
        if english.count(behind.get(word)) == 1:
            on_it.append(weights[case, row].argmax().item() == english.index(behind[word]))
            by_chance.append(1 / len(english))
print(f"{len(on_it)} words: largest weight on the word behind it {sum(on_it) / len(on_it):.3f},", end=" ")
print(f"by chance {sum(by_chance) / len(by_chance):.3f}")

# %%
# The picture
# -----------
# Two sentences that are not in the corpus. Read a row from left to right: where did the network look when it wrote this
# word? Dark is much.

examples = {
    "one clause": "yesterday the old woman sold my dog in the city",
    "two clauses": "she will buy a small house because my friendly teacher found the letter yesterday",
}
assert not any(tuple(text.split()) in corpus for text in examples.values())
figure, axes = plt.subplots(1, 2, figsize=(11, 5.2), layout="constrained", width_ratios=[1, 1.3])
for ax, (name, text) in zip(axes, examples.items(), strict=True):
    one = torch.tensor([[english_number[word] for word in text.split()]])
    written = greedy(model, one, torch.ones_like(one).bool(), n_steps=40)
    german = [german_words[i] for i in written.steps[0].tolist()]
    plot_map(written.maps[0], keys=text.split(), queries=german, limit=1, title=name, ax=ax)
    ax.set(xlabel="read", ylabel="written")

# %%
# * *The frame.* "sold" gives little until the end of the German clause, where "verkauft" takes nearly everything from
#   it; likewise "buy" and "kaufen". "gefunden" and "hat" stand in the order that "weil" asks for.
# * *The time.* "gestern" reaches for the last word of the English sentence.
# * *Agreement.* "die" and "ein" take from the noun to come as much as from the English article, or more: without
#   "woman" and "house" they could not be written. "meinen" and "den" take a part from "dog" and "letter".
# * *No choice, no look.* After the comma only "weil" can follow, after "in der" only "Stadt". Such words look anywhere,
#   and their rows say nothing.
