# Not reviewed by a native speaker.
# The wording of Firebreak in Russian. Its bytes are part of the agreement (spec/phrases.md).

## Kinds of record

kind-notice = уведомление о деятельности
kind-amend = поправка
kind-cancel = отмена
kind-acknowledge = принято и понято
kind-not-understood = принято, не понято
kind-say-again = повторите
kind-correct = исправление
kind-object = возражение
kind-clarify = запрос разъяснения
kind-query = запрос
kind-answer = ответ
kind-statement = заявление
kind-restraint = просьба о сдержанности
kind-complaint = претензия о предполагаемом нарушении
kind-hazard = предупреждение об опасности
kind-text = свободный текст
kind-line-check = проверка линии
kind-line-check-reply = ответ на проверку линии
kind-lapsed = срок ответа истёк
kind-displayed = выведено на экран
kind-read = прочитано
kind-passed = передано далее
kind-release = подтверждение отправки вторым дежурным
kind-roster = список должностных лиц
kind-agreement = соглашение
kind-line-state = объявленное состояние линии
kind-call = запрос о разговоре
kind-call-answer = ответ о разговоре
kind-call-state = состояние разговора
kind-readout = изложение разговора
kind-follow-up = письмо по итогам разговора
kind-incident = первичное сообщение об инциденте
kind-assessment = сообщение по инциденту
kind-account = изложение обстоятельств инцидента
kind-finding = факт или вопрос по инциденту
kind-finding-answer = ответ по факту или вопросу
kind-close = одна из сторон считает инцидент закрытым
kind-contact = запись о контакте
kind-contact-answer = ответ на запись о контакте
kind-site = уведомление об объекте, пользующемся защитой
kind-movement = уведомление о гуманитарном передвижении
kind-movement-state = состояние гуманитарного передвижения
kind-distributed = доведение до подразделений
kind-stop = под ударом, прекратите огонь
kind-unknown = неизвестный вид { $code }

## Purposes of an activity

purpose-air-policing = патрулирование воздушного пространства
purpose-training = учебно-тренировочная деятельность
purpose-exercise = учение
purpose-reconnaissance = разведка
purpose-transport = перевозка
purpose-refuelling = дозаправка
purpose-search-and-rescue = поиск и спасание
purpose-medical-evacuation = медицинская эвакуация
purpose-live-firing = боевые стрельбы
purpose-missile-launch = пуск ракеты
purpose-navigation-at-sea = плавание в море
purpose-survey = съёмка местности или дна
purpose-drone-flight = полёт беспилотного воздушного судна
purpose-ground-movement = передвижение наземных сил
purpose-humanitarian-movement = гуманитарное передвижение
purpose-protected-site = объект, пользующийся защитой
purpose-other = иное

## Replies

reply-ours = да, наше
reply-not-ours = не наше
reply-anothers = принадлежит третьей стороне
reply-not-known = нам неизвестно
reply-not-controlled-by-us = не под нашим контролем
reply-declines-to-say = отвечать отказываемся
reply-checking = проверяем
reply-will-do = будет выполнено
reply-will-not-do = выполнено не будет
reply-explanation = пояснение

## What is doubtful about a track

doubt-position = местоположение
doubt-identity = принадлежность
doubt-height = высота
doubt-time = время

## Reasons for an objection

object-reason-overlaps-ours = пересекается с нашей деятельностью
object-reason-too-close = слишком близко
object-reason-too-late = уведомление слишком позднее
object-reason-unclear = неясно
object-reason-too-large-or-long = слишком большой район или слишком долгий срок
object-reason-other = иная причина

## Hazards

hazard-firing = стрельба
hazard-falling-debris = падение обломков
hazard-drifting-mine = дрейфующая мина
hazard-satellite-navigation-interference = помехи спутниковой навигации
hazard-uncontrolled-aircraft-or-missile = неуправляемое воздушное судно или неуправляемая ракета
hazard-wreck-or-obstacle = затонувшее судно или препятствие
hazard-pollution-or-radiation = загрязнение или радиация
hazard-volcanic-ash-or-fire = вулканический пепел или пожар
hazard-airspace-closed = воздушное пространство закрыто
hazard-other = иная опасность

## What is asked to be kept away

keep-aircraft = воздушные суда
keep-drones = беспилотные воздушные суда
keep-ships = корабли и суда
keep-vehicles = наземные машины
keep-fire = огонь из любого оружия
keep-all-forces = все силы

