# Not reviewed by a native speaker.
# The wording of Firebreak in English. Its bytes are part of the agreement (spec/phrases.md).

## Kinds of record

kind-notice = notification of activity
kind-amend = amendment
kind-cancel = cancellation
kind-acknowledge = received and understood
kind-not-understood = received, not understood
kind-say-again = say again
kind-correct = correction
kind-object = objection
kind-clarify = request for clarification
kind-query = query
kind-answer = answer
kind-statement = statement
kind-restraint = request for restraint
kind-complaint = complaint of an alleged breach
kind-hazard = hazard warning
kind-text = free text
kind-line-check = line check
kind-line-check-reply = reply to line check
kind-lapsed = time for an answer has lapsed
kind-displayed = displayed
kind-read = read
kind-passed = passed on
kind-release = second officer's release
kind-roster = roster
kind-agreement = agreement
kind-line-state = declared line state
kind-unknown = unknown kind { $code }

## Purposes of an activity

purpose-air-policing = air policing
purpose-training = training
purpose-exercise = exercise
purpose-reconnaissance = reconnaissance
purpose-transport = transport
purpose-refuelling = refuelling
purpose-search-and-rescue = search and rescue
purpose-medical-evacuation = medical evacuation
purpose-live-firing = live firing
purpose-missile-launch = missile launch
purpose-navigation-at-sea = navigation at sea
purpose-survey = survey
purpose-drone-flight = flight of an unmanned aircraft
purpose-ground-movement = ground movement
purpose-humanitarian-movement = humanitarian movement
purpose-protected-site = protected site
purpose-other = other

## Replies

reply-ours = yes, ours
reply-not-ours = not ours
reply-anothers = a third party's
reply-not-known = not known to us
reply-not-controlled-by-us = not controlled by us
reply-declines-to-say = we decline to say
reply-checking = we are checking
reply-will-do = we will do so
reply-will-not-do = we will not do so
reply-explanation = explanation

## What is doubtful about a track

doubt-position = position
doubt-identity = identity
doubt-height = height
doubt-time = time

## Reasons for an objection

object-reason-overlaps-ours = overlaps our own activity
object-reason-too-close = too close
object-reason-too-late = notified too late
object-reason-unclear = unclear
object-reason-too-large-or-long = too large or too long
object-reason-other = other reason

## Hazards

hazard-firing = firing
hazard-falling-debris = falling debris
hazard-drifting-mine = drifting mine
hazard-satellite-navigation-interference = interference with satellite navigation
hazard-uncontrolled-aircraft-or-missile = aircraft or missile out of control
hazard-wreck-or-obstacle = wreck or obstacle
hazard-pollution-or-radiation = pollution or radiation
hazard-volcanic-ash-or-fire = volcanic ash or fire
hazard-airspace-closed = airspace closed
hazard-other = other hazard

## What is asked to be kept away

keep-aircraft = aircraft
keep-drones = unmanned aircraft
keep-ships = ships and vessels
keep-vehicles = vehicles
keep-fire = weapons fire
keep-all-forces = all forces

## Topics of a statement

topic-our-activity = our activity
topic-our-exercise = our exercise
topic-our-movement = our movement
topic-an-incident = an incident
topic-an-accident = an accident
topic-public-reports = public reports
topic-other = other

## Declared line states

declared-suspended = suspended
declared-resumed = resumed

## Who or what translated

translator-person = translated by a person
translator-machine = translated by machine

## Precedence

precedence-routine = ROUTINE
precedence-priority = PRIORITY
precedence-immediate = IMMEDIATE
precedence-flash = FLASH

## Heights

height-unit-metres = metres
height-unit-feet = feet
height-unit-hundreds-of-feet = hundreds of feet
height-reference-ellipsoid = above the WGS 84 ellipsoid
height-reference-mean-sea-level = above mean sea level
height-reference-ground = above ground level
height-reference-standard-pressure = above the standard pressure surface 1013.25 hPa

## Channels

channel-control = control
channel-air = air
channel-sea = sea
channel-ground = ground
channel-command = command
channel-strategic = strategic
channel-humanitarian = humanitarian
channel-unknown = channel { $number }

## Terms of an agreement

mode-exercise = EXERCISE
mode-real = real
evidence-mode-provable = provable: signatures that a third party can verify
evidence-mode-deniable = deniable: codes that prove nothing to a third party
publication-both-consent = only if both parties consent
publication-either-after-notice = either party, after notice to the other
publication-either = either party
publication-never = never

## States of a record; none follows from another

