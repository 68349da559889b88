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
kind-call = prośba o rozmowę
kind-call-answer = odpowiedź w sprawie rozmowy
kind-call-state = stan rozmowy
kind-readout = relacja z rozmowy
kind-follow-up = pismo po rozmowie
kind-incident = pierwszy meldunek o incydencie
kind-assessment = wiadomość w sprawie incydentu
kind-account = opis okoliczności incydentu
kind-finding = fakt lub pytanie w sprawie incydentu
kind-finding-answer = odpowiedź w sprawie faktu lub pytania
kind-close = jedna ze stron uważa incydent za zamknięty
kind-contact = wpis o kontakcie
kind-contact-answer = odpowiedź w sprawie wpisu o kontakcie
kind-site = powiadomienie o obiekcie chronionym
kind-movement = powiadomienie o przemieszczeniu humanitarnym
kind-movement-state = stan przemieszczenia humanitarnego
kind-distributed = przekazanie jednostkom
kind-stop = pod atakiem, przerwać ogień
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

## Calls

urgency-when-convenient = w dogodnym czasie
urgency-today = dzisiaj
urgency-within-hours = w ciągu godzin
urgency-at-once = natychmiast
means-secure-voice = chroniona łączność głosowa
means-telephone = telefon
means-video = wideo
means-text = tekst
means-in-person = spotkanie osobiste
who-called-at-our-request = na prośbę strony autora
who-called-at-your-request = na prośbę strony, do której skierowano wpis
who-called-by-agreement = za porozumieniem obu stron
who-called-not-said = nie podaje się
call-reply-accepted = przyjęto
call-reply-other-time = zaproponowano inny czas
call-reply-deputy = zaproponowano zastępcę
call-reply-not-at-this-time = nie w tej chwili
call-reply-declined = odmówiono
call-reply-awaiting-authority = oczekiwanie na pełnomocnictwo
call-step-ready = gotowość
call-step-begun = rozpoczęto
call-step-ended = zakończono
call-step-broken-off = przerwano

## Incidents

incident-sort-line-crossed = przekroczenie linii
incident-sort-close-approach = niebezpieczne zbliżenie
incident-sort-collision = zderzenie
incident-sort-shots-fired = strzały
incident-sort-missile-or-rocket = pocisk rakietowy lub rakieta
incident-sort-drone = bezzałogowy statek powietrzny
incident-sort-laser-or-illumination = laser lub opromieniowanie
incident-sort-interference = zakłócenia
incident-sort-damage-or-injury = szkody lub obrażenia
incident-sort-persons-held = przetrzymywanie osób
incident-sort-other = inny incydent
stance-assessing = trwa ocena; o niczym nie zdecydowano
stance-accident-not-attack = wypadek, nie atak
stance-not-ours = nie nasze
stance-ours = nasze
stance-concluded = ocena zakończona
finding-sort-fact = fakt
finding-sort-question = otwarte pytanie
finding-sort-denominator = z ilu się liczy (mianownik)
finding-reply-agreed = zgadzamy się
finding-reply-disputed = kwestionujemy
finding-reply-answered = na pytanie udzielono odpowiedzi

## Contacts

way-node = węzeł
way-voice = łączność głosowa
way-fax = faks
way-mail = poczta
way-person = osobiście
outcome-not-attempted = strona autora nie podjęła próby
outcome-undelivered = nie doręczono
outcome-unanswered = do podanego czasu bez odpowiedzi
outcome-declined = odmówiono lub nie w tej chwili
outcome-held = odbyło się (mówiły obie strony)
precision-minute = z dokładnością do minuty
precision-hour = z dokładnością do godziny
precision-day = z dokładnością do dnia
precision-month = z dokładnością do miesiąca
precision-year = z dokładnością do roku
contact-reply-confirmed = potwierdzamy
contact-reply-disputed = kwestionujemy

## Humanitarian sites and movements

