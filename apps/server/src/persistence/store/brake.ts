import {
  brakeAlert,
  decidedEffects,
  type HeldLoss,
  type HeldLosses,
  limits,
  listName,
  type Look,
  type LossAnswer,
  lossAfter,
  type LossClaim,
  type LossDecision,
  type LossState,
  type LossVerdict,
  plus,
  weighLoss,
} from '@stayward/core'
import { instantFromSql } from '../instant-from-sql.ts'
import { isId } from '../ordered-id.ts'
import { applyEffects } from './effects.ts'
import { leaseLost, passFence } from './fence.ts'
import { present } from './stored-rows.ts'
import type { Run, Statement, TenantSession } from './tenant-session.ts'

/** One claim at a time in a tenant: two looks that count side by side would both pass. */
const inTurn: Statement = {
  name: 'brake-in-turn',
  text: `select pg_advisory_xact_lock(hashtextextended('brake ' || $1::text, 0))`,
}

/** The connection, what is known of this stay's loss, and what the claim would touch. $3 codes, $4 where the guest goes. */
const known: Statement = {
  name: 'brake-known',
  text: `
select b.connection_id, c.name, l.state, l.booking_version, l.at::text as at, exists (
    select from access_loss o where o.tenant_id = $1::uuid and o.connection_id = b.connection_id and o.state = 'held'
      and o.booking_id <> b.id) as pulled,
  array(select distinct u.property_id::text from code k
    join door d on d.tenant_id = $1::uuid and d.device_id = k.device_id
    join unit_door ud on ud.tenant_id = $1::uuid and ud.door_id = d.id
    join unit u on u.tenant_id = $1::uuid and u.id = ud.unit_id
    where k.tenant_id = $1::uuid and k.id = any ($3::uuid[]) and u.property_id is distinct from $4::uuid) as properties
from booking b join connection c on c.tenant_id = $1::uuid and c.id = b.connection_id
left join access_loss l on l.tenant_id = $1::uuid and l.booking_id = b.id
where b.tenant_id = $1::uuid and b.id = $2::uuid`,
}

/** Standing stays, and those counted within the hour. $3 connection (or null), $4 properties, $5 now, $6 an hour ago. */
const groups: Statement = {
  name: 'brake-groups',
  text: `
with counted as materialized (
  select booking_id, connection_id, property_ids, whole from access_loss where tenant_id = $1::uuid
    and booking_id <> $2::uuid and state = 'counted' and at > $6::timestamptz
), standing as materialized (
  select k.booking_id, k.device_id from code k where k.tenant_id = $1::uuid and k.gone_at is null and k.want = 'present'
    and k.written_at is not null and k.window_until > $5::timestamptz
    and k.booking_id not in (select booking_id from counted)
)
select (select count(distinct s.booking_id) from standing s
    join booking b on b.tenant_id = $1::uuid and b.id = s.booking_id and b.connection_id = $3::uuid)::int as standing,
  (select count(*) from counted where whole and connection_id = $3::uuid)::int as lost
where $3::uuid is not null
union all
select (select count(distinct s.booking_id) from standing s where s.device_id in (
    select d.device_id from unit u join unit_door ud on ud.tenant_id = $1::uuid and ud.unit_id = u.id
    join door d on d.tenant_id = $1::uuid and d.id = ud.door_id where u.tenant_id = $1::uuid and u.property_id = p.id))::int,
  (select count(*) from counted where property_ids @> to_jsonb(p.id::text))::int
from unnest($4::uuid[]) as p (id)`,
}

const keep: Statement = {
  name: 'brake-keep',
  text: `
insert into access_loss (tenant_id, booking_id, booking_version, connection_id, state, whole, property_ids, codes, at)
values ($1::uuid, $2::uuid, $3::integer, $4::uuid, $5::text, $6::boolean, $7::jsonb, $8::integer, $9::timestamptz)
on conflict (tenant_id, booking_id) do update set booking_version = excluded.booking_version,
  connection_id = excluded.connection_id, state = excluded.state, whole = excluded.whole,
  property_ids = excluded.property_ids, codes = excluded.codes, at = excluded.at`,
}

const leave: Statement = {
  name: 'brake-leave',
  text: `delete from access_loss where tenant_id = $1::uuid and booking_id = $2::uuid and state in ('held', 'refused')`,
}

const waiting: Statement = {
  name: 'brake-waiting',
  text: `select count(*)::int as waiting from access_loss
where tenant_id = $1::uuid and connection_id = $2::uuid and state = 'held'`,
}

interface Known {
  readonly connection_id: string
  readonly name: string
  readonly state: LossState['state'] | null
  readonly booking_version: number | null
  readonly at: string | null
  readonly pulled: boolean
  readonly properties: readonly string[]
}

interface Claiming {
  readonly run: Run
  readonly tenantId: string
  readonly look: Look
}

/** What the brake says, and whether somebody has to be called for it. */
export async function claimLoss({ run, tenantId, look }: Claiming, claim: LossClaim) {
  const { bookingId } = claim
  if (!isId(bookingId)) throw leaseLost(look)
  await run(inTurn, [tenantId])
  await passFence(run, tenantId, look)
  const answer = await weigh(run, tenantId, claim)
  if (!answer) throw leaseLost(look)
  return { answer, marked: await applyEffects(run, tenantId, { now: claim.now, ...brakeAlert(answer) }) }
}

/** Says to take it all back, which is no failure. */
class Enough extends Error {
  readonly verdicts: readonly LossVerdict[]

  constructor(verdicts: readonly LossVerdict[]) {
    super('nothing of this is kept')
    this.verdicts = verdicts
  }
}