## Topics of a statement

topic-our-activity = наша деятельность
topic-our-exercise = наше учение
topic-our-movement = наше передвижение
topic-an-incident = инцидент
topic-an-accident = авария или несчастный случай
topic-public-reports = сообщения в открытых источниках
topic-other = иное

## Declared line states

declared-suspended = приостановлена
declared-resumed = возобновлена

## Calls

urgency-when-convenient = когда удобно
urgency-today = сегодня
urgency-within-hours = в ближайшие часы
urgency-at-once = немедленно
means-secure-voice = защищённая голосовая связь
means-telephone = телефон
means-video = видеосвязь
means-text = обмен текстом
means-in-person = личная встреча
who-called-at-our-request = по просьбе стороны автора
who-called-at-your-request = по просьбе стороны-адресата
who-called-by-agreement = по договорённости обеих сторон
who-called-not-said = не сообщается
call-reply-accepted = принято
call-reply-other-time = предложено другое время
call-reply-deputy = предложен заместитель
call-reply-not-at-this-time = не в настоящее время
call-reply-declined = отклонено
call-reply-awaiting-authority = ожидаются полномочия
call-step-ready = готовность
call-step-begun = начат
call-step-ended = окончен
call-step-broken-off = прерван

## Incidents

incident-sort-line-crossed = пересечение линии
incident-sort-close-approach = опасное сближение
incident-sort-collision = столкновение
incident-sort-shots-fired = выстрелы
incident-sort-missile-or-rocket = управляемая или неуправляемая ракета
incident-sort-drone = беспилотное воздушное судно
incident-sort-laser-or-illumination = лазер или облучение
incident-sort-interference = помехи
incident-sort-damage-or-injury = ущерб или ранения
incident-sort-persons-held = удержание людей
incident-sort-other = иной инцидент
stance-assessing = идёт оценка; ничего не решено
stance-accident-not-attack = авария или несчастный случай, не нападение
stance-not-ours = не наше
stance-ours = наше
stance-concluded = оценка завершена
finding-sort-fact = факт
finding-sort-question = открытый вопрос
finding-sort-denominator = из скольких ведётся подсчёт (знаменатель)
finding-reply-agreed = согласны
finding-reply-disputed = оспариваем
finding-reply-answered = ответ на вопрос дан

## Contacts

way-node = узел
way-voice = голосовая связь
way-fax = факс
way-mail = почта
way-person = лично
outcome-not-attempted = сторона автора попытки не предпринимала
outcome-undelivered = не доставлено
outcome-unanswered = к указанному времени нет ответа
outcome-declined = отклонено или не в настоящее время
outcome-held = состоялось (говорили обе стороны)
precision-minute = с точностью до минуты
precision-hour = с точностью до часа
precision-day = с точностью до дня
precision-month = с точностью до месяца
precision-year = с точностью до года
contact-reply-confirmed = подтверждаем
contact-reply-disputed = оспариваем

## Humanitarian sites and movements

site-sort-hospital = больница
site-sort-clinic = амбулатория
site-sort-shelter = убежище
site-sort-school = школа
site-sort-water = водоснабжение
site-sort-power = энергоснабжение
site-sort-warehouse = склад
site-sort-office = служебное помещение
site-sort-residence = жилое помещение
site-sort-cultural = культурная ценность
site-sort-crossing-point = пункт пересечения
site-sort-other = иной объект
movement-step-departed = отправление
movement-step-holding = ожидание
movement-step-moving = в пути
movement-step-arrived = прибытие
movement-step-impeded = продвижение затруднено
movement-step-delayed = задержка
movement-step-denied = отказано в проезде
movement-step-called-off = передвижение отменено
distributed-state-sent = направлено подразделению
distributed-state-received = получено подразделением
distributed-state-read-back = повторено подразделением
distributed-state-loaded = введено в системы подразделения

## Routes to the other side

rung-direct = напрямую
rung-duty-office = дежурная служба
rung-note-to-ministry = нота министерству
rung-defence-attache = военный атташе
rung-embassy = посольство
rung-foreign-minister = министр иностранных дел
rung-security-adviser = советник по безопасности
rung-third-state = третье государство

## Entries of a party's own journal

