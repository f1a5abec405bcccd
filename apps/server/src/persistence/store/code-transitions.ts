import type { CodeState, CodeTransition } from '@stayward/core'
import { instantFromSql } from '../instant-from-sql.ts'
import { isId } from '../ordered-id.ts'
import type { Reading, TenantSession } from './tenant-session.ts'

const state = (row: string) =>
  `jsonb_build_object('want', ${row}.want, 'evidence', ${row}.evidence, 'from', ${row}.window_from, 'until', ${row}.window_until)`

/** What the statements that store codes read of them before, under their locks: `before`, for the rows of `r`. */
export const codesBefore = `
before as materialized (
  select k.* from code k join r on r.id = k.id where k.tenant_id = $1::uuid for no key update of k
)`

/** True; and read before anything is stored, since a row that this statement has changed is not locked any more. */
export const afterLocks = '(select count(*) from before) is not null'

/** What the statements that store codes have to return of them: `stored`, with the ids and reasons of `r`. */
export const storedCode = `k.id, k.booking_id, k.device_id, k.want, k.evidence, k.window_from, k.window_until, k.pin_fingerprint,
  k.drift - 'since' as drift`

/** Writes down what has changed of the codes in `stored`, beside `r` and `before`; $4 is now. `cause` is a parameter. */
export const writeTransitions = (cause: string) => `
insert into code_transition (tenant_id, id, code_id, booking_id, device_id, at, was, became, changed, cause, booking_version,
  compared)
select $1::uuid, r.transition_id, s.id, s.booking_id, s.device_id, $4::timestamptz,
  case when b.id is not null then ${state('b')} end, ${state('s')}, what.changed, coalesce(r.cause, ${cause}::text), booking.version,
  coalesce(r.compared, '[]')
from stored s join r on r.id = s.id left join before b on b.id = s.id
join booking on booking.tenant_id = $1::uuid and booking.id = s.booking_id
cross join lateral (select case when b.id is null then '["made"]'::jsonb else to_jsonb(array_remove(array[
  case when b.want <> s.want then 'want' end, case when b.evidence <> s.evidence then 'evidence' end,
  case when (b.window_from, b.window_until) <> (s.window_from, s.window_until) then 'window' end,
  case when b.pin_fingerprint <> s.pin_fingerprint then 'pin' end,
  case when (b.drift - 'since') is distinct from s.drift then 'drift' end], null)) end as changed) what
where what.changed <> '[]'::jsonb
order by r.transition_id`

const history: Reading = {
  name: 'stayward_code_history',
  types: ['uuid', 'uuid'],
  text: `
select json_agg(t order by t.id) from (
  select id, code_id, booking_id, device_id, at, was, became, changed, cause, booking_version, compared from code_transition
  where tenant_id = $1 and code_id = $2) t`,
}

interface TransitionJson extends Pick<CodeTransition, 'changed' | 'cause' | 'compared'> {
  readonly code_id: string
  readonly booking_id: string
  readonly device_id: string
  readonly at: string
  readonly was: CodeState | null
  readonly became: CodeState
  readonly booking_version: number
}

export async function codeHistory(session: TenantSession, codeId: string): Promise<readonly CodeTransition[]> {
  if (!isId(codeId)) return []
  // The shape is what the query above builds.
  const rows = ((await session.read(history, [session.tenantId, codeId])) ?? []) as readonly TransitionJson[]
  return rows.map((row) => ({
    codeId: row.code_id,
    bookingId: row.booking_id,
    deviceId: row.device_id,
    at: instantFromSql(row.at),
    ...(row.was ? { was: codeStateFrom(row.was) } : {}),
    became: codeStateFrom(row.became),
    changed: row.changed,
    cause: row.cause,
    bookingVersion: row.booking_version,
    compared: row.compared,
  }))
}

/** Times inside JSON are as PostgreSQL prints them. */
export function codeStateFrom({ want, evidence, from, until }: CodeState): CodeState {
  return { want, evidence, from: instantFromSql(from), until: instantFromSql(until) }
}
