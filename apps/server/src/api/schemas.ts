import { type Instant, parseInstant } from '@stayward/core'
import * as z from 'zod'
import { problems } from '../problem.ts'

/** What the API says, as it is documented. Absent means unknown or none; nothing is `null`. */

export const id = z.string().meta({ example: '019a6c1e-7f3a-7c7e-9d1c-1b2a3c4d5e6f' })
export const instant = z.string().meta({ description: 'UTC, ISO 8601', example: '2026-07-10T14:00:00.000Z' })
/** A time that a caller gives. */
export const moment = z
  .string()
  .transform((text, context): Instant => {
    const instant = parseInstant(text)
    if (instant !== undefined) return instant
    context.addIssue('has to be a time with its offset, like 2026-07-10T14:00:00Z')
    return z.NEVER
  })
  .meta({ override: { type: 'string', format: 'date-time' } })
const day = z.string().meta({ example: '2026-07-10' })
const link = z.object({ id, name: z.string() })
const window = z.object({ from: instant, until: instant })
const evidence = z.enum(['planned', 'sent', 'accepted', 'confirmed', 'used']).meta({
  description: 'How sure we are. `accepted`: the vendor said yes. `confirmed`: a later read showed it on the device.',
})

const bookingFields = {
  id,
  ref: z.string().meta({ description: 'The booking system’s own id.', example: '90210002' }),
  connection: link,
  state: z.enum(['confirmed', 'cancelled', 'request', 'block']),
  arrival: day.exactOptional(),
  departure: day.exactOptional(),
  unit: z.object({ id, slug: z.string(), name: z.string(), property: z.string() }).exactOptional(),
  guest: z.object({ name: z.string().exactOptional(), language: z.string().exactOptional() }),
  channel: z.string().exactOptional().meta({ example: 'Airbnb' }),
  witness: z
    .literal(true)
    .exactOptional()
    .meta({ description: 'Its connection only watches: the booking is shown, and nothing is done for it.' }),
  knownSince: instant,
  updatedAt: instant,
  access: z
    .object({
      status: z.string(),
      reason: z.object({ code: z.string(), text: z.string(), remedy: z.string() }).exactOptional(),
      window: window.exactOptional(),
    })
    .exactOptional()
    .meta({ description: 'Who is let in, or why nobody is. Absent until the booking was looked at.' }),
}

export const booking = z.object(bookingFields).meta({ id: 'Booking' })

const level = z.enum(['ready', 'at-risk', 'not-ready']).meta({
  description:
    '`ready`: every door is confirmed by a read younger than the sweep and a message is proven delivered. `at-risk`: all is done and something is not proven. `not-ready`: as far as is known, this guest would not get in.',
})
const readiness = z
  .object({
    level,
    enteredAt: instant.exactOptional().meta({ description: 'The first recorded opening with a code of this stay.' }),
    doors: z.array(
      z.object({
        id,
        name: z.string(),
        level,
        evidence: evidence
          .exactOptional()
          .meta({ description: 'As far as it can be believed now. Absent where no code is kept.' }),
        readAt: instant.exactOptional(),
        ageSeconds: z.int().exactOptional().meta({ description: 'How old the read is that the evidence rests on.' }),
      }),
    ),
    told: z.array(
      z.object({
        channel: z.string(),
        kind: z.enum(['door-code', 'change', 'withdrawal']).exactOptional(),
        at: instant.exactOptional(),
        proof: z.enum(['none', 'unknown', 'accepted', 'delivered', 'read', 'refused', 'failed']),
        reports: z
          .boolean()
          .exactOptional()
          .meta({ description: 'False: this channel never reports delivery, so `accepted` is all anybody can know.' }),
      }),
    ),
    risks: z.array(
      z.object({ code: z.string(), level: z.enum(['at-risk', 'not-ready']), text: z.string(), remedy: z.string() }),
    ),
  })
  .meta({ id: 'Readiness' })

export const arrival = z.object({ ...bookingFields, readiness }).meta({ id: 'Arrival' })

export const plan = z
  .object({
    steps: z.array(
      z.object({
        look: z.enum(['booking', 'messages', 'device']).meta({ description: 'Which look would do it.' }),
        bookingId: id.exactOptional(),
        ref: z.string().exactOptional(),
        deviceId: id.exactOptional(),
        text: z.string().meta({ example: 'Street door: writes the code: it has never been there.' }),
        remedy: z.string().exactOptional(),
      }),
    ),
  })
  .meta({ id: 'Plan' })

export const event = z
  .object({
    id,
    type: z.string().meta({ example: 'readiness.worse' }),
    subject: z.string().meta({ example: 'booking:019a6c1e-7f3a-7c7e-9d1c-1b2a3c4d5e6f' }),
    at: instant,
    data: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  })
  .meta({ id: 'Event' })