level-tactical = тактический
level-command = командный
level-military = военный
level-political = политический
source-own-officer = наш дежурный
source-other-office-of-ours = другая должность нашей стороны
source-public-report = открытое сообщение
source-other-side = другая сторона
source-relay = посредник
certainty-certain = достоверно
certainty-probable = вероятно
certainty-claimed = утверждается, не установлено
missed-because-unknown = причина неизвестна
missed-because-technical-ours = неисправность на нашей стороне
missed-because-technical-theirs = неисправность на другой стороне
missed-because-declined = отклонено
missed-because-announced = объявлено заранее

## Who or what translated

translator-person = перевёл человек
translator-machine = машинный перевод

## Precedence

precedence-routine = обычная (ROUTINE)
precedence-priority = срочная (PRIORITY)
precedence-immediate = немедленная (IMMEDIATE)
precedence-flash = молния (FLASH)

## Heights

height-unit-metres = метры
height-unit-feet = футы
height-unit-hundreds-of-feet = сотни футов
height-reference-ellipsoid = над эллипсоидом WGS 84
height-reference-mean-sea-level = над средним уровнем моря
height-reference-ground = над уровнем земли
height-reference-standard-pressure = над изобарической поверхностью 1013.25 гПа

## Channels

channel-control = служебный
channel-air = воздушный
channel-sea = морской
channel-ground = наземный
channel-command = командный
channel-strategic = стратегический
channel-humanitarian = гуманитарный
channel-unknown = канал { $number }

## Terms of an agreement

mode-exercise = УЧЕНИЕ
mode-real = не учение
evidence-mode-provable = доказуемо: подписи может проверить третья сторона
evidence-mode-deniable = недоказуемо: коды ничего не доказывают третьей стороне
publication-both-consent = только с согласия обеих сторон
publication-either-after-notice = любая из сторон, уведомив другую
publication-either = любая из сторон
publication-never = никогда

## States of a record; none follows from another

state-delivered = доставлено: надёжно сохранено принимающим узлом
state-undelivered = не доставлено: нет квитанции принимающего узла
state-displayed = выведено на экран
state-read = прочитано дежурным
state-understood = понято, существенные данные повторены
state-not-understood = принято, не понято
state-passed = передано далее
state-answered = дан ответ
state-unanswered = без ответа
state-lapsed = срок истёк: к указанному времени ответа нет
state-late = с опозданием: ответ дан после указанного времени
state-void = недействительно
state-stale = подано по устаревшей обстановке
state-declined = отклонено
state-held = состоялось
state-not-attempted = нами не предпринималось
state-attested = засвидетельствовано нами
state-uncommented = другой стороной не прокомментировано
state-unconfirmed = подразделением не подтверждено
state-expired = срок действия истёк
state-revalidation-due = подлежит повторной проверке
state-closed-by-one = закрыто одной стороной
state-closed = закрыто обеими сторонами
state-withdrawn = отозвано

## Custody by a relay

state-taken = принято посредником
state-forwarded = отправлено посредником далее
state-handed-over = вручено посредником
state-returned = возвращено посредником

## States of a line

state-line-up = линия действует
state-line-late = линия запаздывает
state-line-down = линия не действует
state-line-suspended = линия приостановлена (объявлено)
state-line-unchecked = линия не проверена: пропущена проверка линии

## Notes

note-none-held = Среди уведомлений, имеющихся на { $time }, таких нет. Отсутствие уведомления не означает отсутствия деятельности.
note-not-permission = Уведомление не является ни разрешением, ни защитой.
note-not-consent = Получить не значит понять, понять не значит согласиться.
note-not-truth = Подпись показывает, кто сказал, но не то, что сказанное верно.
note-silence = Молчание ничего не доказывает о намерениях.
note-telephone = Никогда не откладывайте ради этой линии звонок по имеющейся телефонной линии.
note-exercise = УЧЕНИЕ: всё по этому соглашению относится к учению.
note-attested = Внесено нашим дежурным. Другая сторона этого не подписывала.
note-alleged = Претензия сообщает о предполагаемом нарушении и сама его не устанавливает.
note-translation = Аутентичен текст на языке автора. Перевод аутентичным не является.
note-suspended = О приостановке объявлено. Обмен тем не менее может продолжаться.
note-not-reviewed = Формулировки на этом языке не проверены носителем языка.
note-absence = Отсутствие в этом перечне не лишает правовой защиты.
note-withdrawal = Отзыв прекращает раскрытие на будущее. Уже раскрытое он сделать нераскрытым не может.
note-nothing-decided = Оценка продолжается. Ничего не решено.
note-not-attempted = Нами попытки не предпринималось. Другой стороне не на что было отвечать.
note-own-silence = Молчание нашей стороны не есть молчание другой стороны.
note-reason = Причина записывается, только если она была названа.
note-no-reason-owed = Ответ «не в настоящее время» причины не требует.
note-relay-sealed = Этот посредник передаёт запечатанные пакеты и прочесть их не может.
note-relay-readable = С согласия обеих сторон этот посредник передаёт текст, который может прочесть.
note-custody = Учёт передачи показывает, кто, что и когда передал, но не то, что это кто-либо прочёл.
note-confidential = Сведения о контактах конфиденциальны, если они не раскрыты так, как установлено соглашением.
note-reconstruction = Реконструкция по открытым сообщениям с точки зрения одной стороны. Другая сторона в ней ничего не подписывала.