state-delivered = delivered: durable at the receiving node
state-undelivered = undelivered: no receipt from the receiving node
state-displayed = displayed on a screen
state-read = read by an officer
state-understood = understood, critical fields read back
state-not-understood = received, not understood
state-passed = passed on
state-answered = answered
state-unanswered = unanswered
state-lapsed = lapsed: no answer by the time stated
state-late = late: answered after the time stated
state-void = void
state-stale = filed on a stale picture
state-declined = declined
state-held = held
state-not-attempted = not attempted by us
state-attested = attested by us

## States of a line

state-line-up = line up
state-line-late = line late
state-line-down = line down
state-line-suspended = line suspended (declared)
state-line-unchecked = line unchecked: a line check was missed

## Notes

note-none-held = None among the notices held as of { $time }. Absence of notice is not absence of activity.
note-not-permission = A notification is neither permission nor protection.
note-not-consent = Receipt is not understanding, and understanding is not consent.
note-not-truth = A signature shows who said it, not that it is true.
note-silence = Silence proves nothing about intent.
note-telephone = Never delay a call on an existing telephone line for the sake of this line.
note-exercise = EXERCISE: everything under this agreement is exercise.
note-attested = Entered by our own officer. The other side has not signed it.
note-alleged = A complaint states an alleged breach. It establishes none.
note-translation = The author's language is authentic. The translation is not.
note-suspended = Suspension is declared. Traffic may go on all the same.
note-not-reviewed = The wording in this language has not been reviewed by a native speaker.

## Out of scope

scope-warning = Out of scope: Firebreak neither warns of missiles nor assesses attacks.
scope-targeting = Out of scope: Firebreak does not help to aim.
scope-navigation = Out of scope: Firebreak is not for navigation or collision avoidance.
scope-hostility = Out of scope: Firebreak does not score hostility.
scope-motive = Out of scope: Firebreak infers no motive. A motive is recorded only if stated.
scope-basemap = Out of scope: no breach is computed from the basemap. Only agreed lines count.

## Sentences

sentence-notice = Notification of planned activity: { $purpose }. Area: { $area }. Heights: { $heights }. Time: { $window }. Contact: { $contact }.
sentence-amend = Amendment of { $reference }. It now reads: { $notice }
sentence-cancel = Cancellation: { $reference } no longer holds.
sentence-acknowledge = Received and understood: { $reference }. Read back: { $fields }.
sentence-not-understood = Received, not understood: { $reference }.
sentence-say-again = Say again all of { $reference }.
sentence-say-again-fields = Say again, from { $reference }: { $fields }.
sentence-correct = Correction to { $reference }. Field: { $field }. It should read: { $right }.
sentence-object = Objection to { $reference }. Reason: { $reason }.
sentence-clarify = Request for clarification of { $reference }.
sentence-query = Query: is track { $track } yours? Position { $position }, observed at { $observed }.
sentence-answer = Answer to { $reference }. The answering side states: { $reply }.
sentence-statement = Statement by the author's side. Topic: { $topic }.
sentence-restraint = Request for restraint. Place: { $place }. Please keep away: { $keep }.
sentence-complaint = Complaint of an alleged breach of { $rule }, said to have occurred at { $happened }.
sentence-hazard = Hazard warning: { $hazard }. Area: { $area }. Heights: { $heights }. Time: { $window }.
sentence-text = Free text.
sentence-line-check = Line check, to be answered by a person.
sentence-line-check-reply = Reply to a line check, { $reference }.
sentence-lapsed = Time for an answer has lapsed: { $reference }. Silence proves nothing about intent.
sentence-displayed = Displayed on a screen, not necessarily read: { $reference }.
sentence-read = Read by an officer, not necessarily understood: { $reference }.
sentence-passed = Passed on to { $to }: { $reference }.
sentence-release = Second officer's release of record { $record }.
sentence-roster = New version of the roster of the author's party: { $size }, check { $check }.
sentence-agreement = Further version of the agreement: { $size }, check { $check }.
sentence-line-state = The author's side declares of the line, channel { $channel }: { $declared }. Traffic may go on all the same.
sentence-unknown = Unknown kind { $code }, kept as received.

## Clauses that follow a sentence

clause-unit = Unit: { $unit }.
clause-late-reason = Reason for late notification: { $reason }.
clause-reason = Reason stated: { $reason }.
clause-no-reason = No reason stated.
clause-what = Not understood: { $what }.
clause-position = Position: { $position }.
clause-height = Height: { $height }.
clause-speed = Speed: { $speed }.
clause-course = Course: { $course }.
clause-next-word-by = Next word by { $time }.
clause-doubt = Held doubtful: { $doubt }.
clause-area = Area: { $area }.
clause-window = Time: { $window }.
clause-words = In the author's words ({ $language }): { $text }
clause-translation = Translation, not authentic ({ $language }, { $translator }): { $text }
clause-answer-by = Answer requested by { $time }.

