import type { AnyAdapter } from '@stayward/core'
import { createReadModel } from '../persistence/read-models.ts'
import type { ConnectionLine } from '../persistence/reads/read-model.ts'
import { readConfiguration } from '../tenancy/connection-rows.ts'
import { type Config } from './connection-config.ts'
import { isObject } from './read-json.ts'
import { refuse } from './refusal.ts'
import type { Session, TenantSession } from './session.ts'
import type { Reached } from './vendor-talk.ts'

/** A connection that is there, with the adapter it belongs to. */
export interface KnownConnection {
  readonly own: TenantSession
  readonly line: ConnectionLine
  readonly adapter: AnyAdapter
  /** `undefined` when the seal does not open. */
  config(): Config | undefined
}

export async function connectionLines(session: Session, { tenant }: TenantSession): Promise<readonly ConnectionLine[]> {
  const { secretsOf } = session
  return await createReadModel({ orm: await session.orm(), secretsOf }).connections(tenant.id)
}

export async function knownConnection(session: Session, own: TenantSession, name: string): Promise<KnownConnection> {
  const lines = await connectionLines(session, own)
  const line = lines.find((one) => one.name === name)
  if (!line)
    throw refuse(
      `There is no connection "${name}".`,
      lines.length === 0
        ? 'Add one: stayward connection add --help'
        : `There are: ${lines.map((one) => one.name).join(', ')}.`,
    )
  const adapter = adapterNamed(session, line.adapter)
  const { connections } = await readConfiguration(session.pool, own.tenant.id, own.secrets)
  const row = connections.find(({ id }) => id === line.id)
  return {
    own,
    line,
    adapter,
    config: () => {
      try {
        const stored = row?.config()
        return isObject(stored) ? stored : undefined
      } catch {
        return undefined // a seal that does not open says nothing more; each caller says what to do about it
      }
    },
  }
}

export function adapterNamed({ adapters }: Session, id: string): AnyAdapter {
  const adapter = adapters.get(id)
  if (adapter) return adapter
  throw refuse(
    `There is no adapter "${id}" in this hub.`,
    `There are: ${[...adapters.keys()].join(', ')}. Others are packages that STAYWARD_ADAPTERS lists.`,
  )
}

/** What is needed to ask its vendor something. */
export function reached({ own, line, adapter, config }: KnownConnection): Reached {
  const opened = config()
  if (!opened)
    throw refuse(
      `The configuration of "${line.name}" cannot be opened.`,
      `Is this the master key it was sealed with? Otherwise enter it again: stayward connection set ${line.name} --config …`,
    )
  const account = line.account === undefined ? {} : { account: line.account }
  return { own, id: line.id, name: line.name, ...account, adapter, config: opened }
}