## Out of scope

scope-warning = Вне назначения: Firebreak не предупреждает о ракетном нападении и не оценивает нападений.
scope-targeting = Вне назначения: Firebreak не помогает наведению на цель.
scope-navigation = Вне назначения: Firebreak не служит для навигации и предотвращения столкновений.
scope-hostility = Вне назначения: Firebreak не оценивает враждебность.
scope-motive = Вне назначения: Firebreak не делает выводов о мотивах. Мотив записывается, только если он назван.
scope-basemap = Вне назначения: по карте-подложке нарушения не вычисляются. Значимы только согласованные линии.

## Sentences

sentence-notice = Уведомление о планируемой деятельности: { $purpose }. Район: { $area }. Высоты: { $heights }. Время: { $window }. Для связи: { $contact }.
sentence-amend = Поправка. Изменяется: { $reference }. Действует в следующем виде: { $notice }
sentence-cancel = Отмена. Более не действует: { $reference }.
sentence-acknowledge = Принято и понято: { $reference }. Повторяю: { $fields }.
sentence-not-understood = Принято, не понято: { $reference }.
sentence-say-again = Повторите полностью: { $reference }.
sentence-say-again-fields = Повторите: { $fields }. Откуда: { $reference }.
sentence-correct = Исправление: { $reference }. Поле: { $field }. Следует читать: { $right }.
sentence-object = Возражение: { $reference }. Причина: { $reason }.
sentence-clarify = Запрос разъяснения: { $reference }.
sentence-query = Запрос: ваш ли отслеживаемый объект { $track }? Местоположение { $position }, наблюдалось { $observed }.
sentence-answer = Ответ: { $reference }. Отвечающая сторона сообщает: { $reply }.
sentence-statement = Заявление стороны автора. Предмет: { $topic }.
sentence-restraint = Просьба о сдержанности. Место: { $place }. Просим держать на удалении: { $keep }.
sentence-complaint = Претензия о предполагаемом нарушении. Правило: { $rule }. По утверждению автора, произошло { $happened }.
sentence-hazard = Предупреждение об опасности: { $hazard }. Район: { $area }. Высоты: { $heights }. Время: { $window }.
sentence-text = Свободный текст.
sentence-line-check = Проверка линии. Отвечать должен человек.
sentence-line-check-reply = Ответ на проверку линии: { $reference }.
sentence-lapsed = Срок ответа истёк: { $reference }. Молчание ничего не доказывает о намерениях.
sentence-displayed = Выведено на экран, не обязательно прочитано: { $reference }.
sentence-read = Прочитано дежурным, не обязательно понято: { $reference }.
sentence-passed = Передано далее. Кому: { $to }. Что: { $reference }.
sentence-release = Второй дежурный подтверждает отправку записи { $record }.
sentence-roster = Новая редакция списка должностных лиц стороны автора: { $size }, контрольное слово { $check }.
sentence-agreement = Следующая редакция соглашения: { $size }, контрольное слово { $check }.
sentence-line-state = Сторона автора объявляет о линии, канал { $channel }: { $declared }. Обмен тем не менее может продолжаться.
sentence-call = Запрос о разговоре. Предлагает: { $proposer }. От стороны автора говорил бы: { $principal }. С кем: { $counterpart }. Насколько срочно: { $urgency }. Вид связи: { $means }. Языки в порядке предпочтения: { $languages }. Время в порядке предпочтения: { $windows }. Формулировка о том, кто просил: { $caller }. Далее предмет словами автора.
sentence-call-answer = Ответ о разговоре: { $reference }. Отвечающая сторона сообщает: { $reply }.
sentence-call-state = Состояние разговора, запрос: { $reference }. Сторона автора сообщает: { $step }, { $at }.
sentence-readout = Изложение разговора, запрос: { $reference }. Приводится то, что было сказано, по словам стороны автора.
sentence-follow-up = Письмо по итогам разговора, запрос: { $reference }. Приводится то, как понял автор; просим повторить или исправить.
sentence-incident = Первичное сообщение об инциденте, возможно, неполное: { $incident }. По утверждению автора, произошло { $happened }. Место: { $place }.
sentence-assessment = Сообщение по инциденту: { $reference }. Сторона автора сообщает: { $stance }.
sentence-account = Изложение обстоятельств инцидента стороной автора: { $reference }. По утверждению автора, произошло { $happened }. Место: { $place }.
sentence-finding = Вынесено на рассмотрение другой стороны по инциденту: { $reference }. Что именно: { $finding }.
sentence-finding-answer = Ответ по факту или вопросу: { $reference }. Отвечающая сторона сообщает: { $reply }.
sentence-close = Сторона автора считает инцидент закрытым: { $reference }. Он закрыт, когда так считают обе стороны.
sentence-contact = Запись стороны автора о контакте. Её должностное лицо: { $ours }. Собеседник: { $theirs }. Путь: { $way }. Исход: { $outcome }. Время: { $happened }, { $precision }. Сколько раз: { $times }.
sentence-contact-answer = Ответ на запись о контакте: { $reference }. Отвечающая сторона сообщает: { $reply }.
sentence-site = Уведомление об объекте, пользующемся защитой: { $site }, { $name }. Ближайшее названное место: { $place }. Район: { $area }. Время: { $window }. Проверил: { $verifier }, { $verified }; повторная проверка не позднее { $revalidate }. Для связи: { $contact }. Отсутствие уведомления не лишает правовой защиты.
sentence-movement = Уведомление о гуманитарном передвижении: { $name }. Район: { $area }. Время: { $window }. Транспорт: { $vehicles }, { $fleet }. Обозначения: { $markings }. В составе: { $staff }. Для связи в пути, по порядку: { $contacts }. Отсутствие уведомления не лишает правовой защиты.
sentence-movement-state = Состояние гуманитарного передвижения: { $reference }. Сторона автора сообщает: { $step }, { $at }.
sentence-distributed = Доведение до подразделений: { $reference }. Раскрыто стороной автора. Подразделение: { $unit }. Состояние: { $state }, { $at }.
sentence-stop = Под ударом, прекратите огонь. Место, находящееся, по словам автора, под ударом: { $place }.
sentence-unknown = Неизвестный вид { $code }, сохранено как получено.

