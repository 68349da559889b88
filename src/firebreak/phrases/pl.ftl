# Not reviewed by a native speaker.
# The wording of Firebreak in Polish. Its bytes are part of the agreement (spec/phrases.md).

## Kinds of record

kind-notice = powiadomienie o działalności
kind-amend = zmiana
kind-cancel = odwołanie
kind-acknowledge = odebrano i zrozumiano
kind-not-understood = odebrano, nie zrozumiano
kind-say-again = proszę powtórzyć
kind-correct = sprostowanie
kind-object = sprzeciw
kind-clarify = prośba o wyjaśnienie
kind-query = zapytanie
kind-answer = odpowiedź
kind-statement = oświadczenie
kind-restraint = prośba o powściągliwość
kind-complaint = skarga na domniemane naruszenie
kind-hazard = ostrzeżenie o zagrożeniu
kind-text = tekst swobodny
kind-line-check = sprawdzenie łącza
kind-line-check-reply = odpowiedź na sprawdzenie łącza
kind-lapsed = termin odpowiedzi upłynął
kind-displayed = wyświetlono
kind-read = przeczytano
kind-passed = przekazano dalej
kind-release = potwierdzenie wysłania przez drugiego dyżurnego
kind-roster = lista osób funkcyjnych
kind-agreement = porozumienie
kind-line-state = ogłoszony stan łącza
kind-unknown = nieznany rodzaj { $code }

## Purposes of an activity

purpose-air-policing = nadzór przestrzeni powietrznej
purpose-training = szkolenie
purpose-exercise = ćwiczenie
purpose-reconnaissance = rozpoznanie
purpose-transport = transport
purpose-refuelling = tankowanie
purpose-search-and-rescue = poszukiwanie i ratownictwo
purpose-medical-evacuation = ewakuacja medyczna
purpose-live-firing = strzelanie amunicją bojową
purpose-missile-launch = odpalenie pocisku rakietowego
purpose-navigation-at-sea = żegluga
purpose-survey = pomiary terenu lub dna
purpose-drone-flight = lot bezzałogowego statku powietrznego
purpose-ground-movement = przemieszczenie lądowe
purpose-humanitarian-movement = przemieszczenie humanitarne
purpose-protected-site = obiekt chroniony
purpose-other = inne

## Replies

reply-ours = tak, nasze
reply-not-ours = nie nasze
reply-anothers = należy do strony trzeciej
reply-not-known = nie jest nam znane
reply-not-controlled-by-us = nie podlega naszej kontroli
reply-declines-to-say = odmawiamy odpowiedzi
reply-checking = sprawdzamy
reply-will-do = zostanie wykonane
reply-will-not-do = nie zostanie wykonane
reply-explanation = wyjaśnienie

## What is doubtful about a track

doubt-position = położenie
doubt-identity = przynależność
doubt-height = wysokość
doubt-time = czas

## Reasons for an objection

object-reason-overlaps-ours = pokrywa się z naszą działalnością
object-reason-too-close = zbyt blisko
object-reason-too-late = powiadomiono zbyt późno
object-reason-unclear = niejasne
object-reason-too-large-or-long = zbyt duży rejon lub zbyt długi czas
object-reason-other = inny powód

## Hazards

hazard-firing = strzelanie
hazard-falling-debris = spadające szczątki
hazard-drifting-mine = mina dryfująca
hazard-satellite-navigation-interference = zakłócenia nawigacji satelitarnej
hazard-uncontrolled-aircraft-or-missile = statek powietrzny lub pocisk poza kontrolą
hazard-wreck-or-obstacle = wrak lub przeszkoda
hazard-pollution-or-radiation = skażenie lub promieniowanie
hazard-volcanic-ash-or-fire = popiół wulkaniczny lub pożar
hazard-airspace-closed = przestrzeń powietrzna zamknięta
hazard-other = inne zagrożenie

## What is asked to be kept away

keep-aircraft = statki powietrzne
keep-drones = bezzałogowe statki powietrzne
keep-ships = okręty i statki
keep-vehicles = pojazdy
keep-fire = ogień z wszelkiej broni
keep-all-forces = wszystkie siły

## Topics of a statement

topic-our-activity = nasza działalność
topic-our-exercise = nasze ćwiczenie
topic-our-movement = nasze przemieszczenie
topic-an-incident = incydent
topic-an-accident = wypadek
topic-public-reports = doniesienia publiczne
topic-other = inne

## Declared line states

declared-suspended = zawieszone
declared-resumed = wznowione

## Who or what translated

translator-person = tłumaczenie człowieka
translator-machine = tłumaczenie maszynowe

## Precedence

precedence-routine = zwykła (ROUTINE)
precedence-priority = pilna (PRIORITY)
precedence-immediate = natychmiastowa (IMMEDIATE)
precedence-flash = błyskawiczna (FLASH)

