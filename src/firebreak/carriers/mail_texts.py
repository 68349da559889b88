"""What a bundle's mail says to a person who opens it (spec/mail.md M-2): which mail it is, and what to do.

It reveals no more than the mail's own form does: not who speaks of what, nor what kind of record it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

FIRST: Final = "en"
"""The language of a reader whose own is not here."""

TEXTS: Final = {
    "en": """\
This mail carries a Firebreak bundle, sealed to the node that this address belongs to.
Nobody on the way can read it.
Check: {check}

If a program takes the mail at this address, do nothing.
If you read this yourself: do not open, change or forward the attachment. Save it under its
name and give it to the duty officer who runs the Firebreak node. He takes it in with:
firebreak bundle import {name}
If there is no such node here, tell the sender so by telephone and name the check above.
Do not answer this mail: no person reads the answer.
""",
    "ru": """\
В этом письме пакет Firebreak, запечатанный для узла, которому принадлежит этот адрес.
По пути его никто не может прочитать.
Контрольные группы: {check}

Если почту на этом адресе принимает программа, ничего не делайте.
Если это читаете вы сами: не открывайте, не изменяйте и не пересылайте вложение. Сохраните
его под его именем и передайте дежурному офицеру узла Firebreak. Он примет его командой:
firebreak bundle import {name}
Если такого узла здесь нет, сообщите об этом отправителю по телефону и назовите группы.
Не отвечайте на это письмо: ответ не прочтёт ни один человек.
""",
    "uk": """\
У цьому листі пакет Firebreak, запечатаний для вузла, якому належить ця адреса.
Дорогою його ніхто не може прочитати.
Контрольні групи: {check}

Якщо пошту на цій адресі приймає програма, нічого не робіть.
Якщо це читаєте ви самі: не відкривайте, не змінюйте й не пересилайте вкладення. Збережіть
його під його іменем і передайте черговому офіцерові вузла Firebreak. Він прийме його командою:
firebreak bundle import {name}
Якщо такого вузла тут немає, повідомте про це відправника телефоном і назвіть групи.
Не відповідайте на цей лист: відповідь не прочитає жодна людина.
""",
    "pl": """\
Ten list zawiera pakiet Firebreak, zapieczętowany dla węzła, do którego należy ten adres.
Nikt po drodze nie może go odczytać.
Grupy kontrolne: {check}

Jeżeli pocztę pod tym adresem odbiera program, nie rób nic.
Jeżeli czytasz to sam: nie otwieraj, nie zmieniaj i nie przesyłaj dalej załącznika. Zapisz go
pod jego nazwą i przekaż oficerowi dyżurnemu węzła Firebreak. Przyjmie go poleceniem:
firebreak bundle import {name}
Jeżeli takiego węzła tu nie ma, powiadom o tym nadawcę telefonicznie i podaj grupy.
Nie odpowiadaj na ten list: odpowiedzi nie przeczyta żaden człowiek.
""",
}
"""By language. Russian, Ukrainian and Polish are not reviewed by a native speaker."""


def text_for(languages: Sequence[str], check: str, name: str) -> str:
    """The text in each of these languages that is known, in their order; else in English."""
    known = [language for language in languages if language in TEXTS] or [FIRST]
    return "\n".join(TEXTS[language].format(check=check, name=name) for language in known)
