import {
  type BookingFacts,
  bookingLine,
  type Effects,
  factsText,
  type FoundBookings,
  type Instant,
  type Look,
  looksOld,
  type Mark,
  parseInstant,
  type SavedBookings,
  type SourceBooking,
  type TimelineEntry,
} from '@stayward/core'
import type { TenantSecrets } from '../../secrets/tenant-secrets.ts'
import { instantFromSql } from '../instant-from-sql.ts'
import { isId, orderedId } from '../ordered-id.ts'
import { applyEffects } from './effects.ts'
import { leaseLost } from './fence.ts'
import * as sql from './save-bookings-sql.ts'
import { openGuest, present, sealGuest } from './stored-rows.ts'
import type { Run } from './tenant-session.ts'

export interface BookingsSave {
  readonly run: Run
  readonly tenantId: string
  readonly secrets: TenantSecrets
  readonly look: Look
  readonly found: FoundBookings
  readonly effects: Effects
}

type Facts = SourceBooking & { readonly e164?: string }

/** Takes over what a source says. What a newer look has saved is not overwritten but read again by its id. */
export async function saveBookings(save: BookingsSave): Promise<SavedBookings & { readonly marked: boolean }> {
  const { run, tenantId, found, effects } = save
  await passSource(save)
  const facts = new Map(found.bookings.map((booking) => [booking.ref, booking]))
  const touched = await compare(save, facts)
  const known = await lockKnown(save, touched)
  const stale = touched.filter((booking) => {
    const row = known.get(booking.ref)
    return row !== undefined && (row.source_fence > save.look.fence || isOldList(found, booking, row))
  })
  const others = found.setBack ? [...facts.values()].filter((booking) => !touched.includes(booking)) : []
  const changedSince = await takeOverChangedAt(save, others)
  const flats = touched.length === 0 ? new Map() : await flatNames(save, touched, known)
  const outcome = await store(
    save,
    touched.filter((booking) => !stale.includes(booking)),
    known,
  )

  const flatOf = (unitRef: string | undefined) =>
    unitRef === undefined ? 'no flat assigned' : (flats.get(unitRef) ?? `flat ${unitRef} (not linked)`)
  const timeline = outcome.stored.map(
    ({ id, before, after }): TimelineEntry => ({
      bookingId: id,
      ...bookingLine(before, after, flatOf),
      cause: found.cause,
    }),
  )
  const marks = [
    ...outcome.stored.map(({ id, after }): Mark => ({ kind: 'booking', key: id, why: 'step', ...nearness(after) })),
    ...changedSince.map((id): Mark => ({ kind: 'messages', key: id, why: 'step' })),
    ...[...stale, ...outcome.overtaken].map(
      ({ ref }): Mark => ({ kind: 'fetch', key: `${found.connectionId}/${ref}`, why: 'step' }),
    ),
  ]
  const all = { ...effects, timeline: [...timeline, ...(effects.timeline ?? [])] }
  const marked = await applyEffects(run, tenantId, all, marks)
  const created = outcome.stored.filter(({ before }) => before === undefined).length
  return { created, changed: outcome.stored.length - created, marked }
}

/** A list out of an old snapshot: its word does not count against what is known, and the booking is read by its id. */
function isOldList({ cause }: FoundBookings, booking: Facts, { changed_at: at }: sql.KnownRow): boolean {
  return cause !== 'webhook' && at !== null && looksOld(booking, { changedAt: instantFromSql(at) })
}

/** The connection's own row: its fence for a look at the connection, and how far it has been read. */
async function passSource({ run, tenantId, look, found }: BookingsSave): Promise<void> {
  const { connectionId, account, readThrough, sweptAt } = found
  if (!isId(connectionId)) throw leaseLost(look)
  const own = look.kind === 'connection'
  const told = account !== undefined || readThrough !== undefined || sweptAt !== undefined
  const rows =
    own || told
      ? await run(sql.noteSource, [
          tenantId,
          connectionId,
          own ? look.fence : null,
          account ?? null,
          readThrough ?? null,
          sweptAt ?? null,
        ])
      : await run(sql.findSource, [tenantId, connectionId])
  if (rows.length === 0) throw leaseLost(look)
}

/** Those that are new or differ, by a keyed hash of their facts: nothing is opened for bookings that did not change. */
async function compare(
  { run, tenantId, secrets, found }: BookingsSave,
  facts: ReadonlyMap<string, Facts>,
): Promise<Facts[]> {
  if (facts.size === 0) return []
  const rows = await run<{ ref: string; facts_fingerprint: string }>(sql.fingerprints, [
    tenantId,
    found.connectionId,
    [...facts.keys()],
  ])
  const stored = new Map(rows.map((row) => [row.ref, row.facts_fingerprint]))
  return [...facts.values()].filter((booking) => stored.get(booking.ref) !== fingerprintOf(secrets, found, booking))
}