## Heights

height-unit-metres = metry
height-unit-feet = stopy
height-unit-hundreds-of-feet = setki stóp
height-reference-ellipsoid = nad elipsoidą WGS 84
height-reference-mean-sea-level = nad średnim poziomem morza
height-reference-ground = nad poziomem terenu
height-reference-standard-pressure = nad powierzchnią izobaryczną 1013.25 hPa

## Channels

channel-control = służbowy
channel-air = powietrzny
channel-sea = morski
channel-ground = lądowy
channel-command = dowódczy
channel-strategic = strategiczny
channel-humanitarian = humanitarny
channel-unknown = kanał { $number }

## Terms of an agreement

mode-exercise = ĆWICZENIE
mode-real = nie ćwiczenie
evidence-mode-provable = dowodowo: podpisy może sprawdzić strona trzecia
evidence-mode-deniable = niedowodowo: kody niczego nie dowodzą stronie trzeciej
publication-both-consent = tylko za zgodą obu stron
publication-either-after-notice = każda ze stron, po powiadomieniu drugiej
publication-either = każda ze stron
publication-never = nigdy

## States of a record; none follows from another

state-delivered = doręczono: trwale zapisano w węźle odbiorcy
state-undelivered = nie doręczono: brak pokwitowania węzła odbiorcy
state-displayed = wyświetlono na ekranie
state-read = przeczytane przez dyżurnego
state-understood = zrozumiano, istotne dane powtórzono
state-not-understood = odebrano, nie zrozumiano
state-passed = przekazano dalej
state-answered = udzielono odpowiedzi
state-unanswered = bez odpowiedzi
state-lapsed = termin upłynął: do podanego czasu brak odpowiedzi
state-late = z opóźnieniem: odpowiedź po podanym czasie
state-void = nieważne
state-stale = złożono na podstawie nieaktualnego obrazu sytuacji
state-declined = odmówiono
state-held = odbyło się
state-not-attempted = nie podjęto z naszej strony
state-attested = poświadczone przez nas

## States of a line

state-line-up = łącze działa
state-line-late = łącze opóźnione
state-line-down = łącze nie działa
state-line-suspended = łącze zawieszone (ogłoszono)
state-line-unchecked = łącze niesprawdzone: pominięto sprawdzenie łącza

## Notes

note-none-held = Wśród powiadomień posiadanych w chwili { $time } brak takich. Brak powiadomienia nie oznacza braku działalności.
note-not-permission = Powiadomienie nie jest ani zezwoleniem, ani ochroną.
note-not-consent = Odebrać nie znaczy zrozumieć, a zrozumieć nie znaczy się zgodzić.
note-not-truth = Podpis pokazuje, kto to powiedział, a nie, że to prawda.
note-silence = Milczenie niczego nie dowodzi o zamiarach.
note-telephone = Nigdy nie należy z powodu tego łącza opóźniać rozmowy przez istniejącą linię telefoniczną.
note-exercise = ĆWICZENIE: wszystko w ramach tego porozumienia dotyczy ćwiczenia.
note-attested = Wpisane przez naszego dyżurnego. Druga strona tego nie podpisała.
note-alleged = Skarga podaje domniemane naruszenie i sama go nie stwierdza.
note-translation = Autentyczny jest tekst w języku autora. Tłumaczenie autentyczne nie jest.
note-suspended = Zawieszenie ogłoszono. Wymiana może mimo to trwać.
note-not-reviewed = Sformułowań w tym języku nie sprawdził rodzimy użytkownik języka.

## Out of scope

scope-warning = Poza przeznaczeniem: Firebreak nie ostrzega przed pociskami i nie ocenia ataków.
scope-targeting = Poza przeznaczeniem: Firebreak nie pomaga w celowaniu.
scope-navigation = Poza przeznaczeniem: Firebreak nie służy do nawigacji ani zapobiegania zderzeniom.
scope-hostility = Poza przeznaczeniem: Firebreak nie ocenia wrogości.
scope-motive = Poza przeznaczeniem: Firebreak nie wnioskuje o motywach. Motyw zapisuje się tylko wtedy, gdy go podano.
scope-basemap = Poza przeznaczeniem: naruszeń nie oblicza się z mapy podkładowej. Liczą się tylko uzgodnione linie.

## Sentences