site-sort-hospital = szpital
site-sort-clinic = przychodnia
site-sort-shelter = schronienie
site-sort-school = szkoła
site-sort-water = zaopatrzenie w wodę
site-sort-power = zaopatrzenie w energię
site-sort-warehouse = magazyn
site-sort-office = biuro
site-sort-residence = kwatera
site-sort-cultural = dobro kultury
site-sort-crossing-point = punkt przejścia
site-sort-other = inny obiekt
movement-step-departed = wyruszono
movement-step-holding = oczekiwanie
movement-step-moving = w drodze
movement-step-arrived = przybyto
movement-step-impeded = przejazd utrudniony
movement-step-delayed = opóźnienie
movement-step-denied = odmówiono przejazdu
movement-step-called-off = przemieszczenie odwołano
distributed-state-sent = wysłano do jednostki
distributed-state-received = odebrane przez jednostkę
distributed-state-read-back = powtórzone przez jednostkę
distributed-state-loaded = wprowadzone do systemów jednostki

## Routes to the other side

rung-direct = bezpośrednio
rung-duty-office = służba dyżurna
rung-note-to-ministry = nota do ministerstwa
rung-defence-attache = attaché obrony
rung-embassy = ambasada
rung-foreign-minister = minister spraw zagranicznych
rung-security-adviser = doradca do spraw bezpieczeństwa
rung-third-state = państwo trzecie

## Entries of a party's own journal

level-tactical = taktyczny
level-command = dowódczy
level-military = wojskowy
level-political = polityczny
source-own-officer = nasz dyżurny
source-other-office-of-ours = inne stanowisko naszej strony
source-public-report = doniesienie publiczne
source-other-side = druga strona
source-relay = pośrednik
certainty-certain = pewne
certainty-probable = prawdopodobne
certainty-claimed = twierdzone, nieustalone
missed-because-unknown = powód nieznany
missed-because-technical-ours = usterka po naszej stronie
missed-because-technical-theirs = usterka po drugiej stronie
missed-because-declined = odmówiono
missed-because-announced = ogłoszono wcześniej

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
state-uncommented = bez komentarza drugiej strony
state-unconfirmed = niepotwierdzone przez jednostkę
state-expired = okres ważności upłynął
state-revalidation-due = wymaga ponownej weryfikacji
state-closed-by-one = zamknięte przez jedną stronę
state-closed = zamknięte przez obie strony
state-withdrawn = wycofano

## Custody by a relay

