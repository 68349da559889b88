"""What stands on the pages beside the codes, in each language. Not reviewed by native speakers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Texts:
    """One language's texts; `{…}` is filled in.

    what: what to do with the page, for whoever holds it. steps: five lines for who carries it.
    """

    exercise: str
    real: str
    unmarked: str
    page: str
    code: str
    to: str
    key: str
    check: str
    printed: str
    what: str
    steps: tuple[str, str, str, str, str]


TEXTS: Final[dict[str, Texts]] = {
    "en": Texts(
        "EXERCISE",
        "REAL",
        "NOT KNOWN WHETHER REAL OR EXERCISE",
        "Page {page} of {pages}",
        "code {code} of {codes}",
        "To",
        "To the holder of key",
        "Check words",
        "Printed {printed}. Precedence {precedence}. Void after {expiry}.",
        "Sealed: who carries this page cannot read it. Give it to the party named above; there, scan"
        " all pages, in any order.",
        (
            "Before you go, read the check words to your duty officer by telephone, and note the time.",
            "Carry the pages flat. Do not fold, staple or write across the codes. A copy or a fax will do.",
            "Hand over all pages. Any {count} of the {codes} codes are enough: a torn page may do no harm.",
            "Have the receiver scan them and read the check words back to you. They must be the same.",
            "Report to your duty officer: to whom you gave them, where, when. That is not yet an answer.",
        ),
    ),
    "ru": Texts(
        "УЧЕНИЕ",
        "НЕ УЧЕНИЕ",
        "НЕИЗВЕСТНО, УЧЕНИЕ ЛИ ЭТО",
        "Страница {page} из {pages}",
        "код {code} из {codes}",
        "Кому",
        "Владельцу ключа",
        "Проверочные слова",
        "Напечатано {printed}. Срочность {precedence}. Недействительно после {expiry}.",
        "Запечатано: несущий эту страницу не может её прочесть. Передайте её указанной выше стороне;"
        " там отсканировать все страницы в любом порядке.",
        (
            "До выхода прочтите проверочные слова дежурному по телефону и запишите время.",
            "Не сгибайте страницы по кодам, не прокалывайте и не пишите на них. Копия и факс годятся.",
            "Передайте все страницы. Достаточно любых {count} из {codes} кодов: разрыв может не повредить.",
            "Пусть получатель отсканирует их и прочтёт вам проверочные слова. Они должны совпасть.",
            "Доложите дежурному: кому, где и когда передано. Это ещё не ответ.",
        ),
    ),
    "uk": Texts(
        "НАВЧАННЯ",
        "НЕ НАВЧАННЯ",
        "НЕВІДОМО, ЧИ ЦЕ НАВЧАННЯ",
        "Сторінка {page} з {pages}",
        "код {code} з {codes}",
        "Кому",
        "Власнику ключа",
        "Контрольні слова",
        "Надруковано {printed}. Терміновість {precedence}. Недійсне після {expiry}.",
        "Запечатано: хто несе цю сторінку, не може її прочитати. Передайте її зазначеній вище стороні;"
        " там відсканувати всі сторінки в будь-якому порядку.",
        (
            "Перед виходом прочитайте контрольні слова черговому телефоном і запишіть час.",
            "Не згинайте сторінки по кодах, не проколюйте й не пишіть на них. Копія і факс придатні.",
            "Передайте всі сторінки. Досить будь-яких {count} з {codes} кодів: розрив може не зашкодити.",
            "Нехай одержувач відсканує їх і прочитає вам контрольні слова. Вони мають збігтися.",
            "Доповідайте черговому: кому, де й коли передано. Це ще не відповідь.",
        ),
    ),
    "pl": Texts(
        "ĆWICZENIE",
        "TO NIE ĆWICZENIE",
        "NIE WIADOMO, CZY TO ĆWICZENIE",
        "Strona {page} z {pages}",
        "kod {code} z {codes}",
        "Do",
        "Do posiadacza klucza",
        "Słowa kontrolne",
        "Wydrukowano {printed}. Pilność {precedence}. Nieważne po {expiry}.",
        "Zapieczętowane: niosący tę stronę nie może jej odczytać. Oddaj ją stronie wymienionej wyżej;"
        " tam zeskanować wszystkie strony, w dowolnej kolejności.",
        (
            "Przed wyjściem przeczytaj dyżurnemu przez telefon słowa kontrolne i zapisz godzinę.",
            "Nie zginaj stron na kodach, nie zszywaj i nie pisz po nich. Kopia i faks wystarczą.",
            "Oddaj wszystkie strony. Wystarczy dowolne {count} z {codes} kodów: rozdarcie może nie zaszkodzić.",
            "Niech odbiorca je zeskanuje i odczyta ci słowa kontrolne. Muszą być te same.",
            "Zamelduj dyżurnemu: komu, gdzie i kiedy oddano. To jeszcze nie jest odpowiedź.",
        ),
    ),
    "ar": Texts(
        "تمرين",
        "ليس تمرينا",
        "لا يُعرف هل هذا تمرين",
        "الصفحة {page} من {pages}",
        "الرمز {code} من {codes}",
        "إلى",
        "إلى صاحب المفتاح",
        "كلمات التحقق",
        "طُبع {printed}. درجة الأسبقية {precedence}. يبطل بعد {expiry}.",
        "مختوم: لا يستطيع حامل هذه الصفحة قراءتها. سلّمها إلى الطرف المذكور أعلاه؛ وهناك تُمسح كل"
        " الصفحات ضوئيا بأي ترتيب.",
        (
            "قبل أن تذهب اقرأ كلمات التحقق على الضابط المناوب بالهاتف وسجّل الوقت.",
            "لا تطوِ الصفحات عند الرموز ولا تثقبها ولا تكتب عليها. النسخة والفاكس يكفيان.",
            "سلّم كل الصفحات. يكفي أي {count} من الرموز وعددها {codes}، فقد لا يضرّ التمزق.",
            "اطلب من المستلم أن يمسحها ضوئيا ويقرأ عليك كلمات التحقق. يجب أن تتطابق.",
            "أبلغ الضابط المناوب لمن سلّمتها وأين ومتى. هذا ليس جوابا بعد.",
        ),
    ),
}
"""REAL is said as `not an exercise` where the bare word for real would not be understood."""


def texts_of(languages: Sequence[str]) -> list[Texts]:
    """The texts of an agreement's languages, in its order; English where there are none of them."""
    return [TEXTS[code] for code in languages if code in TEXTS] or [TEXTS["en"]]