sentence-notice = Powiadomienie o planowanej działalności: { $purpose }. Rejon: { $area }. Wysokości: { $heights }. Czas: { $window }. Kontakt: { $contact }.
sentence-amend = Zmiana. Zmienia się: { $reference }. Obowiązuje w brzmieniu: { $notice }
sentence-cancel = Odwołanie. Już nie obowiązuje: { $reference }.
sentence-acknowledge = Odebrano i zrozumiano: { $reference }. Powtarzam: { $fields }.
sentence-not-understood = Odebrano, nie zrozumiano: { $reference }.
sentence-say-again = Proszę powtórzyć w całości: { $reference }.
sentence-say-again-fields = Proszę powtórzyć: { $fields }. Skąd: { $reference }.
sentence-correct = Sprostowanie: { $reference }. Pole: { $field }. Należy czytać: { $right }.
sentence-object = Sprzeciw: { $reference }. Powód: { $reason }.
sentence-clarify = Prośba o wyjaśnienie: { $reference }.
sentence-query = Zapytanie: czy śledzony obiekt { $track } należy do was? Położenie { $position }, zaobserwowano { $observed }.
sentence-answer = Odpowiedź: { $reference }. Strona odpowiadająca oświadcza: { $reply }.
sentence-statement = Oświadczenie strony autora. Przedmiot: { $topic }.
sentence-restraint = Prośba o powściągliwość. Miejsce: { $place }. Prosimy trzymać z dala: { $keep }.
sentence-complaint = Skarga na domniemane naruszenie. Reguła: { $rule }. Według autora nastąpiło: { $happened }.
sentence-hazard = Ostrzeżenie o zagrożeniu: { $hazard }. Rejon: { $area }. Wysokości: { $heights }. Czas: { $window }.
sentence-text = Tekst swobodny.
sentence-line-check = Sprawdzenie łącza. Odpowiadać ma człowiek.
sentence-line-check-reply = Odpowiedź na sprawdzenie łącza: { $reference }.
sentence-lapsed = Termin odpowiedzi upłynął: { $reference }. Milczenie niczego nie dowodzi o zamiarach.
sentence-displayed = Wyświetlono na ekranie, niekoniecznie przeczytano: { $reference }.
sentence-read = Przeczytane przez dyżurnego, niekoniecznie zrozumiane: { $reference }.
sentence-passed = Przekazano dalej. Komu: { $to }. Co: { $reference }.
sentence-release = Drugi dyżurny potwierdza wysłanie wpisu { $record }.
sentence-roster = Nowa wersja listy osób funkcyjnych strony autora: { $size }, słowo kontrolne { $check }.
sentence-agreement = Kolejna wersja porozumienia: { $size }, słowo kontrolne { $check }.
sentence-line-state = Strona autora ogłasza o łączu, kanał { $channel }: { $declared }. Wymiana może mimo to trwać.
sentence-unknown = Nieznany rodzaj { $code }, zachowano tak, jak odebrano.

## Clauses that follow a sentence

clause-unit = Jednostka: { $unit }.
clause-late-reason = Powód późnego powiadomienia: { $reason }.
clause-reason = Podany powód: { $reason }.
clause-no-reason = Powodu nie podano.
clause-what = Nie zrozumiano: { $what }.
clause-position = Położenie: { $position }.
clause-height = Wysokość: { $height }.
clause-speed = Prędkość: { $speed }.
clause-course = Kurs: { $course }.
clause-next-word-by = Następna wiadomość najpóźniej { $time }.
clause-doubt = Wątpliwe: { $doubt }.
clause-area = Rejon: { $area }.
clause-window = Czas: { $window }.
clause-words = Słowa autora ({ $language }): { $text }
clause-translation = Tłumaczenie, nieautentyczne ({ $language }, { $translator }): { $text }
clause-answer-by = Prosimy o odpowiedź najpóźniej { $time }.

## Parts of sentences

area-circle = koło, promień { $metres } ({ $miles }), środek { $centre }
area-polygon = wielokąt, { $points }: { $outline } (słowo kontrolne { $check })
area-polygon-with-holes = wielokąt, { $points }, wewnątrz { $holes }: { $outline } (słowo kontrolne { $check })
area-corridor = pas, { $metres } w każdą stronę od drogi, { $points }: { $outline } (słowo kontrolne { $check })
outline-first = pierwszy punkt { $first }, pozostałe w wykazie
hole-point = Otwór { $hole }, punkt { $point }
heights = od { $lower } do { $upper }
surface = SFC (powierzchnia i wszystko poniżej)
unlimited = UNL (bez górnej granicy)
height-words = { $amount } { $reference }
window = od { $start } do { $end } ({ $duration })
reference = wpis { $index } strony { $party } ({ $prefix })
reference-none = wpisu nie wskazano
office = { $party }, { $role }
office-unknown = stanowisko { $number }
party-unknown = strona { $number }
size-and-digest = { $size }, SHA-256 { $digest }
seen = { $party }: { $size }, skrót { $digest }
not-stated = nie podano
none = brak

## Languages

language-en = język angielski
language-ru = język rosyjski
language-uk = język ukraiński
language-pl = język polski
language-other = język { $code }