async function lockKnown({ run, tenantId, found }: BookingsSave, touched: readonly Facts[]) {
  if (touched.length === 0) return new Map<string, sql.KnownRow>()
  const refs = touched.map(({ ref }) => ref)
  const rows = await run<sql.KnownRow>(sql.lockKnown, [tenantId, found.connectionId, refs])
  return new Map(rows.map((row) => [row.ref, row]))
}

/** Of bookings that are as they are known. */
async function takeOverChangedAt({ run, tenantId, found }: BookingsSave, bookings: readonly Facts[]) {
  const said = bookings.flatMap(({ ref, changedAt }) =>
    changedAt === undefined ? [] : [{ ref, changed_at: changedAt }],
  )
  if (said.length === 0) return []
  const rows = await run<{ id: string }>(sql.changedSince, [tenantId, found.connectionId, JSON.stringify(said)])
  return rows.map(({ id }) => id)
}

async function flatNames(
  { run, tenantId, found }: BookingsSave,
  touched: readonly Facts[],
  known: ReadonlyMap<string, sql.KnownRow>,
): Promise<ReadonlyMap<string, string>> {
  const refs = [
    ...touched.flatMap(({ unitRef }) => unitRef ?? []),
    ...[...known.values()].flatMap((row) => row.unit_ref ?? []),
  ]
  const rows = await run<{ source_ref: string; name: string }>(sql.flats, [tenantId, found.connectionId, refs])
  return new Map(rows.map((row) => [row.source_ref, row.name]))
}

interface Stored {
  readonly id: string
  readonly before?: BookingFacts
  readonly after: Facts
}

async function store(save: BookingsSave, touched: readonly Facts[], known: ReadonlyMap<string, sql.KnownRow>) {
  const { run, tenantId, secrets, look, found, effects } = save
  if (touched.length === 0) return { stored: [], overtaken: [] }
  const rows = touched.map((after) => {
    const row = known.get(after.ref)
    const id = row?.id ?? orderedId()
    return { id, after, ...(row ? { before: factsFrom(row, secrets) } : {}) }
  })
  // After a change of the tenant's key every hash differs, though no fact does.
  const changed = rows.filter(({ before, after }) => !before || factsText(before) !== factsText(after))
  const json = rows.map(({ id, after }) => rowOf(id, after, secrets, found))
  const returned = await run<{ id: string }>(sql.store, [
    tenantId,
    found.connectionId,
    JSON.stringify(json),
    effects.now,
    look.fence,
    changed.map(({ id }) => id),
  ])
  const written = new Set(returned.map(({ id }) => id))
  const stored: Stored[] = changed.filter(({ id }) => written.has(id))
  // Another look stored the same new booking a moment ago: which of the two is newer, only the source can say.
  return { stored, overtaken: changed.filter(({ id }) => !written.has(id)).map(({ after }) => after) }
}

function rowOf(id: string, facts: Facts, secrets: TenantSecrets, found: FoundBookings) {
  const { ref, state, unitRef, arrival, departure, checkIn, checkOut, channel, changedAt } = facts
  return {
    id,
    ref,
    state,
    unit_ref: unitRef,
    arrival,
    departure,
    check_in: checkIn,
    check_out: checkOut,
    channel,
    changed_at: changedAt,
    guest_sealed: sealGuest(secrets, id, facts),
    facts_fingerprint: fingerprintOf(secrets, found, facts),
  }
}

function factsFrom(row: sql.KnownRow, secrets: TenantSecrets): BookingFacts {
  return {
    ref: row.ref,
    state: row.state,
    ...present('unitRef', row.unit_ref),
    ...present('arrival', row.arrival),
    ...present('departure', row.departure),
    ...present('checkIn', row.check_in),
    ...present('checkOut', row.check_out),
    ...present('channel', row.channel),
    ...openGuest(secrets, row.id, row.guest_sealed),
  }
}

function fingerprintOf(secrets: TenantSecrets, { connectionId }: FoundBookings, facts: Facts): string {
  return secrets.fingerprint(`booking ${connectionId}`, factsText(facts))
}

function nearness({ arrival }: Facts): { readonly priority?: Instant } {
  const priority = arrival === undefined ? undefined : parseInstant(`${arrival}T00:00:00Z`)
  return priority === undefined ? {} : { priority }
}
