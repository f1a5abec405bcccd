import { AdapterError } from '@stayward/core'
import { refuseAll } from '../cli.ts'
import { knownConnection, reached } from '../known-connection.ts'
import type { Output } from '../output.ts'
import { type Problem, Refusal } from '../refusal.ts'
import type { Session, TenantSession } from '../session.ts'
import { listDevices, noteRehearsal } from '../vendor-talk.ts'
import { checkHouse } from './check-house.ts'
import { describeHouse } from './describe-house.ts'
import { type HouseFile, placeOf } from './house-file.ts'
import type { NamedConnection } from './known-house.ts'
import { changesBetween, furnitureOf, type PlannedChange, settingsInput } from './plan-house.ts'

/** What stands, and what a change starts from. */
export interface HouseNow {
  readonly house: HouseFile
  readonly connections: readonly NamedConnection[]
}

export async function houseNow({ house }: TenantSession): Promise<HouseNow> {
  const { connections } = await house.picture()
  return { house: describeHouse(await house.asEntered(), connections), connections }
}

export interface ChangePlan {
  readonly changes: readonly PlannedChange[]
  carryOut(): Promise<void>
}

/**
 * Checks a description against what stands and against the vendors of devices that are new here, and says what it would
 * change. Throws every problem at once; nothing is changed before `carryOut`.
 */
export async function planChange(
  out: Output,
  session: Session,
  own: TenantSession,
  now: HouseNow,
  wanted: HouseFile,
): Promise<ChangePlan> {
  const { adapters } = session
  const { connections } = now
  refuseAll(checkHouse(wanted, { house: now.house, connections, adapters }))
  const deviceNames = await newDevices(out, session, own, now, wanted)
  const changes = changesBetween(now.house, wanted)
  const { settings } = wanted
  return {
    changes,
    carryOut: async () => {
      await own.house.furnish(furnitureOf(wanted, changes, deviceNames))
      const changed = changes.some(({ kind, change }) => kind === 'settings' && change !== 'unchanged')
      if (settings && changed) await own.house.setSettings(settingsInput(settings, connections))
    },
  }
}

/**
 * Devices that this house did not have, by "<connection>:<vendor id>", with the names their vendor has for them. One that
 * the vendor does not list is refused; a vendor that cannot be asked just now is no reason to wait.
 */
async function newDevices(
  out: Output,
  session: Session,
  own: TenantSession,
  { house }: HouseNow,
  wanted: HouseFile,
): Promise<ReadonlyMap<string, string>> {
  const devicesOf = ({ doors }: HouseFile) => Object.values(doors).flatMap(({ device }) => device ?? [])
  const before = new Set(devicesOf(house))
  const added = new Set(devicesOf(wanted).filter((device) => !before.has(device)))
  const names = new Map(
    (await own.house.asEntered()).devices.map((one) => [`${one.connection}:${one.vendorId}`, one.name]),
  )
  const problems: Problem[] = []
  for (const name of new Set(Array.from(added, (device) => placeOf(device)?.connection ?? ''))) {
    const known = await knownConnection(session, own, name)
    noteRehearsal(out, session, known.adapter)
    try {
      const listed = await listDevices(session, reached(known))
      for (const { id, name: title, note } of listed) {
        names.set(`${name}:${id}`, title)
        if (note !== undefined && added.has(`${name}:${id}`)) out.note(`${title}: ${note}`)
      }
      for (const device of added)
        if (placeOf(device)?.connection === name && !listed.some(({ id }) => `${name}:${id}` === device))
          problems.push({
            text: `${known.adapter.displayName} lists no device ${placeOf(device)?.id} in the account of "${name}".`,
            remedy: `It lists: ${listed.map(({ id, name: title }) => `${id} (${title})`).join(', ') || 'none'}.`,
          })
    } catch (error) {
      if (error instanceof Refusal || !AdapterError.is(error)) throw error
      out.note(`Whether the devices of "${name}" are right could not be checked: ${error.message} ${error.remedy}`)
    }
  }
  refuseAll(problems)
  return names
}
