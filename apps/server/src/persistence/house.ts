import type { Policy } from '@stayward/core'
import { TenantSetting } from './entities/index.ts'
import { markEverything } from './house/affected.ts'
import {
  type AddressToken,
  type ConnectionInput,
  type ConnectionTest,
  noteTest,
  putConnection,
  rotateToken,
  setConnectionState,
  setWitness,
  tokensOf,
} from './house/connections.ts'
import { type EnteredHouse, houseAsEntered } from './house/as-entered.ts'
import { furnish, type Furniture } from './house/furnish.ts'
import { type Change, changing, type HouseOptions } from './house/house-context.ts'
import { HouseProblem } from './house/house-problem.ts'
import { houseAsItIs, type HousePicture } from './house/picture.ts'
import {
  connectionNamed,
  type DeviceInput,
  type DoorInput,
  type PropertyInput,
  putDevice,
  putDoor,
  putProperty,
  putUnit,
  type UnitInput,
} from './house/rooms.ts'
import { type RetryInput, retryMessages } from './house/retry-messages.ts'
import { alarmToPlace } from './store/connections.ts'

export interface SettingsInput {
  /** Only these points; the others keep what they have. `null` returns to the default. */
  readonly policy?: { readonly [Point in keyof Policy]?: Policy[Point] | null }
  readonly templates?: Readonly<Record<string, unknown>>
  /** The operator's alarm address, over a notifier connection by name. `null`: none. */
  readonly alarm?: { readonly connection: string; readonly to: string } | null
  readonly retentionDays?: number
}

/**
 * One tenant's house as people furnish it. Everything is put by its short name: the first time makes it, later times
 * change it. Every change marks the stays and devices it affects. Throws `HouseProblem` for what does not fit.
 */
export interface House {
  setSettings(settings: SettingsInput): Promise<void>
  putConnection(connection: ConnectionInput): Promise<{ readonly id: string; readonly made: boolean }>
  /** Writes down how a test of the credentials went that a person asked for. */
  noteTest(connection: string, test: ConnectionTest): Promise<void>
  setConnectionState(name: string, state: 'active' | 'paused'): Promise<void>
  /** A booking system whose bookings are read and shown and cause nothing (`true`), or one that counts again. */
  setWitness(name: string, isWitness: boolean): Promise<void>
  /** The tokens of the connection's webhook address that are in force, newest first. */
  tokens(connection: string): Promise<readonly AddressToken[]>
  rotateToken(connection: string, keepOthersFor: number): Promise<AddressToken>
  putProperty(property: PropertyInput): Promise<string>
  putDevice(device: DeviceInput): Promise<string>
  putDoor(door: DoorInput): Promise<string>
  putUnit(unit: UnitInput): Promise<string>
  /** Several of them as one change: all or nothing. */
  furnish(furniture: Furniture): Promise<void>
  /** Has messages tried again that a channel did not take; resolves to how many. */
  retryMessages(which: RetryInput): Promise<number>
  /** What an edit starts from: everything as it was entered, codes of doors included. Not for showing. */
  asEntered(): Promise<EnteredHouse>
  /** The whole house, for people. Holds no secret but the prefixes and codes of doors, and those only masked. */
  picture(): Promise<HousePicture>
}

export function openHouse(options: HouseOptions): House {
  const change = changing(options)
  return {
    setSettings: (settings) => change((one) => setSettings(one, settings)),
    putConnection: (connection) => change((one) => putConnection(one, connection)),
    noteTest: (connection, test) => change((one) => noteTest(one, connection, test)),
    setConnectionState: (name, state) => change((one) => setConnectionState(one, name, state)),
    setWitness: (name, isWitness) => change((one) => setWitness(one, name, isWitness)),
    tokens: (connection) => change((one) => tokensOf(one, connection)),
    rotateToken: (connection, keepOthersFor) => change((one) => rotateToken(one, connection, keepOthersFor)),
    putProperty: (property) => change((one) => putProperty(one, property)),
    putDevice: (device) => change((one) => putDevice(one, device)),
    putDoor: (door) => change((one) => putDoor(one, door)),
    putUnit: (unit) => change((one) => putUnit(one, unit)),
    furnish: (furniture) => change((one) => furnish(one, furniture)),
    retryMessages: (which) => change((one) => retryMessages(one, which)),
    asEntered: () => change((one) => houseAsEntered(one)),
    picture: () => change((one) => houseAsItIs(one)),
  }
}

async function setSettings(change: Change, { policy, templates, alarm, retentionDays }: SettingsInput): Promise<void> {
  const { em, tenantId, secrets, now } = change
  const setting =
    (await em.findOne(TenantSetting, { tenantId })) ??
    em.create(TenantSetting, { tenantId, policy: {}, templates: {}, updatedAt: now })
  em.persist(setting)
  if (policy) {
    const points = Object.entries({ ...setting.policy, ...policy }).filter(([, value]) => value !== null)
    setting.policy = Object.fromEntries(points)
    await markEverything(change)
  }
  if (templates) setting.templates = templates
  if (retentionDays !== undefined) {
    if (!Number.isInteger(retentionDays) || retentionDays < 1)
      throw new HouseProblem(`"${retentionDays}" is not a number of days.`, 'Give a whole number from 1 on.')
    setting.retentionDays = retentionDays
  }
  if (alarm === null) em.assign(setting, { alarmConnectionId: null, alarmToSealed: null })
  else if (alarm) {
    const connection = await connectionNamed(change, alarm.connection)
    if (connection.port !== 'notifier')
      throw new HouseProblem(`"${alarm.connection}" sends no messages.`, 'Name a notifier connection for alarms.')
    em.assign(setting, {
      alarmConnectionId: connection.id,
      alarmToSealed: secrets.seal(alarm.to, alarmToPlace(tenantId)),
    })
    change.mark([{ kind: 'alarms', key: 'all', why: 'edit' }])
  }
  setting.updatedAt = now
}