export const timelineLine = z
  .object({
    id,
    at: instant,
    kind: z.string().meta({ example: 'code-confirmed' }),
    text: z.string(),
    remedy: z.string().exactOptional().meta({ description: 'What a person can do, where something was not done.' }),
    cause: z.string().exactOptional(),
  })
  .meta({ id: 'TimelineLine' })

const secretNote = 'Shown as •••• unless the key may see PINs.'

export const bookingDetail = z
  .object({
    ...bookingFields,
    readiness: readiness.exactOptional().meta({ description: 'Only while the guest is about to arrive.' }),
    doors: z.array(
      z.object({
        id,
        slug: z.string(),
        name: z.string(),
        kind: z.enum(['device', 'fixed-code', 'instruction']),
        deviceId: id.exactOptional(),
      }),
    ),
    codes: z.array(
      z.object({
        id,
        doors: z.array(z.string()),
        device: link,
        pin: z.string().meta({ description: secretNote }),
        window,
        want: z.enum(['present', 'absent']),
        evidence,
        vendorRef: z.string().exactOptional(),
        endCause: z.string().exactOptional(),
        refusal: z.string().exactOptional(),
        writtenAt: instant.exactOptional(),
        pendingUntil: instant.exactOptional(),
        provenAt: instant.exactOptional(),
        usedAt: instant
          .exactOptional()
          .meta({ description: 'The first recorded opening, where the vendor keeps a log.' }),
        goneAt: instant.exactOptional(),
      }),
    ),
    messages: z.array(
      z.object({
        id,
        channel: z.string(),
        kind: z.enum(['door-code', 'change', 'withdrawal']),
        state: z.enum(['planned', 'claimed', 'accepted', 'refused', 'withdrawn', 'doubtful']),
        delivery: z.string().exactOptional(),
        reason: z.string().exactOptional(),
        text: z.string().exactOptional().meta({ description: secretNote }),
        createdAt: instant,
        claimedAt: instant.exactOptional(),
      }),
    ),
    replies: z.array(
      z.object({
        channel: z.string(),
        at: instant,
        text: z.string().meta({ description: secretNote }),
        optsOut: z.boolean().meta({ description: 'The guest asked for no more messages on this channel.' }),
      }),
    ),
    timeline: z.array(timelineLine),
  })
  .meta({ id: 'BookingDetail' })

const codeState = z.object({ want: z.enum(['present', 'absent']), evidence, from: instant, until: instant })
export const codeTransition = z
  .object({
    id,
    at: instant,
    was: codeState.exactOptional().meta({ description: 'Absent where the code was made.' }),
    became: codeState,
    changed: z.array(z.enum(['made', 'want', 'evidence', 'window', 'pin', 'drift'])),
    cause: z.enum(['booking', 'person', 'sweep', 'vendor', 'timer', 'outside']).meta({
      description:
        'What brought the hub to look: a version of the booking, a person, a sweep, a vendor’s event, a due time. `outside`: somebody had changed it on the device.',
    }),
    bookingVersion: z.int().meta({ description: 'Of the booking as the hub knew it then.' }),
    compared: z
      .array(z.enum(['pin', 'window', 'enabled', 'sync', 'presence', 'absence']))
      .meta({ description: 'What the vendor returned and was compared. What it hides is not compared.' }),
  })
  .meta({ id: 'CodeTransition' })

const deliveryFields = {
  id,
  connection: link,
  adapter: z.string(),
  receivedAt: instant,
  lastAt: instant,
  copies: z.int().meta({ description: 'How many times the same delivery came.' }),
  status: z.enum(['accepted', 'ignored', 'quarantined', 'challenge']),
  topic: z.string().exactOptional(),
  reason: z.string().exactOptional(),
  proof: z.enum(['signature', 'address-only']).exactOptional(),
  size: z.int(),
}
export const delivery = z.object(deliveryFields).meta({ id: 'Delivery' })
export const deliveryDetail = z
  .object({
    ...deliveryFields,
    contentShown: z
      .boolean()
      .meta({ description: 'False when the key may not see PINs, or nothing is kept (any more).' }),
    method: z.enum(['GET', 'POST']).exactOptional(),
    query: z.string().exactOptional(),
    headers: z.array(z.object({ name: z.string(), value: z.string() })).exactOptional(),
    body: z.string().exactOptional(),
    bodyEncoding: z.enum(['utf-8', 'base64']).exactOptional(),
  })
  .meta({ id: 'DeliveryDetail' })

export const replayed = z
  .object({
    deliveries: z.int(),
    keys: z
      .int()
      .meta({ description: 'Keys that will be looked at; fewer when several deliveries point at one thing.' }),
  })
  .meta({ id: 'Replayed' })