state-taken = przyjęte przez pośrednika
state-forwarded = wysłane dalej przez pośrednika
state-handed-over = wręczone przez pośrednika
state-returned = zwrócone przez pośrednika

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
note-absence = Brak na tej liście nie odbiera ochrony prawnej.
note-withdrawal = Wycofanie kończy ujawnianie na przyszłość. Nie może cofnąć tego, co już ujawniono.
note-nothing-decided = Ocena trwa. O niczym nie zdecydowano.
note-not-attempted = Nie podjęto próby z naszej strony. Druga strona nie miała na co odpowiadać.
note-own-silence = Milczenie naszej strony nie jest milczeniem drugiej strony.
note-reason = Powód zapisuje się tylko wtedy, gdy go podano.
note-no-reason-owed = Odpowiedź „nie w tej chwili” nie wymaga podania powodu.
note-relay-sealed = Ten pośrednik przenosi zapieczętowane pakiety i nie może ich odczytać.
note-relay-readable = Za zgodą obu stron ten pośrednik przenosi tekst, który może odczytać.
note-custody = Pokwitowania przekazania pokazują, kto, co i kiedy przekazał, a nie, że ktokolwiek to przeczytał.
note-confidential = Dane o kontaktach są poufne, chyba że ujawniono je zgodnie z porozumieniem.
note-reconstruction = Rekonstrukcja według doniesień publicznych z punktu widzenia jednej strony. Druga strona niczego w niej nie podpisała.

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
sentence-call = Prośba o rozmowę. Proponuje: { $proposer }. Ze strony autora mówiłby: { $principal }. Z kim: { $counterpart }. Jak pilne: { $urgency }. Rodzaj łączności: { $means }. Języki w kolejności preferencji: { $languages }. Terminy w kolejności preferencji: { $windows }. Sformułowanie, kto prosił: { $caller }. Przedmiot następuje w słowach autora.
sentence-call-answer = Odpowiedź w sprawie rozmowy: { $reference }. Strona odpowiadająca oświadcza: { $reply }.
sentence-call-state = Stan rozmowy, prośba: { $reference }. Strona autora podaje: { $step }, { $at }.
sentence-readout = Relacja z rozmowy, prośba: { $reference }. Podano, co powiedziano, według strony autora.
sentence-follow-up = Pismo po rozmowie, prośba: { $reference }. Podano, co zrozumiał autor; prosimy powtórzyć lub sprostować.
sentence-incident = Pierwszy meldunek o incydencie, może być niepełny: { $incident }. Według autora nastąpiło: { $happened }. Miejsce: { $place }.
sentence-assessment = Wiadomość w sprawie incydentu: { $reference }. Strona autora oświadcza: { $stance }.
sentence-account = Opis okoliczności incydentu przez stronę autora: { $reference }. Według autora nastąpiło: { $happened }. Miejsce: { $place }.
sentence-finding = Przedstawiono drugiej stronie w sprawie incydentu: { $reference }. Co: { $finding }.
sentence-finding-answer = Odpowiedź w sprawie faktu lub pytania: { $reference }. Strona odpowiadająca oświadcza: { $reply }.
sentence-close = Strona autora uważa incydent za zamknięty: { $reference }. Jest zamknięty, gdy uważają tak obie strony.
sentence-contact = Wpis strony autora o kontakcie. Jej osoba funkcyjna: { $ours }. Rozmówca: { $theirs }. Droga: { $way }. Wynik: { $outcome }. Czas: { $happened }, { $precision }. Ile razy: { $times }.
sentence-contact-answer = Odpowiedź w sprawie wpisu o kontakcie: { $reference }. Strona odpowiadająca oświadcza: { $reply }.
sentence-site = Powiadomienie o obiekcie chronionym: { $site }, { $name }. Najbliższe nazwane miejsce: { $place }. Rejon: { $area }. Czas: { $window }. Zweryfikował: { $verifier }, { $verified }; ponowna weryfikacja najpóźniej { $revalidate }. Kontakt: { $contact }. Brak powiadomienia nie odbiera ochrony prawnej.
sentence-movement = Powiadomienie o przemieszczeniu humanitarnym: { $name }. Rejon: { $area }. Czas: { $window }. Pojazdy: { $vehicles }, { $fleet }. Oznaczenia: { $markings }. W składzie: { $staff }. Kontakt w drodze, w kolejności: { $contacts }. Brak powiadomienia nie odbiera ochrony prawnej.
sentence-movement-state = Stan przemieszczenia humanitarnego: { $reference }. Strona autora podaje: { $step }, { $at }.
sentence-distributed = Przekazanie jednostkom: { $reference }. Ujawniła strona autora. Jednostka: { $unit }. Stan: { $state }, { $at }.
sentence-stop = Pod atakiem, przerwać ogień. Miejsce, które według autora jest pod atakiem: { $place }.
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
clause-windows = Terminy w kolejności preferencji: { $windows }.
clause-deputy = Zastępca: { $deputy }.
clause-no-reason-owed = Podanie powodu nie jest wymagane.
clause-embargo = Nie publikować przed { $time }.
clause-agreed-line = Wspólne sformułowanie, według strony autora ({ $language }): { $text }
clause-stance = Strona autora oświadcza: { $stance }.
clause-units = Jednostki: { $units }.
clause-damage = Podane szkody: { $damage }.
clause-evidence = Materiały, określone skrótem: { $evidence }.
clause-rule = Reguła, której naruszenie się zarzuca: { $rule }.
clause-remedy = O co prosi strona autora: { $remedy }.
clause-not-attempted = Gdzie nie podjęto próby, rozmówca nie miał na co odpowiadać.
clause-silence = Milczenie niczego nie dowodzi o zamiarach.
clause-replaces = Zastępuje: { $reference }.
clause-markings = Oznaczenia: { $markings }.
clause-waiting = W razie zatrzymania oczekuje: { $waiting }.
clause-place = Miejsce: { $place }.

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
attachment = { $name } ({ $media }, { $size }), SHA-256 { $digest }
agreed-line = Wspólne sformułowanie { $number }
other-window = Inny termin { $number }
number-not-known = nie wiadomo
not-stated = nie podano
none = brak

