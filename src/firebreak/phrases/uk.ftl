# Not reviewed by a native speaker.
# The wording of Firebreak in Ukrainian. Its bytes are part of the agreement (spec/phrases.md).

## Kinds of record

kind-notice = сповіщення про діяльність
kind-amend = поправка
kind-cancel = скасування
kind-acknowledge = прийнято і зрозуміло
kind-not-understood = прийнято, не зрозуміло
kind-say-again = повторіть
kind-correct = виправлення
kind-object = заперечення
kind-clarify = запит на роз’яснення
kind-query = запит
kind-answer = відповідь
kind-statement = заява
kind-restraint = прохання про стриманість
kind-complaint = скарга на стверджуване порушення
kind-hazard = попередження про небезпеку
kind-text = вільний текст
kind-line-check = перевірка лінії
kind-line-check-reply = відповідь на перевірку лінії
kind-lapsed = строк відповіді сплив
kind-displayed = виведено на екран
kind-read = прочитано
kind-passed = передано далі
kind-release = підтвердження надсилання другим черговим
kind-roster = список посадових осіб
kind-agreement = угода
kind-line-state = оголошений стан лінії
kind-unknown = невідомий вид { $code }

## Purposes of an activity

purpose-air-policing = патрулювання повітряного простору
purpose-training = навчально-тренувальна діяльність
purpose-exercise = навчання
purpose-reconnaissance = розвідка
purpose-transport = перевезення
purpose-refuelling = дозаправлення
purpose-search-and-rescue = пошук і рятування
purpose-medical-evacuation = медична евакуація
purpose-live-firing = бойові стрільби
purpose-missile-launch = пуск ракети
purpose-navigation-at-sea = плавання в морі
purpose-survey = знімання місцевості або дна
purpose-drone-flight = політ безпілотного повітряного судна
purpose-ground-movement = пересування наземних сил
purpose-humanitarian-movement = гуманітарне пересування
purpose-protected-site = об’єкт, що користується захистом
purpose-other = інше

## Replies

reply-ours = так, наше
reply-not-ours = не наше
reply-anothers = належить третій стороні
reply-not-known = нам невідомо
reply-not-controlled-by-us = не під нашим контролем
reply-declines-to-say = відповідати відмовляємося
reply-checking = перевіряємо
reply-will-do = буде виконано
reply-will-not-do = виконано не буде
reply-explanation = пояснення

## What is doubtful about a track

doubt-position = місцеположення
doubt-identity = належність
doubt-height = висота
doubt-time = час

## Reasons for an objection

object-reason-overlaps-ours = перетинається з нашою діяльністю
object-reason-too-close = надто близько
object-reason-too-late = сповіщення надто пізнє
object-reason-unclear = неясно
object-reason-too-large-or-long = надто великий район або надто довгий строк
object-reason-other = інша причина

## Hazards

hazard-firing = стрільба
hazard-falling-debris = падіння уламків
hazard-drifting-mine = дрейфуюча міна
hazard-satellite-navigation-interference = завади супутниковій навігації
hazard-uncontrolled-aircraft-or-missile = некероване повітряне судно або некерована ракета
hazard-wreck-or-obstacle = затонуле судно або перешкода
hazard-pollution-or-radiation = забруднення або радіація
hazard-volcanic-ash-or-fire = вулканічний попіл або пожежа
hazard-airspace-closed = повітряний простір закрито
hazard-other = інша небезпека

## What is asked to be kept away

keep-aircraft = повітряні судна
keep-drones = безпілотні повітряні судна
keep-ships = кораблі та судна
keep-vehicles = наземні машини
keep-fire = вогонь із будь-якої зброї
keep-all-forces = усі сили

## Topics of a statement

topic-our-activity = наша діяльність
topic-our-exercise = наше навчання
topic-our-movement = наше пересування
topic-an-incident = інцидент
topic-an-accident = аварія або нещасний випадок
topic-public-reports = повідомлення у відкритих джерелах
topic-other = інше

## Declared line states

declared-suspended = призупинено
declared-resumed = відновлено

## Who or what translated

translator-person = переклала людина
translator-machine = машинний переклад

## Precedence

precedence-routine = звичайна (ROUTINE)
precedence-priority = термінова (PRIORITY)
precedence-immediate = негайна (IMMEDIATE)
precedence-flash = блискавка (FLASH)