## Parts of sentences

area-circle = circle, radius { $metres } ({ $miles }), centre { $centre }
area-polygon = polygon, { $points }: { $outline } (check { $check })
area-polygon-with-holes = polygon, { $points }, with { $holes }: { $outline } (check { $check })
area-corridor = corridor, { $metres } on each side of a path of { $points }: { $outline } (check { $check })
outline-first = first point { $first }, the others in the list
hole-point = Hole { $hole }, point { $point }
heights = { $lower } to { $upper }
surface = SFC (the surface and all below it)
unlimited = UNL (no upper limit)
height-words = { $amount } { $reference }
window = from { $start } to { $end } ({ $duration })
reference = record { $index } of { $party } ({ $prefix })
reference-none = no record named
office = { $party }, { $role }
office-unknown = office { $number }
party-unknown = party { $number }
size-and-digest = { $size }, SHA-256 { $digest }
seen = { $party }: { $size }, digest { $digest }
not-stated = not stated
none = none

## Languages

language-en = English
language-ru = Russian
language-uk = Ukrainian
language-pl = Polish
language-other = language { $code }

## Numbers with their nouns

count-metres =
    { $count ->
        [one] { $figure } metre
       *[other] { $figure } metres
    }
count-feet =
    { $count ->
        [one] { $figure } foot
       *[other] { $figure } feet
    }
count-hundreds-of-feet =
    { $count ->
        [one] { $figure } hundred feet
       *[other] { $figure } hundreds of feet
    }
count-nautical-miles =
    { $count ->
        [one] { $figure } nautical mile
       *[other] { $figure } nautical miles
    }
count-kilometres =
    { $count ->
        [one] { $figure } kilometre
       *[other] { $figure } kilometres
    }
count-knots =
    { $count ->
        [one] { $figure } knot
       *[other] { $figure } knots
    }
count-degrees =
    { $count ->
        [one] { $figure } degree
       *[other] { $figure } degrees
    }
count-seconds =
    { $count ->
        [one] { $figure } second
       *[other] { $figure } seconds
    }
count-minutes =
    { $count ->
        [one] { $figure } minute
       *[other] { $figure } minutes
    }
count-hours =
    { $count ->
        [one] { $figure } hour
       *[other] { $figure } hours
    }
count-days =
    { $count ->
        [one] { $figure } day
       *[other] { $figure } days
    }
count-points =
    { $count ->
        [one] { $figure } point
       *[other] { $figure } points
    }
count-holes =
    { $count ->
        [one] { $figure } hole
       *[other] { $figure } holes
    }
count-bytes =
    { $count ->
        [one] { $figure } byte
       *[other] { $figure } bytes
    }
count-records =
    { $count ->
        [one] { $figure } record
       *[other] { $figure } records
    }
count-notices =
    { $count ->
        [one] { $figure } notice
       *[other] { $figure } notices
    }

## Labels of slots

label-kind = Kind
label-precedence = Precedence
label-composed-at = Composed at (author's clock)
label-answer-by = Answer by
label-to = To
label-refers-to = Refers to
label-version = Agreement version
label-author = Author's place in the roster
label-control = Control log size
label-serial = Serial
label-seen = Seen by the author's node
label-purpose = Purpose
label-area = Area
label-point = Point { $number }
label-start = Start
label-end = End
label-duration = Duration
label-lower = Lower height
label-upper = Upper height
label-contact = Contact
label-unit = Unit
label-late-reason = Reason for late notification
label-words = Author's words
label-translation = Translation
label-reason = Reason
label-read-back = Read back
label-what = Not understood
label-fields = Fields
label-field = Field
label-right = Should read
label-track = Track
label-position = Position
label-observed = Observed at
label-height = Height
label-speed = Speed
label-course = Course
label-reply = Reply
label-next-word-by = Next word by
label-doubt = Held doubtful
label-topic = Topic
label-keep = Keep away
label-place = Place
label-rule = Rule alleged to be breached
label-happened = Said to have occurred at
label-hazard = Hazard
label-passed-to = Passed to
label-record = Record
label-roster = Roster file
label-agreement = Agreement file
label-channel = Channel
label-declared = Declared
label-reference = Reference
label-beyond-the-last-field = Beyond the last field
label-slots = Contents as received
