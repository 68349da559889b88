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
kind-call = request for a call
kind-call-answer = answer about a call
kind-call-state = state of a call
kind-readout = readout of a call
kind-follow-up = written follow-up to a call
kind-incident = first report of an incident
kind-assessment = word on an incident
kind-account = account of an incident
kind-finding = fact or question about an incident
kind-finding-answer = answer about a fact or question
kind-close = one side holds the incident closed
kind-contact = contact record
kind-contact-answer = answer about a contact record
kind-site = notification of a protected site
kind-movement = notification of a humanitarian movement
kind-movement-state = state of a humanitarian movement
kind-distributed = onward distribution
kind-stop = under attack, stop
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

## Calls

urgency-when-convenient = when convenient
urgency-today = today
urgency-within-hours = within hours
urgency-at-once = at once
means-secure-voice = secure voice
means-telephone = telephone
means-video = video
means-text = text
means-in-person = meeting in person
who-called-at-our-request = at the request of the author's side
who-called-at-your-request = at the request of the side addressed
who-called-by-agreement = by agreement of both sides
who-called-not-said = not said
call-reply-accepted = accepted
call-reply-other-time = other time proposed
call-reply-deputy = deputy proposed
call-reply-not-at-this-time = not at this time
call-reply-declined = declined
call-reply-awaiting-authority = awaiting authority
call-step-ready = ready
call-step-begun = begun
call-step-ended = ended
call-step-broken-off = broken off

## Incidents

incident-sort-line-crossed = line crossed
incident-sort-close-approach = close approach
incident-sort-collision = collision
incident-sort-shots-fired = shots fired
incident-sort-missile-or-rocket = missile or rocket
incident-sort-drone = unmanned aircraft
incident-sort-laser-or-illumination = laser or illumination
incident-sort-interference = interference
incident-sort-damage-or-injury = damage or injury
incident-sort-persons-held = persons held
incident-sort-other = other incident
stance-assessing = assessing; nothing decided
stance-accident-not-attack = accident, not attack
stance-not-ours = not ours
stance-ours = ours
stance-concluded = assessment concluded
finding-sort-fact = fact
finding-sort-question = open question
finding-sort-denominator = what a tally is counted out of (denominator)
finding-reply-agreed = agreed
finding-reply-disputed = disputed
finding-reply-answered = the question is answered

## Contacts

way-node = node
way-voice = voice
way-fax = fax
way-mail = mail
way-person = in person
outcome-not-attempted = not attempted by the author's side
outcome-undelivered = undelivered
outcome-unanswered = unanswered by the time stated
outcome-declined = declined, or not at this time
outcome-held = held (both sides spoke)
precision-minute = known to the minute
precision-hour = known to the hour
precision-day = known to the day
precision-month = known to the month
precision-year = known to the year
contact-reply-confirmed = confirmed
contact-reply-disputed = disputed

## Humanitarian sites and movements

site-sort-hospital = hospital
site-sort-clinic = clinic
site-sort-shelter = shelter
site-sort-school = school
site-sort-water = water supply
site-sort-power = power supply
site-sort-warehouse = warehouse
site-sort-office = office
site-sort-residence = residence
site-sort-cultural = cultural property
site-sort-crossing-point = crossing point
site-sort-other = other site
movement-step-departed = departed
movement-step-holding = holding
movement-step-moving = moving
movement-step-arrived = arrived
movement-step-impeded = impeded
movement-step-delayed = delayed
movement-step-denied = denied
movement-step-called-off = called off
distributed-state-sent = sent to the unit
distributed-state-received = received by the unit
distributed-state-read-back = read back by the unit
distributed-state-loaded = loaded into the unit's systems

## Routes to the other side

rung-direct = direct
rung-duty-office = duty office
rung-note-to-ministry = note to the ministry
rung-defence-attache = defence attaché
rung-embassy = embassy
rung-foreign-minister = foreign minister
rung-security-adviser = security adviser
rung-third-state = third state

## Entries of a party's own journal

level-tactical = tactical
level-command = command
level-military = military
level-political = political
source-own-officer = own officer
source-other-office-of-ours = another office of our side
source-public-report = public report
source-other-side = the other side
source-relay = relay
certainty-certain = certain
certainty-probable = probable
certainty-claimed = claimed, not established
missed-because-unknown = reason unknown
missed-because-technical-ours = technical fault on our side
missed-because-technical-theirs = technical fault on the other side
missed-because-declined = declined
missed-because-announced = announced beforehand

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
state-uncommented = uncommented by the other side
state-unconfirmed = not confirmed by the unit
state-expired = expired
state-revalidation-due = due to be verified again
state-closed-by-one = held closed by one side
state-closed = closed by both sides
state-withdrawn = withdrawn

## Custody by a relay