## Heights

height-unit-metres = метри
height-unit-feet = фути
height-unit-hundreds-of-feet = сотні футів
height-reference-ellipsoid = над еліпсоїдом WGS 84
height-reference-mean-sea-level = над середнім рівнем моря
height-reference-ground = над рівнем землі
height-reference-standard-pressure = над ізобаричною поверхнею 1013.25 гПа

## Channels

channel-control = службовий
channel-air = повітряний
channel-sea = морський
channel-ground = наземний
channel-command = командний
channel-strategic = стратегічний
channel-humanitarian = гуманітарний
channel-unknown = канал { $number }

## Terms of an agreement

mode-exercise = НАВЧАННЯ
mode-real = не навчання
evidence-mode-provable = доказово: підписи може перевірити третя сторона
evidence-mode-deniable = недоказово: коди нічого не доводять третій стороні
publication-both-consent = лише за згодою обох сторін
publication-either-after-notice = будь-яка зі сторін, повідомивши іншу
publication-either = будь-яка зі сторін
publication-never = ніколи

## States of a record; none follows from another

state-delivered = доставлено: надійно збережено вузлом одержувача
state-undelivered = не доставлено: немає квитанції вузла одержувача
state-displayed = виведено на екран
state-read = прочитано черговим
state-understood = зрозуміло, суттєві дані повторено
state-not-understood = прийнято, не зрозуміло
state-passed = передано далі
state-answered = дано відповідь
state-unanswered = без відповіді
state-lapsed = строк сплив: до вказаного часу відповіді немає
state-late = із запізненням: відповідь дано після вказаного часу
state-void = недійсно
state-stale = подано за застарілою обстановкою
state-declined = відхилено
state-held = відбулося
state-not-attempted = нами не здійснювалося
state-attested = засвідчено нами

## States of a line

state-line-up = лінія діє
state-line-late = лінія запізнюється
state-line-down = лінія не діє
state-line-suspended = лінію призупинено (оголошено)
state-line-unchecked = лінію не перевірено: пропущено перевірку лінії

## Notes

note-none-held = Серед сповіщень, наявних станом на { $time }, таких немає. Відсутність сповіщення не означає відсутності діяльності.
note-not-permission = Сповіщення не є ані дозволом, ані захистом.
note-not-consent = Отримати не означає зрозуміти, зрозуміти не означає погодитися.
note-not-truth = Підпис показує, хто це сказав, але не те, що сказане правдиве.
note-silence = Мовчання нічого не доводить про наміри.
note-telephone = Ніколи не відкладайте заради цієї лінії дзвінок наявною телефонною лінією.
note-exercise = НАВЧАННЯ: усе за цією угодою стосується навчання.
note-attested = Внесено нашим черговим. Інша сторона цього не підписувала.
note-alleged = Скарга повідомляє про стверджуване порушення і сама його не встановлює.
note-translation = Автентичним є текст мовою автора. Переклад автентичним не є.
note-suspended = Про призупинення оголошено. Обмін однак може тривати.
note-not-reviewed = Формулювання цією мовою не перевірені носієм мови.

## Out of scope

scope-warning = Поза призначенням: Firebreak не попереджає про ракетний напад і не оцінює нападів.
scope-targeting = Поза призначенням: Firebreak не допомагає наведенню на ціль.
scope-navigation = Поза призначенням: Firebreak не служить для навігації та запобігання зіткненням.
scope-hostility = Поза призначенням: Firebreak не оцінює ворожості.
scope-motive = Поза призначенням: Firebreak не робить висновків про мотиви. Мотив записується, лише якщо його названо.
scope-basemap = Поза призначенням: за картою-підкладкою порушення не обчислюються. Значення мають лише узгоджені лінії.

## Sentences

