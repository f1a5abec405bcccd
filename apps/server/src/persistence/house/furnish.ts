import type { DriftPolicy } from '@stayward/core'
import { UnitRow, UnitSource } from '../entities/index.ts'
import type { Change } from './house-context.ts'
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
} from './rooms.ts'

/** A door whose device is named as its vendor names it. */
export interface DoorToFurnish extends Omit<DoorInput, 'entry'> {
  readonly entry:
    | Exclude<DoorInput['entry'], { readonly kind: 'device' }>
    | {
        readonly kind: 'device'
        readonly device: DeviceInput
        readonly prefix?: string
        readonly tellAt: 'accepted' | 'confirmed'
        readonly ifChanged?: DriftPolicy
      }
}

export interface Furniture {
  readonly properties?: readonly PropertyInput[]
  readonly doors?: readonly DoorToFurnish[]
  readonly units?: readonly UnitInput[]
}

/** Puts all of it, in the order in which one needs the other. */
export async function furnish(change: Change, { properties = [], doors = [], units = [] }: Furniture): Promise<void> {
  for (const property of properties) await putProperty(change, property)
  await change.em.flush()
  for (const door of doors) await furnishDoor(change, door)
  await change.em.flush()
  await letGo(change, units)
  for (const unit of units) await putUnit(change, unit)
}

async function furnishDoor(change: Change, { entry, ...door }: DoorToFurnish): Promise<void> {
  if (entry.kind !== 'device') {
    await putDoor(change, { ...door, entry })
    return
  }
  const { device, ...rest } = entry
  const deviceId = await putDevice(change, device)
  await change.em.flush()
  await putDoor(change, { ...door, entry: { ...rest, deviceId } })
}

/** A booking system's flat that goes from one of these units to another is free before it is taken. */
async function letGo(change: Change, units: readonly UnitInput[]): Promise<void> {
  const { em, tenantId } = change
  const takers = new Map<string, string>()
  for (const { slug, sources } of units)
    for (const { connection, ref } of sources)
      takers.set(`${(await connectionNamed(change, connection)).id} ${ref}`, slug)
  for (const { slug } of units) {
    const unit = await em.findOne(UnitRow, { tenantId, slug })
    if (!unit) continue
    for (const link of await em.find(UnitSource, { tenantId, unitId: unit.id })) {
      const taker = takers.get(`${link.connectionId} ${link.sourceRef}`)
      if (taker !== undefined && taker !== slug) em.remove(link)
    }
  }
  await em.flush()
}
