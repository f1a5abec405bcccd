import pg, { type ClientConfig, type Pool, type PoolClient } from 'pg'

/**
 * Borrows a connection. When it breaks between two statements nothing is under way that could fail, and pg says so by an
 * event that would end the process if nobody listened; the next statement fails instead, and the connection is not given
 * to anybody else.
 */
export async function withClient<Result>(pool: Pool, work: (client: PoolClient) => Promise<Result>): Promise<Result> {
  const client = await pool.connect()
  let broken: Error | undefined
  const onBroken = (error: Error): void => {
    broken = error
  }
  client.on('error', onBroken)
  try {
    return await work(client)
  } catch (error) {
    // FATAL ends the session, which pg may learn only later.
    if (error instanceof Error && 'severity' in error && error.severity === 'FATAL') broken = error
    throw error
  } finally {
    client.off('error', onBroken)
    client.release(broken)
  }
}

/** The same with a connection of its own, which is closed afterwards. */
export async function withConnection<Result>(
  config: ClientConfig,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client(config)
  client.on('error', () => undefined) // the next statement fails instead
  try {
    await client.connect()
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Runs `work` between `enter`, which begins a transaction, and its commit. */
export async function inTransaction<Result>(
  client: PoolClient,
  enter: () => Promise<void>,
  work: () => Promise<Result>,
) {
  try {
    await enter()
    const result = await work()
    await client.query('commit')
    return result
  } catch (error) {
    // A connection that cannot even roll back is closed, so that it is not given to anybody else; the cause is thrown on.
    await client.query('rollback').catch((failure: unknown) => {
      client.emit('error', failure instanceof Error ? failure : new Error(String(failure)))
    })
    throw error
  }
}
