import {
  type Effects,
  type Heard,
  type HeardQuery,
  type Instant,
  type Look,
  type Message,
  type MessageChanges,
  type MessageClaim,
  type MessageReport,
  limits,
} from '@stayward/core'
import type { TenantSecrets } from '../../secrets/tenant-secrets.ts'
import { isId, orderedId } from '../ordered-id.ts'
import { applyEffects } from './effects.ts'
import { leaseLost, passFence } from './fence.ts'
import { addressPrint, wordPlace } from '../heard-places.ts'
import { instantFromSql } from '../instant-from-sql.ts'
import { messagePlace, present, replyPlace } from './stored-rows.ts'
import type { Reading, Run, Statement, TenantSession } from './tenant-session.ts'

const columns = `id text, channel text, kind text, to_sealed text, told_sealed text, version_sealed text,
  version_fingerprint text, text_sealed text, subject_sealed text, state text, delivery text, vendor_ref text,
  claimed_at timestamptz, reason text, resends integer, created_at timestamptz, address_print text`
const names = columns.replaceAll(/ (?:text|integer|timestamptz)\b/g, '')

/** An intent that is there already is left as it is; so is a message that is. $3 messages, in order. */
const create: Statement = {
  name: 'store-message-create',
  text: `
insert into message (tenant_id, booking_id, nr, ${names})
select $1::uuid, $2::uuid, (select coalesce(max(m.nr), 0) from message m where m.tenant_id = $1::uuid and m.booking_id = $2::uuid)
  + r.place, ${names}
from jsonb_to_recordset($3::jsonb) as r (place integer, ${columns}) order by r.place
on conflict do nothing`,
}

const update: Statement = {
  name: 'store-message-update',
  text: `
update message m set to_sealed = r.to_sealed, address_print = r.address_print, text_sealed = r.text_sealed, subject_sealed = r.subject_sealed, state = r.state,
  delivery = r.delivery, vendor_ref = r.vendor_ref, claimed_at = r.claimed_at, reason = r.reason, resends = r.resends
from jsonb_to_recordset($3::jsonb) as r (${columns})
where m.tenant_id = $1::uuid and m.booking_id = $2::uuid and m.id = r.id`,
}

const reply: Statement = {
  name: 'store-message-replies',
  text: `
insert into reply (tenant_id, booking_id, id, channel, at, text_sealed, text_fingerprint, opts_out)
select $1::uuid, $2::uuid, id, channel, at, text_sealed, text_fingerprint, opts_out from jsonb_to_recordset($3::jsonb)
  as r (id uuid, channel text, at timestamptz, text_sealed text, text_fingerprint text, opts_out boolean)
on conflict do nothing`,
}

/** Holds the booking's row until the commit: its facts cannot change between this check and the claim. $3 fence. */
const hold: Statement = {
  name: 'store-message-hold',
  text: `
update booking set message_fence = $3::bigint
where tenant_id = $1::uuid and id = $2::uuid and message_fence <= $3::bigint returning version, state, (
  select json_agg(k.id || ' ' || k.revision) from code k
  where k.tenant_id = $1::uuid and k.booking_id = $2::uuid and k.want = 'present') as wishes`,
}

/** $3 message, $4 whether its stay is still a stay; a withdrawal is told after the end, too. */
const claim: Statement = {
  name: 'store-message-claim',
  text: `
update message set state = 'claimed', claimed_at = $5::timestamptz, to_sealed = $6::text, text_sealed = $7::text,
  subject_sealed = coalesce($8::text, subject_sealed), address_print = $9::text
where tenant_id = $1::uuid and booking_id = $2::uuid and id = $3::text and state = 'planned'
  and ($4::boolean or kind = 'withdrawal') returning 1`,
}

export interface MessagesSave {
  readonly run: Run
  readonly tenantId: string
  readonly secrets: TenantSecrets
  readonly look: Look
}

export async function saveMessages(save: MessagesSave, changes: MessageChanges, effects: Effects): Promise<boolean> {
  const { run, tenantId, secrets, look } = save
  const { bookingId, create: created = [], update: updated = [], replies = [] } = changes
  if (!isId(bookingId)) throw leaseLost(look)
  await passFence(run, tenantId, look)
  const rows = (messages: readonly Message[]) =>
    JSON.stringify(messages.map((message, place) => ({ place: place + 1, ...rowOf(message, secrets) })))
  if (updated.length > 0) await run(update, [tenantId, bookingId, rows(updated)])
  if (created.length > 0) await run(create, [tenantId, bookingId, rows(created)])
  if (replies.length > 0) {
    const answers = replies.map(({ channel, at, text, optsOut }) => {
      const id = orderedId()
      const text_fingerprint = secrets.fingerprint(`reply ${bookingId}`, text)
      return { id, channel, at, text_sealed: secrets.seal(text, replyPlace(id)), text_fingerprint, opts_out: optsOut }
    })
    await run(reply, [tenantId, bookingId, JSON.stringify(answers)])
  }
  return await applyEffects(run, tenantId, effects)
}

interface Held {
  readonly version: number
  readonly state: string
  /** In the form of `wishesOf`, in any order. */
  readonly wishes: readonly string[] | null
}

