import { hash, randomBytes } from 'node:crypto'
import { type Instant, type Mark, type PortName, plus } from '@stayward/core'
import { Connection, ConnectionAddress, ConnectionToken, Device } from '../entities/index.ts'
import type { ConnectionEntity } from '../entities/index.ts'
import { orderedId } from '../ordered-id.ts'
import { markBookings } from './affected.ts'
import type { Change } from './house-context.ts'
import { HouseProblem } from './house-problem.ts'
import { connectionNamed } from './rooms.ts'

export interface ConnectionInput {
  readonly name: string
  readonly adapter: string
  readonly port: PortName
  /** As the adapter's schema has it; checked by whoever calls. */
  readonly config: unknown
}

export const configPlace = (row: string) => ({ table: 'connection', column: 'config_sealed', row })
const tokenPlace = (row: string) => ({ table: 'connection_token', column: 'token_sealed', row })

/** A new connection with its first token, or new credentials for the one of that name. */
export async function putConnection(
  change: Change,
  { name, adapter, port, config }: ConnectionInput,
): Promise<{ readonly id: string; readonly made: boolean }> {
  const { em, tenantId, secrets, now } = change
  const known = await em.findOne(Connection, { tenantId, name })
  if (known && known.adapter !== adapter)
    throw new HouseProblem(
      `Connection "${name}" belongs to ${known.adapter}, not to ${adapter}.`,
      'Choose another name for the new one.',
    )
  const id = known?.id ?? orderedId()
  const configSealed = secrets.seal(JSON.stringify(config), configPlace(id))
  if (known) em.assign(known, { configSealed, configVersion: known.configVersion + 1 })
  else {
    em.persist(em.create(Connection, { tenantId, id, adapter, port, name, configSealed, createdAt: now }))
    await em.flush()
    await addToken(change, { id, adapter })
  }
  await markConnection(change, { id, port })
  return { id, made: !known }
}

export async function setConnectionState(change: Change, name: string, state: 'active' | 'paused'): Promise<void> {
  const connection = await connectionNamed(change, name)
  connection.state = state
  await markConnection(change, connection)
}

/** Which of a tenant's booking systems only watches from now on, or counts again. All of its stays are looked at. */
export async function setWitness(change: Change, name: string, isWitness: boolean): Promise<void> {
  const connection = await connectionNamed(change, name)
  if (connection.port !== 'booking')
    throw new HouseProblem(
      `"${name}" is no booking system.`,
      'Only a booking system can be a witness. To stop asking a vendor anything: stayward connection pause',
    )
  const isSo = connection.witnessSince != null
  if (isSo !== isWitness) connection.witnessSince = isWitness ? change.now : null
  await markBookings(change, connection.id)
}

export interface ConnectionTest {
  readonly ok: boolean
  /** For people. */
  readonly note: string
  /** The vendor's id of the account; the first one that is seen is kept. */
  readonly account?: string
}

export async function noteTest(change: Change, name: string, { ok, note, account }: ConnectionTest): Promise<void> {
  const { em, now } = change
  const connection = await connectionNamed(change, name)
  em.assign(connection, {
    lastTestAt: now,
    lastTestOk: ok,
    lastTestNote: note,
    failingSince: ok ? null : (connection.failingSince ?? now),
    ...(account === undefined ? {} : { account: connection.account ?? account }),
  })
}

/** Everything that the connection reaches is worth a look, and its health above all. */
async function markConnection({ em, tenantId, mark }: Change, { id, port }: Pick<ConnectionEntity, 'id' | 'port'>) {
  const devices = await em.find(Device, { tenantId, connectionId: id })
  mark([
    { kind: 'probe', key: id, why: 'edit' },
    ...(port === 'booking' ? [{ kind: 'connection', key: id, why: 'edit' } satisfies Mark] : []),
    ...devices.map((device): Mark => ({ kind: 'device', key: device.id, why: 'edit' })),
  ])
}

export interface AddressToken {
  readonly token: string
  readonly createdAt: Instant
  readonly expiresAt?: Instant
}

/** A new address; the ones before work for `keepOthersFor` milliseconds more, so that the vendor can be told. */
export async function rotateToken(change: Change, name: string, keepOthersFor: number): Promise<AddressToken> {
  const { em, tenantId, now } = change
  const connection = await connectionNamed(change, name)
  const end = plus(now, keepOthersFor)
  for (const row of await em.find(ConnectionToken, { tenantId, connectionId: connection.id }))
    if (row.expiresAt == null || row.expiresAt > end) row.expiresAt = end
  for (const row of await em.find(ConnectionAddress, { tenantId, connectionId: connection.id }))
    if (row.expiresAt == null || row.expiresAt > end) row.expiresAt = end
  return await addToken(change, connection)
}

/** Newest first, the expired ones left out. */
export async function tokensOf(change: Change, name: string): Promise<readonly AddressToken[]> {
  const { em, tenantId, secrets, now } = change
  const { id } = await connectionNamed(change, name)
  const rows = await em.find(ConnectionToken, { tenantId, connectionId: id }, { orderBy: { createdAt: 'desc' } })
  return rows
    .filter(({ expiresAt }) => expiresAt == null || expiresAt > now)
    .map(({ tokenHash, tokenSealed, createdAt, expiresAt }) => ({
      token: secrets.open(tokenSealed, tokenPlace(tokenHash)),
      createdAt,
      ...(expiresAt == null ? {} : { expiresAt }),
    }))
}

async function addToken(
  { em, tenantId, secrets, now }: Change,
  { id: connectionId, adapter }: Pick<ConnectionEntity, 'id' | 'adapter'>,
): Promise<AddressToken> {
  const token = randomBytes(16).toString('base64url')
  const tokenHash = hash('sha256', token, 'hex')
  const tokenSealed = secrets.seal(token, tokenPlace(tokenHash))
  em.persist(em.create(ConnectionToken, { tenantId, tokenHash, connectionId, tokenSealed, createdAt: now }))
  em.persist(em.create(ConnectionAddress, { tokenHash, tenantId, connectionId, adapter }))
  await em.flush()
  return { token, createdAt: now }
}
