import type { Effects, Instant, Look, Message, MessageChanges, MessageClaim } from '@stayward/core'
import type { TenantSecrets } from '../../secrets/tenant-secrets.ts'
import { isId, orderedId } from '../ordered-id.ts'
import { applyEffects } from './effects.ts'
import { leaseLost, passFence } from './fence.ts'
import { messagePlace, replyPlace } from './stored-rows.ts'
import type { Reading, Run, Statement, TenantSession } from './tenant-session.ts'

const columns = `id text, channel text, kind text, to_sealed text, told_sealed text, version_sealed text,
  version_fingerprint text, text_sealed text, subject_sealed text, state text, delivery text, vendor_ref text,
  claimed_at timestamptz, reason text, resends integer, created_at timestamptz`
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
update message m set to_sealed = r.to_sealed, text_sealed = r.text_sealed, subject_sealed = r.subject_sealed, state = r.state,
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
where tenant_id = $1::uuid and id = $2::uuid and message_fence <= $3::bigint returning version, state`,
}

/** $3 message, $4 whether its stay is still a stay; a withdrawal is told after the end, too. */
const claim: Statement = {
  name: 'store-message-claim',
  text: `
update message set state = 'claimed', claimed_at = $5::timestamptz, to_sealed = $6::text, text_sealed = $7::text,
  subject_sealed = coalesce($8::text, subject_sealed)
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

export async function claimMessage(save: MessagesSave, { message, bookingVersion, text, subject, now }: MessageClaim) {
  const { run, tenantId, secrets, look } = save
  const { id, bookingId, to } = message
  if (!isId(bookingId)) throw leaseLost(look)
  const [booking] = await run<{ version: number; state: string }>(hold, [tenantId, bookingId, look.fence])
  if (!booking) throw leaseLost(look)
  if (booking.version !== bookingVersion) return false
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
  and (m.delivery is null or m.delivery in ('pending', 'sent'))`,
}

export async function bookingsAwaitingDelivery(session: TenantSession, channel: string, since: Instant) {
  const found = await session.read(awaiting, [session.tenantId, channel, since])
  return (found as readonly string[] | null | undefined) ?? [] // the shape is what the query above builds
}
