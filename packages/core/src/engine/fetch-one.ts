import type { Booking } from '../domain/booking.ts'
import { looksOld } from '../domain/booking-change.ts'
import { between, type Instant, plus } from '../domain/instant.ts'
import { limits } from '../domain/limits.ts'
import type { BookingSource } from '../ports/booking-source.ts'
import type { Opened } from '../ports/providers.ts'
import type { Alert, Effects, FetchOutcome, ListedDevice, SourceView } from '../ports/stores.ts'
import type { Look, Mark } from '../ports/work-queue.ts'
import type { Engine } from './engine.ts'
import { listAll, sinceSetBack, withPhone } from './import-bookings.ts'
import { onTrouble } from './trouble.ts'

/** Reads the one thing that a webhook pointed at: a booking, a message of ours, a device. Key `<connection>/<ref>`. */
export async function fetchOne(engine: Engine, look: Look): Promise<void> {
  const slash = look.key.indexOf('/')
  const connectionId = look.key.slice(0, slash)
  const ref = look.key.slice(slash + 1)
  const port = await engine.providers.portOf(connectionId)
  switch (port) {
    case undefined:
      return
    case 'booking':
      return await fetchBooking(engine, look, connectionId, ref)
    case 'notifier':
      return await fetchMessage(engine, look, connectionId, ref)
    case 'lock':
    case 'intercom': {
      const device = (await engine.store.devicesOf(connectionId)).find(({ vendorId }) => vendorId === ref)
      const found = device !== undefined
      const text = found ? `${device.name} is looked at.` : 'No door uses this device; nothing was done.'
      const now = engine.clock.now()
      return await engine.store.saveFetch(
        look,
        { connectionId, ref, outcome: found ? 'changed' : 'not-found', text },
        { now, marks: found ? [nudgeOf(device, now)] : [] },
      )
    }
  }
}

/** A device that is not reached may be back, says its vendor: now and then that is worth a look before its time. */
function nudgeOf({ id, unreachedAt }: ListedDevice, now: Instant): Mark {
  const isWorth = unreachedAt !== undefined && between(unreachedAt, now) >= limits.unreachedNudge
  return { kind: 'device', key: id, why: isWorth ? 'freed' : 'nudge' }
}

async function fetchBooking(engine: Engine, look: Look, connectionId: string, ref: string): Promise<void> {
  const { store, providers, clock } = engine
  const source = await store.loadSource(connectionId)
  if (!source) return
  const known = await store.bookingByRef(connectionId, ref)
  await onTrouble(engine, look, { connectionId, ref, bookingIds: known ? [known.id] : [] }, async () => {
    const opened = await providers.booking(connectionId)
    const { provider, vendor } = opened
    const read = () => provider.readBooking(ref, { ...look, near: isOfThisDay(known, clock.now()) })
    const first = await read()
    const booking = first && known && looksOld(first, known) ? await read() : first
    const answers: Pick<Alert, 'kind' | 'subject'> = { kind: 'connection', subject: `connection:${connectionId}` }
    const save = (outcome: FetchOutcome['outcome'], text: string, effects: Omit<Effects, 'now'> = {}) =>
      store.saveFetch(look, { connectionId, ref, outcome, text }, { now: clock.now(), settle: [answers], ...effects })
    if (booking) {
      const saved = await store.saveBookings(
        look,
        { connectionId, bookings: [withPhone(engine, source, booking)], cause: 'webhook', ...sinceSetBack(engine) },
        { now: clock.now(), settle: known ? [doubtAbout(known, source)] : [] },
      )
      const outcome = saved.created + saved.changed > 0 ? 'changed' : 'unchanged'
      return await save(outcome, outcome === 'changed' ? 'Read and stored.' : 'Read; nothing had changed.')
    }
    if (!known) return await save('not-found', `${vendor} knows no booking ${ref}, so nothing was done.`)
    if (known.state !== 'confirmed') return await save('unchanged', 'Not there any more, and no longer a stay.')
    if (await isProvenDeleted(opened, source, known, look)) {
      await store.saveBookings(
        look,
        { connectionId, bookings: [{ ...factsOf(known), state: 'cancelled' }], cause: 'webhook' },
        { now: clock.now(), settle: [doubtAbout(known, source)] },
      )
      return await save('changed', `${vendor} has deleted the booking: it counts as cancelled.`)
    }
    // Whoever empties an account that they are leaving waits for nobody's word about it.
    if (known.witness)
      return await save(
        'doubtful',
        `${vendor} no longer shows booking ${ref}; it is only a witness, so nothing is done.`,
      )
    const alert = {
      ...doubtAbout(known, source),
      text: `${vendor} no longer shows booking ${ref}, but does not prove that it is gone. The stay keeps its codes.`,
      remedy: `Look in ${vendor}: if the booking is gone, cancel it there or end it here.`,
      loud: 'page',
    } as const
    await save('doubtful', alert.text, {
      raise: [alert],
      timeline: [
        { bookingId: known.id, kind: 'source-doubt', text: alert.text, remedy: alert.remedy, cause: 'webhook' },
      ],
    })
  })
}

/** What is not known yet may be for tonight. */
function isOfThisDay(known: Booking | undefined, now: Instant): boolean {
  return known?.arrival === undefined || known.arrival <= plus(now, 86_400_000).slice(0, 10)
}

/**
 * "Not found" counts as deleted only when the account is the one we know, and a complete listing over the stay's days,
 * cancellations included, does not hold the booking either (rule 2).
 */
async function isProvenDeleted(
  { provider }: Opened<'booking'>,
  source: SourceView,
  known: Booking,
  look: Look,
): Promise<boolean> {
  const { arrival, departure } = known
  if (arrival === undefined || departure === undefined || source.account === undefined) return false
  const account = await provider.readAccount(look)
  if (account.id !== source.account) return false
  const { bookings, complete } = await listAll(
    provider satisfies BookingSource,
    { stays: { from: arrival, to: departure } },
    look,
  )
  return complete && !bookings.some((booking) => booking.ref === known.ref)
}

function factsOf({
  id: _id,
  connectionId: _connection,
  version: _version,
  unitId: _unit,
  knownSince: _since,
  witness: _witness,
  ...facts
}: Booking) {
  return facts
}

function doubtAbout(booking: Booking, source: SourceView): Pick<Alert, 'kind' | 'subject'> {
  return { kind: 'booking', subject: `booking:${booking.id}:${source.connectionId}` }
}

async function fetchMessage({ store, clock }: Engine, look: Look, connectionId: string, key: string): Promise<void> {
  const bookingId = await store.bookingOfMessage(key)
  const text =
    bookingId === undefined ? 'No message of ours has this key; nothing was done.' : 'The message is looked up.'
  // Another channel's trouble may have the guest's messages wait; that this one arrived is worth a look all the same.
  const marks: Mark[] = bookingId === undefined ? [] : [{ kind: 'messages', key: bookingId, why: 'freed' }]
  await store.saveFetch(
    look,
    { connectionId, ref: key, outcome: bookingId === undefined ? 'not-found' : 'changed', text },
    { now: clock.now(), marks },
  )
}