## Clauses that follow a sentence

clause-unit = Подразделение: { $unit }.
clause-late-reason = Причина позднего уведомления: { $reason }.
clause-reason = Названная причина: { $reason }.
clause-no-reason = Причина не названа.
clause-what = Не понято: { $what }.
clause-position = Местоположение: { $position }.
clause-height = Высота: { $height }.
clause-speed = Скорость: { $speed }.
clause-course = Курс: { $course }.
clause-next-word-by = Следующее сообщение не позднее { $time }.
clause-doubt = Сомнительно: { $doubt }.
clause-area = Район: { $area }.
clause-window = Время: { $window }.
clause-words = Слова автора ({ $language }): { $text }
clause-translation = Перевод, не аутентичен ({ $language }, { $translator }): { $text }
clause-answer-by = Просим ответить не позднее { $time }.
clause-windows = Время в порядке предпочтения: { $windows }.
clause-deputy = Заместитель: { $deputy }.
clause-no-reason-owed = Указывать причину не требуется.
clause-embargo = Не публиковать ранее { $time }.
clause-agreed-line = Общая формулировка, по словам стороны автора ({ $language }): { $text }
clause-stance = Сторона автора сообщает: { $stance }.
clause-units = Подразделения: { $units }.
clause-damage = Заявленный ущерб: { $damage }.
clause-evidence = Материалы, определяемые свёрткой: { $evidence }.
clause-rule = Правило, предположительно нарушенное: { $rule }.
clause-remedy = Чего просит сторона автора: { $remedy }.
clause-not-attempted = Где попытки не было, собеседнику не на что было отвечать.
clause-silence = Молчание ничего не доказывает о намерениях.
clause-replaces = Заменяет: { $reference }.
clause-markings = Обозначения: { $markings }.
clause-waiting = При остановке ожидает: { $waiting }.
clause-place = Место: { $place }.