/** Claims as the looks would, one after the other, in a transaction that is then taken back. */
export async function weighLosses(
  session: TenantSession,
  tenantId: string,
  claims: readonly LossClaim[],
): Promise<readonly LossVerdict[]> {
  try {
    return await session.write(async (run) => {
      await run(inTurn, [tenantId])
      const verdicts: LossVerdict[] = []
      for (const claim of claims)
        verdicts.push(isId(claim.bookingId) ? ((await weigh(run, tenantId, claim))?.verdict ?? 'clear') : 'clear')
      throw new Enough(verdicts)
    })
  } catch (error) {
    if (error instanceof Enough) return error.verdicts
    throw error
  }
}

/** What the brake answers to a claim, as it is counted from now on. `undefined`: there is no such booking. */
async function weigh(run: Run, tenantId: string, claim: LossClaim): Promise<LossAnswer | undefined> {
  const { bookingId, bookingVersion, codeIds, whole, toPropertyId = null, now } = claim
  const [found] = await run<Known>(known, [tenantId, bookingId, codeIds, toPropertyId])
  if (!found) return undefined
  const { connection_id: connectionId, name: connection, properties } = found
  const rest = async () => (await run<{ waiting: number }>(waiting, [tenantId, connectionId]))[0]?.waiting ?? 0
  if (codeIds.length === 0) {
    await run(leave, [tenantId, bookingId])
    return { verdict: 'clear', connectionId, waiting: await rest(), connection }
  }
  const since = plus(now, -limits.brake.per)
  const shared = await run<{ standing: number; lost: number }>(groups, [
    tenantId,
    bookingId,
    whole ? connectionId : null,
    properties,
    now,
    since,
  ])
  const own = ownOf(found)
  const asked = { bookingVersion, ...(own ? { own } : {}), now }
  const verdict = weighLoss({ ...asked, isPulled: found.pulled, groups: shared })
  const { state, bookingVersion: version, at } = lossAfter(asked, verdict)
  const inside = JSON.stringify(properties)
  await run(keep, [tenantId, bookingId, version, connectionId, state, whole, inside, codeIds.length, at])
  return { verdict, connectionId, waiting: await rest(), connection }
}

function ownOf({ state, booking_version: bookingVersion, at }: Known): LossState | undefined {
  return state === null || bookingVersion === null || at === null
    ? undefined
    : { state, bookingVersion, at: instantFromSql(at) }
}

const held: Statement = {
  name: 'brake-held',
  text: `
select l.booking_id, l.booking_version, l.connection_id, c.name, l.codes, l.at::text as at, b.ref, b.arrival::text as arrival,
  b.departure::text as departure
from access_loss l join booking b on b.tenant_id = l.tenant_id and b.id = l.booking_id
join connection c on c.tenant_id = l.tenant_id and c.id = l.connection_id
where l.tenant_id = $1::uuid and l.state = 'held' order by c.name, b.arrival, b.ref`,
}

interface HeldRow extends Readonly<Record<'booking_id' | 'connection_id' | 'name' | 'at' | 'ref', string>> {
  readonly booking_version: number
  readonly codes: number
  readonly arrival: string | null
  readonly departure: string | null
}

export async function heldLosses(run: Run, tenantId: string): Promise<readonly HeldLosses[]> {
  const byConnection = Map.groupBy(await run<HeldRow>(held, [tenantId]), (row) => row.connection_id)
  return [...byConnection].flatMap(([id, rows]) => {
    const stays = rows.map(stayOf)
    const [since] = rows.map(({ at }) => instantFromSql(at)).sort()
    const name = rows[0]?.name ?? ''
    return since === undefined ? [] : [{ list: listName(id, stays), connection: { id, name }, since, stays }]
  })
}

function stayOf(row: HeldRow): HeldLoss {
  return {
    bookingId: row.booking_id,
    bookingVersion: row.booking_version,
    ref: row.ref,
    ...present('arrival', row.arrival),
    ...present('departure', row.departure),
    codes: row.codes,
  }
}

const decide: Statement = {
  name: 'brake-decide',
  text: `
update access_loss set state = $3::text, list = $4::text, at = $5::timestamptz
where tenant_id = $1::uuid and booking_id = any ($2::uuid[]) and state = 'held'`,
}

const decided: Statement = {
  name: 'brake-decided',
  text: `select count(*)::int as stays from access_loss where tenant_id = $1::uuid and list = $2::text and state = $3::text`,
}

/** Resolves to how many stays were on the list, and whether a key was marked. */
export async function decideLosses(
  run: Run,
  tenantId: string,
  { list, approve, now }: LossDecision,
): Promise<{ readonly stays?: number; readonly marked: boolean }> {
  await run(inTurn, [tenantId])
  const word = approve ? 'approved' : 'refused'
  const found = (await heldLosses(run, tenantId)).find((one) => one.list === list)
  if (!found) {
    const [before] = await run<{ stays: number }>(decided, [tenantId, list, word])
    return { ...(before && before.stays > 0 ? { stays: before.stays } : {}), marked: false }
  }
  const ids = found.stays.map(({ bookingId }) => bookingId)
  await run(decide, [tenantId, ids, word, list, now])
  return { stays: ids.length, marked: await applyEffects(run, tenantId, decidedEffects(found, approve, now)) }
}

/** As `loadStay` reads it. */
export interface LossJson {
  readonly state: LossState['state']
  readonly version: number
  readonly at: string
}

export function lossFrom({ state, version, at }: LossJson): LossState {
  return { state, bookingVersion: version, at: instantFromSql(at) }
}
