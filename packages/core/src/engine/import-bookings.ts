import type { CivilDate, SourceBooking } from '../domain/booking.ts'
import { addDays } from '../domain/civil-time.ts'
import { between, type Instant, plus } from '../domain/instant.ts'
import { limits } from '../domain/limits.ts'
import type { BookingPage, BookingQuery, BookingSource } from '../ports/booking-source.ts'
import type { Call } from '../ports/call.ts'
import { draw } from '../ports/entropy.ts'
import type { Alert, FoundBookings, SourceView } from '../ports/stores.ts'
import type { Look, Mark } from '../ports/work-queue.ts'
import type { Engine } from './engine.ts'
import { onTrouble } from './trouble.ts'

/**
 * Looks at one connection. A booking source is asked what changed since the last good poll (and a little before, for
 * clocks differ), and from time to time for every stay of the horizon, cancellations included, so that what webhooks
 * missed is found. Other connections are
 * asked about whatever of theirs is still open.
 */
export async function importBookings(engine: Engine, look: Look): Promise<void> {
  const { providers, store, clock } = engine
  const connectionId = look.key
  const port = await providers.portOf(connectionId)
  if (port === undefined) return
  if (port !== 'booking') return await markOpenThings(engine, look, port)
  const source = await store.loadSource(connectionId)
  if (!source) return
  await onTrouble(engine, look, { connectionId }, async () => {
    const { provider, vendor } = await providers.booking(connectionId)
    const startedAt = clock.now()
    const { sweptAt, readThrough } = source
    const sweeping =
      sweptAt === undefined || readThrough === undefined || between(sweptAt, startedAt) >= limits.sweepSource
    const query = sweeping ? { stays: horizon(startedAt) } : { changedSince: plus(readThrough, -limits.poll) }
    const { bookings, complete } = await listAll(provider, query, look)
    const absent = sweeping && complete ? await absentFrom(engine, source, query.stays, bookings) : []
    const now = clock.now()
    await store.saveBookings(
      look,
      {
        connectionId,
        bookings: bookings.map((booking) => withPhone(engine, source, booking)),
        cause: sweeping ? 'sweep' : 'poll',
        ...sinceSetBack(engine),
        // What an incomplete list left out is asked for again.
        ...(complete ? { readThrough: startedAt } : {}),
        ...(sweeping && complete ? { sweptAt: startedAt } : {}),
      },
      {
        now,
        marks: absent,
        timers: [{ kind: 'connection', key: connectionId, at: plus(now, jittered(engine, source.policy.poll)) }],
        settle: [
          { kind: 'connection', subject: `connection:${connectionId}` },
          ...(complete ? [{ kind: 'connection' as const, subject: incompleteSubject(connectionId) }] : []),
        ],
        ...(complete ? {} : { raise: [incompleteAlert(connectionId, vendor)] }),
      },
    )
  })
}

const incompleteSubject = (connectionId: string) => `connection:${connectionId}:listing`

function incompleteAlert(connectionId: string, vendor: string): Alert {
  return {
    kind: 'connection',
    subject: incompleteSubject(connectionId),
    text: `${vendor} did not list every booking, so some changes may not be known yet.`,
    remedy:
      'The hub takes what is listed and asks again at its next poll. If it lasts, compare the bookings of the next days.',
    loud: 'warn',
  }
}

/** Every page. `complete` only when each of them is. */
export async function listAll(provider: BookingSource, query: BookingQuery, call: Call) {
  const bookings: SourceBooking[] = []
  let complete = true
  let cursor: string | undefined
  do {
    const page: BookingPage = await provider.listBookings(cursor === undefined ? query : { ...query, cursor }, call)
    bookings.push(...page.bookings)
    complete &&= page.complete
    cursor = page.next
  } while (cursor !== undefined)
  return { bookings, complete }
}

export function withPhone({ e164 }: Engine, { policy }: Pick<SourceView, 'policy'>, booking: SourceBooking) {
  const phone = booking.guest.phone === undefined ? undefined : e164(booking.guest.phone, policy.phoneCountry)
  return phone === undefined ? booking : { ...booking, e164: phone }
}

export function sinceSetBack({ lostTime }: Engine): Pick<FoundBookings, 'setBack'> {
  return lostTime?.() ? { setBack: true } : {}
}

/** `milliseconds` give or take a tenth, so that many connections do not ask in step. */
export function jittered({ entropy }: Pick<Engine, 'entropy'>, milliseconds: number): number {
  return Math.round(milliseconds * (0.9 + draw(entropy, 2001) / 10_000))
}

function horizon(now: Instant): { readonly from: CivilDate; readonly to: CivilDate } {
  const today = now.slice(0, 10)
  return { from: addDays(today, -2), to: addDays(today, Math.round(limits.horizon / 86_400_000)) }
}

/** Missing from a complete list is a reason to read a booking by its id, and no more than that (rule 2). */
async function absentFrom(
  { store }: Engine,
  { connectionId }: SourceView,
  stays: { readonly from: CivilDate; readonly to: CivilDate } | undefined,
  listed: readonly SourceBooking[],
): Promise<Mark[]> {
  if (!stays) return []
  const refs = new Set(listed.map((booking) => booking.ref))
  const known = await store.confirmedBookings(connectionId, stays)
  return known
    .filter((booking) => !refs.has(booking.ref))
    .map((booking) => ({ kind: 'fetch', key: `${connectionId}/${booking.ref}`, why: 'step' }))
}

async function markOpenThings(
  { store, clock }: Engine,
  look: Look,
  port: 'lock' | 'intercom' | 'notifier',
): Promise<void> {
  const now = clock.now()
  const marks: Mark[] =
    port === 'notifier'
      ? (await store.bookingsAwaitingDelivery(look.key, plus(now, -7 * 86_400_000))).map((key) => ({
          kind: 'messages',
          key,
          why: 'nudge',
        }))
      : (await store.devicesOf(look.key)).map((device) => ({ kind: 'device', key: device.id, why: 'nudge' }))
  await store.saveConnection(look, { connectionId: look.key }, { now, marks })
}
