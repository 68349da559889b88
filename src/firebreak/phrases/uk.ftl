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
kind-call = запит про розмову
kind-call-answer = відповідь про розмову
kind-call-state = стан розмови
kind-readout = виклад розмови
kind-follow-up = лист за підсумками розмови
kind-incident = первинне повідомлення про інцидент
kind-assessment = повідомлення щодо інциденту
kind-account = виклад обставин інциденту
kind-finding = факт або питання щодо інциденту
kind-finding-answer = відповідь щодо факту або питання
kind-close = одна зі сторін вважає інцидент закритим
kind-contact = запис про контакт
kind-contact-answer = відповідь на запис про контакт
kind-site = сповіщення про об’єкт, що користується захистом
kind-movement = сповіщення про гуманітарне пересування
kind-movement-state = стан гуманітарного пересування
kind-distributed = доведення до підрозділів
kind-stop = під ударом, припиніть вогонь
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

## Calls

urgency-when-convenient = коли зручно
urgency-today = сьогодні
urgency-within-hours = найближчими годинами
urgency-at-once = негайно
means-secure-voice = захищений голосовий зв’язок
means-telephone = телефон
means-video = відеозв’язок
means-text = обмін текстом
means-in-person = особиста зустріч
who-called-at-our-request = на прохання сторони автора
who-called-at-your-request = на прохання сторони-адресата
who-called-by-agreement = за домовленістю обох сторін
who-called-not-said = не повідомляється
call-reply-accepted = прийнято
call-reply-other-time = запропоновано інший час
call-reply-deputy = запропоновано заступника
call-reply-not-at-this-time = не зараз
call-reply-declined = відхилено
call-reply-awaiting-authority = очікуються повноваження
call-step-ready = готовність
call-step-begun = розпочато
call-step-ended = закінчено
call-step-broken-off = перервано

## Incidents

incident-sort-line-crossed = перетин лінії
incident-sort-close-approach = небезпечне зближення
incident-sort-collision = зіткнення
incident-sort-shots-fired = постріли
incident-sort-missile-or-rocket = керована або некерована ракета
incident-sort-drone = безпілотне повітряне судно
incident-sort-laser-or-illumination = лазер або опромінення
incident-sort-interference = завади
incident-sort-damage-or-injury = шкода або поранення
incident-sort-persons-held = утримання людей
incident-sort-other = інший інцидент
stance-assessing = триває оцінювання; нічого не вирішено
stance-accident-not-attack = аварія або нещасний випадок, не напад
stance-not-ours = не наше
stance-ours = наше
stance-concluded = оцінювання завершено
finding-sort-fact = факт
finding-sort-question = відкрите питання
finding-sort-denominator = із скількох ведеться підрахунок (знаменник)
finding-reply-agreed = згодні
finding-reply-disputed = оспорюємо
finding-reply-answered = відповідь на питання дано

## Contacts

way-node = вузол
way-voice = голосовий зв’язок
way-fax = факс
way-mail = пошта
way-person = особисто
outcome-not-attempted = сторона автора спроби не робила
outcome-undelivered = не доставлено
outcome-unanswered = до вказаного часу немає відповіді
outcome-declined = відхилено або не зараз
outcome-held = відбулося (говорили обидві сторони)
precision-minute = з точністю до хвилини
precision-hour = з точністю до години
precision-day = з точністю до дня
precision-month = з точністю до місяця
precision-year = з точністю до року
contact-reply-confirmed = підтверджуємо
contact-reply-disputed = оспорюємо

## Humanitarian sites and movements

site-sort-hospital = лікарня
site-sort-clinic = амбулаторія
site-sort-shelter = укриття
site-sort-school = школа
site-sort-water = водопостачання
site-sort-power = енергопостачання
site-sort-warehouse = склад
site-sort-office = службове приміщення
site-sort-residence = житлове приміщення
site-sort-cultural = культурна цінність
site-sort-crossing-point = пункт перетину
site-sort-other = інший об’єкт
movement-step-departed = відправлення
movement-step-holding = очікування
movement-step-moving = у дорозі
movement-step-arrived = прибуття
movement-step-impeded = просування утруднено
movement-step-delayed = затримка
movement-step-denied = відмовлено у проїзді
movement-step-called-off = пересування скасовано
distributed-state-sent = надіслано підрозділу
distributed-state-received = отримано підрозділом
distributed-state-read-back = повторено підрозділом
distributed-state-loaded = уведено в системи підрозділу

## Routes to the other side

rung-direct = напряму
rung-duty-office = чергова служба
rung-note-to-ministry = нота міністерству
rung-defence-attache = військовий аташе
rung-embassy = посольство
rung-foreign-minister = міністр закордонних справ
rung-security-adviser = радник з безпеки
rung-third-state = третя держава

## Entries of a party's own journal