## Headings of paper and voice forms

heading-message = Wiadomość
heading-group = Grupa
heading-check-word = Słowo kontrolne
heading-end-of-message = Koniec wiadomości
heading-page = Strona

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
count-vehicles =
    { $count ->
        [one] { $figure } pojazd
        [few] { $figure } pojazdy
        [many] { $figure } pojazdów
       *[other] { $figure } pojazdu
    }
count-persons =
    { $count ->
        [one] { $figure } osoba
        [few] { $figure } osoby
        [many] { $figure } osób
       *[other] { $figure } osoby
    }
count-times =
    { $count ->
        [one] { $figure } raz
        [few] { $figure } razy
        [many] { $figure } razy
       *[other] { $figure } razu
    }
count-attempts =
    { $count ->
        [one] { $figure } próba
        [few] { $figure } próby
        [many] { $figure } prób
       *[other] { $figure } próby
    }
count-contacts =
    { $count ->
        [one] { $figure } kontakt
        [few] { $figure } kontakty
        [many] { $figure } kontaktów
       *[other] { $figure } kontaktu
    }
count-sites =
    { $count ->
        [one] { $figure } obiekt
        [few] { $figure } obiekty
        [many] { $figure } obiektów
       *[other] { $figure } obiektu
    }
count-movements =
    { $count ->
        [one] { $figure } przemieszczenie
        [few] { $figure } przemieszczenia
        [many] { $figure } przemieszczeń
       *[other] { $figure } przemieszczenia
    }
count-pages =
    { $count ->
        [one] { $figure } strona
        [few] { $figure } strony
        [many] { $figure } stron
       *[other] { $figure } strony
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
label-proposer = Proponuje
label-principal = Ze strony autora mówiłby
label-counterpart = Rozmówca
label-urgency = Jak pilne
label-means = Rodzaj łączności
label-languages = Języki
label-who-called = Sformułowanie, kto prosił
label-deputy = Zastępca
label-step = Etap
label-at = Czas
label-embargo = Nie publikować przed
label-agreed = Wspólne sformułowania
label-incident = Incydent
label-stance = Oświadcza strona autora
label-units = Jednostki
label-damage = Podane szkody
label-attachments = Materiały, określone skrótem
label-remedy = O co prosi strona autora
label-finding = Przedstawiono drugiej stronie
label-ours = Osoba funkcyjna strony autora
label-way = Droga
label-outcome = Wynik
label-precision = Dokładność czasu
label-count = Ile razy
label-site = Obiekt chroniony
label-name = Nazwa
label-verified-by = Zweryfikował
label-verified-at = Zweryfikowano
label-revalidate-by = Ponowna weryfikacja najpóźniej
label-markings = Oznaczenia
label-vehicles = Pojazdy
label-fleet = Rodzaje pojazdów
label-staff = Osób w składzie
label-contacts = Kontakt w drodze
label-waiting = W razie zatrzymania oczekuje
label-state = Stan
label-beyond-the-last-field = Poza ostatnim polem
label-slots = Treść, jak odebrano
