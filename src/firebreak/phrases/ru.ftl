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
not-stated = не указано
none = нет

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
label-beyond-the-last-field = Сверх последнего поля
label-slots = Содержание как получено