## Parts of sentences

area-circle = круг, радиус { $metres } ({ $miles }), центр { $centre }
area-polygon = многоугольник, { $points }: { $outline } (контрольное слово { $check })
area-polygon-with-holes = многоугольник, { $points }, внутри { $holes }: { $outline } (контрольное слово { $check })
area-corridor = полоса, { $metres } в каждую сторону от пути, { $points }: { $outline } (контрольное слово { $check })
outline-first = первая точка { $first }, остальные в перечне
hole-point = Вырез { $hole }, точка { $point }
heights = от { $lower } до { $upper }
surface = SFC (поверхность и всё ниже неё)
unlimited = UNL (без верхнего предела)
height-words = { $amount } { $reference }
window = с { $start } до { $end } ({ $duration })
reference = запись { $index } стороны { $party } ({ $prefix })
reference-none = запись не названа
office = { $party }, { $role }
office-unknown = должность { $number }
party-unknown = сторона { $number }
size-and-digest = { $size }, SHA-256 { $digest }
seen = { $party }: { $size }, свёртка { $digest }
attachment = { $name } ({ $media }, { $size }), SHA-256 { $digest }
agreed-line = Общая формулировка { $number }
other-window = Другое время { $number }
number-not-known = неизвестно
not-stated = не указано
none = нет

## Headings of paper and voice forms

heading-message = Сообщение
heading-group = Группа
heading-check-word = Контрольное слово
heading-end-of-message = Конец сообщения
heading-page = Страница

## Languages

language-en = английский язык
language-ru = русский язык
language-uk = украинский язык
language-pl = польский язык
language-other = язык { $code }

## Numbers with their nouns

count-metres =
    { $count ->
        [one] { $figure } метр
        [few] { $figure } метра
        [many] { $figure } метров
       *[other] { $figure } метра
    }
count-feet =
    { $count ->
        [one] { $figure } фут
        [few] { $figure } фута
        [many] { $figure } футов
       *[other] { $figure } фута
    }
count-hundreds-of-feet =
    { $count ->
        [one] { $figure } сотня футов
        [few] { $figure } сотни футов
        [many] { $figure } сотен футов
       *[other] { $figure } сотни футов
    }
count-nautical-miles =
    { $count ->
        [one] { $figure } морская миля
        [few] { $figure } морские мили
        [many] { $figure } морских миль
       *[other] { $figure } морской мили
    }
count-kilometres =
    { $count ->
        [one] { $figure } километр
        [few] { $figure } километра
        [many] { $figure } километров
       *[other] { $figure } километра
    }
count-knots =
    { $count ->
        [one] { $figure } узел
        [few] { $figure } узла
        [many] { $figure } узлов
       *[other] { $figure } узла
    }
count-degrees =
    { $count ->
        [one] { $figure } градус
        [few] { $figure } градуса
        [many] { $figure } градусов
       *[other] { $figure } градуса
    }
count-seconds =
    { $count ->
        [one] { $figure } секунда
        [few] { $figure } секунды
        [many] { $figure } секунд
       *[other] { $figure } секунды
    }
count-minutes =
    { $count ->
        [one] { $figure } минута
        [few] { $figure } минуты
        [many] { $figure } минут
       *[other] { $figure } минуты
    }
count-hours =
    { $count ->
        [one] { $figure } час
        [few] { $figure } часа
        [many] { $figure } часов
       *[other] { $figure } часа
    }
count-days =
    { $count ->
        [one] { $figure } день
        [few] { $figure } дня
        [many] { $figure } дней
       *[other] { $figure } дня
    }
count-points =
    { $count ->
        [one] { $figure } точка
        [few] { $figure } точки
        [many] { $figure } точек
       *[other] { $figure } точки
    }
count-holes =
    { $count ->
        [one] { $figure } вырез
        [few] { $figure } выреза
        [many] { $figure } вырезов
       *[other] { $figure } выреза
    }
count-bytes =
    { $count ->
        [one] { $figure } байт
        [few] { $figure } байта
        [many] { $figure } байт
       *[other] { $figure } байта
    }
count-records =
    { $count ->
        [one] { $figure } запись
        [few] { $figure } записи
        [many] { $figure } записей
       *[other] { $figure } записи
    }