state-taken = taken by the relay
state-forwarded = forwarded by the relay
state-handed-over = handed over by the relay
state-returned = returned by the relay

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
note-absence = Absence from this list removes no legal protection.
note-withdrawal = Withdrawal ends disclosure from now on. It cannot un-disclose what was disclosed.
note-nothing-decided = Assessment goes on. Nothing is decided.
note-not-attempted = Not attempted by us. The other side had nothing to answer.
note-own-silence = Our own side's silence is not theirs.
note-reason = A reason is recorded only if it was stated.
note-no-reason-owed = The answer “not at this time” owes no reason.
note-relay-sealed = This relay carries sealed bundles and cannot read them.
note-relay-readable = By consent of both parties, this relay carries text that it can read.
note-custody = Custody shows who carried what, and when. It does not show that anybody read it.
note-confidential = Contacts are confidential unless they are disclosed as the agreement says.
note-reconstruction = Reconstruction from public reports, as one side saw it. Nothing in it was signed by the other side.

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
sentence-call = Request for a call. Proposed by: { $proposer }. Would speak for the author's side: { $principal }. With: { $counterpart }. Urgency: { $urgency }. Means: { $means }. Languages, the best first: { $languages }. Times, the best first: { $windows }. Wording of who asked: { $caller }. The topic follows in the author's words.
sentence-call-answer = Answer about a call, { $reference }. The answering side states: { $reply }.
sentence-call-state = State of the call asked for in { $reference }. The author's side states: { $step }, at { $at }.
sentence-readout = Readout of the call asked for in { $reference }: what the author's side says was said.
sentence-follow-up = Written follow-up to the call asked for in { $reference }: what its author understood, to be read back or corrected.
sentence-incident = First report of an incident; it may be incomplete: { $incident }. Said to have occurred at { $happened }. Place: { $place }.
sentence-assessment = Word on the incident reported in { $reference }. The author's side states: { $stance }.
sentence-account = Account by the author's side of the incident reported in { $reference }. Said to have occurred at { $happened }. Place: { $place }.
sentence-finding = Put to the other side about the incident reported in { $reference }: { $finding }.
sentence-finding-answer = Answer about a fact or question, { $reference }. The answering side states: { $reply }.
sentence-close = The author's side holds the incident closed: { $reference }. It is closed once both sides do.
sentence-contact = Contact record of the author's side. Its office: { $ours }. Counterpart: { $theirs }. Way: { $way }. Outcome: { $outcome }. Time: { $happened }, { $precision }. How often: { $times }.
sentence-contact-answer = Answer about a contact record, { $reference }. The answering side states: { $reply }.
sentence-site = Notification of a protected site: { $site }, { $name }. At or near: { $place }. Area: { $area }. Time: { $window }. Verified by { $verifier } at { $verified }; to be verified again by { $revalidate }. Contact: { $contact }. Absence of a notification removes no legal protection.
sentence-movement = Notification of a humanitarian movement: { $name }. Area: { $area }. Time: { $window }. Vehicles: { $vehicles }, { $fleet }. Markings: { $markings }. Aboard: { $staff }. Contacts on the way, the first first: { $contacts }. Absence of a notification removes no legal protection.
sentence-movement-state = State of the humanitarian movement notified in { $reference }. The author's side states: { $step }, at { $at }.
sentence-distributed = Onward distribution of { $reference }, disclosed by the author's side. Unit: { $unit }. State: { $state }, at { $at }.
sentence-stop = Under attack, stop. Place said to be under attack: { $place }.
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
clause-windows = Times, the best first: { $windows }.
clause-deputy = Deputy: { $deputy }.
clause-no-reason-owed = No reason is owed.
clause-embargo = Not to be published before { $time }.
clause-agreed-line = Agreed line, as the author's side has it ({ $language }): { $text }
clause-stance = The author's side states: { $stance }.
clause-units = Units: { $units }.
clause-damage = Damage stated: { $damage }.
clause-evidence = Evidence, known by its digest: { $evidence }.
clause-rule = Rule alleged to be breached: { $rule }.
clause-remedy = Remedy asked for: { $remedy }.
clause-not-attempted = Where no attempt was made, the counterpart had nothing to answer.
clause-silence = Silence proves nothing about intent.
clause-replaces = It takes the place of { $reference }.
clause-markings = Markings: { $markings }.
clause-waiting = Waits, if held, at: { $waiting }.
clause-place = Place: { $place }.

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
attachment = { $name } ({ $media }, { $size }), SHA-256 { $digest }
agreed-line = Agreed line { $number }
other-window = Other time { $number }
number-not-known = not known
not-stated = not stated
none = none

## Headings of paper and voice forms

heading-message = Message
heading-group = Group
heading-check-word = Check word
heading-end-of-message = End of message
heading-page = Page

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
count-vehicles =
    { $count ->
        [one] { $figure } vehicle
       *[other] { $figure } vehicles
    }
count-persons =
    { $count ->
        [one] { $figure } person
       *[other] { $figure } persons
    }
count-times =
    { $count ->
        [one] { $figure } time
       *[other] { $figure } times
    }
count-attempts =
    { $count ->
        [one] { $figure } attempt
       *[other] { $figure } attempts
    }
count-contacts =
    { $count ->
        [one] { $figure } contact
       *[other] { $figure } contacts
    }
count-sites =
    { $count ->
        [one] { $figure } site
       *[other] { $figure } sites
    }
count-movements =
    { $count ->
        [one] { $figure } movement
       *[other] { $figure } movements
    }
count-pages =
    { $count ->
        [one] { $figure } page
       *[other] { $figure } pages
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
label-proposer = Proposed by
label-principal = Would speak for the author's side
label-counterpart = Counterpart
label-urgency = Urgency of the call
label-means = Means
label-languages = Languages
label-who-called = Wording of who asked
label-deputy = Deputy
label-step = Step
label-at = At
label-embargo = Not to be published before
label-agreed = Agreed lines
label-incident = Incident
label-stance = Stated by the author's side
label-units = Units
label-damage = Damage stated
label-attachments = Evidence, known by its digest
label-remedy = Remedy asked for
label-finding = Put to the other side
label-ours = Office of the author's side
label-way = Way
label-outcome = Outcome
label-precision = Precision of the time
label-count = How often
label-site = Protected site
label-name = Name
label-verified-by = Verified by
label-verified-at = Verified at
label-revalidate-by = To be verified again by
label-markings = Markings
label-vehicles = Vehicles
label-fleet = Kinds of vehicle
label-staff = Persons aboard
label-contacts = Contacts on the way
label-waiting = Waits, if held, at
label-state = State
label-beyond-the-last-field = Beyond the last field
label-slots = Contents as received