level-tactical = тактичний
level-command = командний
level-military = військовий
level-political = політичний
source-own-officer = наш черговий
source-other-office-of-ours = інша посада нашої сторони
source-public-report = відкрите повідомлення
source-other-side = інша сторона
source-relay = посередник
certainty-certain = достовірно
certainty-probable = імовірно
certainty-claimed = стверджується, не встановлено
missed-because-unknown = причина невідома
missed-because-technical-ours = несправність на нашому боці
missed-because-technical-theirs = несправність на іншому боці
missed-because-declined = відхилено
missed-because-announced = оголошено заздалегідь

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
state-uncommented = іншою стороною не прокоментовано
state-unconfirmed = підрозділом не підтверджено
state-expired = строк дії сплив
state-revalidation-due = підлягає повторній перевірці
state-closed-by-one = закрито однією стороною
state-closed = закрито обома сторонами
state-withdrawn = відкликано

## Custody by a relay

state-taken = прийнято посередником
state-forwarded = надіслано посередником далі
state-handed-over = вручено посередником
state-returned = повернено посередником

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
note-absence = Відсутність у цьому переліку не позбавляє правового захисту.
note-withdrawal = Відкликання припиняє розкриття на майбутнє. Уже розкрите воно зробити нерозкритим не може.
note-nothing-decided = Оцінювання триває. Нічого не вирішено.
note-not-attempted = Нами спроби не здійснювалося. Іншій стороні не було на що відповідати.
note-own-silence = Мовчання нашої сторони не є мовчанням іншої сторони.
note-reason = Причина записується, лише якщо її було названо.
note-no-reason-owed = Відповідь «не зараз» причини не потребує.
note-relay-sealed = Цей посередник передає запечатані пакети і прочитати їх не може.
note-relay-readable = За згодою обох сторін цей посередник передає текст, який може прочитати.
note-custody = Облік передавання показує, хто, що і коли передав, але не те, що це хтось прочитав.
note-confidential = Відомості про контакти конфіденційні, якщо їх не розкрито так, як визначено угодою.
note-reconstruction = Реконструкція за відкритими повідомленнями з погляду однієї сторони. Інша сторона в ній нічого не підписувала.

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
sentence-call = Запит про розмову. Пропонує: { $proposer }. Від сторони автора говорив би: { $principal }. З ким: { $counterpart }. Наскільки терміново: { $urgency }. Вид зв’язку: { $means }. Мови в порядку переваги: { $languages }. Час у порядку переваги: { $windows }. Формулювання про те, хто просив: { $caller }. Далі предмет словами автора.
sentence-call-answer = Відповідь про розмову: { $reference }. Сторона, що відповідає, повідомляє: { $reply }.
sentence-call-state = Стан розмови, запит: { $reference }. Сторона автора повідомляє: { $step }, { $at }.
sentence-readout = Виклад розмови, запит: { $reference }. Наведено те, що було сказано, за словами сторони автора.
sentence-follow-up = Лист за підсумками розмови, запит: { $reference }. Наведено те, як зрозумів автор; просимо повторити або виправити.
sentence-incident = Первинне повідомлення про інцидент, можливо, неповне: { $incident }. За твердженням автора, сталося { $happened }. Місце: { $place }.
sentence-assessment = Повідомлення щодо інциденту: { $reference }. Сторона автора повідомляє: { $stance }.
sentence-account = Виклад обставин інциденту стороною автора: { $reference }. За твердженням автора, сталося { $happened }. Місце: { $place }.
sentence-finding = Винесено на розгляд іншої сторони щодо інциденту: { $reference }. Що саме: { $finding }.
sentence-finding-answer = Відповідь щодо факту або питання: { $reference }. Сторона, що відповідає, повідомляє: { $reply }.
sentence-close = Сторона автора вважає інцидент закритим: { $reference }. Його закрито, коли так вважають обидві сторони.
sentence-contact = Запис сторони автора про контакт. Її посадова особа: { $ours }. Співрозмовник: { $theirs }. Шлях: { $way }. Результат: { $outcome }. Час: { $happened }, { $precision }. Скільки разів: { $times }.
sentence-contact-answer = Відповідь на запис про контакт: { $reference }. Сторона, що відповідає, повідомляє: { $reply }.
sentence-site = Сповіщення про об’єкт, що користується захистом: { $site }, { $name }. Найближче назване місце: { $place }. Район: { $area }. Час: { $window }. Перевірив: { $verifier }, { $verified }; повторна перевірка не пізніше { $revalidate }. Для зв’язку: { $contact }. Відсутність сповіщення не позбавляє правового захисту.
sentence-movement = Сповіщення про гуманітарне пересування: { $name }. Район: { $area }. Час: { $window }. Транспорт: { $vehicles }, { $fleet }. Позначення: { $markings }. У складі: { $staff }. Для зв’язку в дорозі, за порядком: { $contacts }. Відсутність сповіщення не позбавляє правового захисту.
sentence-movement-state = Стан гуманітарного пересування: { $reference }. Сторона автора повідомляє: { $step }, { $at }.
sentence-distributed = Доведення до підрозділів: { $reference }. Розкрито стороною автора. Підрозділ: { $unit }. Стан: { $state }, { $at }.
sentence-stop = Під ударом, припиніть вогонь. Місце, що, за твердженням автора, перебуває під ударом: { $place }.
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
clause-windows = Час у порядку переваги: { $windows }.
clause-deputy = Заступник: { $deputy }.
clause-no-reason-owed = Зазначати причину не потрібно.
clause-embargo = Не публікувати раніше { $time }.
clause-agreed-line = Спільне формулювання, за словами сторони автора ({ $language }): { $text }
clause-stance = Сторона автора повідомляє: { $stance }.
clause-units = Підрозділи: { $units }.
clause-damage = Заявлена шкода: { $damage }.
clause-evidence = Матеріали, що визначаються згорткою: { $evidence }.
clause-rule = Правило, про порушення якого стверджується: { $rule }.
clause-remedy = Чого просить сторона автора: { $remedy }.
clause-not-attempted = Де спроби не було, співрозмовнику не було на що відповідати.
clause-silence = Мовчання нічого не доводить про наміри.
clause-replaces = Замінює: { $reference }.
clause-markings = Позначення: { $markings }.
clause-waiting = У разі зупинки очікує: { $waiting }.
clause-place = Місце: { $place }.

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
attachment = { $name } ({ $media }, { $size }), SHA-256 { $digest }
agreed-line = Спільне формулювання { $number }
other-window = Інший час { $number }
number-not-known = невідомо
not-stated = не вказано
none = немає