count-notices =
    { $count ->
        [one] { $figure } уведомление
        [few] { $figure } уведомления
        [many] { $figure } уведомлений
       *[other] { $figure } уведомления
    }
count-vehicles =
    { $count ->
        [one] { $figure } единица
        [few] { $figure } единицы
        [many] { $figure } единиц
       *[other] { $figure } единицы
    }
count-persons =
    { $count ->
        [one] { $figure } человек
        [few] { $figure } человека
        [many] { $figure } человек
       *[other] { $figure } человека
    }
count-times =
    { $count ->
        [one] { $figure } раз
        [few] { $figure } раза
        [many] { $figure } раз
       *[other] { $figure } раза
    }
count-attempts =
    { $count ->
        [one] { $figure } попытка
        [few] { $figure } попытки
        [many] { $figure } попыток
       *[other] { $figure } попытки
    }
count-contacts =
    { $count ->
        [one] { $figure } контакт
        [few] { $figure } контакта
        [many] { $figure } контактов
       *[other] { $figure } контакта
    }
count-sites =
    { $count ->
        [one] { $figure } объект
        [few] { $figure } объекта
        [many] { $figure } объектов
       *[other] { $figure } объекта
    }
count-movements =
    { $count ->
        [one] { $figure } передвижение
        [few] { $figure } передвижения
        [many] { $figure } передвижений
       *[other] { $figure } передвижения
    }
count-pages =
    { $count ->
        [one] { $figure } страница
        [few] { $figure } страницы
        [many] { $figure } страниц
       *[other] { $figure } страницы
    }

## Labels of slots

label-kind = Вид
label-precedence = Срочность
label-composed-at = Составлено (по часам автора)
label-answer-by = Ответить не позднее
label-to = Кому
label-refers-to = Относится к
label-version = Версия соглашения
label-author = Место автора в списке
label-control = Размер служебного журнала
label-serial = Порядковый номер
label-seen = Имелось у узла автора
label-purpose = Цель
label-area = Район
label-point = Точка { $number }
label-start = Начало
label-end = Окончание
label-duration = Продолжительность
label-lower = Нижняя высота
label-upper = Верхняя высота
label-contact = Для связи
label-unit = Подразделение
label-late-reason = Причина позднего уведомления
label-words = Слова автора
label-translation = Перевод
label-reason = Причина
label-read-back = Повторено
label-what = Не понято
label-fields = Поля
label-field = Поле
label-right = Следует читать
label-track = Отслеживаемый объект
label-position = Местоположение
label-observed = Наблюдалось
label-height = Высота
label-speed = Скорость
label-course = Курс
label-reply = Ответ
label-next-word-by = Следующее сообщение не позднее
label-doubt = Сомнительно
label-topic = Предмет
label-keep = Держать на удалении
label-place = Место
label-rule = Правило, предположительно нарушенное
label-happened = По утверждению автора, произошло
label-hazard = Опасность
label-passed-to = Передано кому
label-record = Запись
label-roster = Файл списка
label-agreement = Файл соглашения
label-channel = Канал
label-declared = Объявлено
label-reference = Ссылка
label-proposer = Предлагает
label-principal = От стороны автора говорил бы
label-counterpart = Собеседник
label-urgency = Насколько срочно
label-means = Вид связи
label-languages = Языки
label-who-called = Формулировка о том, кто просил
label-deputy = Заместитель
label-step = Этап
label-at = Время
label-embargo = Не публиковать ранее
label-agreed = Общие формулировки
label-incident = Инцидент
label-stance = Сообщает сторона автора
label-units = Подразделения
label-damage = Заявленный ущерб
label-attachments = Материалы, определяемые свёрткой
label-remedy = Чего просит сторона автора
label-finding = Вынесено на рассмотрение другой стороны
label-ours = Должностное лицо стороны автора
label-way = Путь
label-outcome = Исход
label-precision = Точность времени
label-count = Сколько раз
label-site = Объект, пользующийся защитой
label-name = Название
label-verified-by = Проверил
label-verified-at = Проверено
label-revalidate-by = Повторная проверка не позднее
label-markings = Обозначения
label-vehicles = Транспорт
label-fleet = Виды транспорта
label-staff = Людей в составе
label-contacts = Для связи в пути
label-waiting = При остановке ожидает
label-state = Состояние
label-beyond-the-last-field = Сверх последнего поля
label-slots = Содержание как получено
