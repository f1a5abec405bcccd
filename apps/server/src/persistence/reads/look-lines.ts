import type { EntityManager } from '@mikro-orm/postgresql'
import type { LookLine, LooksQuery, Page } from './read-model.ts'
import { instantFromSql } from '../instant-from-sql.ts'
import { isId } from '../ordered-id.ts'

interface Row {
  readonly connection_id: string
  readonly connection: string
  readonly ref: string
  readonly outcome: LookLine['outcome']
  readonly text: string
  readonly at: string
}

/** Newest first: by time, and for equal times by what was looked at. */
export async function readLooks(em: EntityManager, tenantId: string, query: LooksQuery): Promise<Page<LookLine>> {
  const { limit, after, ref } = query
  const place = placeFrom(after)
  const rows = await em.execute<Row[]>(
    `select f.connection_id, c.name as connection, f.ref, f.outcome, f.text, f.at from fetch_outcome f
     join connection c on c.tenant_id = f.tenant_id and c.id = f.connection_id
     where f.tenant_id = ? ${ref === undefined ? '' : 'and f.ref = ?'}
       ${place ? 'and (f.at, f.connection_id, f.ref) < (?::timestamptz, ?::uuid, ?)' : ''}
     order by f.at desc, f.connection_id desc, f.ref desc limit ?`,
    [tenantId, ...(ref === undefined ? [] : [ref]), ...(place ?? []), limit + 1],
  )
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return {
    items: shown.map(({ connection_id: id, connection: name, ref: about, outcome, text, at }) => ({
      connection: { id, name },
      ref: about,
      outcome,
      text,
      at: instantFromSql(at),
    })),
    ...(rows.length > limit && last ? { next: placeOf(last) } : {}),
  }
}

function placeOf({ at, connection_id: id, ref }: Row): string {
  return Buffer.from(`${instantFromSql(at)} ${id} ${ref}`).toString('base64url')
}

function placeFrom(text: string | undefined): readonly [string, string, string] | undefined {
  const [at = '', id = '', ...ref] = Buffer.from(text ?? '', 'base64url')
    .toString('utf8')
    .split(' ')
  return !Number.isNaN(Date.parse(at)) && isId(id) ? [at, id, ref.join(' ')] : undefined
}