## Headings of paper and voice forms

heading-message = Повідомлення
heading-group = Група
heading-check-word = Контрольне слово
heading-end-of-message = Кінець повідомлення
heading-page = Сторінка

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
count-vehicles =
    { $count ->
        [one] { $figure } одиниця
        [few] { $figure } одиниці
        [many] { $figure } одиниць
       *[other] { $figure } одиниці
    }
count-persons =
    { $count ->
        [one] { $figure } особа
        [few] { $figure } особи
        [many] { $figure } осіб
       *[other] { $figure } особи
    }
count-times =
    { $count ->
        [one] { $figure } раз
        [few] { $figure } рази
        [many] { $figure } разів
       *[other] { $figure } раза
    }
count-attempts =
    { $count ->
        [one] { $figure } спроба
        [few] { $figure } спроби
        [many] { $figure } спроб
       *[other] { $figure } спроби
    }
count-contacts =
    { $count ->
        [one] { $figure } контакт
        [few] { $figure } контакти
        [many] { $figure } контактів
       *[other] { $figure } контакту
    }
count-sites =
    { $count ->
        [one] { $figure } об’єкт
        [few] { $figure } об’єкти
        [many] { $figure } об’єктів
       *[other] { $figure } об’єкта
    }
count-movements =
    { $count ->
        [one] { $figure } пересування
        [few] { $figure } пересування
        [many] { $figure } пересувань
       *[other] { $figure } пересування
    }
count-pages =
    { $count ->
        [one] { $figure } сторінка
        [few] { $figure } сторінки
        [many] { $figure } сторінок
       *[other] { $figure } сторінки
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
label-proposer = Пропонує
label-principal = Від сторони автора говорив би
label-counterpart = Співрозмовник
label-urgency = Наскільки терміново
label-means = Вид зв’язку
label-languages = Мови
label-who-called = Формулювання про те, хто просив
label-deputy = Заступник
label-step = Етап
label-at = Час
label-embargo = Не публікувати раніше
label-agreed = Спільні формулювання
label-incident = Інцидент
label-stance = Повідомляє сторона автора
label-units = Підрозділи
label-damage = Заявлена шкода
label-attachments = Матеріали, що визначаються згорткою
label-remedy = Чого просить сторона автора
label-finding = Винесено на розгляд іншої сторони
label-ours = Посадова особа сторони автора
label-way = Шлях
label-outcome = Результат
label-precision = Точність часу
label-count = Скільки разів
label-site = Об’єкт, що користується захистом
label-name = Назва
label-verified-by = Перевірив
label-verified-at = Перевірено
label-revalidate-by = Повторна перевірка не пізніше
label-markings = Позначення
label-vehicles = Транспорт
label-fleet = Види транспорту
label-staff = Осіб у складі
label-contacts = Для зв’язку в дорозі
label-waiting = У разі зупинки очікує
label-state = Стан
label-beyond-the-last-field = Понад останнє поле
label-slots = Зміст, як отримано