sentence-notice = Сповіщення про заплановану діяльність: { $purpose }. Район: { $area }. Висоти: { $heights }. Час: { $window }. Для зв’язку: { $contact }.
sentence-amend = Поправка. Змінюється: { $reference }. Діє в такому вигляді: { $notice }
sentence-cancel = Скасування. Більше не діє: { $reference }.
sentence-acknowledge = Прийнято і зрозуміло: { $reference }. Повторюю: { $fields }.
sentence-not-understood = Прийнято, не зрозуміло: { $reference }.
sentence-say-again = Повторіть повністю: { $reference }.
sentence-say-again-fields = Повторіть: { $fields }. Звідки: { $reference }.
sentence-correct = Виправлення: { $reference }. Поле: { $field }. Слід читати: { $right }.
sentence-object = Заперечення: { $reference }. Причина: { $reason }.
sentence-clarify = Запит на роз’яснення: { $reference }.
sentence-query = Запит: чи ваш відстежуваний об’єкт { $track }? Місцеположення { $position }, спостерігався { $observed }.
sentence-answer = Відповідь: { $reference }. Сторона, що відповідає, повідомляє: { $reply }.
sentence-statement = Заява сторони автора. Предмет: { $topic }.
sentence-restraint = Прохання про стриманість. Місце: { $place }. Просимо тримати на віддаленні: { $keep }.
sentence-complaint = Скарга на стверджуване порушення. Правило: { $rule }. За твердженням автора, сталося { $happened }.
sentence-hazard = Попередження про небезпеку: { $hazard }. Район: { $area }. Висоти: { $heights }. Час: { $window }.
sentence-text = Вільний текст.
sentence-line-check = Перевірка лінії. Відповідати має людина.
sentence-line-check-reply = Відповідь на перевірку лінії: { $reference }.
sentence-lapsed = Строк відповіді сплив: { $reference }. Мовчання нічого не доводить про наміри.
sentence-displayed = Виведено на екран, не обов’язково прочитано: { $reference }.
sentence-read = Прочитано черговим, не обов’язково зрозуміло: { $reference }.
sentence-passed = Передано далі. Кому: { $to }. Що: { $reference }.
sentence-release = Другий черговий підтверджує надсилання запису { $record }.
sentence-roster = Нова редакція списку посадових осіб сторони автора: { $size }, контрольне слово { $check }.
sentence-agreement = Наступна редакція угоди: { $size }, контрольне слово { $check }.
sentence-line-state = Сторона автора оголошує щодо лінії, канал { $channel }: { $declared }. Обмін однак може тривати.
sentence-unknown = Невідомий вид { $code }, збережено так, як отримано.

## Clauses that follow a sentence

clause-unit = Підрозділ: { $unit }.
clause-late-reason = Причина пізнього сповіщення: { $reason }.
clause-reason = Названа причина: { $reason }.
clause-no-reason = Причину не названо.
clause-what = Не зрозуміло: { $what }.
clause-position = Місцеположення: { $position }.
clause-height = Висота: { $height }.
clause-speed = Швидкість: { $speed }.
clause-course = Курс: { $course }.
clause-next-word-by = Наступне повідомлення не пізніше { $time }.
clause-doubt = Сумнівно: { $doubt }.
clause-area = Район: { $area }.
clause-window = Час: { $window }.
clause-words = Слова автора ({ $language }): { $text }
clause-translation = Переклад, не автентичний ({ $language }, { $translator }): { $text }
clause-answer-by = Просимо відповісти не пізніше { $time }.

## Parts of sentences

area-circle = круг, радіус { $metres } ({ $miles }), центр { $centre }
area-polygon = багатокутник, { $points }: { $outline } (контрольне слово { $check })
area-polygon-with-holes = багатокутник, { $points }, усередині { $holes }: { $outline } (контрольне слово { $check })
area-corridor = смуга, { $metres } у кожен бік від шляху, { $points }: { $outline } (контрольне слово { $check })
outline-first = перша точка { $first }, решта в переліку
hole-point = Виріз { $hole }, точка { $point }
heights = від { $lower } до { $upper }
surface = SFC (поверхня і все нижче від неї)
unlimited = UNL (без верхньої межі)
height-words = { $amount } { $reference }
window = з { $start } до { $end } ({ $duration })
reference = запис { $index } сторони { $party } ({ $prefix })
reference-none = запис не названо
office = { $party }, { $role }
office-unknown = посада { $number }
party-unknown = сторона { $number }
size-and-digest = { $size }, SHA-256 { $digest }
seen = { $party }: { $size }, згортка { $digest }
not-stated = не вказано
none = немає

## Languages

language-en = англійська мова
language-ru = російська мова
language-uk = українська мова
language-pl = польська мова
language-other = мова { $code }

## Numbers with their nouns

count-metres =
    { $count ->
        [one] { $figure } метр
        [few] { $figure } метри
        [many] { $figure } метрів
       *[other] { $figure } метра
    }