export async function claimMessage(save: MessagesSave, planned: MessageClaim): Promise<boolean> {
  const { run, tenantId, secrets, look } = save
  const { message, bookingVersion, wishes, text, subject, now } = planned
  const { id, bookingId, channel, to } = message
  if (!isId(bookingId)) throw leaseLost(look)
  const [booking] = await run<Held>(hold, [tenantId, bookingId, look.fence])
  if (!booking) throw leaseLost(look)
  if (booking.version !== bookingVersion) return false
  if ((booking.wishes ?? []).toSorted().join() !== wishes.join()) return false
  const seal = (column: string, words: string) => secrets.seal(words, messagePlace(column, id))
  const claimed = await run(claim, [
    tenantId,
    bookingId,
    id,
    booking.state === 'confirmed',
    now,
    seal('to_sealed', to),
    seal('text_sealed', text),
    subject === undefined ? null : seal('subject_sealed', subject),
    addressPrint(secrets, channel, to),
  ])
  return claimed.length > 0
}

function rowOf(message: Message, secrets: TenantSecrets) {
  const { id, text, subject, version } = message
  const seal = (column: string, words: string) => secrets.seal(words, messagePlace(column, id))
  return {
    id,
    channel: message.channel,
    kind: message.kind,
    to_sealed: seal('to_sealed', message.to),
    told_sealed: seal('told_sealed', JSON.stringify(message.told)),
    version_sealed: seal('version_sealed', version),
    // A version spells out what is told, PIN included: only its keyed hash may stand in an index.
    version_fingerprint: secrets.fingerprint(`message ${message.bookingId}`, version),
    text_sealed: text === undefined ? undefined : seal('text_sealed', text),
    subject_sealed: subject === undefined ? undefined : seal('subject_sealed', subject),
    state: message.state,
    delivery: message.delivery,
    vendor_ref: message.vendorRef,
    claimed_at: message.claimedAt,
    reason: message.reason,
    resends: message.resends,
    created_at: message.createdAt,
    address_print: addressPrint(secrets, message.channel, message.to),
  }
}

/** $1 tenant, $2 message. */
const about: Reading = {
  name: 'stayward_booking_of_message',
  types: ['uuid', 'text'],
  text: 'select to_json(m.booking_id) from message m where m.tenant_id = $1 and m.id = $2',
}

export async function bookingOfMessage(session: TenantSession, messageId: string): Promise<string | undefined> {
  return (await session.read(about, [session.tenantId, messageId])) as string | undefined // one id, as JSON
}

/** $1 tenant, $2 channel, $3 since. */
const awaiting: Reading = {
  name: 'stayward_awaiting_delivery',
  types: ['uuid', 'text', 'timestamptz'],
  text: `
select json_agg(distinct m.booking_id) from message m
where m.tenant_id = $1 and m.channel = $2 and m.claimed_at > $3 and m.state in ('claimed', 'accepted')
  and (m.delivery is null or m.delivery in ('pending', 'sent') or exists (
    select from person_word w
    where w.tenant_id = $1 and w.connection_id::text = $2 and w.at >= m.claimed_at - interval '${limits.clockTolerance} milliseconds'
      and (w.address_print = m.address_print or w.address_print = (
        select r.alias_print from message_report r
        where r.tenant_id = $1 and r.connection_id = w.connection_id and r.message_id = m.id))
      and not exists (select from reply a
        where a.tenant_id = $1 and a.booking_id = m.booking_id and a.channel = $2 and a.at = w.at)))`,
}

export async function bookingsAwaitingDelivery(session: TenantSession, channel: string, since: Instant) {
  const found = await session.read(awaiting, [session.tenantId, channel, since])
  return (found as readonly string[] | null | undefined) ?? [] // the shape is what the query above builds
}

/** $1 tenant, $2 connection, $3 messages as JSON, $4 address. */
const told: Reading = {
  name: 'stayward_heard_on',
  types: ['uuid', 'uuid', 'jsonb', 'text'],
  text: `
with report as materialized (
  select r.message_id, r.state, r.at, r.reason, r.vendor_ref, r.alias_print from message_report r
  where r.tenant_id = $1 and r.connection_id = $2 and r.message_id in (select jsonb_array_elements_text($3))
), newest as (
  select distinct w.word_id, w.at, w.text_sealed, w.opts_out from person_word w
  where w.tenant_id = $1 and w.connection_id = $2
    and (w.address_print = $4 or w.address_print in (select alias_print from report))
  order by w.at desc, w.word_id limit 50
)
select json_build_object(
  'reports', (select json_agg(json_build_object('key', message_id, 'state', state, 'at', at, 'reason', reason,
    'vendorRef', vendor_ref) order by message_id) from report),
  'words', (select json_agg(json_build_object('id', word_id, 'at', at, 'text', text_sealed, 'optsOut', opts_out)
    order by at, word_id) from newest))`,
}

interface HeardJson {
  readonly reports:
    | readonly {
        readonly key: string
        readonly state: MessageReport['state']
        readonly at: string
        readonly reason: string | null
        readonly vendorRef: string | null
      }[]
    | null
  readonly words:
    | readonly { readonly id: string; readonly at: string; readonly text: string; readonly optsOut: boolean }[]
    | null
}

export async function heardOn(
  session: TenantSession,
  secrets: TenantSecrets,
  channel: string,
  { keys, address }: HeardQuery,
): Promise<Heard> {
  if (!isId(channel)) return { reports: [], words: [] }
  const values = [session.tenantId, channel, JSON.stringify(keys), addressPrint(secrets, channel, address)]
  // The shape is what the query above builds.
  const found = (await session.read(told, values)) as HeardJson
  return {
    reports: (found.reports ?? []).map(({ key, state, at, reason, vendorRef }) => ({
      key,
      state,
      at: instantFromSql(at),
      ...present('reason', reason),
      ...present('vendorRef', vendorRef),
    })),
    words: (found.words ?? []).map(({ id, at, text, optsOut }) => ({
      id,
      at: instantFromSql(at),
      text: secrets.open(text, wordPlace(id)),
      optsOut,
    })),
  }
}
