import { expect } from 'vitest'
import { type Heard, heard } from './words.ts'
import type { World } from './world.ts'

export const phone = '+33639980011'

/** The PINs that a device itself holds now, under our marks; strangers' codes are left out. */
export function pinsOn({ lock, gate }: World, device: string, vendor: 'lock' | 'gate' = 'lock'): string[] {
  const side = vendor === 'lock' ? lock : gate
  side.codesOn(device) // lets what is due happen
  const held = Object.values(side.state.devices[device]?.held.codes ?? {})
  return held.flatMap(({ field, pin }) => (field.startsWith('sw') ? [pin] : []))
}

export function textsOn({ sms }: World, to = phone): Heard[] {
  return sms.received(to).map(heard)
}

export function inboxOf({ source }: World, ref: string): Heard[] {
  return source.inbox(ref).map(heard)
}

export const kinds = (messages: readonly Heard[]) => messages.map(({ kind }) => kind)

/** The PIN of the newest message, as the guest types it at a door without a prefix. */
export function pinIn(messages: readonly Heard[], door = 'loft'): string {
  const pin = messages.at(-1)?.doors[door]
  if (pin === undefined) throw new Error(`no PIN for ${door} was told`)
  return pin
}

/** Whether every door of the newest message opens with what it says, prefix taken off. */
export function doorsOpen({ lock }: World, messages: readonly Heard[]): boolean {
  const doors = Object.entries(messages.at(-1)?.doors ?? {}).filter(([, enter]) => enter !== '-')
  expect(doors.length).toBeGreaterThan(0)
  return doors.every(([door, enter]) => lock.type(`${door}-lock`, door === 'street' ? enter.slice(2) : enter))
}

export function bookingId({ store, ids }: World, ref: string): string {
  const found = [...store.state.bookings.values()].find(
    ({ booking }) => booking.ref === ref && booking.connectionId === ids.source,
  )
  if (!found) throw new Error(`the hub has no booking ${ref}`)
  return found.booking.id
}

export function timeline(world: World, ref: string): string[] {
  const id = bookingId(world, ref)
  return world.store.state.timeline.filter((line) => line.bookingId === id).map(({ kind }) => kind)
}

export function openAlerts({ store }: World): string[] {
  return store.state.alerts.filter(({ closedAt }) => closedAt === undefined).map(({ kind }) => kind)
}

/** No device ever holds two codes of ours with one PIN. */
export function watchDoubles(world: World): void {
  world.hub.always = () => {
    for (const device of ['street-lock', 'loft-lock', 'studio-lock']) {
      const pins = pinsOn(world, device)
      // Asked after every look of every story: an assertion each time would cost more than the look.
      if (new Set(pins).size !== pins.length) expect.unreachable(`${device} holds a code twice`)
    }
  }
}