export const connection = z
  .object({
    id,
    name: z.string(),
    adapter: z.string(),
    port: z.string(),
    state: z.enum(['active', 'paused']),
    account: z.string().exactOptional(),
    witnessSince: instant.exactOptional().meta({
      description: 'Since when its bookings are only watched: kept in sync, shown, and nothing done for them.',
    }),
    lastInboundAt: instant.exactOptional(),
    lastTest: z.object({ at: instant, ok: z.boolean(), note: z.string().exactOptional() }).exactOptional(),
    failingSince: instant.exactOptional(),
    readThrough: instant.exactOptional(),
    sweptAt: instant.exactOptional(),
    unannounced: z
      .int()
      .meta({ description: 'Changes of the last day that a poll or a sweep found and no webhook had announced.' })
      .exactOptional(),
  })
  .meta({ id: 'Connection' })

export const look = z
  .object({
    connection: link,
    ref: z.string(),
    outcome: z.enum(['changed', 'unchanged', 'not-found', 'doubtful', 'failed']),
    text: z.string(),
    at: instant,
  })
  .meta({ id: 'Look' })

export const alert = z
  .object({
    id,
    kind: z.string(),
    subject: z.string(),
    text: z.string(),
    remedy: z.string(),
    loud: z.enum(['warn', 'urgent', 'page']),
    openedAt: instant,
    closedAt: instant.exactOptional(),
  })
  .meta({ id: 'Alert' })

export const changedCode = z
  .object({
    id,
    bookingId: id,
    ref: z.string().meta({ description: 'The booking system’s own id.' }),
    door: z.string(),
    what: z.array(z.enum(['pin', 'disabled', 'window', 'missing'])),
    since: instant.meta({ description: 'When it was found.' }),
    state: z.enum(['asked', 'restore', 'accept', 'accepted']).meta({
      description:
        '`asked`: nothing is written until a person decides. `restore`, `accept`: decided, the next look acts. `accepted`: it stands.',
    }),
    window: window.exactOptional().meta({ description: 'The dates that were found or stand, where they are others.' }),
    stay: window.meta({ description: 'The dates of the stay.' }),
  })
  .meta({ id: 'ChangedCode' })

export const doorOpening = z
  .object({
    id,
    door: link,
    chosen: z.string().exactOptional().meta({ description: 'Which of the intercom’s doors, where somebody said so.' }),
    at: instant,
    by: z.string().meta({ example: 'API key 019a6c1e-7f3a-7c7e-9d1c-1b2a3c4d5e6f' }),
    why: z.string(),
    answer: z
      .object({
        outcome: z.enum(['opened', 'accepted', 'refused', 'failed', 'unknown']).meta({
          description:
            '`accepted`: the vendor took the order, and whether the door moved is not known. `refused`, `failed`: it was not opened. `unknown`: it may be open. It is never ordered again by itself.',
        }),
        text: z.string(),
        remedy: z.string().exactOptional(),
        at: instant.exactOptional(),
      })
      .exactOptional()
      .meta({ description: 'Absent while no answer has come.' }),
  })
  .meta({ id: 'DoorOpening' })

export const foreignCode = z
  .object({
    id: z.string().meta({ description: 'Names the code exactly as it is shown here; changed, it has another one.' }),
    deviceId: id,
    door: z.string(),
    label: z.string(),
    from: instant.exactOptional(),
    until: instant.exactOptional().meta({ description: 'Absent where it never ends.' }),
    showsPin: z.boolean().meta({ description: 'Where its device hides its PIN, it cannot be given to a booking.' }),
    waitsForBooking: id.exactOptional().meta({ description: 'The booking whose code it is about to become.' }),
  })
  .meta({ id: 'ForeignCode' })

export const heldList = z
  .object({
    list: z.string().meta({ description: 'Names exactly these stays, each at this version of its booking.' }),
    connection: link,
    since: instant,
    stays: z.array(
      z.object({
        bookingId: id,
        bookingVersion: z.int(),
        ref: z.string().meta({ description: 'The booking system’s own id.' }),
        arrival: day.exactOptional(),
        departure: day.exactOptional(),
        codes: z.int().meta({ description: 'How many codes would go.' }),
      }),
    ),
  })
  .meta({ id: 'HeldList' })

export const problem = z
  .object({
    type: z.string().meta({ description: 'A page of the hub about this problem.' }),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(problems) as [keyof typeof problems]), // Object.keys gives exactly these
    detail: z.string().exactOptional(),
    errors: z.array(z.object({ at: z.string(), problem: z.string() })).exactOptional(),
  })
  .meta({ id: 'Problem' })

export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    next: z
      .string()
      .exactOptional()
      .meta({ description: 'Ask again with `after` set to this. Absent on the last page.' }),
  })
}
