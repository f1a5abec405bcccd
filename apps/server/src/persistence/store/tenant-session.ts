import pg, { type Pool, type PoolClient } from 'pg'
import { isId } from '../ordered-id.ts'
import { inTransaction, withClient } from '../with-client.ts'

/** A query with its parameters' types, prepared once per connection. */
export interface Reading {
  readonly name: string
  readonly types: readonly string[]
  /** Selects one row with one column of type json, or no row. */
  readonly text: string
}

export interface Statement {
  readonly name: string
  readonly text: string
}

export type Values = readonly (string | number | boolean | null | readonly string[])[]

/** The two shapes of transaction that the store needs, in as few round trips as they allow. */
export interface TenantSession {
  readonly tenantId: string
  /** One moment's picture, in one round trip. */
  read(reading: Reading, values: readonly string[]): Promise<unknown>
  /** A transaction that commits when `work` resolves. */
  write<Result>(work: (run: Run) => Promise<Result>): Promise<Result>
}

export type Run = <Row extends object>(statement: Statement, values: Values) => Promise<readonly Row[]>

export function tenantSession(pool: Pool, tenantId: string): TenantSession {
  if (!isId(tenantId)) throw new TypeError('not the id of a tenant')
  const enter = `select set_config('app.tenant_id', '${tenantId}', true)`
  return {
    tenantId,
    read: (reading, values) => withClient(pool, (client) => execute(client, enter, reading, values)),
    write: (work) =>
      withClient(pool, (client) => {
        const run: Run = async (statement, values) => (await client.query({ ...statement, values: [...values] })).rows
        const begin = async () => {
          await client.query(`begin; ${enter}`)
        }
        return inTransaction(client, begin, () => work(run))
      }),
  }
}

const prepared = new WeakMap<PoolClient, Set<string>>()

/**
 * Sets the tenant and runs the prepared query in one message. PostgreSQL runs such a message as one transaction, so that
 * the setting ends with it; begin and commit would be two more statements and one more round trip.
 */
async function execute(
  client: PoolClient,
  enter: string,
  reading: Reading,
  values: readonly string[],
): Promise<unknown> {
  const { name } = reading
  const given = values.map((value) => pg.escapeLiteral(value)).join(', ')
  const ask = async (): Promise<readonly pg.QueryResult[]> => {
    await prepare(client, reading)
    // Two statements give two results; pg's types know only the one.
    return (await client.query(`${enter}; execute ${name} (${given})`)) as unknown as readonly pg.QueryResult[]
  }
  const results = await ask().catch((error: unknown) => {
    if (!isState(error, '26000')) throw error
    // The session was reset behind our back, by a pooler for example: everything on it is prepared anew.
    prepared.delete(client)
    return ask()
  })
  const row: unknown = results[1]?.rows[0]
  return typeof row === 'object' && row !== null ? Object.values(row)[0] : undefined
}

async function prepare(client: PoolClient, { name, types, text }: Reading): Promise<void> {
  const known = prepared.get(client) ?? new Set<string>()
  prepared.set(client, known)
  if (known.has(name)) return
  await client.query(`prepare ${name} (${types.join(', ')}) as ${text}`).catch((error: unknown) => {
    if (!isState(error, '42P05')) throw error // prepared already
  })
  known.add(name)
}

/** Whether PostgreSQL refused with this SQLSTATE. */
function isState(error: unknown, state: string): boolean {
  return error instanceof Error && 'code' in error && error.code === state
}