## Numbers with their nouns

count-metres =
    { $count ->
        [one] { $figure } metr
        [few] { $figure } metry
        [many] { $figure } metrów
       *[other] { $figure } metra
    }
count-feet =
    { $count ->
        [one] { $figure } stopa
        [few] { $figure } stopy
        [many] { $figure } stóp
       *[other] { $figure } stopy
    }
count-hundreds-of-feet =
    { $count ->
        [one] { $figure } setka stóp
        [few] { $figure } setki stóp
        [many] { $figure } setek stóp
       *[other] { $figure } setki stóp
    }
count-nautical-miles =
    { $count ->
        [one] { $figure } mila morska
        [few] { $figure } mile morskie
        [many] { $figure } mil morskich
       *[other] { $figure } mili morskiej
    }
count-kilometres =
    { $count ->
        [one] { $figure } kilometr
        [few] { $figure } kilometry
        [many] { $figure } kilometrów
       *[other] { $figure } kilometra
    }
count-knots =
    { $count ->
        [one] { $figure } węzeł
        [few] { $figure } węzły
        [many] { $figure } węzłów
       *[other] { $figure } węzła
    }
count-degrees =
    { $count ->
        [one] { $figure } stopień
        [few] { $figure } stopnie
        [many] { $figure } stopni
       *[other] { $figure } stopnia
    }
count-seconds =
    { $count ->
        [one] { $figure } sekunda
        [few] { $figure } sekundy
        [many] { $figure } sekund
       *[other] { $figure } sekundy
    }
count-minutes =
    { $count ->
        [one] { $figure } minuta
        [few] { $figure } minuty
        [many] { $figure } minut
       *[other] { $figure } minuty
    }
count-hours =
    { $count ->
        [one] { $figure } godzina
        [few] { $figure } godziny
        [many] { $figure } godzin
       *[other] { $figure } godziny
    }
count-days =
    { $count ->
        [one] { $figure } doba
        [few] { $figure } doby
        [many] { $figure } dób
       *[other] { $figure } doby
    }
count-points =
    { $count ->
        [one] { $figure } punkt
        [few] { $figure } punkty
        [many] { $figure } punktów
       *[other] { $figure } punktu
    }
count-holes =
    { $count ->
        [one] { $figure } otwór
        [few] { $figure } otwory
        [many] { $figure } otworów
       *[other] { $figure } otworu
    }
count-bytes =
    { $count ->
        [one] { $figure } bajt
        [few] { $figure } bajty
        [many] { $figure } bajtów
       *[other] { $figure } bajta
    }
count-records =
    { $count ->
        [one] { $figure } wpis
        [few] { $figure } wpisy
        [many] { $figure } wpisów
       *[other] { $figure } wpisu
    }
count-notices =
    { $count ->
        [one] { $figure } powiadomienie
        [few] { $figure } powiadomienia
        [many] { $figure } powiadomień
       *[other] { $figure } powiadomienia
    }

## Labels of slots

label-kind = Rodzaj
label-precedence = Pilność
label-composed-at = Sporządzono (według zegara autora)
label-answer-by = Odpowiedzieć najpóźniej
label-to = Do
label-refers-to = Dotyczy
label-version = Wersja porozumienia
label-author = Miejsce autora na liście
label-control = Rozmiar dziennika służbowego
label-serial = Numer kolejny
label-seen = Węzeł autora posiadał
label-purpose = Cel
label-area = Rejon
label-point = Punkt { $number }
label-start = Początek
label-end = Koniec
label-duration = Czas trwania
label-lower = Wysokość dolna
label-upper = Wysokość górna
label-contact = Kontakt
label-unit = Jednostka
label-late-reason = Powód późnego powiadomienia
label-words = Słowa autora
label-translation = Tłumaczenie
label-reason = Powód
label-read-back = Powtórzono
label-what = Nie zrozumiano
label-fields = Pola
label-field = Pole
label-right = Należy czytać
label-track = Śledzony obiekt
label-position = Położenie
label-observed = Zaobserwowano
label-height = Wysokość
label-speed = Prędkość
label-course = Kurs
label-reply = Odpowiedź
label-next-word-by = Następna wiadomość najpóźniej
label-doubt = Wątpliwe
label-topic = Przedmiot
label-keep = Trzymać z dala
label-place = Miejsce
label-rule = Reguła, której naruszenie się zarzuca
label-happened = Według autora nastąpiło
label-hazard = Zagrożenie
label-passed-to = Przekazano komu
label-record = Wpis
label-roster = Plik listy
label-agreement = Plik porozumienia
label-channel = Kanał
label-declared = Ogłoszono
label-reference = Odniesienie
label-beyond-the-last-field = Poza ostatnim polem
label-slots = Treść, jak odebrano