count-feet =
    { $count ->
        [one] { $figure } фут
        [few] { $figure } фути
        [many] { $figure } футів
       *[other] { $figure } фута
    }
count-hundreds-of-feet =
    { $count ->
        [one] { $figure } сотня футів
        [few] { $figure } сотні футів
        [many] { $figure } сотень футів
       *[other] { $figure } сотні футів
    }
count-nautical-miles =
    { $count ->
        [one] { $figure } морська миля
        [few] { $figure } морські милі
        [many] { $figure } морських миль
       *[other] { $figure } морської милі
    }
count-kilometres =
    { $count ->
        [one] { $figure } кілометр
        [few] { $figure } кілометри
        [many] { $figure } кілометрів
       *[other] { $figure } кілометра
    }
count-knots =
    { $count ->
        [one] { $figure } вузол
        [few] { $figure } вузли
        [many] { $figure } вузлів
       *[other] { $figure } вузла
    }
count-degrees =
    { $count ->
        [one] { $figure } градус
        [few] { $figure } градуси
        [many] { $figure } градусів
       *[other] { $figure } градуса
    }
count-seconds =
    { $count ->
        [one] { $figure } секунда
        [few] { $figure } секунди
        [many] { $figure } секунд
       *[other] { $figure } секунди
    }
count-minutes =
    { $count ->
        [one] { $figure } хвилина
        [few] { $figure } хвилини
        [many] { $figure } хвилин
       *[other] { $figure } хвилини
    }
count-hours =
    { $count ->
        [one] { $figure } година
        [few] { $figure } години
        [many] { $figure } годин
       *[other] { $figure } години
    }
count-days =
    { $count ->
        [one] { $figure } день
        [few] { $figure } дні
        [many] { $figure } днів
       *[other] { $figure } дня
    }
count-points =
    { $count ->
        [one] { $figure } точка
        [few] { $figure } точки
        [many] { $figure } точок
       *[other] { $figure } точки
    }
count-holes =
    { $count ->
        [one] { $figure } виріз
        [few] { $figure } вирізи
        [many] { $figure } вирізів
       *[other] { $figure } вирізу
    }
count-bytes =
    { $count ->
        [one] { $figure } байт
        [few] { $figure } байти
        [many] { $figure } байтів
       *[other] { $figure } байта
    }
count-records =
    { $count ->
        [one] { $figure } запис
        [few] { $figure } записи
        [many] { $figure } записів
       *[other] { $figure } запису
    }
count-notices =
    { $count ->
        [one] { $figure } сповіщення
        [few] { $figure } сповіщення
        [many] { $figure } сповіщень
       *[other] { $figure } сповіщення
    }

## Labels of slots

label-kind = Вид
label-precedence = Терміновість
label-composed-at = Складено (за годинником автора)
label-answer-by = Відповісти не пізніше
label-to = Кому
label-refers-to = Стосується
label-version = Версія угоди
label-author = Місце автора у списку
label-control = Розмір службового журналу
label-serial = Порядковий номер
label-seen = Було у вузла автора
label-purpose = Мета
label-area = Район
label-point = Точка { $number }
label-start = Початок
label-end = Закінчення
label-duration = Тривалість
label-lower = Нижня висота
label-upper = Верхня висота
label-contact = Для зв’язку
label-unit = Підрозділ
label-late-reason = Причина пізнього сповіщення
label-words = Слова автора
label-translation = Переклад
label-reason = Причина
label-read-back = Повторено
label-what = Не зрозуміло
label-fields = Поля
label-field = Поле
label-right = Слід читати
label-track = Відстежуваний об’єкт
label-position = Місцеположення
label-observed = Спостерігався
label-height = Висота
label-speed = Швидкість
label-course = Курс
label-reply = Відповідь
label-next-word-by = Наступне повідомлення не пізніше
label-doubt = Сумнівно
label-topic = Предмет
label-keep = Тримати на віддаленні
label-place = Місце
label-rule = Правило, про порушення якого стверджується
label-happened = За твердженням автора, сталося
label-hazard = Небезпека
label-passed-to = Передано кому
label-record = Запис
label-roster = Файл списку
label-agreement = Файл угоди
label-channel = Канал
label-declared = Оголошено
label-reference = Посилання
label-beyond-the-last-field = Понад останнє поле
label-slots = Зміст, як отримано
